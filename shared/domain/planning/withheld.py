"""Judges a change that gives an order back what was taken of it for a reason of fraud or law.

To undo such a change takes who asked for it, a lead or a manager (`shared/domain/change/step_rights.py`); nothing else
that comes to the same is a way round that (docs/adr/0041). It holds for the product on every line, whatever
edit brings a line, units or a longer term, and for as long as the change is not undone: a line of it only ever loses.
"""

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
    for what in (*sorted(_given_back(order, changes)), *_revived(order, changes)):
        if draft.judge.role == "customer":
            words = f"Customer service has taken {what} out of this order, and only they put it back."
            draft.refuse("product-withheld", words, draft.edits_at)
        else:
            words = (
                f"Of this order, {what} was taken out for a reason of fraud or law: a senior agrees that it comes back."
            )
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
    """Returns the products withheld of the order of which any line gets more. Lines are not set off against each other:
    units that another line loses may have another term, price or charge."""
    withheld = {each.sku for line in order.lines for each in line.withheld}
    return {each.after.sku for each in changes if each.after.sku in withheld and _gains(each)} if withheld else withheld


def _revived(order: Order, changes: Sequence[LineChange]) -> tuple[str, ...]:
    """Returns words for all goods, where such a change had its part in it that nothing is left of the order, and units
    of any line come back while nothing is withheld any less."""
    if any(line.quantity for line in order.lines) or not any(line.withheld for line in order.lines):
        return ()
    released = any(each.before and each.before.withheld != each.after.withheld for each in changes)
    return () if released or not any(each.after.quantity for each in changes) else ("the rest of the goods",)


def _gains(change: LineChange) -> bool:
    """Tells if the line is new, becomes this product, or gets more units or a longer term, beyond what is withheld of
    it no more."""
    before, after = change.before, change.after
    if before is None or before.sku != after.sku:
        return after.quantity > (_released(before, after) if before else 0)
    released = _released(before, after)
    return after.quantity > before.quantity + released or (not released and _longer(before, after))


def _released(before: Line, after: Line) -> int:
    """Returns the units of the product that the line is now which are withheld of it no more."""
    known, still = (sum(each.quantity for each in side.withheld if each.sku == after.sku) for side in (before, after))
    return max(0, known - still)


def _longer(line: Line, other: Line) -> bool:
    """Tells if the other line runs to a later day, or from an earlier one, or without an end."""
    if line.start_date is None or line.end_date is None:
        return False
    if other.start_date is None or other.end_date is None:
        return True
    return other.end_date > line.end_date or other.start_date < line.start_date
