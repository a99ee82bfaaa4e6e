"""Takes goodwill off a line or off shipping, with its tax in proportion (DESIGN.md, "Money").

Goodwill lies on top of a price: whatever prices a line or shipping anew gets it without goodwill, and what is left of
the goodwill is taken off the outcome. So it depends on what is left alone, and cancelling units one by one ends where
cancelling them together ends.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from shared.domain import money
from shared.domain.order.line import Line
from shared.domain.order.line_history import Goodwill
from shared.domain.order.line_price import LineDiscount
from shared.domain.order.order import Shipping
from shared.domain.order.pricing import moved, with_quantity
from shared.domain.order.terms import terms_of as price_terms

CODE = "goodwill"
"""The code of the discount and of the fee that tell goodwill."""


def keeping_goodwill(line: Line, change: Callable[[Line], Line]) -> Line:
    """Returns the line changed by `change`, which sees it without goodwill."""
    if line.goodwill is None:
        return change(line)
    bare = without_goodwill(line)
    after = change(bare)
    return line if after is bare else with_goodwill(after, line.goodwill)


def terms_of(priced: Line | Shipping) -> tuple[int, ...] | None:
    """Returns what goodwill was given; the share of it that is left follows from the rest."""
    return priced.goodwill.terms if priced.goodwill else None


def resized(line: Line, quantity: int) -> Line:
    """Returns the line with another quantity, as `with_quantity` does, and with what is left of its goodwill."""
    return keeping_goodwill(line, lambda bare: with_quantity(bare, quantity))


def without_goodwill(line: Line) -> Line:
    """Returns the line as it would be had no goodwill been given."""
    taken = line.goodwill
    if taken is None:
        return line
    discounts = tuple(discount for discount in line.discounts if discount.scope != CODE)
    taxes = tuple(replace(tax, amount=tax.amount + off) for tax, off in zip(line.taxes, taken.taxes, strict=True))
    return replace(line, discounts=discounts, taxes=taxes, goodwill=None)


def with_goodwill(bare: Line, given: Goodwill | None) -> Line:
    """Returns a line without goodwill with what is left of it: a discount, and its taxes lower by as much of each."""
    if given is None:
        return bare
    left = _left(given, bare.total, [tax.amount for tax in bare.taxes], _share(given, bare), _rounded(given, bare))
    left = replace(left, discount=left.amount if bare.tax_included else left.amount - sum(left.taxes))
    taken = (LineDiscount(type="amount", scope="goodwill", code=CODE, amount=left.discount),) if left.amount else ()
    taxes = tuple(replace(tax, amount=tax.amount - off) for tax, off in zip(bare.taxes, left.taxes, strict=True))
    return replace(bare, discounts=(*bare.discounts, *taken), taxes=taxes, goodwill=left)


def given_goodwill(line: Line, amount: int, *, taxed: bool) -> Line:
    """Returns the line with more goodwill, in minor units, no more than it still costs: with its tax in proportion, or
    as a payment beside it that lowers no tax."""
    bare, known = without_goodwill(line), line.goodwill or Goodwill()
    now = _given_now(known, amount, _share(known, bare), taxed=taxed)
    now = replace(now, gross=bare.gross, quantity=bare.quantity, unit_price=bare.unit_price)
    return with_goodwill(bare, replace(now, whole=now.given + now.given_beside >= bare.total))


def carrying_goodwill(bare: Line, line: Line, rest: Line) -> Line:
    """Returns `bare`, the units that make the difference between a line and the rest of it, with the goodwill that they
    carry: what the rest has no more of it."""
    if line.goodwill is None:
        return bare
    left = rest.goodwill or Goodwill(taxes=(0,) * len(bare.taxes))
    carried = Goodwill(
        given=line.goodwill.amount - left.amount,
        given_beside=line.goodwill.beside - left.beside,
        gross=bare.gross,
        quantity=bare.quantity,
        unit_price=bare.unit_price,
        whole=line.goodwill.whole,
    )
    taxes = tuple(one - other for one, other in zip(line.goodwill.taxes, left.taxes, strict=True))
    return _exactly(with_goodwill(bare, carried), bare, taxes)


def _exactly(line: Line, bare: Line, taxes: tuple[int, ...]) -> Line:
    """Returns the line with these parts off its taxes, so that nothing is rounded anew; as it is if they do not fit."""
    known = line.goodwill
    if known is None or not all(0 <= off <= tax.amount for off, tax in zip(taxes, bare.taxes, strict=True)):
        return line
    discount = known.discount if line.tax_included else known.amount - sum(taxes)
    if not known.amount or not 0 <= discount <= bare.net:
        return line
    off = LineDiscount(type="amount", scope="goodwill", code=CODE, amount=discount)
    return replace(
        line,
        discounts=(*bare.discounts, off),
        taxes=tuple(replace(tax, amount=tax.amount - part) for tax, part in zip(bare.taxes, taxes, strict=True)),
        goodwill=replace(known, discount=discount, taxes=taxes),
    )


def keeping_shipping_goodwill(shipping: Shipping, change: Callable[[Shipping], Shipping]) -> Shipping:
    """Returns the shipping changed by `change`, which sees it without goodwill."""
    if shipping.goodwill is None:
        return change(shipping)
    return shipping_with_goodwill(change(shipping_without_goodwill(shipping)), shipping.goodwill)


def shipping_without_goodwill(shipping: Shipping) -> Shipping:
    """Returns the shipping as it would be had no goodwill been given."""
    taken = shipping.goodwill
    if taken is None:
        return shipping
    return replace(_less(shipping, -taken.discount, [-off for off in taken.taxes]), goodwill=None)


def shipping_with_goodwill(bare: Shipping, given: Goodwill) -> Shipping:
    """Returns shipping without goodwill with what is left of it taken off its price and tax."""
    left = _left(given, bare.total, [bare.unrated, *(tax.amount for tax in bare.taxes)], (1, 1))
    left = replace(left, discount=left.amount if bare.tax_included else left.amount - sum(left.taxes))
    return replace(_less(bare, left.discount, left.taxes), goodwill=left)


def _less(shipping: Shipping, price: int, parts: Sequence[int]) -> Shipping:
    """Returns the shipping with `price` off its price; `parts` are off its tax without a rate, and off each other."""
    unrated, *rated = parts
    pairs = zip(shipping.taxes, rated, strict=True)
    taxes = tuple(replace(tax, amount=tax.amount - off) for tax, off in pairs)
    return replace(shipping, price=shipping.price - price, taxes=taxes, unrated=shipping.unrated - unrated)


def given_shipping_goodwill(shipping: Shipping, amount: int, *, taxed: bool) -> Shipping:
    """Returns the shipping with more goodwill, in minor units, no more than it still costs."""
    given = _given_now(shipping.goodwill or Goodwill(), amount, (1, 1), taxed=taxed)
    return shipping_with_goodwill(shipping_without_goodwill(shipping), given)


Share = tuple[int, int]
"""A part and the whole that it is of."""


def _share(given: Goodwill, bare: Line) -> Share:
    """Returns the part of what it was given for that is left: by price at the unit price of then, so that another price
    alone takes nothing away; by units where there was no price."""
    if given.gross <= 0:
        return min(bare.quantity, given.quantity), given.quantity or 1
    now = bare.gross if bare.unit_price == given.unit_price else _at(bare, given.unit_price).gross
    return max(0, min(now, given.gross)), given.gross


def _rounded(given: Goodwill, bare: Line) -> int:
    """Returns by how many minor units at most a part of a line may cost more than its share of what all of it cost, as
    its price, each discount, each tax and each charge are rounded anew; 0 where all of it was not given, and where the
    line is no part of what that was."""
    if not given.whole or bare.unit_price != given.unit_price or bare.quantity > given.quantity:
        return 0
    return 1 + len(bare.discounts) + len(bare.taxes) + len(bare.charges)


def _at(bare: Line, unit_price: int) -> Line:
    """Returns the line at another unit price; at the accepted one it has its part of a total that is the channel's."""
    return moved(bare, price_terms(bare)._replace(unit_price=unit_price))


