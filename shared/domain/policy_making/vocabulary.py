"""Lists the values that conditions of rules may compare: one vocabulary for edits of lines, one for a change as a
whole."""

from enum import EnumType
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from shared.domain.order.order import ChangeKind
from shared.domain.planning.edits import BY_OP
from shared.domain.policy.conditions import Flag, Kind, Number, Vocabulary, Words
from shared.domain.policy.subjects import Case, Extent, Fault, Role, Stage


def _asked_about(kind: ChangeKind) -> tuple[str, ...]:
    """Returns the edits of a kind of change that have rules of their own, and their parts that have."""
    own = {op: edit for op, edit in BY_OP.items() if edit.kind == kind and edit.judged_as is None}
    return tuple(name for op, edit in own.items() for name in (op, *(f"{op}.{part}" for part in edit.parts)))


EDITS: dict[ChangeKind, tuple[str, ...]] = {kind: _asked_about(kind) for kind in get_args(ChangeKind)}
"""Names the edits that eligibility is asked about; a dot names a part of an edit that needs a right of its own."""

NEEDED: tuple[ChangeKind, ...] = ("amendment", "cancellation")
"""Names the kinds of change that somebody must be able to ask for under any policy. Documents that were written before
there were settlements name none, and stay good."""

_RULED = tuple(name for names in EDITS.values() for name in names)


def _words(*known: str, and_none: bool = False) -> Words:
    return Words((*known, "none") if and_none else known)


def _kind(hint: Any) -> Kind:
    """Returns the kind of value that a condition may compare a field of this type with: a field that may be None knows
    the word `none`."""
    kind: Any = next((each for each in get_args(hint) if each is not NoneType), hint)
    if kind is int:
        return Number()
    if kind is bool:
        return Flag()
    if get_origin(hint) is tuple:
        return Words(open=True, many=True)
    known = tuple(map(str, kind)) if isinstance(kind, EnumType) else get_args(kind)
    return _words(*known, and_none=True) if known else Words(open=True)


_WHOSE: Vocabulary = {
    "kind": _words(*get_args(ChangeKind)),
    "role": _words(*get_args(Role)),
    "reason": Words(open=True),
    "fault": _words(*get_args(Fault)),
    "channel": Words(open=True),
    "account": Words(open=True),
    "tier": Words(open=True),
    "segment": Words(open=True),
    "currency": Words(open=True),
}

OF_AN_EDIT: Vocabulary = {
    **_WHOSE,
    "edit": _words(*_RULED),
    "sku": Words(open=True),
    **{name: _kind(hint) for name, hint in get_type_hints(Case).items()},
}
"""For eligibility, with all that a `Case` has: `line_status` and `stage` are `none` where an edit concerns no line."""

OF_UNITS: Vocabulary = {**_WHOSE, "sku": Words(open=True), "stage": _words(*get_args(Stage))}
"""For fees: units that a cancellation takes, at the stage they had reached."""

OF_A_CHANGE: Vocabulary = {
    **_WHOSE,
    "edits": Words(tuple(dict.fromkeys((*_RULED, *BY_OP))), many=True),
    "extent": _words(*get_args(Extent)),
    "stage": _words(*get_args(Stage), and_none=True),
    "refunds": Flag(),
    "raises_total": Flag(),
    "authorisation": _words("none", "valid", "expired", "insufficient"),
    "credit": _words("none", "within", "exceeded"),
    "refunds_today": Number(),
    "refunds_asked_today": Number(),
    "units_added": Number(),
    "units_taken": Number(),
    "units_waiting": Number(),
    "moves_address": Flag(),
    "moves_to_lower_tax": Flag(),
    "address_doubtful": Flag(),
    "expedites": Flag(),
    "hours_since_address_change": Number(),
}
"""For approvals, confirmations and checks. `stage`: how far the units had come that a cancellation takes."""
