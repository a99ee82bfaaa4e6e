"""Prices a line: gross, discounts and taxes, when it is accepted and after an edit.

What the customer accepted is kept, and a line's money is a function of that and of its quantity, unit price and dates
as they are now (DESIGN.md, "Money"). So the path does not matter. Two rules: at the accepted price a line carries its
share of all that was accepted, be it shortened by quantity or by time; at another price its own percentages and rates
are calculated anew, and a fixed discount is taken off as far as there is room. Nothing else ever moves.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from shared.domain import money
from shared.domain.order.carried import Part, anew, before_tax, is_cut, shared, taken_off, taxes_on, uncut_discounts
from shared.domain.order.formerly import keeping_former, rest_of, retaxed, with_former
from shared.domain.order.line import Basis, Charge, EndedUnits, JoinedUnits, Line, Tax
from shared.domain.order.unit_terms import unit_periods


class Terms(NamedTuple):
    """Says what the price of a line is worked out by: its units, the price of each in minor units, its dates, and the
    units that joined it after its start or left it before its end."""

    quantity: int
    unit_price: int
    start_date: date | None
    end_date: date | None
    joined: tuple[JoinedUnits, ...] = ()
    ended: tuple[EndedUnits, ...] = ()


def gross_of(line: Line, quantity: int | None = None, unit_price: int | None = None) -> int:
    """Returns unit price × quantity plus the line's charges, in minor units, for the line's own quantity and price or
    others. Units that have left the line while it ran are in it with what they used, and so are products that it
    was."""
    units = line.quantity if quantity is None else quantity
    price = line.unit_price if unit_price is None else unit_price
    gone = sum(each.quantity for each in line.ended) if line.ended else 0
    used = sum(each.amount for each in line.formerly) if line.formerly else 0
    if not line.charges:
        return used + price * (units + gone)
    return used + price * (units + gone) + sum(charge_amount(line, charge, units) for charge in line.charges)


def charge_amount(line: Line, charge: Charge, units: int) -> int:
    """Returns minor units: a one-time charge once per line; a recurring one price × the periods of all units together,
    half-up; a usage charge 0, because it is billed when the usage is known."""
    if charge.type == "one_time":
        return charge.price if units else 0
    if charge.type == "usage" or not charge.period:
        return 0
    count = unit_periods(line, units, charge.period)
    return money.divide(charge.price * count.numerator, count.denominator)


# ------------------------------------------------------------------------------------------------------------ moving


def terms_of(line: Line) -> Terms:
    return Terms(line.quantity, line.unit_price, line.start_date, line.end_date, line.joined, line.ended)


def with_quantity(line: Line, quantity: int, **beside: Any) -> Line:
    """Returns the line with another quantity, and with fields given `beside` set in the same copy."""
    return moved(line, terms_of(line)._replace(quantity=quantity), **beside)


def with_units(line: Line, joined: tuple[JoinedUnits, ...], ended: tuple[EndedUnits, ...]) -> Line:
    """Returns the line with other days from which and to which its units count."""
    return moved(line, terms_of(line)._replace(joined=joined, ended=ended))


def moved(line: Line, terms: Terms, **beside: Any) -> Line:
    """Returns the line at other terms; fields given `beside` are set in the same copy.

    Less than accepted carries its share of each discount and of the tax actually charged. What is beyond takes part in
    percentage discounts only, and pays the line's own rates.
    """
    if line.formerly:
        return keeping_former(line, lambda rest: moved(rest, terms, **beside))
    here = terms_of(line)
    if terms == here:
        return line
    basis = line.basis or basis_of(line)
    if basis.quantity == 0:
        return repriced(replace(line, **terms._asdict(), **beside))
    accepted = here if line.basis is None else _accepted_terms(line, basis)
    nominal = _nominal(line, basis, accepted, terms)
    same, cut = terms.unit_price == accepted.unit_price, is_cut(basis)
    gross = nominal if same else _gross_at(line, terms)
    work_out = shared if same and not cut else anew
    discounts, taxes = work_out(line, Part(basis, terms.quantity, nominal), gross)
    kept = None if terms == accepted and not cut else _kept(basis, accepted, terms)
    moves = {"quantity": terms.quantity} if terms[1:] == here[1:] else terms._asdict()
    return replace(line, gross=gross, discounts=discounts, taxes=taxes, basis=kept, **moves, **beside)


def basis_of(line: Line) -> Basis:
    return Basis(
        quantity=line.quantity,
        gross=line.gross,
        discounts=tuple(discount.amount for discount in line.discounts),
        taxes=tuple(tax.amount for tax in line.taxes),
        joined=line.joined,
        ended=line.ended,
    )


def _accepted_terms(line: Line, basis: Basis) -> Terms:
    return Terms(
        basis.quantity,
        line.unit_price if basis.unit_price is None else basis.unit_price,
        basis.start_date or line.start_date,
        basis.end_date or line.end_date,
        basis.joined,
        basis.ended,
    )


def _kept(basis: Basis, accepted: Terms, terms: Terms) -> Basis:
    """Returns the basis of a line at these terms: it tells those alone that the line has no more."""
    unit_price = None if accepted.unit_price == terms.unit_price else accepted.unit_price
    start = None if accepted.start_date == terms.start_date else accepted.start_date
    end = None if accepted.end_date == terms.end_date else accepted.end_date
    if (unit_price, start, end) == (basis.unit_price, basis.start_date, basis.end_date):
        return basis
    return Basis(
        quantity=basis.quantity,
        unit_price=unit_price,
        start_date=start,
        end_date=end,
        gross=basis.gross,
        discounts=basis.discounts,
        taxes=basis.taxes,
        joined=basis.joined,
        ended=basis.ended,
    )


def _gross_at(line: Line, terms: Terms, unit_price: int | None = None) -> int:
    """Returns the gross at these terms, or at another unit price; a line is copied only if its time is another."""
    price = terms.unit_price if unit_price is None else unit_price
    if terms[2:] != (line.start_date, line.end_date, line.joined, line.ended):
        line = replace(line, **terms._asdict())
    return gross_of(line, terms.quantity, price)


def _nominal(line: Line, basis: Basis, accepted: Terms, terms: Terms) -> int:
    """Returns the gross at the accepted unit price. A channel's own line total, which is not price × quantity, is
    shared with the rest."""
    worked_out = _gross_at(line, terms, accepted.unit_price)
    of_basis = _gross_at(line, accepted)
    irregular = basis.gross - of_basis
    if not irregular:
        return worked_out
    part, whole = (worked_out, of_basis) if of_basis else (terms.quantity, accepted.quantity)
    return worked_out + money.share(irregular, part, whole)


# ------------------------------------------------------------------------------------------------- accepted from now on


def repriced(line: Line, gross: int | None = None) -> Line:
    """Returns the line at its present price, dates and discounts: percentages and taxes are calculated anew, fixed
    discounts are taken off as far as there is room. The customer accepts this from now on, and what is cut is kept.
    `gross` is given if the price stays."""
    price = gross_of(line) if gross is None else gross
    whole = tuple(discount.amount for discount in line.discounts)
    discounts = taken_off(price, line.discounts, whole)
    taxes = taxes_on(price - before_tax(discounts), line.taxes, included=line.tax_included)
    return _accepted(replace(line, gross=price, discounts=discounts, taxes=taxes, basis=None), whole)


def taxed(line: Line, rates: Sequence[Tax]) -> Line:
    """Returns the line with each tax worked out on its taxable amount, half-up per line and tax name; what former
    products of it have used moves with it."""
    if line.formerly:
        formerly = retaxed(line.formerly, rates, included=line.tax_included)
        return with_former(taxed(rest_of(line), rates), formerly)
    whole = tuple(discount.amount for discount in uncut(line).discounts)
    taxes = taxes_on(line.taxable, rates, included=line.tax_included)
    return _accepted(replace(line, taxes=taxes, basis=None), whole)


def uncut(line: Line) -> Line:
    """Returns the line with its fixed discounts as they are where no low price cuts them."""
    if line.formerly:
        return keeping_former(line, uncut)
    basis = line.basis
    if basis is None or not basis.quantity:
        return line
    accepted = _accepted_terms(line, basis)
    if line.unit_price == accepted.unit_price and not is_cut(basis):
        return line
    part = Part(basis, line.quantity, _nominal(line, basis, accepted, terms_of(line)))
    return replace(line, discounts=uncut_discounts(line, part))


def as_accepted(line: Line) -> Line:
    """Returns the line, with the units it has, at the unit price and for the dates that were accepted, its fixed
    discounts whole."""
    if line.formerly:
        return keeping_former(line, as_accepted)
    basis = line.basis
    if basis is None or not basis.quantity:
        return line
    return uncut(moved(line, _accepted_terms(line, basis)._replace(quantity=line.quantity)))


def _accepted(line: Line, whole: Sequence[int]) -> Line:
    """Returns the line with a basis if not all of a discount has room; `whole` are the amounts of fixed ones."""
    pairs = zip(line.discounts, whole, strict=True)
    amounts = tuple(discount.amount if discount.percent is not None else amount for discount, amount in pairs)
    if sum(amounts) <= line.gross:
        return line
    return replace(line, basis=replace(basis_of(line), discounts=amounts))
