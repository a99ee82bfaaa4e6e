"""Records refused changes and finds the false rejects among them: those that were refused wrongly.

A false reject was *forced* (somebody of a higher role committed the same after all) or *resubmitted* (the same role
committed other edits instead, or the same ones under a later policy), within `PATIENCE`. Nothing personal is kept: the
record has the edits and their lines but no addresses, and roles but no names.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.domain.canonical import canonical, sha256
from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.fields import impersonal_fields, without_personal
from shared.domain.order.order import ChangeKind
from shared.domain.planning.edits import BY_OP, Edit
from shared.domain.policy.subjects import Role

PATIENCE = timedelta(days=7)
Verdict = Literal["forced", "resubmitted"]

_ABOVE: tuple[Role, ...] = ("customer", "agent", "lead", "manager", "finance", "operator")
"""Roles by rank: each may do things that those before it may not."""

_COMES_TO = {op: edit.comes_to or op for op, edit in BY_OP.items()}
_NO_OTHER_WISH = {
    "title": "A title asks for nothing else.",
    "made_on": "It is told by the change that is undone.",
    "returning": "It follows from the change that is undone.",
}
"""Fields of edits that make no difference, besides those that are declared personal; each with its reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """One edit: its op, and its line or product; "" for the whole order."""

    op: str
    on: str = ""

    def meets(self, other: "Touched") -> bool:
        """Tells if both edits do the same to the same thing."""
        same = _COMES_TO.get(self.op, self.op) == _COMES_TO.get(other.op, other.op)
        return same and (self.on == other.on or not self.on or not other.on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A start of a change that was refused. `codes` are the violations', `rules` those of policy that denied; `wanted`
    is a fingerprint of the edits with their quantities and amounts, and tells two requests apart."""

    id: str
    at: datetime
    order_id: str
    customer_id: str
    channel: str
    tier: str
    kind: ChangeKind
    role: Role
    reason_code: str
    edits: tuple[Touched, ...]
    wanted: str
    codes: tuple[str, ...]
    rules: tuple[str, ...]
    policy_version: str

    @property
    def day(self) -> str:
        return self.at.date().isoformat()


def touched(edits: Iterable[Edit]) -> tuple[Touched, ...]:
    return tuple(dict.fromkeys(Touched(op=edit.op, on=edit.on) for edit in edits))


def fingerprint(edits: Iterable[Edit]) -> str:
    """Returns one text for equal edits; addresses are left out, because they are personal."""
    return sha256(canonical([_wish(edit) for edit in edits]))[:16]


def _wish(edit: Edit) -> dict[str, object]:
    told = (name for name in impersonal_fields(type(edit)) if name not in _NO_OTHER_WISH)
    return {name: without_personal(getattr(edit, name)) for name in told}


def verdict(refused: Refused, changes: Iterable[Change]) -> Verdict | None:
    """Returns the verdict on a refused change, by the later changes of the same order; None if it is no false
    reject."""
    later = [change for change in changes if _soon_after(refused, change)]
    if any(_forced(refused, change) for change in later):
        return "forced"
    return "resubmitted" if any(_resubmitted(refused, change) for change in later) else None


def _soon_after(refused: Refused, change: Change) -> bool:
    at = committed_at(change)
    return change.order_id == refused.order_id and at is not None and refused.at < at <= refused.at + PATIENCE


def committed_at(change: Change) -> datetime | None:
    return next((entry.at for entry in change.timeline if entry.status is ChangeStatus.COMMITTED), None)


def _forced(refused: Refused, change: Change) -> bool:
    return _rank(change.requested_by.role) > _rank(refused.role) and _meets(refused, change)


def _resubmitted(refused: Refused, change: Change) -> bool:
    otherwise = fingerprint(change.edits) != refused.wanted
    anew = change.plan.policy_version != refused.policy_version
    return change.requested_by.role == refused.role and _related(refused, change) and (otherwise or anew)


def _meets(refused: Refused, change: Change) -> bool:
    return any(one.meets(other) for one in refused.edits for other in touched(change.edits))


def _related(refused: Refused, change: Change) -> bool:
    """Tells if the change has an edit, a line or a product in common with the refused one; only then is it a second
    try."""
    after = touched(change.edits)
    return _meets(refused, change) or bool({each.on for each in refused.edits} & {each.on for each in after})


def _rank(role: Role) -> int:
    return _ABOVE.index(role) if role in _ABOVE else -1
