"""Prices a line: gross, discounts and taxes, when it is accepted and after an edit.

Two rules (DESIGN.md, "Money"): a changed quantity scales what the customer accepted, as a function of the units left
alone; a changed price is calculated anew with the line's own percentages and rates. Nothing else ever moves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from shared.domain import money
from shared.domain.order.line import Basis, Charge, EndedUnits, JoinedUnits, Line, LineDiscount, Tax
from shared.domain.order.unit_terms import unit_periods


def gross_of(line: Line, quantity: int | None = None) -> int:
    """Returns unit price × quantity plus the line's charges, in minor units, for the line's own quantity or another.
    Units that have left the line while it ran are in it with what they used, and so are products that it was."""
    units = line.quantity if quantity is None else quantity
    gone = sum(each.quantity for each in line.ended) if line.ended else 0
    used = sum(each.amount for each in line.formerly) if line.formerly else 0
    return used + line.unit_price * (units + gone) + sum(charge_amount(line, charge, units) for charge in line.charges)


def with_quantity(line: Line, quantity: int, **beside: Any) -> Line:
    """Returns the line with another quantity: discounts and taxes are shares of what was accepted. Fields given
    `beside` are set in the same copy.

    Fewer units than accepted carry their share of each discount and of the tax actually charged. Units beyond those
    accepted take part in percentage discounts only, and pay the line's own rates.
    """
    return line if quantity == line.quantity else _from_basis(line, quantity, beside)


def with_units(line: Line, joined: tuple[JoinedUnits, ...], ended: tuple[EndedUnits, ...]) -> Line:
    """Returns the line with other days from which and to which its units count: discounts and taxes move as with its
    quantity."""
    return _from_basis(line, line.quantity, {"joined": joined, "ended": ended})


def _from_basis(line: Line, quantity: int, beside: Mapping[str, Any]) -> Line:
    basis = line.basis or basis_of(line)
    if basis.quantity == 0:
        return repriced(replace(line, quantity=quantity, **beside))
    wanted = replace(line, quantity=quantity, **beside) if "joined" in beside or "ended" in beside else line
    irregular = basis.gross - gross_of(_counted_as(line, basis), basis.quantity)
    gross = gross_of(wanted, quantity) + money.share(irregular, quantity, basis.quantity)
    beyond = quantity > basis.quantity or gross > basis.gross > 0
    discounts, taxes = (_scaled_up if beyond else _scaled_down)(line, basis, quantity, gross)
    whole = (quantity, wanted.joined, wanted.ended) == (basis.quantity, basis.joined, basis.ended)
    kept = None if whole else basis
    return replace(line, quantity=quantity, gross=gross, discounts=discounts, taxes=taxes, basis=kept, **beside)


def _counted_as(line: Line, basis: Basis) -> Line:
    """Returns the line with its units as they counted when they were accepted."""
    if (line.joined, line.ended) == (basis.joined, basis.ended):
        return line
    return replace(line, quantity=basis.quantity, joined=basis.joined, ended=basis.ended)


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
    taxes = _taxes_on(left, line.taxes, included=line.tax_included)
    return replace(line, gross=price, discounts=tuple(discounts), taxes=taxes, basis=None)


def taxed(line: Line, rates: Sequence[Tax]) -> Line:
    """Returns the line with each tax worked out on its net, half-up per line and tax name."""
    return replace(line, taxes=_taxes_on(line.net, rates, included=line.tax_included), basis=None)


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
        joined=line.joined,
        ended=line.ended,
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
    """Returns minor units: a one-time charge once per line; a recurring one price × the periods of all units together,
    half-up; a usage charge 0, because it is billed when the usage is known."""
    if charge.type == "one_time":
        return charge.price if units else 0
    if charge.type == "usage" or not charge.period:
        return 0
    count = unit_periods(line, units, charge.period)
    return money.divide(charge.price * count.numerator, count.denominator)
