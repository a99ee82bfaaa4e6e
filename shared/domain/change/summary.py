"""Holds a change as lists show it: all that says how it stands, without what grows with the size of an order."""

from dataclasses import dataclass, replace

from shared.domain.change.change import Change

MOST = 50
"""Entries of one list of a change that its summary keeps: of its timeline and acknowledged parts the newest."""


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
    plan = change.plan
    head = replace(
        change,
        edits=(),
        progress={},
        holds={},
        timeline=(*change.timeline[:MOST], *change.timeline[MOST:][-MOST:]),
        plan=replace(
            plan,
            lines=(),
            stock=(),
            cancelled=plan.cancelled[:1],
            taxes_reversed=(),
            assets=(),
            proration=(),
            rulings=(),
            warnings=plan.warnings[:MOST],
            violations=plan.violations[:MOST],
            fees=plan.fees[:MOST],
        ),
    )
    return ChangeSummary(head=head, edits=len(change.edits), lines=len(plan.lines))
