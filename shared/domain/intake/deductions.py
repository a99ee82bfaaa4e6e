"""Shares out the deductions of a new order: a fee below zero comes off what it deducts from, with its tax.

A shop writes a credit, a gift card or a rounding as a fee below zero. Like a discount on the whole order it is shared
out once, by largest remainder (DESIGN.md, "Money"): its amount over the lines by their price without tax, its tax over
the taxes of the lines. What the lines cannot bear comes off shipping, then off the other fees, then off the taxes that
are left. From then on it is a part of the lines, and an edit moves the share of the line that it touches.
"""

from collections.abc import Sequence
from dataclasses import replace

from shared.domain import money
from shared.domain.order.line import Line
from shared.domain.order.line_price import LineDiscount
from shared.domain.order.order import Fee, Order, Shipping


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
    """Takes a deduction off, so that no price and no tax falls below zero: what one cannot bear, the others do."""
    prices, taxes = [_price(line) for line in order.lines], [tax for line in order.lines for tax in _taxes(line)]
    tax = min(-fee.tax, sum(taxes))
    price = min(-fee.total - tax, sum(prices))
    order, beyond = _beside_lines(order, -fee.total - tax - price)
    discount = LineDiscount(
        type="amount", scope="order", code=fee.code, amount=0, after_tax=not fee.tax and sum(taxes) > 0
    )
    parts, of_tax = money.allocate(price, prices), iter(money.allocate(tax + beyond, taxes))
    lines = (
        _line_less(line, discount, part, [next(of_tax) for _ in line.taxes])
        for line, part in zip(order.lines, parts, strict=True)
    )
    return replace(order, lines=tuple(lines))


def _price(line: Line) -> int:
    return max(0, line.net - (line.tax if line.tax_included else 0))


def _taxes(line: Line) -> Sequence[int]:
    """Returns the taxes of a line; contained ones are never more than its price."""
    amounts = [tax.amount for tax in line.taxes]
    return money.allocate(min(line.net, line.tax), amounts) if line.tax_included else amounts


def _beside_lines(order: Order, amount: int) -> tuple[Order, int]:
    """Takes an amount off shipping, then off the fees, each with its tax in proportion; returns what is left of it."""
    if not amount:
        return order, 0
    shipping = order.shipping
    part = min(amount, shipping.total)
    tax = shipping.tax - money.share(shipping.tax, shipping.total - part, shipping.total) if part else 0
    totals = [fee.total for fee in order.fees]
    of_fees = money.allocate(min(amount - part, sum(totals)), totals)
    less = replace(
        order,
        shipping=shipping_less(shipping, part - tax, tax),
        fees=tuple(_fee_less(fee, share) for fee, share in zip(order.fees, of_fees, strict=True)),
    )
    return less, amount - part - sum(of_fees)


def _fee_less(fee: Fee, part: int) -> Fee:
    left = fee.total - part
    tax = money.share(fee.tax, left, fee.total) if part else fee.tax
    return replace(fee, amount=left - tax, tax=tax)


def _line_less(line: Line, discount: LineDiscount, part: int, taxes: Sequence[int]) -> Line:
    amount = part + (sum(taxes) if line.tax_included else 0)
    return replace(
        line,
        discounts=(*line.discounts, replace(discount, amount=amount)) if amount else line.discounts,
        taxes=tuple(replace(tax, amount=tax.amount - share) for tax, share in zip(line.taxes, taxes, strict=True)),
    )


def shipping_less(shipping: Shipping, part: int, tax: int) -> Shipping:
    """Returns shipping at a price lower by `part` minor units without tax, and by `tax`; of one that becomes free, the
    rate of its tax stays known."""
    price = shipping.price - part - (tax if shipping.tax_included else 0)
    unrated, *rated = money.allocate(tax, [shipping.unrated, *(each.amount for each in shipping.taxes)])
    return replace(
        shipping,
        price=price,
        unrated=shipping.unrated - unrated,
        taxes=tuple(replace(each, amount=each.amount - less) for each, less in zip(shipping.taxes, rated, strict=True)),
        basis=shipping.accepted if shipping.price and not price else shipping.basis,
    )
