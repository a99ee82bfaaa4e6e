"""Reads the refunds of a Shopify order: units removed, shipping refunded, money returned.

Removing a unit by an order edit makes a refund without transactions, so this covers edits as well (Shopify REST Admin
API: Refund).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.adapters.channels.reading.payload import Fields
from shared.adapters.channels.shopify.fields import shop_money


@dataclass(frozen=True, slots=True)
class Removed:
    """The units of one line that are no longer part of the order: `subtotal` after discounts, and the tax on them."""

    quantity: int = 0
    subtotal: int = 0
    tax: int = 0

    def __add__(self, other: "Removed") -> "Removed":
        return Removed(self.quantity + other.quantity, self.subtotal + other.subtotal, self.tax + other.tax)


NOTHING_REMOVED = Removed()


@dataclass(frozen=True, slots=True)
class Refunds:
    """All refunds of an order. `lines` go by the line's plain id; `adjustments` is the sum that refunds gave beyond
    (negative) or short of (positive) the goods they name, with the tax on it beside it."""

    lines: dict[str, Removed] = field(default_factory=dict)
    shipping: int = 0
    shipping_tax: int = 0
    adjustments: int = 0
    adjustments_tax: int = 0
    transactions: tuple[Fields, ...] = ()

    @property
    def repaid(self) -> int:
        """Returns the minor units that transactions gave back."""
        return sum(each.amount("amount") for each in self.transactions if happened(each))

    def value(self, *, taxes_included: bool) -> int:
        """Returns the amount that the refunded goods and shipping had added to the order's total, in minor units."""
        goods = sum(line.subtotal + (0 if taxes_included else line.tax) for line in self.lines.values())
        return goods + self.shipping + (0 if taxes_included else self.shipping_tax)


def read_refunds(order: Fields) -> Refunds:
    refunds = order.objects("refunds")
    adjustments = [each for refund in refunds for each in refund.objects("order_adjustments")]
    shipping = [each for each in adjustments if each.text_or_none("kind") == "shipping_refund"]
    others = [each for each in adjustments if each.text_or_none("kind") != "shipping_refund"]
    return Refunds(
        lines=_removed(each for refund in refunds for each in refund.objects("refund_line_items")),
        shipping=-_sum(shipping, "amount"),
        shipping_tax=-_sum(shipping, "tax_amount"),
        adjustments=_sum(others, "amount"),
        adjustments_tax=_sum(others, "tax_amount"),
        transactions=tuple(each for refund in refunds for each in refund.objects("transactions")),
    )


def happened(transaction: Fields) -> bool:
    """Tells if the transaction moved money. Only "success" did; others are pending, failed or erroneous (REST:
    Transaction, "status")."""
    return transaction.text_or_none("status") in (None, "success")


def _removed(items: Iterable[Fields]) -> dict[str, Removed]:
    lines: dict[str, Removed] = {}
    for item in items:
        removed = Removed(item.count("quantity"), shop_money(item, "subtotal"), shop_money(item, "total_tax"))
        line_id = item.text("line_item_id")
        lines[line_id] = lines.get(line_id, NOTHING_REMOVED) + removed
    return lines


def _sum(adjustments: list[Fields], key: str) -> int:
    return sum(shop_money(each, key, negative=True) for each in adjustments)
