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
from shared.domain.fields import changed
from shared.domain.order.carried import (
    Part,
    before_tax,
    discounts_anew,
    discounts_at,
    is_cut,
    taken_off,
    tax_amounts,
    taxes_at,
    taxes_on,
    uncut_discounts,
    with_amounts,
)
from shared.domain.order.formerly import keeping_former, rest_of, retaxed, with_former
from shared.domain.order.line import Line
from shared.domain.order.line_history import Basis, EndedUnits, JoinedUnits
from shared.domain.order.line_price import Tax
from shared.domain.order.terms import Terms, gross_of, terms_of
from shared.domain.order.unit_terms import Units, without_later

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
    then = _accepted_terms(line, basis)
    units = _before_later(terms_of(line), basis, then).quantity - _before_later(terms, known, then).quantity
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
    basis = line.basis or basis_of(line)
    if basis.quantity == 0:
        return repriced(replace(line, **terms._asdict(), **beside))
    at = _at(line, basis)
    money_at = at.money(terms)
    taxed = None if line.taxed is None else _kept(line.taxed, _accepted_terms(line, line.taxed), terms)
    moves = {"quantity": terms.quantity} if terms[1:] == here[1:] else terms._asdict()
    return changed(
        line,
        gross=money_at.gross,
        discounts=with_amounts(line.discounts, money_at.discounts),
        taxes=with_amounts(line.taxes, money_at.taxes),
        basis=None if terms == at.accepted and not is_cut(basis) else _kept(basis, at.accepted, terms),
        taxed=taxed,
        **moves,
        **beside,
    )


def total_at(line: Line, terms: Terms) -> int:
    """Returns the total of the line at other terms in minor units, as `moved` has it, and makes no line for it."""
    basis = line.basis or basis_of(line)
    if line.formerly or not basis.quantity:
        return moved(line, terms).total
    gross, discounts, taxes = _at(line, basis).money(terms)
    net = gross - sum(discounts)
    return net if line.tax_included else net + sum(taxes)


class LineMoney(NamedTuple):
    """Tells what a line comes to, in minor units: its gross, and the amount of each of its discounts and taxes."""

    gross: int
    discounts: Sequence[int]
    taxes: Sequence[int]


class _At(NamedTuple):
    """Prices a line at any terms, from what was accepted for it, which came to `worked_out` by price × quantity."""

    line: Line
    basis: Basis
    accepted: Terms
    worked_out: int

    def money(self, terms: Terms) -> LineMoney:
        gross = self.gross(terms)
        part = self.part_of(self.basis, self.accepted, terms, gross)
        discounts = self.discounts(part, terms, gross)
        return LineMoney(gross, discounts, self._taxes(terms, part, gross, before_tax(self.line.discounts, discounts)))

    def gross(self, terms: Terms, price: int | None = None) -> int:
        """Returns the gross at these terms, or at another unit price. A channel's own line total, which is not price ×
        quantity, is shared with the rest at the accepted price."""
        price = terms.unit_price if price is None else price
        gross, irregular = _gross_at(self.line, terms, price), self.basis.gross - self.worked_out
        if not irregular or price != self.accepted.unit_price:
            return gross
        if self.worked_out:
            return gross + money.share(irregular, gross, self.worked_out)
        return gross + money.share(irregular, terms.quantity, self.accepted.quantity)

    def discounts(self, part: Part, terms: Terms, gross: int) -> Sequence[int]:
        work_out = discounts_at if terms.unit_price == self.accepted.unit_price else discounts_anew
        return work_out(self.line, part, gross)

    def part_of(self, basis: Basis, then: Terms, terms: Terms, gross: int) -> Part:
        """Returns how much of what was agreed at the terms of `then` is left at these, where the line comes to
        `gross`."""
        kept = _before_later(terms, basis, then)
        same = then.unit_price == terms.unit_price and kept == terms
        return Part(basis, kept, gross if same else self.gross(kept, then.unit_price))

    def _taxes(self, terms: Terms, part: Part, gross: int, off: int) -> Sequence[int]:
        """Returns the taxes on what is left of `gross` with `off` taken off it: what was charged at the price that was
        taxed, anew at another one. `part` is what is left of what was accepted."""
        line, net = self.line, gross - off
        then = self.accepted if line.taxed is None else _accepted_terms(line, line.taxed)
        if terms.unit_price != then.unit_price:
            return tax_amounts(net, [tax.rate for tax in line.taxes], included=line.tax_included)
        if line.taxed is not None:
            part = self.part_of(line.taxed, then, terms, gross)
        if part.terms == terms:
            return taxes_at(line, part, net, net)
        kept_gross = self.gross(part.terms)
        kept_part = self.part_of(self.basis, self.accepted, part.terms, kept_gross)
        kept_off = before_tax(line.discounts, self.discounts(kept_part, part.terms, kept_gross))
        return taxes_at(line, part, net, kept_gross - kept_off)


def _at(line: Line, basis: Basis) -> _At:
    accepted = terms_of(line) if line.basis is None else _accepted_terms(line, basis)
    return _At(line, basis, accepted, _gross_at(line, accepted))


def _before_later(terms: Terms, basis: Basis, then: Terms) -> Terms:
    """Returns the terms without the units that have joined in mid-term since others were agreed."""
    if not terms.joined and not terms.ended:
        return terms
    start = max(filter(None, (terms.start_date, then.start_date)), default=None)
    units = without_later(_units(terms), _units(then), start, basis.back)
    return terms._replace(**units._asdict())


def _units(terms: Terms) -> Units:
    return Units(terms.quantity, terms.joined, terms.ended)


def basis_of(line: Line) -> Basis:
    return Basis(
        quantity=line.quantity,
        gross=line.gross,
        discounts=tuple([discount.amount for discount in line.discounts]),
        taxes=tuple([tax.amount for tax in line.taxes]),
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
        back=basis.back,
    )


def _gross_at(line: Line, terms: Terms, unit_price: int | None = None) -> int:
    """Returns the gross at these terms, or at another unit price; a line is copied only if its time is another."""
    price = terms.unit_price if unit_price is None else unit_price
    if terms[2:] != (line.start_date, line.end_date, line.joined, line.ended):
        line = replace(line, **terms._asdict())
    return gross_of(line, terms.quantity, price)


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
    accepted = _accepted_terms(line, basis)
    anew = line.unit_price != accepted.unit_price
    if not anew and not is_cut(basis):
        return line
    at, terms = _at(line, basis), terms_of(line)
    part = at.part_of(basis, accepted, terms, at.gross(terms))
    return replace(line, discounts=uncut_discounts(line, part, anew=anew))


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
