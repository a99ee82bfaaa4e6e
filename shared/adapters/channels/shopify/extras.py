"""Reads the charges of a Shopify order beside its lines: shipping, duties, additional fees, tips."""

from collections.abc import Sequence
from dataclasses import replace

from shared.adapters.channels.reading.payload import Fields
from shared.adapters.channels.reading.texts import listed
from shared.adapters.channels.shopify.fields import shop_money
from shared.adapters.channels.shopify.lines import is_tip, read_taxes
from shared.adapters.channels.shopify.refunds import Refunds
from shared.domain import money
from shared.domain.intake.new_order import NewTax
from shared.domain.intake.new_shipping import ShippingPart, taxed_shipping, taxes_together
from shared.domain.order.order import Fee, Shipping


def read_shipping(order: Fields, refunds: Refunds) -> Shipping:
    """Returns all shipping lines together, after discounts and refunds."""
    lines = [line for line in order.objects("shipping_lines") if not line.flag("is_removed")]
    told = all(line.object("current_discounted_price_set") for line in lines)
    parts = [ShippingPart(price=_price(line), taxes=tuple(read_taxes(line))) for line in lines]
    price = sum(part.price for part in parts)
    tax = sum(tax.amount or 0 for part in parts for tax in part.taxes)
    taxes = taxes_together(parts)
    if told:
        now = sum(shop_money(line, "current_discounted_price") for line in lines)
        tax = money.share(tax, now, price) if 0 < now < price else tax if now else 0
        price = now
    else:
        price, tax = max(0, price - refunds.shipping), max(0, tax - refunds.shipping_tax)
    method = listed((title for line in lines if (title := line.text_or_none("title"))), " + ")
    included = order.flag("taxes_included")
    if not taxes:
        return Shipping(method=method, price=price, unrated=tax, tax_included=included)
    return taxed_shipping(price, _coming_to(tax, taxes), method=method, tax_included=included)


def _coming_to(tax: int, taxes: Sequence[NewTax]) -> list[NewTax]:
    """Returns the taxes with amounts that come to `tax` minor units, after discounts and refunds."""
    amounts = [each.amount or 0 for each in taxes]
    parts = money.allocate(tax, amounts) if any(amounts) else amounts
    return [replace(each, amount=part) for each, part in zip(taxes, parts, strict=True)]


def _price(line: Fields) -> int:
    """Returns the price after discounts. `discounted_price` includes discounts on the shipping itself,
    `discount_allocations` also those of the whole order (REST: shipping_lines.discounted_price); some versions lack
    one of them."""
    price = line.amount_or_zero("price")
    allocated = sum(each.amount("amount") for each in line.objects("discount_allocations"))
    discounted = shop_money(line, "discounted_price") if line.has("discounted_price") else price
    return max(0, min(discounted, price - allocated))


def read_fees(order: Fields) -> tuple[Fee, ...]:
    fees = (_tip(order), _duties(order), _additional(order))
    return tuple(fee for fee in fees if fee.total)


def _tip(order: Fields) -> Fee:
    """Returns `total_tip_received`, or the tip among the lines: never both, because they are the same money."""
    lines = [line for line in order.objects("line_items") if is_tip(line)]
    given = sum(line.amount("price") * line.count("quantity") for line in lines)
    return Fee(code="tip", amount=given if lines else order.amount_or_zero("total_tip_received"))


def _duties(order: Fields) -> Fee:
    if order.flag("duties_included"):
        return Fee(code="duties", amount=0)
    tax = sum(
        tax.amount or 0
        for line in order.objects("line_items")
        for duty in line.objects("duties")
        for tax in read_taxes(duty)
    )
    amount = _as_it_stands(order, "total_duties")
    return Fee(code="duties", amount=amount, tax=tax if amount and not order.flag("taxes_included") else 0)


def _additional(order: Fields) -> Fee:
    return Fee(code="additional_fees", amount=_as_it_stands(order, "total_additional_fees"))


def _as_it_stands(order: Fields, what: str) -> int:
    when = "current" if f"current_{what}_set" in order.values else "original"
    return shop_money(order, f"{when}_{what}")