def _given_now(known: Goodwill, amount: int, share: Share, *, taxed: bool) -> Goodwill:
    """Returns the goodwill that is left of `known`, with `amount` more of either kind."""
    return Goodwill(
        given=money.share(known.given, *share) + (amount if taxed else 0),
        given_beside=money.share(known.given_beside, *share) + (0 if taxed else amount),
    )


def _left(given: Goodwill, total: int, taxes: Sequence[int], share: Share, rounded: int = 0) -> Goodwill:
    """Returns what of the goodwill is left of something that costs `total`, tax included; never more than that. Where
    all was given, what `rounded` minor units could leave over is given too."""
    amount = max(0, min(money.share(given.given, *share), total))
    beside = max(0, min(money.share(given.given_beside, *share), total - amount))
    over = total - amount - beside
    if 0 < over <= rounded:
        amount, beside = (amount + over, beside) if given.given else (amount, beside + over)
    return replace(given, amount=amount, beside=beside, taxes=_off_each(taxes, amount, total))


def _off_each(taxes: Sequence[int], amount: int, total: int) -> tuple[int, ...]:
    """Returns what `amount` of `total` takes off each tax: rounded together, so that all of it takes all of them."""
    if not amount:
        return (0,) * len(taxes)
    reached = [money.share(sum(taxes[:count]), total - amount, total) for count in range(len(taxes) + 1)]
    return tuple(tax - (after - before) for tax, (before, after) in zip(taxes, pairwise(reached), strict=True))
