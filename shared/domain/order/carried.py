"""Works out the discounts and taxes that a line carries, from what was accepted and from where the line is now."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple, TypeVar

from shared.domain import money
from shared.domain.fields import changed
from shared.domain.order.line import Line
from shared.domain.order.line_history import Basis
from shared.domain.order.line_price import LineDiscount, Tax
from shared.domain.order.terms import Terms

Row = TypeVar("Row", LineDiscount, Tax)


def with_amounts(rows: Sequence[Row], amounts: Sequence[int]) -> tuple[Row, ...]:
    """Returns the discounts, or the taxes, with these amounts in minor units."""
    pairs = zip(rows, amounts, strict=True)
    return tuple([row if row.amount == amount else changed(row, amount=amount) for row, amount in pairs])


def taken_off(price: int, discounts: Sequence[LineDiscount], whole: Sequence[int]) -> Sequence[int]:
    """Returns the amount of each discount, one after the other on what is left of a price; `whole` are those of fixed
    ones."""
    left, taken = price, []
    for discount, fixed in zip(discounts, whole, strict=True):
        amount = money.percent_of(left, discount.percent) if discount.percent is not None else fixed
        amount = max(0, min(amount, left))
        left -= amount
        taken.append(amount)
    return taken


def before_tax(discounts: Sequence[LineDiscount], amounts: Sequence[int]) -> int:
    """Returns the minor units of those discounts, of these amounts, that lower the amount that is taxed."""
    pairs = zip(discounts, amounts, strict=True)
    return sum([amount for discount, amount in pairs if not discount.after_tax])


def taxes_on(net: int, rates: Sequence[Tax], *, included: bool) -> tuple[Tax, ...]:
    return with_amounts(rates, tax_amounts(net, [tax.rate for tax in rates], included=included))


def tax_amounts(net: int, rates: Sequence[Decimal], *, included: bool) -> list[int]:
    """Returns each rate's tax on `net` minor units, half-up: added to it, or contained in it."""
    if included:
        together = sum(rates, Decimal(0))
        return [money.rate_within(net, rate, together) for rate in rates]
    return [money.rate_of(net, rate) for rate in rates]


class Part(NamedTuple):
    """Says how much of what was accepted is left of it: the line's terms, units that have joined in mid-term since then
    left out, and the `nominal` minor units that those come to at the accepted price."""

    basis: Basis
    terms: Terms
    nominal: int

    @property
    def shorter(self) -> bool:
        """Tells if the line is less than what was accepted, by price; by units where there is no price."""
        basis = self.basis
        return self.nominal < basis.gross if basis.gross or self.nominal else self.terms.quantity < basis.quantity

    def of(self, amount: int) -> int:
        """Returns the share of an accepted amount that the line carries: by price, so that a charge once per line keeps
        its share; by units where there was no price."""
        basis = self.basis
        if basis.gross:
            return money.share(amount, self.nominal, basis.gross)
        return money.share(amount, self.terms.quantity, basis.quantity)

    def of_each(self, amounts: Sequence[int]) -> list[int]:
        """Returns the shares of several amounts, rounded together, so that they never come to more than the price."""
        if len(amounts) == 1:
            return [self.of(amounts[0])]
        reached = [self.of(sum(amounts[: count + 1])) for count in range(len(amounts))]
        return [after - before for before, after in zip([0, *reached], reached, strict=False)]

    @property
    def discounts(self) -> tuple[Sequence[int], int]:
        """Returns the part of each accepted discount as far as there is room, and the price that they are off."""
        accepted = _room_for(self.basis.discounts, self.basis.gross)
        if not self.shorter:
            return accepted, self.basis.gross
        return _room_for(self.of_each(accepted), self.nominal), self.nominal

    def taxes(self, line: Line, net: int) -> Sequence[int]:
        """Returns the part of each tax that was charged, where `net` minor units of what was taxed are left. It is the
        part of the price; but where the line's discounts were agreed for more or less of it than was taxed, as when
        units join before it moves, it is the part of the net."""
        charged, agreed = self.basis.taxes, line.basis
        if not self.shorter:
            return charged
        alike = agreed is None or (agreed.quantity, agreed.gross) == (self.basis.quantity, self.basis.gross)
        taxed = 0 if alike else self.accepted_net(line)
        return [money.share(amount, net, taxed) if taxed else self.of(amount) for amount in charged]

    def accepted_net(self, line: Line) -> int:
        """Returns the minor units that the line's taxes were charged on."""
        basis = self.basis
        return basis.gross - before_tax(line.discounts, _room_for(basis.discounts, basis.gross))


