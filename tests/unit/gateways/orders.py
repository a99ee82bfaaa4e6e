"""What gateways are asked for in these tests: 10.80 USD of a payment of 32.40."""

from dataclasses import replace
from typing import Any

from shared.ports.gateways import RefundOrder

THE_REFUND = RefundOrder(
    key="ref_0a",
    order_id="ord_0b",
    change_id="chg_0c",
    customer_id="cus-1",
    payment_id="pay-1",
    gateway="stripe",
    method="card",
    reference="pi_1",
    amount=1080,
    captured=3240,
    returned=0,
    currency="USD",
)


def a_refund(**given: Any) -> RefundOrder:
    return replace(THE_REFUND, **given)


def a_release(keep: int, **given: Any) -> RefundOrder:
    return a_refund(keep=keep, captured=0, **given)
