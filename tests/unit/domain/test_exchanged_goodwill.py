"""An exchange of a line with goodwill neither loses nor doubles it: a replacement carries its share."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given as throughout
from hypothesis import settings
from hypothesis import strategies as st

from shared.domain.order.order import Order
from shared.domain.order.progress import Progress
from shared.domain.planning.edits import AddLine, CancelOrder, Credit, TakeBack
from shared.domain.planning.edits.restore import restoration
from shared.domain.policy.documents.cancellation import RestockingRule
from shared.domain.policy.policy import Policy
from tests.fakes import an_order
from tests.fakes.world import NOW
from tests.unit.domain.test_exchanging import added, codes, exchange, money, swap
from tests.unit.domain.test_goodwill import PAYMENT, POLICY, given, planned, refunded, usd

POLICIES = pytest.mark.parametrize("policy", [POLICY, PAYMENT], ids=["taxed", "payment"])


def credited(policy: Policy, units: int = 3, amount: int = 1000) -> Order:
    return given(an_order().with_line("TEA", units, 1000).paid().build(), amount, policy)


def goodwill(order: Order) -> int:
    return sum(line.goodwill.total for line in order.lines if line.goodwill)


@POLICIES
def test_a_replaced_unit_carries_its_share_of_goodwill(policy: Policy) -> None:
    order = credited(policy)
    result = exchange(order, *swap(1), policy=policy)
    assert (codes(result), money(result)) == ([], (0, 0, 0))
    assert (result.after.totals.tax, result.after.fees) == (order.totals.tax, order.fees)
    assert (goodwill(result.after), result.after.lines[-1].goodwill is not None) == (1000, True)
    gone = planned(result.after, CancelOrder(), policy=policy)
    assert (refunded(gone.plan), gone.after.totals.total) == (3600 - 1000, 0)


@POLICIES
def test_units_beyond_those_replaced_start_without_goodwill(policy: Policy) -> None:
    result = exchange(credited(policy), *swap(1, came=2), policy=policy)
    assert [line.goodwill is not None for line in result.after.lines] == [True, True, False]
    assert (goodwill(result.after), money(result)[0]) == (1000, 1800)


@POLICIES
def test_another_product_starts_without_goodwill_and_what_it_is_exchanged_for_gives_back_only_the_rest(
    policy: Policy,
) -> None:
    order = credited(policy, units=1, amount=600)
    result = exchange(order, *swap(1, "POT"), policy=policy)
    assert (codes(result), added(result)) == ([], [("POT", 1, 2000, 2400)])
    assert (result.plan.delta, goodwill(result.after), result.after.fees) == (2400 - 600, 0, ())


@POLICIES
def test_an_undone_exchange_brings_the_goodwill_back_to_its_line(policy: Policy) -> None:
    order = credited(policy)
    result = exchange(order, *swap(2), policy=policy)
    undone = planned(result.after, restoration("chg_1", result.plan, NOW.date()), kind="amendment", policy=policy)
    assert (undone.plan.violations, undone.after.totals.total) == ((), order.totals.total)
    assert (undone.after.lines[0].goodwill, undone.after.fees) == (order.lines[0].goodwill, order.fees)


@POLICIES
def test_restocking_in_an_exchange_is_of_what_the_unit_really_cost(policy: Policy) -> None:
    fee = RestockingRule(id="opened", percent=Decimal(10), stages=("delivered",), words="Restocking.")
    policy = replace(policy, cancellation=replace(policy.cancellation, restocking=(fee,)))
    order = credited(policy, units=2, amount=600)
    came = Progress(picked=2, packed=2, shipped=2, delivered=2, delivered_on=NOW.date())
    result = exchange(replace(order, progress={"l1": came}), *swap(1), policy=policy)
    assert ([each.amount for each in result.plan.cancelled], [each.amount for each in result.plan.fees]) == (
        [900],
        [90],
    )


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@throughout(
    units=st.integers(1, 7),
    price=st.integers(1, 999),
    off=st.integers(0, 99),
    percent=st.integers(0, 100),
    data=st.data(),
    policy=st.sampled_from((POLICY, PAYMENT)),
)
def test_exchanges_of_any_units_move_no_money_and_no_goodwill(
    units: int, price: int, off: int, percent: int, data: st.DataObject, policy: Policy
) -> None:
    order = an_order().with_line("TEA", units, price).discounted(str(off)).paid().build()
    amount = order.totals.total * percent // 100
    order = given(order, amount, policy) if amount else order
    total, tax, was = order.totals.total, order.totals.tax, goodwill(order)
    for _ in range(2):
        line = data.draw(st.sampled_from([line for line in order.lines if line.quantity]))
        count = data.draw(st.integers(1, line.quantity))
        result = exchange(
            order, TakeBack(line_id=line.line_id, quantity=count), AddLine(sku="TEA", quantity=count), policy=policy
        )
        order = result.after
        assert (codes(result), order.totals.total, order.totals.tax, goodwill(order)) == ([], total, tax, was)
        assert min(min(line.net, line.tax, line.cost) for line in order.lines) >= 0
    assert planned(order, CancelOrder(), policy=policy).after.totals.total == 0
    assert codes(planned(order, Credit(amount=usd(total + 1)), policy=policy)) == ["credit-over-total"]
