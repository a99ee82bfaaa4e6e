"""Shows a line in replies: in an order with its progress, in a plan without."""

from shared.domain.order.line import Line
from shared.domain.order.line_history import EndedUnits, FormerProduct, JoinedUnits
from shared.domain.order.line_price import Charge, Tax
from shared.domain.order.order import Order
from shared.domain.order.progress import NO_PROGRESS, Progress
from shared.domain.order.states import ShownOnly, line_status
from shared.http.parts.view import Json, money, present
from shared.http.resources.discount.view import line_discount_view


def line_view(order: Order, line: Line, *, draft: bool = False, shown: ShownOnly | None = None) -> Json:
    """Shows a line of an order, with the status `shown` if there is one. `progress` is told once there is any."""
    progress = order.progress_of(line)
    view = content_view(line, order.currency)
    view |= {"fulfilled_quantity": progress.out, "status": shown or line_status(line, progress, draft=draft).value}
    return view | ({"progress": _progress(progress)} if progress != NO_PROGRESS else {})


def content_view(line: Line, currency: str) -> Json:
    """Shows the commercial content of a line."""
    return present(
        {
            "line_id": line.line_id,
            "sku": line.sku,
            "title": line.title,
            "quantity": line.quantity,
            "cancelled_quantity": line.cancelled_quantity,
            "unit_price": money(line.unit_price, currency),
            "discounts": [line_discount_view(discount, currency) for discount in line.discounts],
            "taxes": [tax_view(tax, currency) for tax in line.taxes],
            "tax_included": line.tax_included or None,
            "goodwill": money(line.goodwill.total, currency) if line.goodwill else None,
            "total": money(line.total, currency),
            "quantity_modifiable": line.quantity_modifiable,
            "start_date": line.start_date.isoformat() if line.start_date else None,
            "end_date": line.end_date.isoformat() if line.end_date else None,
            "charges": [_charge(charge, currency) for charge in line.charges] or None,
            "joined": [_joined(units) for units in line.joined] or None,
            "ended": [_ended(units) for units in line.ended] or None,
            "formerly": [_former(product, currency) for product in line.formerly] or None,
            "bundle_id": line.bundle_id,
            "parent_line_id": line.parent_line_id,
            "required": line.required or None,
            "constraints": list(line.constraints) or None,
            "backordered": line.backordered or None,
        }
    )


def _progress(progress: Progress) -> Json:
    """Shows progress; counts that only some lines have, and tracking of parcels, are left out where there is nothing to
    tell."""
    delivered_on = progress.delivered_on
    return present(
        {
            "picked": progress.picked,
            "packed": progress.packed,
            "shipped": progress.shipped,
            "delivered": progress.delivered,
            "returned": progress.returned,
            "intercepted": progress.intercepted or None,
            "returning": progress.returning or None,
            "delivered_on": delivered_on.isoformat() if delivered_on else None,
            "tracking": list(progress.tracking) or None,
        }
    )


def tax_view(tax: Tax, currency: str) -> Json:
    return present(
        {
            "name": tax.name,
            "rate": str(tax.rate),
            "amount": money(tax.amount, currency),
            "jurisdiction": tax.jurisdiction,
        }
    )


def _charge(charge: Charge, currency: str) -> Json:
    return present(
        {
            "charge_id": charge.charge_id,
            "type": charge.type,
            "period": charge.period,
            "price": money(charge.price, currency),
        }
    )


def _joined(joined: JoinedUnits) -> Json:
    return {"quantity": joined.quantity, "start_date": joined.start_date.isoformat()}


def _ended(ended: EndedUnits) -> Json:
    start, end = ended.start_date.isoformat(), ended.end_date.isoformat()
    return {"quantity": ended.quantity, "start_date": start, "end_date": end}


def _former(product: FormerProduct, currency: str) -> Json:
    return present(
        {
            "sku": product.sku,
            "end_date": product.end_date.isoformat(),
            "amount": money(product.amount, currency),
            "discounts": [line_discount_view(discount, currency) for discount in product.discounts] or None,
            "taxes": [tax_view(tax, currency) for tax in product.taxes] or None,
        }
    )
