"""Prices a line: gross, discounts and taxes, when it is accepted and after an edit.

Two rules (DESIGN.md, "Money"): a changed quantity scales what the customer accepted, as a function of the units left
alone; a changed price is calculated anew with the line's own percentages and rates. Nothing else ever moves.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from shared.domain import money
from shared.domain.money.proration import periods
from shared.domain.order.line import Basis, Charge, Line, LineDiscount, Tax


def gross_of(line: Line, quantity: int | None = None) -> int:
    """Returns unit price × quantity plus the line's charges, in minor units, for the line's own quantity or another."""
    units = line.quantity if quantity is None else quantity
    return line.unit_price * units + sum(charge_amount(line, charge, units) for charge in line.charges)


def with_quantity(line: Line, quantity: int, **beside: Any) -> Line:
    """Returns the line with another quantity: discounts and taxes are shares of what was accepted. Fields given
    `beside` are set in the same copy.

    Fewer units than accepted carry their share of each discount and of the tax actually charged. Units beyond those
    accepted take part in percentage discounts only, and pay the line's own rates.
    """
    if quantity == line.quantity:
        return line
    basis = line.basis or basis_of(line)
    if basis.quantity == 0:
        return repriced(replace(line, quantity=quantity, **beside))
    irregular = basis.gross - gross_of(line, basis.quantity)
    gross = gross_of(line, quantity) + money.share(irregular, quantity, basis.quantity)
    terms = _scaled_down if quantity <= basis.quantity else _scaled_up
    discounts, taxes = terms(line, basis, quantity, gross)
    kept = None if quantity == basis.quantity else basis
    return replace(line, quantity=quantity, gross=gross, discounts=discounts, taxes=taxes, basis=kept, **beside)


def repriced(line: Line, gross: int | None = None) -> Line:
    """Returns the line at its present price, dates and discounts: percentages and taxes are calculated anew, fixed
    discounts stay, never more than the price. The customer accepts this from now on. `gross` is given if the price
    stays."""
    left = price = gross_of(line) if gross is None else gross
    discounts: list[LineDiscount] = []
    for discount in line.discounts:
        amount = money.percent_of(left, discount.percent) if discount.percent is not None else discount.amount
        amount = max(0, min(amount, left))
        left -= amount
        discounts.append(replace(discount, amount=amount))
    after_tax = sum([discount.amount for discount in discounts if discount.after_tax])
    taxes = _taxes_on(left + after_tax, line.taxes, included=line.tax_included)
    return replace(line, gross=price, discounts=tuple(discounts), taxes=taxes, basis=None)


def taxed(line: Line, rates: Sequence[Tax]) -> Line:
    """Returns the line with each tax worked out on its taxable amount, half-up per line and tax name."""
    return replace(line, taxes=_taxes_on(line.taxable, rates, included=line.tax_included), basis=None)


def _taxes_on(net: int, rates: Sequence[Tax], *, included: bool) -> tuple[Tax, ...]:
    amounts = tax_amounts(net, [tax.rate for tax in rates], included=included)
    return tuple(replace(tax, amount=amount) for tax, amount in zip(rates, amounts, strict=True))


def tax_amounts(net: int, rates: Sequence[Decimal], *, included: bool) -> list[int]:
    """Returns each rate's tax on `net` minor units, half-up: added to it, or contained in it."""
    if included:
        together = sum(rates, Decimal(0))
        return [money.rate_within(net, rate, together) for rate in rates]
    return [money.rate_of(net, rate) for rate in rates]


def basis_of(line: Line) -> Basis:
    return Basis(
        quantity=line.quantity,
        gross=line.gross,
        discounts=tuple(discount.amount for discount in line.discounts),
        taxes=tuple(tax.amount for tax in line.taxes),
    )


Terms = tuple[tuple[LineDiscount, ...], tuple[Tax, ...]]


def _part(basis: Basis, quantity: int, gross: int, amount: int) -> int:
    """Returns the share of an accepted amount that fewer or more units carry: by price, so that a charge once per line
    keeps its share; by units where there is no price. A channel's own line total, which is not price × quantity, is
    shared with the rest."""
    return money.share(amount, gross, basis.gross) if basis.gross else money.share(amount, quantity, basis.quantity)


def _parts(basis: Basis, quantity: int, gross: int, amounts: Sequence[int]) -> list[int]:
    """Returns the shares of several amounts, rounded together, so that they never come to more than the price."""
    if len(amounts) == 1:
        return [_part(basis, quantity, gross, amounts[0])]
    reached = [_part(basis, quantity, gross, sum(amounts[: count + 1])) for count in range(len(amounts))]
    return [after - before for before, after in zip([0, *reached], reached, strict=False)]


def _scaled_down(line: Line, basis: Basis, quantity: int, gross: int) -> Terms:
    parts = _parts(basis, quantity, gross, basis.discounts)
    discounts = tuple(replace(discount, amount=part) for discount, part in zip(line.discounts, parts, strict=True))
    taxes = tuple(
        replace(tax, amount=_part(basis, quantity, gross, amount))
        for tax, amount in zip(line.taxes, basis.taxes, strict=True)
    )
    return discounts, taxes


def _scaled_up(line: Line, basis: Basis, quantity: int, gross: int) -> Terms:
    pairs = list(zip(line.discounts, basis.discounts, strict=True))
    shared = [amount if discount.type == "percent" else 0 for discount, amount in pairs]
    parts = _parts(basis, quantity, gross, shared)
    discounts = tuple(
        replace(discount, amount=part if discount.type == "percent" else amount)
        for (discount, amount), part in zip(pairs, parts, strict=True)
    )
    more = (gross - sum(discount.amount for discount in discounts)) - (basis.gross - sum(basis.discounts))
    added = tax_amounts(more, [tax.rate for tax in line.taxes], included=line.tax_included)
    taxes = tuple(
        replace(tax, amount=amount + extra) for tax, amount, extra in zip(line.taxes, basis.taxes, added, strict=True)
    )
    return discounts, taxes


def charge_amount(line: Line, charge: Charge, units: int) -> int:
    """Returns minor units: a one-time charge once per line; a recurring one price × units × periods, half-up; a usage
    charge 0, because it is billed when the usage is known."""
    if charge.type == "one_time":
        return charge.price if units else 0
    if charge.type == "usage" or not (line.start_date and line.end_date and charge.period):
        return 0
    count = periods(line.start_date, line.end_date, charge.period)
    return money.divide(charge.price * units * count.numerator, count.denominator)
