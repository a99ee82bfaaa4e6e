"""Reads older Shopify orders, which have discounts and taxes for the order as a whole only, and shares them out over
the lines."""

from collections.abc import Sequence
from dataclasses import replace

from shared.adapters.channels.reading.payload import Fields
from shared.adapters.channels.reading.texts import listed
from shared.adapters.channels.shopify.lines import is_tip, read_taxes
from shared.domain import money
from shared.domain.intake.new_order import NewLine, NewLineDiscount, NewTax
from shared.domain.order.order import Shipping

Lines = tuple[NewLine, ...]


def with_order_discount(order: Fields, lines: Lines) -> Lines:
    """Returns the lines with the discount that only the order has, shared out by their price. Orders before
    `discount_allocations` (API 2018) have `discount_codes` and `total_discounts` instead."""
    if any("discount_allocations" in item.values for item in order.objects("line_items")):
        return lines
    codes = [each for each in order.objects("discount_codes") if each.text_or_none("type") != "shipping"]
    spare = order.amount_or_zero("total_discounts") - sum(_discount(line) for line in lines)
    weights = [_net(line) for line in lines]
    if not codes or not 0 < spare <= sum(weights):
        return lines
    code = listed((name for each in codes if (name := each.text_or_none("code"))), ", ")
    return tuple(
        replace(
            line, discounts=(*line.discounts, NewLineDiscount(type="amount", scope="order", code=code, amount=part))
        )
        for line, part in zip(lines, money.allocate(spare, weights), strict=True)
    )


def with_order_taxes(order: Fields, lines: Lines, shipping: Shipping) -> Lines:
    """Returns the lines with the order's taxes, shared out over the taxable ones by net, if neither lines nor shipping
    have any."""
    taxes = read_taxes(order)
    if not taxes or shipping.tax or any(line.taxes for line in lines):
        return lines
    goods = [item for item in order.objects("line_items") if not is_tip(item)]
    exempt = [item.values.get("taxable") is False for item in goods]
    weights = [0 if free else max(0, _net(line)) for line, free in zip(lines, exempt, strict=True)]
    if not sum(weights):
        return lines
    shares = [money.allocate(tax.amount or 0, weights) for tax in taxes]
    return tuple(
        replace(line, taxes=_taxes(taxes, [share[index] for share in shares])) for index, line in enumerate(lines)
    )


def _taxes(taxes: Sequence[NewTax], amounts: Sequence[int]) -> tuple[NewTax, ...]:
    return tuple(replace(tax, amount=amount) for tax, amount in zip(taxes, amounts, strict=True))


def _discount(line: NewLine) -> int:
    return sum(discount.amount or 0 for discount in line.discounts)


def _net(line: NewLine) -> int:
    return line.unit_price * line.quantity - _discount(line)
