"""Reads the lines of a Shopify order in their present state: removed units are gone, with their share of discounts and
taxes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from shared.adapters.channels.reading.bounds import MAX_PARTS, MAX_TITLE
from shared.adapters.channels.reading.payload import Fields
from shared.adapters.channels.reading.texts import sku_in
from shared.adapters.channels.shopify.fields import id_of, shop_money
from shared.adapters.channels.shopify.refunds import NOTHING_REMOVED, Refunds, Removed
from shared.domain import money
from shared.domain.intake.new_order import NewLine, NewLineDiscount, NewTax
from shared.domain.order.progress import Progress


@dataclass(frozen=True, slots=True)
class Sent:
    """The units of a line that have left, and those that have arrived."""

    shipped: int = 0
    delivered: int = 0


def read_lines(order: Fields, refunds: Refunds) -> tuple[NewLine, ...]:
    """Returns all lines but tips, which are no goods."""
    applications = order.objects("discount_applications")
    sent = _sent(order)
    return tuple(
        _line(
            item,
            refunds.lines.get(item.text("id"), NOTHING_REMOVED),
            sent.get(item.text("id")),
            applications,
            included=order.flag("taxes_included"),
        )
        for item in order.objects("line_items")
        if not is_tip(item)
    )


def is_tip(item: Fields) -> bool:
    """Tells if a line is a tip: one given at checkout stands among the lines too (REST:
    line_items.tip_payment_gateway)."""
    return item.has("tip_payment_gateway") or item.has("tip_payment_method") or item.has("tip")


def _line(
    item: Fields, removed: Removed, sent: Sent | None, applications: Sequence[Fields], *, included: bool
) -> NewLine:
    ordered, price = item.count("quantity"), item.amount("price")
    quantity = item.count("current_quantity") if item.has("current_quantity") else ordered - removed.quantity
    if not 0 <= quantity <= ordered:
        raise item.refusal("malformed-field", "More units are removed than were ordered.", "quantity")
    # Refunds of other units than the missing ones (an edit under way) don't explain the missing ones.
    left = _Left(ordered, quantity, price, removed if removed.quantity == ordered - quantity else None)
    return NewLine(
        line_id=id_of(item),
        sku=_sku(item),
        title=item.text_or_none("name", MAX_TITLE) or item.text_or_none("title", MAX_TITLE) or "",
        quantity=quantity,
        cancelled_quantity=ordered - quantity,
        unit_price=price,
        discounts=left.discounts(_discounts(item, applications)),
        taxes=left.taxes(read_taxes(item)),
        tax_included=included,
        progress=_progress(item, sent, quantity),
    )


@dataclass(frozen=True, slots=True)
class _Left:
    """Turns the discounts and taxes of `ordered` units into those of `quantity` units.

    Shopify keeps `discount_allocations` and `tax_lines` of the quantity ordered. The removed units took price × units −
    subtotal of their refund with them (found by microsoft/BCApps #10462); without a refund, their share.
    """

    ordered: int
    quantity: int
    price: int
    removed: Removed | None

    def discounts(self, given: Sequence[NewLineDiscount]) -> tuple[NewLineDiscount, ...]:
        amounts = [discount.amount or 0 for discount in given]
        gone = None if self.removed is None else self.price * self.removed.quantity - self.removed.subtotal
        kept = self._kept(amounts, gone)
        return tuple(
            NewLineDiscount(type=each.type, scope=each.scope, code=each.code, percent=each.percent, amount=amount)
            for each, amount in zip(given, kept, strict=True)
        )

    def taxes(self, given: Sequence[NewTax]) -> tuple[NewTax, ...]:
        gone = None if self.removed is None else self.removed.tax
        kept = self._kept([tax.amount or 0 for tax in given], gone)
        return tuple(
            NewTax(name=tax.name, rate=tax.rate, amount=amount) for tax, amount in zip(given, kept, strict=True)
        )

    def _kept(self, amounts: Sequence[int], gone: int | None) -> list[int]:
        whole = sum(amounts)
        if gone is None:
            return money.allocate(money.share(whole, self.quantity, max(1, self.ordered)), amounts)
        return money.allocate(max(0, min(whole, whole - gone)), amounts)


def _discounts(item: Fields, applications: Sequence[Fields]) -> list[NewLineDiscount]:
    """Returns the discounts in `discount_allocations`, which names them all, or `total_discount` if an older version
    has only that (REST: "Instead of using this field, Shopify recommends using discount_allocations")."""
    allocations = item.objects("discount_allocations", MAX_PARTS)
    if not allocations and (total := shop_money(item, "total_discount")):
        return [NewLineDiscount(type="amount", amount=total)]
    return [_discount(each, applications) for each in allocations]


def _discount(allocation: Fields, applications: Sequence[Fields]) -> NewLineDiscount:
    index = allocation.count("discount_application_index") if allocation.has("discount_application_index") else -1
    applied = applications[index] if 0 <= index < len(applications) else Fields({})
    percent = applied.decimal("value") if applied.text_or_none("value_type") == "percentage" else None
    if percent is not None and not 0 < percent <= 100:
        percent = None
    return NewLineDiscount(
        type="amount" if percent is None else "percent",
        scope="order" if applied.text_or_none("allocation_method") == "across" else "line",
        code=applied.text_or_none("code") or applied.text_or_none("title"),
        percent=percent,
        amount=allocation.amount("amount"),
    )


def read_taxes(taxed: Fields) -> list[NewTax]:
    """Returns the taxes of a line, of shipping or of a whole order, without those of zero."""
    taxes = [
        NewTax(name=each.text_or_none("title") or "Tax", rate=each.rate("rate"), amount=each.amount_or_zero("price"))
        for each in taxed.objects("tax_lines", MAX_PARTS)
    ]
    return [tax for tax in taxes if tax.amount or tax.rate > Decimal(0)]


def _sku(item: Fields) -> str:
    if sku := sku_in(item):
        return sku
    product = item.id_or_none("variant_id") or item.id_or_none("product_id")
    return f"shopify:{product}" if product else f"shopify:line:{id_of(item)}"


def _sent(order: Fields) -> dict[str, Sent]:
    """Returns the sent units by line id. Only fulfilments that succeeded count; others are pending, failed or called
    off (REST: Fulfillment, "status"). "delivered" comes from the carrier ("shipment_status")."""
    sent: dict[str, Sent] = {}
    for fulfilment in order.objects("fulfillments"):
        if fulfilment.text_or_none("status") != "success":
            continue
        arrived = fulfilment.text_or_none("shipment_status") == "delivered"
        for item in fulfilment.objects("line_items"):
            line_id, units = item.text("id"), item.count("quantity")
            before = sent.get(line_id, Sent())
            sent[line_id] = Sent(before.shipped + units, before.delivered + (units if arrived else 0))
    return sent


def _progress(item: Fields, sent: Sent | None, quantity: int) -> Progress:
    """Returns the progress of the units that the order still stands for; returned and refunded units no longer
    count."""
    sent = sent or Sent(shipped=_fulfilled(item, quantity))
    shipped = min(sent.shipped, quantity)
    return Progress(picked=shipped, packed=shipped, shipped=shipped, delivered=min(sent.delivered, shipped))


def _fulfilled(item: Fields, quantity: int) -> int:
    match item.text_or_none("fulfillment_status"):
        case "fulfilled":
            return quantity
        case "partial" if item.has("fulfillable_quantity"):
            return max(0, quantity - item.count("fulfillable_quantity"))
        case _:
            return 0
