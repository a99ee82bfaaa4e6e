"""What may be lost without an approval: the shipped policy's limits in US dollars, written here by hand, and reckoned
from the stored versions alone. They are part of the checker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.line import Line
from shared.domain.order.order import Order

if TYPE_CHECKING:
    from tests.simulation.checker import Evidence

Words = Iterator[str]
MOVED = 50_000
"""What an order's changes may move in all since a manager last approved one."""
REFUNDED = {"customer": 500_000, "agent": 1_000_000}
"""What may go back in a day to one customer, or because one agent asked, without an approval."""
WEAKLY = 100_000
"""What somebody who signed in by a password alone may ask for, of one order and in a day."""
FLOOR, CEILING = 70, 130
"""Percent of the price at intake."""
TAX = 120
"""Percent of a net price that the simulated customers pay: every line is taxed by 20."""


def unapproved_moves(seen: Evidence) -> Words:
    """A: what changes move of an order, units and price each for itself, is within the limit until one is approved."""
    for order in seen.orders.values():
        since = 0
        for change, before, after in _steps(seen, order):
            since = 0 if change.approvals else since + _moved(before, after)
            if since > MOVED:
                yield f"{change.change_id} takes {order.order_id} to {since} that nobody approved"


def _steps(seen: Evidence, order: Order) -> Iterator[tuple[Change, Order, Order]]:
    """Each committed change with the versions before and after it."""
    by_version = {change.committed_version: change for change in seen.of(order) if change.committed_version}
    for version, change in sorted(by_version.items()):
        before, after = (_version(seen, order, number) for number in (version - 1, version))
        if before is not None and after is not None:
            yield change, before, after


def _version(seen: Evidence, order: Order, version: int) -> Order | None:
    return order if version == order.version else seen.services.orders.load_version(order.order_id, version)


def _moved(before: Order, after: Order) -> int:
    """At least so many minor units: of units at the old price, and of the price on the units that there are then."""
    lines = {line.line_id: line for line in after.lines}
    return sum(_of_line(line, lines.get(line.line_id)) for line in before.lines)


def _of_line(before: Line, after: Line | None) -> int:
    units, price = (after.quantity, after.unit_price) if after else (0, before.unit_price)
    net = abs(units - before.quantity) * before.unit_price + abs(price - before.unit_price) * units
    return max(0, net * TAX // 100 - 2)  # what is rounded, twice


def unapproved_refunds(seen: Evidence) -> Words:
    """A: what goes back in a day to one customer, or because one agent asked, stays within the limit; so does what weak
    sign-ins ask for, approved or not."""
    sums: Counter[tuple[str, str, str]] = Counter()
    for change in seen.changes:
        at = next((entry.at for entry in change.timeline if entry.status is not ChangeStatus.DRAFT), None)
        amount = sum(refund.amount for refund in change.refunds if refund.kind == "refund")
        if at is None or not amount or change.committed_version is None:
            continue
        asker, day = change.requested_by.id, f"{at:%Y-%m-%d}"
        if "weak" in asker:
            sums["weak", asker, day] += amount
            sums["weak", asker, change.order_id] += amount
        if not change.approvals:
            sums["customer", change.customer_id, day] += amount
            sums["agent", asker, day] += amount
    for (scope, who, when), amount in sums.items():
        if amount > {**REFUNDED, "weak": WEAKLY}[scope]:
            yield f"{amount} went back unapproved for {scope} {who} on {when}"


def prices(seen: Evidence) -> Words:
    """A: a price that nobody approved is within bounds of what the line came in at, whatever it was in between."""
    for order in seen.orders.values():
        original = _version(seen, order, 1)
        at_intake = {line.line_id: line.unit_price for line in original.lines} if original else {}
        for change, before, after in _steps(seen, order):
            known = {line.line_id: line.unit_price for line in before.lines}
            for line in after.lines:
                wanted, was = at_intake.get(line.line_id), known.get(line.line_id)
                if wanted is None or change.approvals or change.undoes or line.unit_price == was:
                    continue
                if not wanted * FLOOR <= line.unit_price * 100 <= wanted * CEILING:
                    yield f"{change.change_id} sold {line.line_id} for {line.unit_price}, which came in at {wanted}"
