"""Record reports of the warehouse and the carrier: units picked, packed, shipped, delivered, returned."""

from dataclasses import dataclass, replace
from datetime import date

from shared.domain.change import events
from shared.domain.change.step import Step, StockMove
from shared.domain.order import fulfilment
from shared.domain.order.line import Line
from shared.domain.order.order import Order
from shared.domain.order.progress import FulfilmentEvent, Progress
from shared.domain.planning.stock_cover import cover_so_far, unshipped
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.ports.stores import Skus
from shared.usecases.core.access import read_order
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.transact import transact_step


@dataclass(frozen=True, slots=True, kw_only=True)
class Fulfilment:
    order_id: str
    line_id: str
    quantity: int
    event: FulfilmentEvent
    tracking: str | None = None


def record_fulfilment(services: Services, request: Request[Step], reported: Fulfilment) -> Outcome[Step]:
    """Record the line's progress on the order: no version, a new revision. Shipping lowers on_hand, and allocated as
    far as the units were; a return raises on_hand.

    Raises:
        Refusal: `order-not-found`, `unknown-line`, `beyond-quantity`.
    """

    def work() -> Step:
        order = read_order(services.orders, reported.order_id, request.principal)
        line = order.line(reported.line_id)
        if line is None:
            raise Refusal("unknown-line", f"The order has no line '{reported.line_id}'.", pointer="/line_id")
        progress = fulfilment.after(order, line, reported.event, reported.quantity)
        progress = _noted(progress, reported, services.clock.now().date())
        fact = events.recorded(order, line.line_id, reported.event, reported.quantity)
        return Step(
            action=f"units_{reported.event}",
            by=request.principal.acting(),
            at=services.clock.now(),
            before=order,
            after=order.with_progress(line.line_id, progress),
            stock=_moves(services.skus, order, line, progress, reported),
            facts=(fact,),
        )

    return transact_step(services, request, work)


def _noted(progress: Progress, reported: Fulfilment, today: date) -> Progress:
    """Return the progress with the parcel's tracking number, and the day of the first delivery, from which return
    windows count."""
    if reported.tracking and reported.tracking not in progress.tracking:
        progress = replace(progress, tracking=(*progress.tracking, reported.tracking))
    if reported.event is FulfilmentEvent.DELIVERED and progress.delivered_on is None:
        progress = replace(progress, delivered_on=today)
    return progress


def _moves(skus: Skus, order: Order, line: Line, progress: Progress, reported: Fulfilment) -> tuple[StockMove, ...]:
    if reported.event is FulfilmentEvent.SHIPPED:
        covered = unshipped(line, order.progress_of(line)) - unshipped(line, progress)
        waited = cover_so_far(line, order.progress_of(line)).backordered - cover_so_far(line, progress).backordered
        gone = covered + (_counted(skus, line.sku, waited) if waited else 0)
        return (StockMove(sku=line.sku, on_hand=-gone, allocated=-covered),) if gone else ()
    if reported.event is FulfilmentEvent.RETURNED and line.allocated:
        return (StockMove(sku=line.sku, on_hand=reported.quantity),)
    return ()


def _counted(skus: Skus, sku: str, waited: int) -> int:
    """Return how many of the `waited` units were counted when they came in: the next count finds the rest, which have
    left before it."""
    return min(waited, skus.load([sku]).stock[sku].available)
