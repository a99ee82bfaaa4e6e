"""Shares out the deductions of a new order: a fee below zero comes off what it deducts from, with its tax.

A shop writes a credit, a gift card or a rounding as a fee below zero. Like a discount on the whole order it is shared
out once, by largest remainder (DESIGN.md, "Money"): its amount over the lines by their price without tax, its tax over
the taxes of the lines. What the lines cannot bear comes off shipping, then off the other fees. From then on it is a
part of the lines, and an edit moves the share of the line that it touches.
"""

from collections.abc import Sequence
from dataclasses import replace

from shared.domain import money
from shared.domain.order.line import Line, LineDiscount
from shared.domain.order.order import Fee, Order, Shipping

Rooms = tuple[list[int], list[int], list[int]]
"""Minor units that the lines (or each of their taxes), shipping, and the fees can bear."""


def shared_out(order: Order) -> Order:
    """Returns the order without fees below zero, at the same total, which must not be below zero itself."""
    if all(fee.amount >= 0 and fee.tax >= 0 for fee in order.fees):
        return order
    fees = [_of_one_sign(fee) for fee in order.fees]
    order = replace(order, fees=tuple(fee for fee in fees if fee.total >= 0))
    for fee in fees:
        order = order if fee.total >= 0 else _less(order, fee)
    return order


def _of_one_sign(fee: Fee) -> Fee:
    """Returns the fee with its sum as its amount, if amount and tax contradict each other."""
    return replace(fee, amount=fee.total, tax=0) if fee.amount * fee.tax < 0 else fee


def _less(order: Order, fee: Fee) -> Order:
    """Takes a deduction off, so that no price and no tax falls below zero: what one cannot bear, the other does."""
    prices, taxes = _prices(order), _taxes(order)
    bearable = min(-fee.amount, sum(map(sum, prices)))
    tax = min(-fee.total - bearable, sum(map(sum, taxes)))
    (lines, [price], fees), (line_taxes, [shipping_tax], fee_taxes) = (
        _shares(-fee.total - tax, prices),
        _shares(tax, taxes),
    )
    discount = LineDiscount(
        type="amount", scope="order", code=fee.code, amount=0, after_tax=not fee.tax and sum(taxes[0]) > 0
    )
    own = iter(line_taxes)
    return replace(
        order,
        lines=tuple(
            _line_less(line, discount, part, [next(own) for _ in line.taxes])
            for line, part in zip(order.lines, lines, strict=True)
        ),
        shipping=shipping_less(order.shipping, price, shipping_tax),
        fees=tuple(
            replace(each, amount=each.amount - part, tax=each.tax - tax)
            for each, part, tax in zip(order.fees, fees, fee_taxes, strict=True)
        ),
    )


def _prices(order: Order) -> Rooms:
    shipping = order.shipping
    contained = shipping.tax if shipping.tax_included else 0
    return (
        [max(0, line.net - (line.tax if line.tax_included else 0)) for line in order.lines],
        [max(0, shipping.price - contained)],
        [fee.amount for fee in order.fees],
    )


def _taxes(order: Order) -> Rooms:
    shipping = order.shipping
    return (
        [amount for line in order.lines for amount in _taxes_of(line)],
        [min(shipping.tax, shipping.price) if shipping.tax_included else shipping.tax],
        [fee.tax for fee in order.fees],
    )


def _taxes_of(line: Line) -> Sequence[int]:
    """Returns the taxes of a line; contained ones are never more than its price."""
    amounts = [tax.amount for tax in line.taxes]
    return money.allocate(min(line.net, line.tax), amounts) if line.tax_included else amounts


def _shares(amount: int, rooms: Rooms) -> Rooms:
    """Returns what each bears of an amount: the lines as much as they can, then shipping, then the fees."""
    shares: list[list[int]] = []
    for room in rooms:
        part = min(amount, sum(room))
        shares.append(money.allocate(part, room))
        amount -= part
    lines, shipping, fees = shares
    return lines, shipping, fees


def _line_less(line: Line, discount: LineDiscount, part: int, taxes: Sequence[int]) -> Line:
    amount = part + (sum(taxes) if line.tax_included else 0)
    return replace(
        line,
        discounts=(*line.discounts, replace(discount, amount=amount)) if amount else line.discounts,
        taxes=tuple(replace(tax, amount=tax.amount - share) for tax, share in zip(line.taxes, taxes, strict=True)),
    )


def shipping_less(shipping: Shipping, part: int, tax: int) -> Shipping:
    """Returns shipping at a lower price; of one that becomes free, the tax that was charged stays known."""
    price = shipping.price - part - (tax if shipping.tax_included else 0)
    unrated, *rated = money.allocate(tax, [shipping.unrated, *(each.amount for each in shipping.taxes)])
    return replace(
        shipping,
        price=price,
        unrated=shipping.unrated - unrated,
        taxes=tuple(replace(each, amount=each.amount - less) for each, less in zip(shipping.taxes, rated, strict=True)),
        basis=shipping.accepted if shipping.price and not price else shipping.basis,
    )
