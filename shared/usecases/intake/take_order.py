"""Take a new order: make it ours, cover it with stock, and keep it once however often the channel sends it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from shared.domain.canonical import sha256
from shared.domain.change import events
from shared.domain.change.change import Actor
from shared.domain.change.step import Step, StockMove
from shared.domain.intake.new_order import NewOrder
from shared.domain.intake.to_order import accept
from shared.domain.order.charges import is_timed
from shared.domain.order.line import Line
from shared.domain.order.order import Order
from shared.domain.order.product import Catalogue, StockLevel
from shared.domain.planning.stock_cover import cover, unshipped
from shared.domain.policy.evaluation import subject_of
from shared.domain.policy.policy import Policy
from shared.domain.policy.terms import out_of_bounds
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.transact import Decided, transact, write_step

BUSY = "Too much is happening at once; try again in a moment."


def order_id_of(channel: str, channel_order_id: str) -> str:
    """Return the order's id, which follows from channel and channel order id, so that there is one order for each
    pair."""
    return f"ord_{sha256(f'{channel}/{channel_order_id}')[:24]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOrder:
    """Holds an order that a channel has sent; it is not `new` if the channel had sent it before."""

    order: Order
    new: bool


def take_order(services: Services, request: Request[TakenOrder], sent: NewOrder) -> Outcome[TakenOrder]:
    """Return the new order, or the one that the channel has sent before under this id.

    Raises:
        Refusal: what forbids the order (see `accept`), `term-out-of-bounds`, `key-reused`, `too-busy`.
    """
    order_id = order_id_of(sent.channel, sent.channel_order_id)
    accepted = accept(sent, order_id, services.ids.secret())

    def decide() -> Decided[TakenOrder]:
        step = _step(services, accepted, request.principal.acting())
        return Decided(TakenOrder(order=step.after, new=True), partial(write_step, services, step))

    def sent_before() -> TakenOrder | None:
        order = services.orders.load(order_id)
        return TakenOrder(order=order, new=False) if order else None

    return transact(services, request, decide, busy=BUSY, by_another=sent_before)


def check_direct(sent: NewOrder) -> None:
    """Refuse a direct order that claims another channel: that channel's own first order would be taken for a repeat.

    Raises:
        Refusal: `unknown-value`.
    """
    if sent.channel != "direct":
        raise Refusal("unknown-value", "This address takes orders of the channel direct.", pointer="/channel")


def _as_its_product_allows(line: Line, known: Catalogue) -> Line:
    """The line with the quantity fixed if its product's is, so that whoever reads the order sees it without a second
    read; lines that are added later have it from their product too."""
    product = known.products.get(line.sku)
    return line if product is None or product.quantity_modifiable else replace(line, quantity_modifiable=False)


def _step(services: Services, accepted: Order, by: Actor) -> Step:
    known = services.skus.load({line.sku for line in accepted.lines})
    _check_terms(services.policies.current(), accepted)
    stock, lines = known.stock, tuple(_as_its_product_allows(line, known) for line in accepted.lines)
    order = replace(accepted, lines=cover(replace(accepted, lines=lines), stock))
    return Step(
        action="order_received",
        by=by,
        at=services.clock.now(),
        before=None,
        after=order,
        stock=_moves(order, stock),
        facts=(events.received(order),),
    )


def _check_terms(policy: Policy, order: Order) -> None:
    """Refuse a subscription whose term is beyond policy's bounds on the day that the order was placed.

    Raises:
        Refusal: `term-out-of-bounds`.
    """
    placed, subject = order.placed_at.date(), subject_of(order)
    for index, line in enumerate(order.lines):
        if line.start_date and line.end_date and is_timed(line.charges):
            term = line.start_date, line.end_date
            if words := out_of_bounds(policy, subject, line.sku, term, placed):
                raise Refusal("term-out-of-bounds", words, pointer=f"/lines/{index}/end_date")


def _moves(order: Order, stock: Mapping[str, StockLevel]) -> tuple[StockMove, ...]:
    """Return the units that the lines take. Where some of a SKU stays backordered, they take all that there was, and it
    must be all when it is written: else units that came back meanwhile would lie there while the customer waits for
    them."""
    taken: Counter[str] = Counter()
    waiting = {line.sku for line in order.lines if line.backordered}
    for line in order.lines:
        taken[line.sku] += unshipped(line, order.progress_of(line))
    return tuple(
        StockMove(sku=sku, allocated=units, available=stock[sku].available if sku in waiting else None)
        for sku, units in sorted(taken.items())
        if units
    )
