"""Judges a change that gives an order back what was taken of it for a reason of fraud or law.

To undo such a change takes who asked for it, a lead or a manager (`shared/domain/change/step_rights.py`); nothing else
that comes to the same is a way round that (docs/adr/0041). It is measured by product over the whole order, whatever
edit and whatever line brings the units, or the longer term, and for as long as the change is not undone.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from shared.domain.order.line import Line
from shared.domain.order.line_history import Withheld
from shared.domain.order.order import Order
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.plan import LineChange
from shared.domain.policy.subjects import Role

_SENIOR: frozenset[Role] = frozenset({"lead", "manager"})


def with_withheld(draft: EditDraft, changes: list[LineChange], *, undoes: bool) -> list[LineChange]:
    """Returns the changes of lines, each with what a change for a guarded reason takes of it; an undo takes nothing but
    what it had given."""
    judge = draft.judge
    if undoes or not judge.policy.reasons.guards(judge.reason_code):
        return changes
    return [_noted(each) for each in changes]


def check_withheld(draft: EditDraft, order: Order, changes: Sequence[LineChange]) -> None:
    """Refuses a customer what was withheld, and asks for an approval of an agent who gives it back. Undoing the change
    that took it lowers what is withheld as it brings the units, and is judged as a step of that change."""
    if draft.judge.role in _SENIOR:
        return
    for sku in sorted(_given_back(order, changes)):
        if draft.judge.role == "customer":
            words = f"Customer service has taken {sku} out of this order, and only they put it back."
            draft.refuse("product-withheld", words, draft.edits_at)
        else:
            words = f"{sku} was taken out for a reason of fraud or law: a senior agrees that it comes back."
            draft.judge.rule("withheld", "withheld", "approve", words)
            draft.judge.ask(words, "withheld")


def _noted(change: LineChange) -> LineChange:
    before, after = change.before, change.after
    taken = _taken(before, after) if before else 0
    if before is None or not taken:
        return change
    known = {each.sku: each.quantity for each in after.withheld}
    known[before.sku] = known.get(before.sku, 0) + taken
    withheld = tuple(Withheld(sku=sku, quantity=quantity) for sku, quantity in known.items())
    return replace(change, after=replace(after, withheld=withheld))


def _taken(before: Line, after: Line) -> int:
    """Returns the units that a line loses; all that it had, where it becomes another product or runs for a shorter
    time."""
    if after.sku != before.sku or _longer(after, before):
        return before.quantity
    return max(0, before.quantity - after.quantity)


def _given_back(order: Order, changes: Sequence[LineChange]) -> set[str]:
    """Returns the products withheld of the order that the changes bring more of: units, or a longer term."""
    comes, longer = Counter[str](), set[str]()
    for before, after in ((each.before, each.after) for each in changes):
        comes[after.sku] += after.quantity
        if before is not None:
            comes[before.sku] -= before.quantity
            comes.subtract(_released(before, after))
            if before.withheld == after.withheld and before.sku == after.sku and _longer(before, after):
                longer.add(after.sku)
    more = longer | {sku for sku, units in comes.items() if units > 0}
    return {each.sku for line in order.lines for each in line.withheld if each.sku in more} if more else more


def _released(before: Line, after: Line) -> dict[str, int]:
    """Returns the units by product that are withheld of a line no more."""
    still = {each.sku: each.quantity for each in after.withheld}
    return {each.sku: max(0, each.quantity - still.get(each.sku, 0)) for each in before.withheld}


def _longer(line: Line, other: Line) -> bool:
    """Tells if the other line runs to a later day, or from an earlier one."""
    if line.start_date is None or line.end_date is None or other.start_date is None or other.end_date is None:
        return False
    return other.end_date > line.end_date or other.start_date < line.start_date
