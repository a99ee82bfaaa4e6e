"""Checks that the rest of a price still covers the cost of the goods."""

from collections.abc import Iterable

from shared.domain.order.line import Line
from shared.domain.order.product import Catalogue
from shared.domain.planning.plan import LineChange
from shared.domain.policy.evaluation import Judge


def check_margins(judge: Judge, changes: Iterable[LineChange], catalogue: Catalogue) -> None:
    """Asks for an approval of each line whose price falls below its margin floor. The cost of a line is known for
    products with a unit cost only; the reason's words never tell it."""
    for change in changes:
        line = change.after
        cost = _cost(line, judge.order.currency, catalogue) if line.quantity else None
        if cost is None or not _cheaper(change):
            continue
        floor = judge.policy.prices.margin_floor_of(judge.subject, line.sku)
        if floor is not None and (line.worth - cost) * 100 < floor.percent * line.worth:
            words = f"The price of {line.sku} is below its least margin."
            judge.rule("margin", floor.id, "approve", words)
            judge.ask(words, floor.id)


def _cost(line: Line, currency: str, catalogue: Catalogue) -> int | None:
    product = catalogue.products.get(line.sku)
    unit = product.unit_cost.get(currency) if product else None
    return None if unit is None or line.charges else unit * line.quantity


def _cheaper(change: LineChange) -> bool:
    """Returns True if a unit is sold for less than before, or the line is an added one."""
    before, after = change.before, change.after
    if before is None or not before.quantity:
        return True
    return after.worth * before.quantity < before.worth * after.quantity
