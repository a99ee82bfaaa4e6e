"""An order, and its changes, without the personal values of their customer; and when that is not possible yet.

Of an address the country stays, and the region where it sets a tax: they say where tax was due, to auditors for years
to come, and millions of people share them. Ids stay: they lead to a person only through somebody else's records.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from shared.domain.change.change import SYSTEM, Acknowledgement, Change, TimelineEntry
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Order
from shared.domain.order.party import Address
from shared.domain.order.states import NOTHING_TO_DELIVER, order_status
from shared.domain.planning.edits import Edit, Restore, RestoredAddress, SetShippingAddress

_NOT_DONE = (ChangeStatus.COMMITTED, ChangeStatus.FALLOUT)

LEFT = (
    "Answers kept for repeated requests (Idempotency-Key): they go 48 hours after they were given.",
    "Backups of the tables and their streams: what was there before goes after 35 days.",
    "Country, and region where it sets a tax: they say where tax was due.",
    "Ids: of the customer, of the channel's order, of payments, of parcels, and whose token asked for what.",
    "Keyed hashes in the log: the key is gone, so they can be compared with nothing.",
    "The reason and the note of this erasure, as they were given.",
    "What was sold and how, in the words of whoever sold it: titles, coupons, constraints, methods, taxes and fees.",
    "Letters that were sent, and what subscribers copied: they were told by the event CustomerErased.",
)
"""What an erasure leaves, and for how long: told with every one."""


def erased_order(order: Order, at: datetime) -> Order:
    """The order without name, email, segment and addresses, and without the key of its log's hashes."""
    return replace(
        order,
        customer=replace(order.customer, name=None, email=None, segment=None),
        shipping_address=_erased(order.shipping_address),
        billing_address=_erased(order.billing_address),
        log_key="",
        erased_at=at,
    )


def erased_change(change: Change) -> Change:
    """The change without addresses in its edits and its plan, and without what people wrote: notes, and the sub code
    that no list holds. The plan's digest stays: it is what was approved, and it was made with the order's key."""
    plan = change.plan
    return replace(
        change,
        sub_code=None,
        note=None,
        edits=tuple(_edit(edit) for edit in change.edits),
        plan=replace(plan, address_before=_erased(plan.address_before), address_after=_erased(plan.address_after)),
        acknowledgements={name: _acknowledgement(given) for name, given in change.acknowledgements.items()},
        timeline=tuple(_entry(entry) for entry in change.timeline),
    )


def what_it_waits_for(order: Order, changes: Iterable[Change]) -> str | None:
    """Why this order still needs to know whose it is; None if it does not."""
    if order.open_change:
        return f"change {order.open_change.change_id} is open"
    if (status := order_status(order)) not in NOTHING_TO_DELIVER:
        return f"it is {status}"
    if any(payment.refunding for payment in order.payments):
        return "a refund is under way"
    waiting = next((change for change in changes if change.is_open or change.status in _NOT_DONE), None)
    return f"change {waiting.change_id} is {waiting.status}" if waiting else None


def _erased(address: Address | None) -> Address | None:
    if address is None:
        return None
    taxed_by_region = address.jurisdiction != address.country
    return Address(country=address.country, region=address.region if taxed_by_region else None)


def _edit(edit: Edit) -> Edit:
    if isinstance(edit, SetShippingAddress):
        return replace(edit, address=_erased(edit.address) or edit.address)
    if isinstance(edit, Restore) and edit.address:
        restored = RestoredAddress(left=_erased(edit.address.left), was=_erased(edit.address.was))
        return replace(edit, address=restored)
    return edit


def _acknowledgement(given: Acknowledgement) -> Acknowledgement:
    return replace(given, note=None)


def _entry(entry: TimelineEntry) -> TimelineEntry:
    """Of our own words what we did stays, for reconciliation reads it; after a colon come a gateway's, and what people
    wrote may name anybody."""
    ours = entry.note.partition(": ")[0] if entry.note and entry.by == SYSTEM.id else None
    return replace(entry, note=ours)
