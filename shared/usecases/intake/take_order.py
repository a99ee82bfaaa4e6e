"""Take a new order: make it ours, cover it with stock, keep it once however often the channel sends it."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

from shared.domain.canonical import sha256
from shared.domain.change import events
from shared.domain.change.step import Step, StockMove
from shared.domain.intake.new_order import NewOrder
from shared.domain.intake.to_order import accept
from shared.domain.order.order import Order
from shared.domain.order.product import StockLevel
from shared.domain.planning.stock_cover import cover, unshipped
from shared.ports.requests import Answer, RequestKnown
from shared.ports.services import Services
from shared.ports.stores import Conflict
from shared.usecases.core.transact import ATTEMPTS, Request, record_of, replayed
from shared.usecases.core.write_assembly import recorded


def order_id_of(channel: str, channel_order_id: str) -> str:
    """One order per channel and channel order id: the id follows from them."""
    return f"ord_{sha256(f'{channel}/{channel_order_id}')[:24]}"


def take_order(services: Services, request: Request, new: NewOrder, existing: Callable[[Order], Answer]) -> Answer:
    """The reply for a new order, or `existing`'s for one that the channel has sent before.

    Raises:
        Refusal: what forbids the order (see `accept`).
    """
    order_id = order_id_of(new.channel, new.channel_order_id)
    accepted = accept(new, order_id, services.ids.secret())
    for _ in range(ATTEMPTS):
        step = _step(services, accepted, request)
        answer = request.render(step)
        try:
            services.orders.write(recorded(step, services.ids, record_of(request.key, answer, services)))
            return answer
        except RequestKnown:
            if known := replayed(services.requests, request.key):
                return known
        except Conflict:
            if known := replayed(services.requests, request.key):
                return known
            if order := services.orders.load(order_id):
                return existing(order)
    raise Conflict


def _step(services: Services, accepted: Order, request: Request) -> Step:
    stock = services.skus.load({line.sku for line in accepted.lines}).stock
    order = replace(accepted, lines=cover(accepted, stock))
    return Step(
        action="order_received",
        by=request.principal.acting(),
        at=services.clock.now(),
        before=None,
        after=order,
        stock=_moves(order, stock),
        facts=(events.received(order),),
    )


def _moves(order: Order, stock: Mapping[str, StockLevel]) -> tuple[StockMove, ...]:
    """What the lines take. Where some of a SKU stays backordered, they take all that there was, and it must be all when
    it is written: else units that came back meanwhile would lie there while the customer waits for them."""
    taken: Counter[str] = Counter()
    waiting = {line.sku for line in order.lines if line.backordered}
    for line in order.lines:
        taken[line.sku] += unshipped(line, order.progress_of(line))
    return tuple(
        StockMove(sku=sku, allocated=units, available=stock[sku].available if sku in waiting else None)
        for sku, units in sorted(taken.items())
        if units
    )
