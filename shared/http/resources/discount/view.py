"""Shows a discount in replies: an order's own, and the part of it that a line carries."""

from shared.domain import money as amounts
from shared.domain.order.line_price import LineDiscount
from shared.domain.order.order import Discount
from shared.http.parts.view import Json, money, present


def discount_view(discount: Discount | LineDiscount, currency: str) -> Json:
    """Shows a discount; `value` is per cent, or an amount in the order's currency."""
    value = amounts.text(discount.amount, currency) if discount.percent is None else str(discount.percent)
    return present({"code": discount.code, "type": discount.type, "value": value})


def line_discount_view(discount: LineDiscount, currency: str) -> Json:
    """Shows a discount with the amount it takes off the line, and tells if that is the line's share of an order's
    discount."""
    told = discount_view(discount, currency) | {"scope": discount.scope, "amount": money(discount.amount, currency)}
    return told | {"after_tax": True} if discount.after_tax else told
