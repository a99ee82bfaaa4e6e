"""Goodwill over random orders: it is worth its amount, nothing falls below nothing, and nobody gets more than they
paid."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.adapters.policy_file import ShippedPolicies
from shared.domain.intake.new_order import NewTax
from shared.domain.order.order import Fee, Order, Shipping
from shared.domain.planning.edits import CancelOrder, CancelUnits, Credit, Edit, Money
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.plan import Planned
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.policy.documents.cancellation import GoodwillRule
from tests.fakes.builders import an_order
from tests.support.effort import times

POLICY = ShippedPolicies().current()
RULE = GoodwillRule(id="payment", tax="none", words="A payment.")
PAYMENT = replace(POLICY, cancellation=replace(POLICY.cancellation, goodwill=(RULE,)))
throughout = settings(
    max_examples=times(60), deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
RATES = ("0", "0.07", "0.0725", "0.19", "0.20")


@st.composite
def orders(draw: st.DrawFn) -> Order:
    builder = an_order().in_currency(draw(st.sampled_from(("USD", "JPY", "KWD"))))
    for _ in range(draw(st.integers(1, 3))):
        rates = draw(st.lists(st.sampled_from(RATES), max_size=2))
        taxes = tuple(NewTax(name=f"T{place}", rate=Decimal(rate)) for place, rate in enumerate(rates))
        quantity, price, included = draw(st.integers(1, 5)), draw(st.integers(0, 5000)), draw(st.booleans())
        builder = builder.with_line("A", quantity, price, taxes=taxes, tax_included=included)
    if draw(st.booleans()):
        builder = builder.discounted(draw(st.sampled_from(("7", "33.3"))))
    order, price = builder.build(), draw(st.integers(0, 900))
    shipping = Shipping(method="standard", price=price, unrated=price * 7 // 100, tax_included=draw(st.booleans()))
    fees = (Fee(code="wrap", amount=100, tax=19),) if draw(st.booleans()) else ()
    order = replace(order, shipping=shipping, fees=fees)
    return replace(order, payments=an_order().paid(order.totals.total).new.payments)


policies = st.sampled_from((POLICY, PAYMENT))


def planned(order: Order, policy: Any, *edits: Edit, kind: Any = "cancellation") -> Planned:
    return plan(order, edits, PlanContext(kind=kind, role="agent", policy=policy, reason_code="goodwill"))


def sums(order: Order) -> list[int]:
    lines = [each for line in order.lines for each in (line.net, line.tax, line.total, line.cost)]
    shipping, totals = order.shipping, order.totals
    return [*lines, shipping.price, shipping.tax, shipping.cost, totals.total, totals.tax]


def gave(data: st.DataObject, order: Order, policy: Any) -> Planned | None:
    """Goodwill of any size on anything that costs something."""
    targets: list[tuple[int, dict[str, Any]]] = [(order.totals.total, {})]
    targets += [(line.cost, {"line_id": line.line_id}) for line in order.lines]
    targets += [(order.shipping.cost, {"shipping": True})]
    cost, on = data.draw(st.sampled_from(targets))
    most = min(cost, order.totals.total)
    if most <= 0:
        return None
    amount = Money(amount=data.draw(st.integers(1, most)), currency=order.currency)
    result = planned(order, policy, Credit(amount=amount, **on))
    assert result.plan.violations == ()
    assert result.plan.totals_after.total == order.totals.total - amount.amount
    assert sum(refund.amount for refund in result.plan.refunds) == amount.amount
    return result


@throughout
@given(order=orders(), policy=policies, data=st.data())
def test_goodwill_is_worth_its_amount_and_leaves_nothing_below_nothing(
    order: Order, policy: Any, data: st.DataObject
) -> None:
    for _ in range(3):
        result = gave(data, order, policy)
        if result is None:
            return
        assert min(sums(result.after)) >= 0
        taken = result.plan.totals_before.tax - result.plan.totals_after.tax
        assert taken <= -result.plan.delta
        undone = planned(result.after, policy, restoration("chg_1", result.plan), kind="amendment").after
        assert (undone.totals.total, undone.shipping, undone.fees) == (order.totals.total, order.shipping, order.fees)
        assert [replace(line, since=1) for line in undone.lines] == [replace(line, since=1) for line in order.lines]
        order = result.after


@throughout
@given(order=orders(), policy=policies, data=st.data())
def test_goodwill_and_cancellations_in_any_order_give_back_what_was_paid_and_no_more(
    order: Order, policy: Any, data: st.DataObject
) -> None:
    paid = order.totals.total
    for _ in range(data.draw(st.integers(1, 4))):
        result = gave(data, order, policy) if data.draw(st.booleans()) else _cancelled(data, order, policy)
        if result is not None:
            order = result.after
            assert min(sums(order)) >= 0
            assert order.totals.balance_due == 0
    if any(line.quantity for line in order.lines):
        order = planned(order, policy, CancelOrder()).after
    assert (order.totals.total, sum(payment.refunding for payment in order.payments)) == (0, paid)


def _cancelled(data: st.DataObject, order: Order, policy: Any) -> Planned | None:
    live = [line for line in order.lines if line.quantity]
    if not live:
        return None
    line = data.draw(st.sampled_from(live))
    units = data.draw(st.integers(1, line.quantity))
    return planned(order, policy, CancelUnits(line_id=line.line_id, quantity=units))


@pytest.mark.parametrize("policy", [POLICY, PAYMENT], ids=["taxed", "payment"])
@throughout
@given(order=orders(), data=st.data())
def test_after_goodwill_cancelling_one_by_one_ends_where_together_ends(
    order: Order, policy: Any, data: st.DataObject
) -> None:
    result = gave(data, order, policy)
    once = result.after if result else order
    units = {line.line_id: data.draw(st.integers(0, line.quantity)) for line in once.lines}
    edits = [CancelUnits(line_id=line_id, quantity=count) for line_id, count in units.items() if count]
    if not edits:
        return
    pieces = [line_id for line_id, count in units.items() for _ in range(count)]
    left = once
    for line_id in data.draw(st.permutations(pieces)):
        left = planned(left, policy, CancelUnits(line_id=line_id, quantity=1)).after
    together = planned(once, policy, *edits).after
    assert left.totals == together.totals
    assert [line.total for line in left.lines] == [line.total for line in together.lines]


@throughout
@given(order=orders(), data=st.data())
def test_where_all_was_given_back_nothing_is_left_of_any_part_and_of_none_of_its_taxes(
    order: Order, data: st.DataObject
) -> None:
    """The whole of a line, in one goodwill or several, and then its units one by one."""
    costly = [line for line in order.lines if line.cost]
    if not costly:
        return
    line_id = data.draw(st.sampled_from(costly)).line_id
    for cost in _pieces(data, costly[[line.line_id for line in costly].index(line_id)].cost):
        credit = Credit(amount=Money(amount=cost, currency=order.currency), line_id=line_id)
        order = planned(order, POLICY, credit).after
    paid = order.totals.paid - order.totals.refunded
    while (line := order.line(line_id)) is not None and line.quantity:
        assert (line.net, [tax.amount for tax in line.taxes]) == (0, [0 for _ in line.taxes])
        order = planned(order, POLICY, CancelUnits(line_id=line_id, quantity=1)).after
    assert order.totals.paid - order.totals.refunded == paid


def _pieces(data: st.DataObject, amount: int) -> list[int]:
    first = data.draw(st.integers(1, amount))
    return [first, amount - first] if first < amount else [first]
