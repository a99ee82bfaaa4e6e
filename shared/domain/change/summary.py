"""Holds a change as lists show it: all that says how it stands, without what grows with the size of an order."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from shared.domain.change.change import Change
from shared.domain.planning.plan import ChangePlan

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")

MOST = 50
"""Entries of one list of a change that its summary keeps; of its timeline the first and the newest."""
LONGEST = 500
"""Characters of one text of a summary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSummary:
    """Holds the `head`, which is the change without its edits, the lines of its plan, and what there is one of for a
    line, a SKU or an asset; and the numbers of edits and lines that it had. A head is for reading: nothing is planned
    or written from it."""

    head: Change
    edits: int
    lines: int


def summary_of(change: Change) -> ChangeSummary:
    """Returns the summary of a whole change."""
    head = replace(
        change,
        edits=(),
        progress={},
        holds={},
        timeline=tuple(_short(each, "note") for each in (*change.timeline[:MOST], *change.timeline[MOST:][-MOST:])),
        plan=_summarised(change.plan),
    )
    return ChangeSummary(head=head, edits=len(change.edits), lines=len(change.plan.lines))


def _summarised(plan: ChangePlan) -> ChangePlan:
    """Returns the plan without what there is one of for a line, a SKU or an asset, and with words that are short: some
    name every SKU."""
    return replace(
        plan,
        lines=(),
        stock=(),
        cancelled=plan.cancelled[:1],
        taxes_reversed=(),
        assets=(),
        proration=(),
        rulings=(),
        warnings=tuple(map(_cut, plan.warnings[:MOST])),
        violations=tuple(_short(each, "detail") for each in plan.violations[:MOST]),
        fees=tuple(_short(each, "because") for each in plan.fees[:MOST]),
        approvals=tuple(_short(each, "because", "rule") for each in plan.approvals),
        confirmations=tuple(_short(each, "because", "rule") for each in plan.confirmations),
    )


def _short(value: T, *names: str) -> T:
    """Returns the value with these texts cut, if it has a longer one."""
    long = {name: _cut(text) for name in names if (text := getattr(value, name)) and len(text) > LONGEST}
    return replace(value, **long) if long else value


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"
