"""Tells a history in words, so that a person can work it out by hand."""

from collections.abc import Iterator

from shared.domain.order.line import Line
from shared.domain.order.order import Order
from shared.domain.order.payment import Payment
from tests.oracle.histories import History, Step


def told(history: History) -> Iterator[str]:
    """Yields the lines of a text: each step with its edits, the order after it, and what differs."""
    yield f"seed {history.seed}"
    for number, step in enumerate(history.steps):
        yield from _step(number, step)
    yield f"refused: {', '.join(history.refused) or 'nothing'}"


def _step(number: int, step: Step) -> Iterator[str]:
    yield f"step {number}, {step.day}: {step.asked}"
    for edit in step.edits:
        yield f"  edit {edit if edit.op != 'restore' else 'restore: undo of the last change'}"
    yield from _order(step.order)
    for figure, own, code in step.differences:
        yield f"  DIFFERENCE {figure}: the oracle says {own}, the code says {code}"


def _order(order: Order) -> Iterator[str]:
    for line in order.lines:
        yield f"  {_line(line)}"
    shipping = order.shipping
    yield f"  shipping {shipping.method} {shipping.price} + tax {shipping.tax}{_included(shipping.tax_included)}"
    for fee in order.fees:
        yield f"  fee {fee.code} {fee.amount} + tax {fee.tax}"
    paid = ", ".join(_payment(each) for each in order.payments)
    yield f"  payments {paid or 'none'}; total {order.totals.total}, balance {order.totals.balance_due}"


def _payment(payment: Payment) -> str:
    back = payment.refunded + payment.refunding
    return f"{payment.payment_id} ({payment.method}) {payment.captured} of {payment.authorised} less {back}"


def _line(line: Line) -> str:
    off = [f"{each.percent} % = {each.amount}" if each.percent is not None else str(each.amount)
           for each in line.discounts]  # fmt: skip
    taxes = [f"{tax.name} {tax.rate} = {tax.amount}" for tax in line.taxes]
    dates = f" {line.start_date} to {line.end_date}" if line.end_date else ""
    charges = "".join(f" [{each.type} {each.period or ''} {each.price}]" for each in line.charges)
    below = f" under {line.parent_line_id}{' required' if line.required else ''}" if line.parent_line_id else ""
    return (
        f"{line.line_id}{below}: {line.quantity} x {line.unit_price}{charges}{dates} = {line.gross}, off {off}, "
        f"taxes {taxes}{_included(line.tax_included)}, total {line.total}"
    )


def _included(included: bool) -> str:
    return " (included)" if included else ""
