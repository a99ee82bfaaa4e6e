"""Takes the personal values of a customer out of an order and its changes, and says when that is not possible yet.

Of an address the country stays, and the region where it sets a tax: they say where tax was due, to auditors for years
to come, and millions of people share them. Ids stay: they lead to a person only through somebody else's records.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args, get_type_hints

from shared.domain.change.change import SYSTEM, Change, TimelineEntry
from shared.domain.change.states import ChangeStatus
from shared.domain.fields import erased_values, stays
from shared.domain.order.order import Order
from shared.domain.order.party import Address
from shared.domain.order.states import NOTHING_TO_DELIVER, order_status

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")

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
"""Names the values that an erasure leaves, and for how long; every erasure tells them."""


def erased_order(order: Order, at: datetime) -> Order:
    """Returns the order without name, email, segment and addresses, and without the key of its log's hashes."""
    return replace(erased(order), erased_at=at)


def erased_change(change: Change) -> Change:
    """Returns the change without addresses in its edits and its plan, and without what people wrote: notes, and the sub
    code that no list holds. The plan's digest stays: it was approved, and it was made with the order's key."""
    return erased(change)


def what_it_waits_for(order: Order, changes: Iterable[Change]) -> str | None:
    """Returns the reason why this order still needs its customer's identity; None if it does not."""
    if order.open_change:
        return f"change {order.open_change.change_id} is open"
    if (status := order_status(order)) not in NOTHING_TO_DELIVER:
        return f"it is {status}"
    if any(payment.refunding for payment in order.payments):
        return "a refund is under way"
    waiting = next((change for change in changes if change.is_open or change.status in _NOT_DONE), None)
    return f"change {waiting.change_id} is {waiting.status}" if waiting else None


def erased(value: T) -> T:
    """Returns the value, and everything in it, without personal values, as each field's declaration says
    (`erased_as`)."""
    return cast(T, _erased(value))


def _erased(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(_erased(each) for each in value)
    if isinstance(value, dict):
        return {name: _erased(each) for name, each in value.items()}
    if not is_dataclass(value) or isinstance(value, type):
        return value
    in_its_own_way = _OWN_WAYS.get(type(value))
    return in_its_own_way(value) if in_its_own_way else _by_fields(value)


def _by_fields(value: "DataclassInstance") -> Any:
    """Gives personal fields their erased values and looks into the others."""
    kind = type(value)
    if staying := stays(kind):
        return kind(**{name: getattr(value, name) for name in staying})
    looked_into = {name: _erased(getattr(value, name)) for name in _with_personal_values(kind)}
    return replace(value, **{**looked_into, **erased_values(kind)})


@cache
def _with_personal_values(kind: type) -> tuple[str, ...]:
    """Names the fields of a type that may hold personal values somewhere; no others are looked into, as they are
    many."""
    hints = get_type_hints(kind)
    return tuple(each.name for each in fields(kind) if _may_be_personal(hints[each.name]))


def _may_be_personal(hint: Any) -> bool:
    if not is_dataclass(hint):
        return any(_may_be_personal(each) for each in get_args(hint))
    kind = cast(type, hint)
    known = kind in _OWN_WAYS or bool(stays(kind)) or bool(erased_values(kind))
    return known or bool(_with_personal_values(kind))


def _address(address: Address) -> Address:
    """Removes the region where it sets no tax."""
    left: Address = _by_fields(address)
    return left if left.jurisdiction != left.country else replace(left, region=None)


def _entry(entry: TimelineEntry) -> TimelineEntry:
    """Keeps the part before the colon, which is our own word for a step and which reconciliation reads; the rest comes
    from a gateway or a person and may name anybody."""
    ours = entry.note.partition(": ")[0] if entry.note and entry.by == SYSTEM.id else None
    left: TimelineEntry = _by_fields(entry)
    return replace(left, note=ours)


_OWN_WAYS: Mapping[type, Callable[[Any], object]] = {Address: _address, TimelineEntry: _entry}
"""Holds the types that need more than their fields' declarations to be erased."""
