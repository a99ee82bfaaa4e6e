"""Works out the discounts and taxes that a line carries, from what was accepted and from where the line is now."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from shared.domain import money
from shared.domain.order.line import Basis, Line, LineDiscount, Tax


class Carried(NamedTuple):
    """Holds the discounts and taxes that a line carries."""

    discounts: tuple[LineDiscount, ...]
    taxes: tuple[Tax, ...]


def taken_off(price: int, discounts: Sequence[LineDiscount], whole: Sequence[int]) -> tuple[LineDiscount, ...]:
    """Returns the discounts one after the other on what is left of a price; `whole` are the amounts of fixed ones."""
    left, taken = price, []
    for discount, fixed in zip(discounts, whole, strict=True):
        amount = money.percent_of(left, discount.percent) if discount.percent is not None else fixed
        amount = max(0, min(amount, left))
        left -= amount
        taken.append(with_amount(discount, amount))
    return tuple(taken)


def with_amount(discount: LineDiscount, amount: int) -> LineDiscount:
    return discount if discount.amount == amount else replace(discount, amount=amount)


def before_tax(discounts: Sequence[LineDiscount]) -> int:
    """Returns the minor units of those discounts that lower the amount that is taxed."""
    return sum([discount.amount for discount in discounts if not discount.after_tax])


def taxes_on(net: int, rates: Sequence[Tax], *, included: bool) -> tuple[Tax, ...]:
    amounts = tax_amounts(net, [tax.rate for tax in rates], included=included)
    return tuple(replace(tax, amount=amount) for tax, amount in zip(rates, amounts, strict=True))


def tax_amounts(net: int, rates: Sequence[Decimal], *, included: bool) -> list[int]:
    """Returns each rate's tax on `net` minor units, half-up: added to it, or contained in it."""
    if included:
        together = sum(rates, Decimal(0))
        return [money.rate_within(net, rate, together) for rate in rates]
    return [money.rate_of(net, rate) for rate in rates]


class Part(NamedTuple):
    """Says how much of what was accepted a line is: so many units, and `nominal` minor units at the accepted price."""

    basis: Basis
    quantity: int
    nominal: int

    @property
    def shorter(self) -> bool:
        """Tells if the line is less than what was accepted, by price; by units where there was no price."""
        basis = self.basis
        return self.nominal < basis.gross if basis.gross else self.quantity < basis.quantity

    def of(self, amount: int) -> int:
        """Returns the share of an accepted amount that the line carries: by price, so that a charge once per line keeps
        its share; by units where there was no price."""
        basis = self.basis
        if basis.gross:
            return money.share(amount, self.nominal, basis.gross)
        return money.share(amount, self.quantity, basis.quantity)

    def of_each(self, amounts: Sequence[int]) -> list[int]:
        """Returns the shares of several amounts, rounded together, so that they never come to more than the price."""
        if len(amounts) == 1:
            return [self.of(amounts[0])]
        reached = [self.of(sum(amounts[: count + 1])) for count in range(len(amounts))]
        return [after - before for before, after in zip([0, *reached], reached, strict=False)]


def is_cut(basis: Basis) -> bool:
    """Tells if the price that was accepted has no room for all of its fixed discounts."""
    return sum(basis.discounts) > basis.gross


def shared(line: Line, part: Part, gross: int) -> Carried:
    """Returns what a line of `gross` minor units carries at the accepted price."""
    basis = part.basis
    if part.nominal == basis.gross and basis.gross:
        return _as_accepted(line, basis)
    if part.shorter:
        return _scaled_down(line, part)
    return _scaled_up(line, part, gross) if basis.gross or not gross else anew(line, part, gross)


def anew(line: Line, part: Part, gross: int) -> Carried:
    """Returns what a line of `gross` minor units carries at another price than the accepted one."""
    discounts = taken_off(gross, line.discounts, _fixed(line, part))
    return Carried(discounts, taxes_on(gross - before_tax(discounts), line.taxes, included=line.tax_included))


def uncut_discounts(line: Line, part: Part) -> tuple[LineDiscount, ...]:
    """Returns the line's discounts, the fixed ones whole."""
    pairs = zip(line.discounts, _fixed(line, part), strict=True)
    return tuple(each if each.percent is not None else with_amount(each, amount) for each, amount in pairs)


def _fixed(line: Line, part: Part) -> list[int]:
    """Returns the accepted amounts of fixed discounts, shortened with the price; 0 for percentages."""
    pairs = zip(line.discounts, part.basis.discounts, strict=True)
    amounts = [0 if discount.percent is not None else amount for discount, amount in pairs]
    return part.of_each(amounts) if part.shorter else amounts


def _as_accepted(line: Line, basis: Basis) -> Carried:
    return _carried(line, basis.discounts, basis.taxes)


def _scaled_down(line: Line, part: Part) -> Carried:
    return _carried(line, part.of_each(part.basis.discounts), [part.of(amount) for amount in part.basis.taxes])


def _scaled_up(line: Line, part: Part, gross: int) -> Carried:
    basis = part.basis
    percent = [discount.type == "percent" for discount in line.discounts]
    parts = part.of_each([amount if grows else 0 for grows, amount in zip(percent, basis.discounts, strict=True)])
    amounts = [new if grows else old for grows, new, old in zip(percent, parts, basis.discounts, strict=True)]
    more = (gross - sum(amounts)) - (basis.gross - sum(basis.discounts))
    added = tax_amounts(more, [tax.rate for tax in line.taxes], included=line.tax_included)
    return _carried(line, amounts, [amount + extra for amount, extra in zip(basis.taxes, added, strict=True)])


def _carried(line: Line, discounts: Iterable[int], taxes: Iterable[int]) -> Carried:
    pairs, rates = zip(line.discounts, discounts, strict=True), zip(line.taxes, taxes, strict=True)
    return Carried(
        tuple([replace(discount, amount=amount) for discount, amount in pairs]),
        tuple([replace(tax, amount=amount) for tax, amount in rates]),
    )
