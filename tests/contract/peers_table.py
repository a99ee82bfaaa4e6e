"""Prints our money beside Vendure's and Medusa's, and a subscription's arithmetic: `python -m
tests.contract.peers_table`.

Our numbers come from `plan` as this runs; theirs were measured (PEERS.md, "price"). Then a subscription bundle moves by
17 days, charge by charge: periods and amounts are the plan's own (`plan.proration`), with the arithmetic between them.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from shared.adapters.policy_file import ShippedPolicies
from shared.domain import money
from shared.domain.order.line import Line
from shared.domain.order.line_price import Charge
from shared.domain.order.order import Order
from shared.domain.planning.edits import Edit, SetDates, SetQuantity
from shared.domain.planning.plan import ChangePlan, ProratedCharge
from shared.domain.planning.planner import PlanContext, plan
from tests.fakes.builders import an_order

PEERS = {"Vendure 3.7.3": ("22.40", "10.00"), "Medusa 2.21.2": ("20.40", "12.00")}
"""New total and refund, measured in PEERS.md."""

START, END = date(2026, 12, 1), date(2027, 11, 30)
DAYS = timedelta(days=17)
MOVES = {
    f"end 17 days later ({END + DAYS})": {"end_date": END + DAYS},
    f"start 17 days later ({START + DAYS})": {"start_date": START + DAYS},
    f"both 17 days later ({START + DAYS} to {END + DAYS})": {"start_date": START + DAYS, "end_date": END + DAYS},
}


def price_case() -> Iterator[str]:
    """Yields the rows of one case: 3 × 10.00, −10 %, +20 % tax, paid; one unit is dropped."""
    order = an_order().with_line("MUG", 3, 1000).discounted("10").paid().build()
    planned = _planned(order, SetQuantity(line_id="l1", quantity=2))
    refund = sum(each.amount for each in planned.refunds)
    yield f"3 × 10.00, −10 %, +20 % = {_text(order, order.totals.total)}; drop one unit"
    yield ""
    yield "| | new total | refund | total + refund |"
    yield "|---|---:|---:|---:|"
    rows = {"Inflight": (_text(order, planned.totals_after.total), _text(order, refund)), **PEERS}
    for name, (total, back) in rows.items():
        together = money.parse(total, order.currency) + money.parse(back, order.currency)
        yield f"| {name} | {total} | {back} | {_text(order, together)} |"
    before, after = order.lines[0], planned.lines[0].after
    yield ""
    yield f"Ours, before: {_sum(order, before)}; after: {_sum(order, after)}."
    yield "A unit's entitlement is a third of each: 10.00 − 1.00 + 1.80 = 10.80."


def _sum(order: Order, line: Line) -> str:
    parts = [_text(order, amount) for amount in (line.gross, line.discount, line.tax, line.total)]
    return "{} − {} + {} = {}".format(*parts)


def subscription() -> Order:
    """Returns an order of ten seats at 12.00 a month with a setup of 99.00, and support at 50.00 a month, for a year:
    2139.00."""
    month = {"type": "recurring", "period": "month"}
    dated = {"bundle_id": "b1", "parent_line_id": "b1", "start_date": START, "end_date": END, "taxes": ()}
    setup = Charge(charge_id="setup", type="one_time", price=9900)
    seats = Charge(charge_id="seats", price=1200, **month)
    support = Charge(charge_id="support", price=5000, **month)
    builder = (
        an_order("S-1")
        .in_currency("EUR")
        .with_line("PLAN", 1, 0, line_id="b1", bundle_id="b1", taxes=())
        .with_line("SEAT", 10, 0, line_id="b1-seats", required=True, charges=(setup, seats), **dated)
        .with_line("SUPPORT", 1, 0, line_id="b1-support", charges=(support,), **dated)
    )
    return builder.paid().build()


def moved(order: Order, title: str, dates: dict[str, date]) -> Iterator[str]:
    """Yields each charge of the bundle before and after its dates moved."""
    edits = [SetDates(line_id=line.line_id, **dates) for line in order.lines if line.charges]
    planned = _planned(order, *edits)
    prorated = {(each.line_id, each.charge_id): each for each in planned.proration}
    yield f"### {title}"
    yield ""
    yield "| charge | before | after | difference |"
    yield "|---|---|---|---:|"
    for line in order.lines:
        for charge in line.charges:
            yield _row(order, line, charge, prorated.get((line.line_id, charge.charge_id)))
    totals = planned.totals_before.total, planned.totals_after.total, planned.delta
    yield "| **order** | {} | {} | {} |".format(*(_text(order, amount) for amount in totals))
    yield ""
    refund = sum(each.amount for each in planned.refunds)
    yield f"Due: {_text(order, planned.amount_due)}. Refund: {_text(order, refund)}. Rule: {_rule(planned)}."


def _row(order: Order, line: Line, charge: Charge, shown: ProratedCharge | None) -> str:
    if shown is None:
        price = _text(order, charge.price)
        return f"| {charge.charge_id}, once | {price} | {price} | {_text(order, 0)} |"
    price = f"{line.quantity} × {_text(order, charge.price)}"
    before = f"{price} × {_whole(shown.periods_before)} = {_text(order, shown.amount_before)}"
    after = f"{price} × {_whole(shown.periods_after)} = {_text(order, shown.amount_after)}"
    difference = _text(order, shown.amount_after - shown.amount_before)
    return f"| {charge.charge_id}, a {charge.period} | {before} | {after} | {difference} |"


def _whole(periods: str) -> str:
    return f"({periods})" if "+" in periods else periods


def _rule(planned: ChangePlan) -> str:
    return ", ".join(sorted({each.rule for each in planned.proration}))


def _planned(order: Order, *edits: Edit) -> ChangePlan:
    planned = plan(order, edits, PlanContext(role="agent", policy=ShippedPolicies().current())).plan
    if planned.violations:
        raise AssertionError(planned.violations)
    return planned


def _text(order: Order, amount: int) -> str:
    return money.text(amount, order.currency)


def tables() -> Iterator[str]:
    yield "## A unit dropped, here and there"
    yield ""
    yield from price_case()
    order = subscription()
    yield ""
    yield f"## A subscription bundle of {_text(order, order.totals.total)} {order.currency}, moved by 17 days"
    for title, dates in MOVES.items():
        yield ""
        yield from moved(order, title, dates)


if __name__ == "__main__":
    print("\n".join(tables()))  # noqa: T201
