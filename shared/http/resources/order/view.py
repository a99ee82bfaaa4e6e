"""Shows an order and its totals in replies."""

from dataclasses import asdict

from shared.domain.change.states import ChangeStatus
from shared.domain.order.line import Line
from shared.domain.order.order import Fee, Order, Shipping, Totals
from shared.domain.order.order_summary import OrderSummary, order_summary
from shared.domain.order.states import ShownOnly, being_cancelled
from shared.http.parts.view import Json, address, money, present, time
from shared.http.resources.discount.view import discount_view
from shared.http.resources.line.view import line_view, tax_view
from shared.http.resources.overpayment.view import overpaid_view
from shared.http.resources.payment.view import payment_view


def order_view(order: Order) -> Json:
    """Shows the live order."""
    return with_lines(order, order_view_in_list(order))


def order_view_in_list(order: Order) -> Json:
    """Shows an order of a list: all but its lines, which may be thousands."""
    return summary_view(order_summary(order))


def summary_view(summary: OrderSummary) -> Json:
    """Shows an order by its summary, which search reads instead of the whole order."""
    order, totals = summary.head, summary.totals
    currency = order.currency
    return present(
        {
            "order_id": order.order_id,
            "version": order.version,
            "status": summary.status.value,
            "channel": order.channel,
            "channel_order_id": order.channel_order_id,
            "source": present(asdict(order.source)),
            "customer": present(asdict(order.customer)),
            "currency": currency,
            "placed_at": time(order.placed_at),
            "shipping_address": address(order.shipping_address),
            "billing_address": address(order.billing_address),
            "shipping": shipping_view(order.shipping, currency),
            "tax_exemption": present(asdict(order.tax_exemption)) if order.tax_exemption else None,
            "discounts": [discount_view(discount, currency) for discount in order.discounts],
            "fees": [_fee(fee, currency) for fee in order.fees] or None,
            "payments": [payment_view(payment, currency) for payment in order.payments],
            "totals": totals_view(totals, currency),
            "settlement": None if _awaits_rest(order) else overpaid_view(order.order_id, totals.balance_due, currency),
            "open_change": _open_change(order),
            "supersedes": order.version - 1 if order.version > 1 else None,
            "backordered": summary.backordered or None,
            "erased_at": time(order.erased_at) if order.erased_at else None,
        }
    )


def totals_view(totals: Totals, currency: str) -> Json:
    """Shows totals, with `refunding`, which the balance already counts: the money that refunds under way, or planned,
    will still give back."""
    refunding = totals.balance_due - (totals.total - totals.paid + totals.refunded)
    sums = asdict(totals) | {"refunding": refunding}
    return {name: money(amount, currency) for name, amount in sums.items()}


def with_lines(order: Order, view: Json, drafts: frozenset[str] = frozenset(), *, superseded: bool = False) -> Json:
    """Returns a view of an order with its lines; those in `drafts` are shown as such, those of a former version as
    superseded, and those that an open cancellation takes from as waiting for it."""
    waiting: ShownOnly = "superseded" if superseded else "pending_cancellation"
    shown = {line.line_id for line in order.lines} if superseded else being_cancelled(order)

    def view_of(line: Line) -> Json:
        return line_view(order, line, draft=line.line_id in drafts, shown=waiting if line.line_id in shown else None)

    return view | {"lines": [view_of(line) for line in order.lines]}


def _awaits_rest(order: Order) -> bool:
    """Tells if a change waits for a payment: what has come of it is no overpayment while the rest may come."""
    return order.open_change is not None and order.open_change.status == ChangeStatus.PENDING_PAYMENT


def _open_change(order: Order) -> Json | None:
    change = order.open_change
    if change is None:
        return None
    return present(
        {
            "change_id": change.change_id,
            "kind": change.kind,
            "status": str(change.status),
            "waits_for": change.waits_for,
            "waits_since": time(change.waits_since) if change.waits_since else None,
            "waits_until": time(change.waits_until) if change.waits_until else None,
        }
    )


def shipping_view(shipping: Shipping, currency: str) -> Json:
    return present(
        {
            "method": shipping.method,
            "price": money(shipping.price, currency),
            "tax": money(shipping.tax, currency) if shipping.tax else None,
            "taxes": [tax_view(tax, currency) for tax in shipping.taxes] or None,
            "tax_included": shipping.tax_included or None,
            "goodwill": money(shipping.goodwill.total, currency) if shipping.goodwill else None,
        }
    )


def _fee(fee: Fee, currency: str) -> Json:
    return {"code": fee.code, "amount": money(fee.amount, currency), "tax": money(fee.tax, currency)}
