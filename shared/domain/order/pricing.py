"""Prices a line: gross, discounts and taxes, when it is accepted and after an edit.

What the customer accepted is kept, and a line's money is a function of that and of its quantity, unit price and dates
as they are now (DESIGN.md, "Money"). So the path does not matter. Two rules: at the accepted price a line carries its
share of all that was accepted, be it shortened by quantity or by time; at another price its own percentages and rates
are calculated anew, and a fixed discount is taken off as far as there is room. Nothing else ever moves.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from shared.domain.fields import changed
from shared.domain.order.accepted import accepted_for, accepted_terms, basis_of, before_later
from shared.domain.order.carried import before_tax, is_cut, taken_off, taxes_on, uncut_discounts, with_amounts
from shared.domain.order.formerly import keeping_former, rest_of, retaxed, with_former
from shared.domain.order.line import Line
from shared.domain.order.line_history import Basis, EndedUnits, JoinedUnits
from shared.domain.order.line_price import Tax
from shared.domain.order.terms import Terms, gross_of, terms_of

# ------------------------------------------------------------------------------------------------------------ moving


def with_quantity(line: Line, quantity: int, **beside: Any) -> Line:
    """Returns the line with another quantity, and with fields given `beside` set in the same copy."""
    return moved(line, terms_of(line)._replace(quantity=quantity), **beside)


def with_units(line: Line, joined: tuple[JoinedUnits, ...], ended: tuple[EndedUnits, ...]) -> Line:
    """Returns the line with other days from which and to which its units count."""
    return moved(line, terms_of(line)._replace(joined=joined, ended=ended))


def resumed(
    line: Line, joined: tuple[JoinedUnits, ...], ended: tuple[EndedUnits, ...], put_off: date, today: date
) -> Line:
    """Returns the line with other days from which and to which its units count, where those are units of its own that
    count from a start that was `put_off`, or that come back `today`."""
    if line.formerly:
        return keeping_former(line, lambda rest: resumed(rest, joined, ended, put_off, today))
    terms = terms_of(line)._replace(joined=joined, ended=ended)
    if terms == terms_of(line):
        return line
    basis = line.basis or basis_of(line)
    taxed = line.taxed and _with_back(line, line.taxed, terms, put_off, today)
    return moved(replace(line, basis=_with_back(line, basis, terms, put_off, today), taxed=taxed), terms)


def _with_back(line: Line, basis: Basis, terms: Terms, put_off: date, today: date) -> Basis:
    """Returns the basis with units that come back, and with those whose start was put off, be they gone or not."""
    gone = [each for each in terms.ended if each not in line.ended]
    there: list[JoinedUnits | EndedUnits] = [*terms.joined, *gone]
    since = sum(each.quantity for each in there if each.start_date == put_off != today)
    known = replace(basis, back=(*basis.back, JoinedUnits(quantity=since, start_date=put_off))) if since else basis
    then = accepted_terms(line, basis)
    units = before_later(terms_of(line), basis, then).quantity - before_later(terms, known, then).quantity
    if units <= 0:
        return known
    return replace(known, back=(*known.back, JoinedUnits(quantity=units, start_date=today)))


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
    accepted = accepted_for(line)
    if accepted.basis.quantity == 0:
        return repriced(replace(line, **terms._asdict(), **beside))
    basis, now = accepted.basis, accepted.money(terms)
    taxed = None if line.taxed is None else _kept(line.taxed, accepted_terms(line, line.taxed), terms)
    moves = {"quantity": terms.quantity} if terms[1:] == here[1:] else terms._asdict()
    return changed(
        line,
        gross=now.gross,
        discounts=with_amounts(line.discounts, now.discounts),
        taxes=with_amounts(line.taxes, now.taxes),
        basis=None if terms == accepted.terms and not is_cut(basis) else _kept(basis, accepted.terms, terms),
        taxed=taxed,
        **moves,
        **beside,
    )


def total_at(line: Line, terms: Terms) -> int:
    """Returns the total of the line at other terms in minor units, as `moved` has it, and makes no line for it."""
    accepted = accepted_for(line)
    if line.formerly or not accepted.basis.quantity:
        return moved(line, terms).total
    gross, discounts, taxes = accepted.money(terms)
    net = gross - sum(discounts)
    return net if line.tax_included else net + sum(taxes)


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
        back=basis.back,
    )


# ------------------------------------------------------------------------------------------------- accepted from now on


def repriced(line: Line, gross: int | None = None) -> Line:
    """Returns the line at its present price, dates and discounts: percentages and taxes are calculated anew, fixed
    discounts are taken off as far as there is room. The customer accepts this from now on, and what is cut is kept.
    `gross` is given if the price stays."""
    price = gross_of(line) if gross is None else gross
    whole = tuple(discount.amount for discount in line.discounts)
    off = taken_off(price, line.discounts, whole)
    discounts = with_amounts(line.discounts, off)
    taxes = taxes_on(price - before_tax(discounts, off), line.taxes, included=line.tax_included)
    return _accepted(replace(line, gross=price, discounts=discounts, taxes=taxes, basis=None, taxed=None), whole)


def taxed(line: Line, rates: Sequence[Tax]) -> Line:
    """Returns the line with each tax worked out on its taxable amount, half-up per line and tax name. Its price and its
    discounts stay as they were accepted, and what former products of it have used moves with it."""
    if line.formerly:
        formerly = retaxed(line.formerly, rates, included=line.tax_included)
        return with_former(taxed(rest_of(line), rates), formerly)
    line = replace(line, taxes=taxes_on(line.taxable, rates, included=line.tax_included), taxed=None)
    if line.basis is None or not line.basis.quantity:
        return line
    return replace(line, basis=replace(line.basis, taxes=()), taxed=basis_of(line))


def uncut(line: Line) -> Line:
    """Returns the line with its fixed discounts as they are where no low price cuts them."""
    if line.formerly:
        return keeping_former(line, uncut)
    basis = line.basis
    if basis is None or not basis.quantity:
        return line
    accepted, terms = accepted_for(line), terms_of(line)
    anew = terms.unit_price != accepted.terms.unit_price
    if not anew and not is_cut(basis):
        return line
    part = accepted.part_of(basis, accepted.terms, terms, accepted.gross(terms))
    return replace(line, discounts=uncut_discounts(line, part, anew=anew))


def as_accepted(line: Line) -> Line:
    """Returns the line, with the units it has, at the unit price and for the dates that were accepted, its fixed
    discounts whole."""
    if line.formerly:
        return keeping_former(line, as_accepted)
    basis = line.basis
    if basis is None or not basis.quantity:
        return line
    return uncut(moved(line, accepted_terms(line, basis)._replace(quantity=line.quantity)))


def _accepted(line: Line, whole: Sequence[int]) -> Line:
    """Returns the line with a basis if not all of a discount has room; `whole` are the amounts of fixed ones."""
    pairs = zip(line.discounts, whole, strict=True)
    amounts = tuple(discount.amount if discount.percent is not None else amount for discount, amount in pairs)
    if sum(amounts) <= line.gross:
        return line
    return replace(line, basis=replace(basis_of(line), discounts=amounts))
