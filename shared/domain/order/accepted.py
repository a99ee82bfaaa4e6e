"""Works out what a line comes to at any terms, from what was accepted for it: its gross, its discounts, its taxes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from shared.domain import money
from shared.domain.order.carried import (
    Part,
    before_tax,
    discounts_anew,
    discounts_at,
    tax_amounts,
    taxes_at,
)
from shared.domain.order.line import Line
from shared.domain.order.line_history import Basis
from shared.domain.order.terms import Terms, gross_of, terms_of
from shared.domain.order.unit_terms import Units, without_later


class LineMoney(NamedTuple):
    """Tells what a line comes to, in minor units: its gross, and the amount of each of its discounts and taxes."""

    gross: int
    discounts: Sequence[int]
    taxes: Sequence[int]


class Accepted(NamedTuple):
    """Holds what was accepted for a line, and prices the line at any terms from that. At the `terms` that were accepted
    it is `worked_out` by price × quantity."""

    line: Line
    basis: Basis
    terms: Terms
    worked_out: int

    def money(self, terms: Terms) -> LineMoney:
        gross = self.gross(terms)
        part = self.part_of(self.basis, self.terms, terms, gross)
        discounts = self.discounts(part, terms, gross)
        return LineMoney(gross, discounts, self._taxes(terms, part, gross, before_tax(self.line.discounts, discounts)))

    def gross(self, terms: Terms, price: int | None = None) -> int:
        """Returns the gross at these terms, or at another unit price. A channel's own line total, which is not price ×
        quantity, is shared with the rest at the accepted price."""
        price = terms.unit_price if price is None else price
        gross, irregular = _gross_at(self.line, terms, price), self.basis.gross - self.worked_out
        if not irregular or price != self.terms.unit_price:
            return gross
        if self.worked_out:
            return gross + money.share(irregular, gross, self.worked_out)
        return gross + money.share(irregular, terms.quantity, self.terms.quantity)

    def discounts(self, part: Part, terms: Terms, gross: int) -> Sequence[int]:
        work_out = discounts_at if terms.unit_price == self.terms.unit_price else discounts_anew
        return work_out(self.line, part, gross)

    def part_of(self, basis: Basis, then: Terms, terms: Terms, gross: int) -> Part:
        """Returns how much of what was agreed at the terms of `then` is left at these, where the line comes to
        `gross`."""
        kept = before_later(terms, basis, then)
        same = then.unit_price == terms.unit_price and kept == terms
        return Part(basis, kept, gross if same else self.gross(kept, then.unit_price))

    def _taxes(self, terms: Terms, part: Part, gross: int, off: int) -> Sequence[int]:
        """Returns the taxes on what is left of `gross` with `off` taken off it: what was charged at the price that was
        taxed, anew at another one. `part` is what is left of what was accepted."""
        line, net = self.line, gross - off
        then = self.terms if line.taxed is None else accepted_terms(line, line.taxed)
        if terms.unit_price != then.unit_price:
            return tax_amounts(net, [tax.rate for tax in line.taxes], included=line.tax_included)
        if line.taxed is not None:
            part = self.part_of(line.taxed, then, terms, gross)
        if part.terms == terms:
            return taxes_at(line, part, net, net)
        kept_gross = self.gross(part.terms)
        kept_part = self.part_of(self.basis, self.terms, part.terms, kept_gross)
        kept_off = before_tax(line.discounts, self.discounts(kept_part, part.terms, kept_gross))
        return taxes_at(line, part, net, kept_gross - kept_off)


def accepted_for(line: Line) -> Accepted:
    """Returns what was accepted for a line: what it is now, unless it has moved away from that."""
    basis = line.basis or basis_of(line)
    terms = terms_of(line) if line.basis is None else accepted_terms(line, basis)
    return Accepted(line, basis, terms, _gross_at(line, terms))


def before_later(terms: Terms, basis: Basis, then: Terms) -> Terms:
    """Returns the terms without the units that have joined in mid-term since others were agreed."""
    if not terms.joined and not terms.ended:
        return terms
    start = max(filter(None, (terms.start_date, then.start_date)), default=None)
    units = without_later(_units(terms), _units(then), start, basis.back)
    return terms._replace(**units._asdict())


def _units(terms: Terms) -> Units:
    return Units(terms.quantity, terms.joined, terms.ended)


def basis_of(line: Line) -> Basis:
    """Returns the line as it is, as what is accepted from now on."""
    return Basis(
        quantity=line.quantity,
        gross=line.gross,
        discounts=tuple([discount.amount for discount in line.discounts]),
        taxes=tuple([tax.amount for tax in line.taxes]),
        joined=line.joined,
        ended=line.ended,
    )


def accepted_terms(line: Line, basis: Basis) -> Terms:
    """Returns the terms of a basis, which tells those alone that the line has no more."""
    return Terms(
        basis.quantity,
        line.unit_price if basis.unit_price is None else basis.unit_price,
        basis.start_date or line.start_date,
        basis.end_date or line.end_date,
        basis.joined,
        basis.ended,
    )


def _gross_at(line: Line, terms: Terms, unit_price: int | None = None) -> int:
    """Returns the gross at these terms, or at another unit price; a line is copied only if its time is another."""
    price = terms.unit_price if unit_price is None else unit_price
    if terms[2:] != (line.start_date, line.end_date, line.joined, line.ended):
        line = replace(line, **terms._asdict())
    return gross_of(line, terms.quantity, price)
