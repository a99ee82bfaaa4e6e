"""Erase a customer: every one of their orders without its personal values, while its log's chain still verifies.

All orders are checked before the first is erased. Each is erased by a write that is conditional as any other is, so
asking again finishes what a crash has left, and changes nothing of what is done.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from shared.domain.audit.erasing import erased_change, erased_order, what_it_waits_for
from shared.domain.change import events
from shared.domain.change.change import Actor, Change
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.refusal import Refusal
from shared.ports.erasing import ErasureRequest, Histories, History, Rewrite
from shared.ports.paging import Filter
from shared.ports.services import Services
from shared.ports.stores import Conflict
from shared.usecases.core.access import Principal
from shared.usecases.core.transact import retry_conflicts
from shared.usecases.core.write_assembly import assemble_write

PAGE = 100
NAMED = 100
"""Orders in flight that one refusal names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """Describes an erasure as an operator asks for it. `reason` and `note` are kept as they are."""

    customer_id: str
    reason: str
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """Counts the orders and changes of the customer that hold none of their values any more. `erased_at` is when the
    last of them was rewritten; None for a customer without orders."""

    customer_id: str
    orders: int
    changes: int
    erased_at: datetime | None


def erase_customer(services: Services, histories: Histories, principal: Principal, asked: Erasure) -> Erased:
    """Erase the customer's orders and changes, and count all that are erased now, also by earlier calls.

    Raises:
        Refusal: `order-in-flight` naming the orders that still need their customer: nothing is erased; or, if an order
            is changed this very moment, it is not. `too-busy`.
    """
    actor = principal.acting(frozenset({"operator"}))
    orders = tuple(_orders_of(services, asked.customer_id))
    found = [(order, histories.of(order)) for order in orders]
    _check((order, history.changes) for order, history in found if order.erased_at is None)
    changes = sum(len(history.changes) for _, history in found)
    if any(order.erased_at is None for order in orders):
        histories.keep_request(_request(asked, actor, services.clock.now()))
    moments = [order.erased_at or _erase(services, histories, order.order_id, actor) for order in orders]
    return Erased(
        customer_id=asked.customer_id, orders=len(orders), changes=changes, erased_at=max(moments, default=None)
    )


def _orders_of(services: Services, customer_id: str) -> Iterator[Order]:
    cursor: str | None = None
    while True:
        page = services.orders.list(Filter(values={"customer_id": customer_id}, limit=PAGE, cursor=cursor))
        yield from page.items
        if (cursor := page.cursor) is None:
            return


def _check(orders: Iterable[tuple[Order, Iterable[Change]]]) -> None:
    waits = ((order.order_id, what_it_waits_for(order, changes)) for order, changes in orders)
    waiting = [{"order_id": order_id, "because": because} for order_id, because in waits if because]
    if waiting:
        words = f"{len(waiting)} of this customer's orders still need them; `orders` says what for."
        raise Refusal("order-in-flight", words, extra={"orders": waiting[:NAMED]})


def _request(asked: Erasure, actor: Actor, now: datetime) -> ErasureRequest:
    return ErasureRequest(customer_id=asked.customer_id, reason=asked.reason, note=asked.note, by=actor, at=now)


def _erase(services: Services, histories: Histories, order_id: str, actor: Actor) -> datetime:
    """Erase one order, and return the time of it; if somebody else was faster, theirs."""
    try:
        return retry_conflicts(services, partial(_tried, services, histories, order_id, actor))
    except Conflict as conflict:
        words = "Others keep changing one of these orders; ask again in a moment."
        raise Refusal("too-busy", words) from conflict


def _tried(services: Services, histories: Histories, order_id: str, actor: Actor) -> datetime:
    order, now = services.orders.load(order_id), services.clock.now()
    if order is None:
        raise Conflict("the order is not there")
    if order.erased_at is not None:
        return order.erased_at
    history = histories.of(order)
    _check([(order, history.changes)])
    histories.rewrite(_rewrite(services, order, history, actor, now))
    return now


def _rewrite(services: Services, order: Order, history: History, actor: Actor, now: datetime) -> Rewrite:
    after = replace(erased_order(order, now), revision=order.revision + 1)
    told = (events.customer_erased(order),)
    step = Step(action="customer_erased", by=actor, at=now, before=order, after=after, facts=told)
    changes = ((change, erased_change(change)) for change in history.changes)
    return Rewrite(
        write=assemble_write(step, services.ids),
        pasts=tuple(erased_order(past, now) for past in history.pasts if past.erased_at is None),
        changes=tuple((was, replace(will, rev=was.rev + 1)) for was, will in changes if was != will),
    )
