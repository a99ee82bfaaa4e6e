"""A term has bounds by policy: how long it has to run, and how far ahead of today, or back, it starts."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared.adapters.policy_file import ShippedPolicies
from shared.domain.order.line_price import Charge
from shared.domain.order.order import Order
from shared.domain.order.product import Catalogue, Product, ProductCharge
from shared.domain.planning.edits import AddLine, Edit, SetDates
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.plan import Planned
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.policy.documents.prices import TermBounds
from shared.domain.policy.scope import Only
from tests.fakes.builders import an_order, noon

POLICY = ShippedPolicies().current()
TODAY = date(2026, 11, 30)
BOUNDS = TermBounds(id="any-term", longest_days=1000, start_ahead_days=30, start_back_days=60)
SUB = ProductCharge(charge_id="m", type="recurring", period="month", price={"USD": 1000})
MONTHLY = Charge(charge_id="m", type="recurring", period="month", price=1000)
PRODUCTS = {"PRO": Product(sku="PRO", charges=(SUB,)), "OTHER": Product(sku="OTHER", charges=(SUB,))}


def days(count: int, since: date = TODAY) -> date:
    return since + timedelta(days=count)


def change(order: Order, *edits: Edit, on: date | None = TODAY, terms: tuple[TermBounds, ...] = (BOUNDS,)) -> Planned:
    policy = replace(POLICY, prices=replace(POLICY.prices, terms=terms))
    known = Catalogue(products=PRODUCTS)
    return plan(order, edits, PlanContext(role="agent", policy=policy, catalogue=known, now=noon(on) if on else None))


def codes(planned: Planned) -> list[str]:
    return [each.code for each in planned.plan.violations]


def add(start: date, end: date, sku: str = "PRO") -> AddLine:
    return AddLine(sku=sku, quantity=1, start_date=start, end_date=end)


def subscribed(start: date, end: date, **more: object) -> Order:
    line: dict[str, object] = {"charges": (MONTHLY,), "taxes": (), "start_date": start, "end_date": end, **more}
    return an_order().with_line("PRO", 1, int(str(line.pop("price", 0))), line_id="s", **line).paid().build()


AN_ORDER = an_order().with_line("A", 1, 1000).paid().build()


@pytest.mark.parametrize(
    ("start", "end", "fits"),
    [
        (TODAY, days(999), True),
        (TODAY, days(1000), False),
        (TODAY, date(2999, 1, 1), False),
        (days(30), days(40), True),
        (days(31), days(40), False),
        (days(-60), days(10), True),
        (days(-61), days(10), False),
    ],
)
def test_a_line_is_added_for_a_term_within_bounds(start: date, end: date, fits: bool) -> None:
    found = change(AN_ORDER, add(start, end)).plan.violations
    assert [(each.code, each.pointer) for each in found] == ([] if fits else [("term-out-of-bounds", "/edits/0")])


def test_the_refusal_says_in_plain_words_what_would_do() -> None:
    assert [change(AN_ORDER, add(*term)).plan.violations[0].detail for term in (
        (TODAY, days(1000)), (days(31), days(40)), (days(-61), days(10)),
    )] == [
        "PRO may run for 1,000 days at most; this would be 1,001.",
        "PRO may start 30 days after 2026-11-30 at the latest, not on 2026-12-31.",
        "PRO may start 60 days before 2026-11-30 at the earliest, not on 2026-09-30.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (None, days(1009), []),
        (None, days(1010), ["term-out-of-bounds"]),
        (days(31), None, ["term-out-of-bounds"]),
        (days(20), None, []),
    ],
)
def test_dates_move_within_bounds(start: date | None, end: date | None, found: list[str]) -> None:
    order = subscribed(days(10), days(500))
    moved = change(order, SetDates(line_id="s", start_date=start, end_date=end), on=TODAY)
    assert codes(moved) == found


def test_what_has_run_does_not_count_so_that_a_subscription_can_be_renewed() -> None:
    order = subscribed(days(-3000), days(5))
    assert codes(change(order, SetDates(line_id="s", end_date=days(900)))) == []
    assert codes(change(order, SetDates(line_id="s", end_date=days(1001)))) == ["term-out-of-bounds"]


def test_a_term_that_is_beyond_its_bounds_already_can_become_shorter_and_its_undo_puts_it_back() -> None:
    order = subscribed(days(-100), days(5000))
    shorter = change(order, SetDates(line_id="s", end_date=days(4000)))
    assert codes(shorter) == []
    assert codes(change(shorter.after, restoration("chg_1", shorter.plan, TODAY))) == []


def test_components_move_with_their_bundle_within_bounds() -> None:
    order = (
        an_order().with_line("PLAN", 1, 0, line_id="b", bundle_id="b", taxes=())
        .with_line("PRO", 1, 0, line_id="s", parent_line_id="b", bundle_id="b", taxes=(), charges=(MONTHLY,),
                   start_date=TODAY, end_date=days(300)).paid().build()
    )  # fmt: skip
    assert codes(change(order, SetDates(line_id="b", end_date=days(1001)))) == ["term-out-of-bounds"]


def test_the_most_specific_bounds_hold_and_without_any_a_term_has_none() -> None:
    longer = TermBounds(
        id="pro", only=Only(products=("PRO",)), longest_days=2000, start_ahead_days=30, start_back_days=60
    )
    found = [codes(change(AN_ORDER, add(TODAY, days(1500), sku), terms=(BOUNDS, longer))) for sku in ("PRO", "OTHER")]
    assert found == [[], ["term-out-of-bounds"]]
    assert codes(change(AN_ORDER, add(TODAY, date(2999, 1, 1)), terms=())) == []


def test_without_a_clock_a_term_is_judged_by_its_length_alone() -> None:
    assert codes(change(AN_ORDER, add(days(-5000), days(-4500)), on=None)) == []
    assert codes(change(AN_ORDER, add(TODAY, days(1000)), on=None)) == ["term-out-of-bounds"]


def test_what_no_charge_tells_the_cost_of_can_move_and_become_shorter_but_not_longer() -> None:
    """A line of a shop that sends dates, but no charges."""
    order = subscribed(TODAY, days(29), charges=(), price=1000)
    longer, moved = (
        SetDates(line_id="s", end_date=days(60)),
        SetDates(line_id="s", start_date=days(5), end_date=days(34)),
    )
    assert codes(change(order, longer)) == ["charges-unknown"]
    assert codes(change(order, moved)) == codes(change(order, SetDates(line_id="s", end_date=days(9)))) == []
    assert change(order, moved).plan.delta == 0
    free = subscribed(TODAY, days(29), charges=(), price=0)
    assert codes(change(free, longer)) == []
