"""Gives goodwill in a change: on a line, on shipping, or shared out over all that the order still costs.

It lowers tax in proportion, unless policy says that it is a payment without tax effect. Then it stands among the
order's fees, and each line still knows its share, so that a later cancellation never gives it back a second time.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Literal, NamedTuple

from shared.domain import money
from shared.domain.order.goodwill import CODE, given_goodwill, given_shipping_goodwill
from shared.domain.order.line import Line
from shared.domain.order.order import Fee, Order, Shipping
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.line_draft import CreditWish
from shared.domain.planning.plan import LineChange, PlannedFee
from shared.domain.policy.documents.cancellation import GoodwillRule
from shared.domain.policy.evaluation import Judge
from shared.domain.policy.scope import by_rank

Named = Literal["line", "shipping", "order"]
"""Names what goodwill is given on."""


class Given(NamedTuple):
    """Holds the change with its goodwill given. `beside` are the minor units of it that stand among the fees."""

    changes: list[LineChange]
    after: Order
    fees: tuple[PlannedFee, ...] = ()
    beside: int = 0


def with_goodwill(order: Order, changes: list[LineChange], after: Order, draft: EditDraft) -> Given:
    """Returns the order after the change, less the goodwill that the change gives; what exceeds the costs of what it
    names is refused."""
    given = Given(changes, after)
    for wish in draft.credits:
        if wish.amount > max(0, _cost_of(given.after, wish)):
            draft.refuse("credit-over-total", _OVER[_name_of(wish)], wish.pointer)
        else:
            given = _give(order, given, wish, draft.judge)
    return given


def beside_left(
    fees: tuple[Fee, ...], before: Order, changes: Iterable[LineChange], after: Shipping
) -> tuple[Fee, ...]:
    """Returns the fees, goodwill among them lower by the shares of the units that go: what they give back is less by
    those. The shares of units that are replaced go on with what replaces them."""
    if not any(fee.code == CODE for fee in fees):
        return fees  # nothing was given beside lines and shipping
    gone = _beside(before.shipping) - _beside(after)
    gone += sum(_beside(change.before) - _beside(change.after) for change in changes)
    return _more_fee(fees, gone, 0) if gone else fees


_OVER: Mapping[Named, str] = {
    "order": "A goodwill credit cannot exceed what the order costs.",
    "line": "A goodwill credit cannot exceed what the line still costs.",
    "shipping": "A goodwill credit cannot exceed what shipping still costs.",
}


def _name_of(wish: CreditWish) -> Named:
    if wish.line_id is not None:
        return "line"
    return "shipping" if wish.shipping else "order"


def _cost_of(order: Order, wish: CreditWish) -> int:
    total = order.totals.total
    if wish.line_id is not None:
        line = order.line(wish.line_id)
        return min(total, line.cost if line else 0)
    return min(total, order.shipping.cost) if wish.shipping else total


def _give(order: Order, so_far: Given, wish: CreditWish, judge: Judge) -> Given:
    """Gives one goodwill: to lines and shipping first, and what exceeds them to the order's fees."""
    after = so_far.after
    line = after.line(wish.line_id) if wish.line_id is not None else None
    rule = _rule(judge, line.sku if line else None)
    taxed = rule is None or rule.tax == "in_proportion"
    parts = _parts(after, wish)
    lines = {line_id: given_goodwill(line, part, taxed=taxed) for line_id, (line, part) in parts.lines.items()}
    lines = {line_id: replace(line, since=order.version + 1) for line_id, line in lines.items()}
    shipping = given_shipping_goodwill(after.shipping, parts.shipping, taxed=taxed)
    tax = _tax_on(after.fees, parts.fees) if taxed else 0
    beside = parts.fees if taxed else wish.amount
    becomes = replace(
        after,
        lines=tuple(lines.get(line.line_id, line) for line in after.lines),
        shipping=shipping if parts.shipping else after.shipping,
        fees=_more_fee(after.fees, tax - beside, -tax) if beside else after.fees,
    )
    tax = after.totals.tax + _contained(after) - becomes.totals.tax - _contained(becomes)
    fee = PlannedFee(
        code=CODE,
        amount=-wish.amount,
        tax=-tax,
        on=_name_of(wish),
        line_id=wish.line_id,
        because=rule.words if rule else "A goodwill credit; the goods stay with the customer.",
        rule=rule.id if rule else None,
    )
    return Given(_changes(order, so_far.changes, becomes, lines), becomes, (*so_far.fees, fee), so_far.beside + beside)


