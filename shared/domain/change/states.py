"""The statuses of a change and the table of its legal transitions, with the words of each refusal.

The status of a change moves along `CHANGE_TRANSITIONS` alone (DESIGN.md, "Versions and states").
"""

from enum import StrEnum
from typing import NoReturn

from shared.domain.refusal import Refusal


class ChangeStatus(StrEnum):
    DRAFT = "draft"
    PENDING_APPROVAL = "pending_approval"
    APPROVED = "approved"
    PENDING_CONFIRMATION = "pending_confirmation"
    PENDING_PAYMENT = "pending_payment"
    COMMITTED = "committed"
    COMPLETED = "completed"
    REJECTED = "rejected"
    DECLINED = "declined"
    EXPIRED = "expired"
    UNDONE = "undone"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"
    FALLOUT = "fallout"


_S = ChangeStatus
_ENDED_BEFORE_COMMIT = (_S.EXPIRED, _S.UNDONE, _S.WITHDRAWN, _S.FAILED)
_FALLS_OUT_FOR_MONEY = (_S.FALLOUT,)
"""What ended without effect falls out if money came for it all the same (`surplus.py`)."""

CHANGE_TRANSITIONS: dict[ChangeStatus, tuple[ChangeStatus, ...]] = {
    _S.DRAFT: (
        _S.DRAFT,
        _S.PENDING_APPROVAL,
        _S.APPROVED,
        _S.PENDING_CONFIRMATION,
        _S.PENDING_PAYMENT,
        _S.COMMITTED,
        *_ENDED_BEFORE_COMMIT,
    ),
    _S.PENDING_APPROVAL: (
        _S.DRAFT,  # it is given other edits
        _S.PENDING_APPROVAL,
        _S.APPROVED,
        _S.REJECTED,
        _S.PENDING_CONFIRMATION,
        _S.PENDING_PAYMENT,
        _S.COMMITTED,
        *_ENDED_BEFORE_COMMIT,
    ),
    _S.APPROVED: (_S.PENDING_CONFIRMATION, _S.PENDING_PAYMENT, _S.COMMITTED, *_ENDED_BEFORE_COMMIT),
    _S.PENDING_CONFIRMATION: (_S.PENDING_PAYMENT, _S.COMMITTED, _S.DECLINED, *_ENDED_BEFORE_COMMIT),
    _S.PENDING_PAYMENT: (_S.COMMITTED, *_ENDED_BEFORE_COMMIT),
    _S.COMMITTED: (_S.COMPLETED, _S.FALLOUT),
    _S.FALLOUT: (_S.COMPLETED, *_ENDED_BEFORE_COMMIT),
    _S.COMPLETED: (_S.FALLOUT,),  # a refund that had settled came back
    _S.REJECTED: (),
    _S.DECLINED: (),
    _S.EXPIRED: _FALLS_OUT_FOR_MONEY,
    _S.UNDONE: _FALLS_OUT_FOR_MONEY,
    _S.WITHDRAWN: _FALLS_OUT_FOR_MONEY,
    _S.FAILED: _FALLS_OUT_FOR_MONEY,
}

ENDED_BEFORE_COMMIT = frozenset(_ENDED_BEFORE_COMMIT)
"""A change in one of these had no effect; so has one that fell out afterwards."""

OPEN = frozenset({_S.DRAFT, _S.PENDING_APPROVAL, _S.APPROVED, _S.PENDING_CONFIRMATION, _S.PENDING_PAYMENT})
"""A change in one of these is the order's open change."""

EDITABLE = frozenset({_S.DRAFT, _S.PENDING_APPROVAL})
"""A change in one of these can be given other edits."""


_REFUSALS: dict[ChangeStatus, str] = {
    _S.DRAFT: "It is still a draft: submit it first.",
    _S.PENDING_APPROVAL: "It waits for an approval.",
    _S.APPROVED: "It is approved and waits to be accepted.",
    _S.PENDING_CONFIRMATION: "It waits to be confirmed.",
    _S.PENDING_PAYMENT: "It waits for the customer's payment.",
    _S.COMMITTED: "It is already committed.",
    _S.COMPLETED: "It is already committed and completed.",
    _S.REJECTED: "It was rejected.",
    _S.DECLINED: "The customer declined it.",
    _S.EXPIRED: "It has expired.",
    _S.UNDONE: "It was undone.",
    _S.WITHDRAWN: "It was withdrawn.",
    _S.FAILED: "It failed.",
    _S.FALLOUT: "A step outside failed; an operator must resolve it.",
}


def check_transition(current: ChangeStatus, target: ChangeStatus) -> None:
    """Refuses a transition that the table doesn't allow, with the table's words.

    Raises:
        Refusal: `illegal-transition`.
    """
    if target not in CHANGE_TRANSITIONS[current]:
        raise Refusal("illegal-transition", f"The change cannot become {target}. {_REFUSALS[current]}")


def require(current: ChangeStatus, wanted: ChangeStatus, code: str = "illegal-transition") -> None:
    """Refuses, with the table's words, a change that is not in the status `wanted`.

    Raises:
        Refusal: `code`.
    """
    if current is not wanted:
        raise Refusal(code, f"This is not possible now. {_REFUSALS[current]}")


def require_editable(current: ChangeStatus) -> None:
    """Refuses, with the table's words, a change that can be given no other edits.

    Raises:
        Refusal: `illegal-transition`.
    """
    if current not in EDITABLE:
        raise Refusal("illegal-transition", f"It can be given no other edits now. {_REFUSALS[current]}")


def refuse_as_ended(current: ChangeStatus) -> NoReturn:
    """Refuses anything more on a change that has ended, with the table's words.

    Raises:
        Refusal: `illegal-transition`.
    """
    raise Refusal("illegal-transition", f"This is not possible any more. {_REFUSALS[current]}")
