"""What nobody may walk round: checks of who took which step, as DESIGN.md says it and without the code's own tables.

They are part of the checker (`checker.py`), and say in words what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.domain.audit.log import verify
from shared.domain.change.change import Change, TimelineEntry
from shared.domain.change.states import OPEN, ChangeStatus
from tests.simulation.forgers import FORGER

if TYPE_CHECKING:
    from tests.simulation.checker import Evidence

Words = Iterator[str]
LOGINS = {"usr-customer": "cus-1", "usr-customer-too": "cus-1", "usr-customer-2": "cus-2"}
"""Every login of a customer, by the id that stands in the log."""
GUARDED = ("fraud", "legal_compliance")


def trespasses(seen: Evidence) -> Words:
    """A Z: a customer touches their own orders alone, and of what staff asked for only what waits for their word."""
    for order in seen.orders.values():
        for entry in seen.log[order.order_id]:
            if LOGINS.get(entry.by, order.customer.customer_id) != order.customer.customer_id:
                yield f"{entry.by} did {entry.action} on {order.order_id}, which is another's"
    for change in seen.changes:
        for step in _by_customers_on_staffs(change):
            yield f"{step.by} made {change.change_id} {step.status}, which staff had asked for"


def _by_customers_on_staffs(change: Change) -> Iterator[TimelineEntry]:
    """Steps that a customer took although staff had asked, but for the answer that the change waited for."""
    asked_by, before, answered = change.timeline[0].by, change.timeline[0], False
    for entry in change.timeline[1:]:
        by_customer = _is_customer(change, entry.by)
        answered = by_customer and (answered or _answers(change, before, entry))
        if by_customer and not _is_customer(change, asked_by) and not answered:
            yield entry
        asked_by = entry.by if entry.note == "edits replaced" else asked_by
        before = entry


def _answers(change: Change, before: TimelineEntry, entry: TimelineEntry) -> bool:
    """An erasure takes what people write, and notes with it."""
    erased = entry.status is ChangeStatus.PENDING_CONFIRMATION and entry.note is None
    agrees = erased or entry.status is ChangeStatus.DECLINED or str(entry.note).startswith("the customer agreed")
    return before.status is ChangeStatus.PENDING_CONFIRMATION and agrees and change.reason_code not in GUARDED


def _is_customer(change: Change, name: str) -> bool:
    return name in LOGINS or name == change.customer_id


def open_changes(seen: Evidence) -> Words:
    """V: while a change of an order is open, no other one begins."""
    for order in seen.orders.values():
        current: str | None = None
        for entry in seen.log[order.order_id]:
            if entry.change_id is None or entry.status is None:
                continue
            is_open = ChangeStatus(entry.status) in OPEN
            if is_open and current not in (None, entry.change_id):
                yield f"{entry.change_id} began beside {current}"
            if is_open or current == entry.change_id:
                current = entry.change_id if is_open else None


def forgeries(seen: Evidence) -> Words:
    """H: once everything is anchored, what was forged is found out, and what was not is held fast to its end."""
    if not seen.simulation.weather.anchored or seen.simulation.anchoring.stopped:
        return
    for order in seen.orders.values():
        entries, anchors = seen.log[order.order_id], seen.services.anchors.of(order.order_id)
        found = verify(entries, order.ledger.log_seq, order.ledger.log_hash, anchors)
        forged = [entry.seq for entry in entries if entry.by == FORGER]
        if forged and found.verified:
            yield f"{order.order_id}: entry {forged[0]} was forged, and nobody finds out"
        if not forged and (found.verified, found.anchored_to) != (True, len(entries)):
            yield f"{order.order_id}: nothing was forged, and it is told {found}"