def _rule(judge: Judge, sku: str | None) -> GoodwillRule | None:
    """Returns the first rule of policy that fits the change, the most specific first; without one, tax is lowered in
    proportion. A rule for some products is for goodwill that names a line of them."""
    rules = judge.policy.cancellation.goodwill
    for rule in by_rank(rules, judge.subject) if rules else ():
        if rule.only.admits_product(sku) and rule.concerns(judge.reason_code, judge.fault):
            judge.rule("goodwill", rule.id, "allow", rule.words)
            return rule
    return None


class _Parts(NamedTuple):
    """Holds the minor units that a goodwill gives on each line, on shipping, and on the order's fees."""

    lines: dict[str, tuple[Line, int]]
    shipping: int
    fees: int


def _parts(order: Order, wish: CreditWish) -> _Parts:
    """Shares a goodwill out by what each still costs, largest remainder; fees bear what lines and shipping cannot."""
    named = _name_of(wish)
    lines = [line for line in order.lines if named == "order" or line.line_id == wish.line_id]
    weights = [max(0, line.cost) for line in lines] if named != "shipping" else [0 for _ in lines]
    weights.append(order.shipping.cost if named != "line" else 0)
    amount = min(wish.amount, sum(weights))
    *of_lines, shipping = money.allocate(amount, weights)
    found = {line.line_id: (line, part) for line, part in zip(lines, of_lines, strict=True) if part}
    return _Parts(found, shipping, wish.amount - amount)


def _tax_on(fees: Iterable[Fee], amount: int) -> int:
    """Returns the tax contained in `amount` of what fees cost, in proportion."""
    costly = [fee for fee in fees if fee.total > 0]
    total = sum(fee.total for fee in costly)
    return money.share(sum(fee.tax for fee in costly), amount, total) if amount and total else 0


def _more_fee(fees: tuple[Fee, ...], amount: int, tax: int) -> tuple[Fee, ...]:
    """Returns the fees with goodwill among them moved by this much, never above nothing."""
    known = next((fee for fee in fees if fee.code == CODE), None)
    if known is None:
        return (*fees, Fee(code=CODE, amount=amount, tax=tax)) if amount < 0 or tax < 0 else fees
    moved = replace(known, amount=min(0, known.amount + amount), tax=min(0, known.tax + tax))
    return tuple(moved if fee is known else fee for fee in fees if fee is not known or moved.total)


def _contained(order: Order) -> int:
    """Returns the tax contained in prices, in minor units; totals tell the tax that is added to them."""
    lines = sum(line.tax for line in order.lines if line.tax_included)
    return lines + (order.shipping.tax if order.shipping.tax_included else 0)


def _changes(order: Order, changes: Iterable[LineChange], after: Order, lines: Mapping[str, Line]) -> list[LineChange]:
    """Returns the changes with the credited lines among them, in the order of the lines."""
    known = {change.line_id: change for change in changes}

    def found() -> Iterator[LineChange]:
        for line in after.lines:
            change, credited = known.get(line.line_id), lines.get(line.line_id)
            if credited is not None:
                before = change.before if change else order.line(line.line_id)
                yield LineChange(
                    line_id=line.line_id, change=change.change if change else "changed", before=before, after=credited
                )
            elif change is not None:
                yield change

    return list(found())


def _beside(priced: Line | Shipping | None) -> int:
    return priced.goodwill.beside if priced and priced.goodwill else 0