def _room_for(amounts: Sequence[int], price: int) -> Sequence[int]:
    """Returns the amounts one after the other, as far as a price has room for them."""
    if sum(amounts) <= price:
        return amounts
    left, found = price, []
    for amount in amounts:
        found.append(min(amount, left))
        left -= found[-1]
    return found


def is_cut(basis: Basis) -> bool:
    """Tells if the price that was accepted has no room for all of its fixed discounts."""
    return sum(basis.discounts) > basis.gross


def discounts_at(line: Line, part: Part, gross: int) -> Sequence[int]:
    """Returns the amount of each discount of a line of `gross` minor units at the accepted price: its part of those
    accepted, and what is beyond takes part in percentages."""
    had, had_gross = part.discounts
    if gross == had_gross:
        return had
    left, found = gross, []
    for discount, amount, whole in zip(line.discounts, had, _whole(line, part, had), strict=True):
        if discount.percent is not None:
            whole = amount + money.percent_of(left - had_gross, discount.percent)
        found.append(max(0, min(whole, left)))
        left, had_gross = left - found[-1], had_gross - amount
    return found


def discounts_anew(line: Line, part: Part, gross: int) -> Sequence[int]:
    """Returns the amount of each discount of a line of `gross` minor units at another price than the accepted one."""
    return taken_off(gross, line.discounts, _fixed(line, part))


def taxes_at(line: Line, part: Part, net: int, kept_net: int) -> Sequence[int]:
    """Returns the amount of each tax at the price that was taxed: a part of what was charged, and the line's own rates
    on what is beyond. `kept_net` minor units of `net` are the part's, where that is shorter."""
    charged = part.taxes(line, kept_net)
    net_then = kept_net if part.shorter else part.accepted_net(line)
    beyond = net - net_then
    if beyond:
        more = tax_amounts(beyond, [tax.rate for tax in line.taxes], included=line.tax_included)
        charged = [amount + extra for amount, extra in zip(charged, more, strict=True)]
    return charged


def _whole(line: Line, part: Part, had: Sequence[int]) -> Sequence[int]:
    """Returns the part of each accepted discount, those whole that the accepted price had no room for."""
    basis = part.basis
    if not is_cut(basis):
        return had
    room = _room_for(basis.discounts, basis.gross)
    found = zip(basis.discounts, room, had, _fixed(line, part), strict=True)
    return [whole if accepted > had_room else now for accepted, had_room, now, whole in found]


def uncut_discounts(line: Line, part: Part, *, anew: bool) -> tuple[LineDiscount, ...]:
    """Returns the line's discounts, the fixed ones whole: those that the accepted price had no room for, or at another
    price all of them (`anew`)."""
    whole = _fixed(line, part) if anew else _whole(line, part, part.discounts[0])
    pairs = zip(line.discounts, whole, strict=True)
    amounts = [each.amount if each.percent is not None else amount for each, amount in pairs]
    return with_amounts(line.discounts, amounts)


def _fixed(line: Line, part: Part) -> Sequence[int]:
    """Returns the accepted amounts of fixed discounts, shortened with the price; 0 for percentages."""
    pairs = zip(line.discounts, part.basis.discounts, strict=True)
    amounts = [0 if discount.percent is not None else amount for discount, amount in pairs]
    return part.of_each(amounts) if part.shorter else amounts
