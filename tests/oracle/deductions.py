"""Shares the deductions of a new order, fees below zero, out over what they deduct from."""

from collections.abc import Sequence
from dataclasses import replace

from tests.oracle.book import Fee, Grant, Line
from tests.oracle.exact import by_largest_remainder
from tests.oracle.lines import extent_of, gross_of, taxable_of


def shared_out(lines: Sequence[Line], fees: Sequence[Fee]) -> tuple[list[Line], list[Fee]]:
    """Returns the lines with their shares of each deduction, and the fees that are none.

    The amount goes over the lines' prices without tax, its tax over the lines' taxes, both by largest remainder;
    a tax of a line has its own share.
    """
    found = list(lines)
    for fee in fees:
        if fee.amount < 0:
            found = _less(found, fee)
    return found, [fee for fee in fees if fee.amount >= 0]


def _less(lines: Sequence[Line], fee: Fee) -> list[Line]:
    amounts = by_largest_remainder(-fee.amount, [without_tax(line) for line in lines])
    taxes = iter(by_largest_remainder(-fee.tax, [amount for line in lines for amount in line.taxes.amounts]))
    taxed = any(any(line.taxes.amounts) for line in lines)
    lower = [[next(taxes) for _ in line.taxes.amounts] for line in lines]
    each = zip(lines, amounts, lower, strict=True)
    return [_line_less(line, amount, less, after_tax=taxed and not fee.tax) for line, amount, less in each]


def without_tax(line: Line) -> int:
    """Returns the price after discounts, without the tax that it may contain."""
    net = gross_of(line) - sum(line.discounts.amounts)
    return max(0, net - sum(line.taxes.amounts)) if line.included else net


def _line_less(line: Line, amount: int, lower: Sequence[int], *, after_tax: bool) -> Line:
    """Returns the line with a share: a discount of its price, with the tax that it contains, and less tax."""
    off = amount + sum(lower) if line.included else amount
    agreed, taxes = line.discounts, line.taxes
    grant = Grant(off, extent_of(line, line.price), of_order=True, after_tax=after_tax)
    line = replace(line, discounts=replace(agreed, grants=(*agreed.grants, grant), amounts=(*agreed.amounts, off)))
    left = tuple(amount - less for amount, less in zip(taxes.amounts, lower, strict=True))
    return replace(line, taxes=replace(taxes, amounts=left, net=taxable_of(line)))
