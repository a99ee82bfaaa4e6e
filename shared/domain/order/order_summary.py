"""Holds an order as a row of a list shows it: what grows with its lines is summed up."""

from dataclasses import dataclass

from shared.domain.order.order import Order, Totals
from shared.domain.order.states import OrderStatus, order_status


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSummary:
    """Holds the `head`, which may lack lines, progress and assets, and what its lines come to. A head is for reading:
    nothing is planned or written from it."""

    head: Order
    status: OrderStatus
    totals: Totals
    backordered: bool


def order_summary(order: Order) -> OrderSummary:
    """Returns the summary of a whole order."""
    return OrderSummary(head=order, status=order_status(order), totals=order.totals, backordered=order.backordered)
