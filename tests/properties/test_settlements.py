"""Settlements over random histories: never more than is overpaid, and all of it in the end; lines never move."""

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.adapters.policy_file import ShippedPolicies
from shared.domain.order.order import Order
from shared.domain.planning.edits import CancelUnits, Edit, Money, Settle
from shared.domain.planning.plan import Planned
from shared.domain.planning.planner import PlanContext, plan
from tests.fakes.builders import an_order
from tests.support.effort import times

POLICY = ShippedPolicies().current()
throughout = settings(
    max_examples=times(100), deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@st.composite
def orders(draw: st.DrawFn) -> Order:
    builder = an_order().in_currency(draw(st.sampled_from(("USD", "JPY", "KWD"))))
    for _ in range(draw(st.integers(1, 2))):
        builder = builder.with_line("A", draw(st.integers(1, 4)), draw(st.integers(0, 3000)))
    for number in range(draw(st.integers(1, 3))):
        builder = builder.paid(draw(st.integers(0, 9000)), f"pay-{number}")
    return builder.build()


def planned(order: Order, kind: Any, *edits: Edit) -> Planned:
    reason = "overpayment" if kind == "settlement" else "customer_request"
    return plan(order, edits, PlanContext(kind=kind, role="agent", policy=POLICY, reason_code=reason))


def wishes(data: st.DataObject, order: Order) -> Settle:
    amounts = st.none() | st.integers(1, 12_000).map(lambda amount: Money(amount=amount, currency=order.currency))
    payments = st.none() | st.sampled_from([payment.payment_id for payment in order.payments])
    return Settle(amount=data.draw(amounts), payment_id=data.draw(payments))


def _next(data: st.DataObject, order: Order) -> Order:
    """A cancellation, a payment that comes, a refund that settles or is given up, or a settlement of any size."""
    deed = data.draw(st.sampled_from(("cancel", "pay", "settles", "fails", "settle")))
    if deed == "pay":
        more = an_order().paid(data.draw(st.integers(1, 5000)), f"pay-{len(order.payments)}").new.payments
        return replace(order, payments=(*order.payments, *more))
    if deed in ("settles", "fails"):
        done = deed == "settles"
        payments = [
            replace(each, refunding=0, refunded=each.refunded + each.refunding * done) for each in order.payments
        ]
        return replace(order, payments=tuple(payments))
    if deed == "cancel":
        live = [line for line in order.lines if line.quantity]
        if not live:
            return order
        line = data.draw(st.sampled_from(live))
        return planned(order, "cancellation", CancelUnits(line_id=line.line_id, quantity=1)).after
    return _settled(order, wishes(data, order))


def _settled(order: Order, wish: Settle) -> Order:
    before, result = order.totals, planned(order, "settlement", wish)
    back = sum(refund.amount for refund in result.plan.refunds)
    assert 0 <= back <= max(0, -before.balance_due)
    assert bool(result.plan.violations) == (back == 0)
    if wish.amount is not None and back:
        assert back == wish.amount.amount
    assert {refund.payment_id for refund in result.plan.refunds} <= {
        wish.payment_id or each.payment_id for each in order.payments
    }
    assert (result.after.lines, result.after.shipping, result.after.fees) == (order.lines, order.shipping, order.fees)
    assert result.plan.totals_after.balance_due == before.balance_due + back == result.after.totals.balance_due
    return result.after if back else order


@throughout
@given(order=orders(), data=st.data())
def test_settlements_give_back_what_is_overpaid_and_never_more(order: Order, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 6))):
        order = _next(data, order)
        assert all(min(each.refunded, each.refunding, each.refundable) >= 0 for each in order.payments)
    order = _settled(order, Settle())
    assert order.totals.balance_due >= 0
