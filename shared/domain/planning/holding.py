"""Works out the stock that a change holds while it waits: no more, and no longer, than policy lets it.

A change without effect costs nothing, so what it holds is bounded by line, order, customer and time (DESIGN.md,
"Versions and states": nothing is unbounded). What is not held is taken at the commit, if it is still there.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_FLOOR
from typing import get_args

from shared.domain.planning.hold import Hold, Holds
from shared.domain.planning.plan import LineChange, PlannedCollection, StockDelta
from shared.domain.planning.plan_parts import NeedsPart
from shared.domain.policy.documents.holds import HoldRule
from shared.domain.policy.evaluation import Judge
from shared.domain.policy.subjects import Wait


def taken(stock: Iterable[StockDelta]) -> dict[str, int]:
    """Returns the units that a plan takes from stock, by SKU."""
    return {move.sku: -move.delta for move in stock if move.delta < 0}


def held_while(judge: Judge, stock: Sequence[StockDelta], lines: Sequence[LineChange], others: int) -> Holds:
    """Returns what is held during each wait that policy has a rule for. `others` are the units that the customer's
    other changes hold."""
    needed = taken(stock) if judge.policy.checks.holds else {}
    if not needed:
        return {}
    growing, found = _growing(lines), dict[Wait, Hold]()
    for wait in get_args(Wait):
        rule = judge.policy.checks.hold_of(judge.subject, judge.kind, judge.role, wait)
        if rule is not None:
            found[wait] = Hold(_bounded(rule, needed, growing, others), rule.seconds)
    return found


def held_less(
    holds: Holds, stock: Sequence[StockDelta], needs: NeedsPart, collection: PlannedCollection | None
) -> Iterator[str]:
    """Yields a warning for each product of which the first wait holds less than the change takes."""
    hold = holds.get(_first_wait(needs, collection))
    for sku, units in taken(stock).items() if hold else ():
        held = hold.units.get(sku, 0) if hold else 0
        if held < units:
            words = f"{held} of {units} units of {sku} are held for it; the rest must still be there then."
            yield f"While it waits, {words}"


def _first_wait(needs: NeedsPart, collection: PlannedCollection | None) -> Wait:
    if needs["approvals"]:
        return "approval"
    if needs["confirmations"]:
        return "confirmation"
    return "payment" if collection and collection.mode == "before_commit" else "acceptance"


def units_moved(lines: Iterable[LineChange]) -> tuple[int, int]:
    """Returns the units that come to lines, and those that go; another product is both."""
    came = gone = 0
    for change in lines:
        before = change.before.quantity if change.before else 0
        same = change.before is not None and change.before.sku == change.after.sku
        moved = change.after.quantity - before
        came += max(0, moved) if same else change.after.quantity
        gone += max(0, -moved) if same else before
    return came, gone


def _bounded(rule: HoldRule, needed: Mapping[str, int], growing: Mapping[str, int], others: int) -> dict[str, int]:
    left, held = _together(rule, others), dict[str, int]()
    for sku, units in needed.items():
        share = int((units * rule.share_percent / 100).to_integral_value(ROUND_FLOOR))
        most = share if rule.per_line is None else min(share, rule.per_line * max(1, growing.get(sku, 0)))
        most = most if left is None else min(most, left)
        if most > 0:
            held[sku] = most
            left = None if left is None else left - most
    return held


def _together(rule: HoldRule, others: int) -> int | None:
    """Returns the most units that all products together may hold; None if nothing bounds them."""
    of_customer = None if rule.per_customer is None else max(0, rule.per_customer - others)
    return min((most for most in (rule.per_order, of_customer) if most is not None), default=None)


def _growing(lines: Iterable[LineChange]) -> Counter[str]:
    """Counts the lines of each SKU that a change adds to."""
    return Counter(
        change.after.sku
        for change in lines
        if change.before is None
        or change.before.sku != change.after.sku
        or change.after.quantity > change.before.quantity
    )
