"""The step that commits a change: the planned order becomes the live one in a single write."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from shared.domain.canonical import sha256
from shared.domain.change import events
from shared.domain.change.change import Actor, Change, moved
from shared.domain.change.events import EventType, Fact
from shared.domain.change.holding import without_holds
from shared.domain.change.milestones import NOTHING_PASSED, Passed, arrived
from shared.domain.change.refund import Refund
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step, StockMove
from shared.domain.change.tally import counted_once
from shared.domain.order.assets import carried
from shared.domain.order.order import Order
from shared.domain.planning.plan import Planned, StockDelta

_ACTIONS: dict[EventType, str] = {
    "OrderAmended": "order_amended",
    "OrderCancelled": "order_cancelled",
    "OrderLinesCancelled": "lines_cancelled",
    "OrderSettled": "order_settled",
}


def committed(
    order: Order, change: Change, planned: Planned, actor: Actor, now: datetime, passed: Passed = NOTHING_PASSED
) -> Step:
    """Returns the commit: a new version of the order, stock allocated or freed, refunds requested under credit memos,
    and events for the departments."""
    counted, tallies = counted_once(order, change, planned, now)
    after, facts = arrived(order, counted, actor, now, passed)
    after = moved(without_holds(after), ChangeStatus.COMMITTED, by=actor.id, at=now)
    after = replace(
        after,
        plan=planned.plan,
        committed_version=planned.after.version,
        asked=None,
        refunds=_refunds(change, planned),
        expires_at=None,
        remind_at=None,
    )
    assets = carried(order, planned.after, now, change.change_id)
    live = replace(planned.after, open_change=None, assets=assets)
    news = events.committed(order, live, after, planned.plan.changed)
    freed = {move.sku: move.delta for move in planned.plan.stock if move.delta > 0}
    facts.append(news)
    facts += [events.released(live, freed)] if freed else []
    facts += [events.assets_changed(live, planned.plan.assets)] if planned.plan.assets else []
    facts += [_requested(live, after, refund) for refund in after.refunds]
    return Step(
        action=_ACTIONS[news.type],
        by=actor,
        at=now,
        before=order,
        after=live,
        change_before=None if passed.new else change,
        change=after,
        stock=_allocations(planned.plan.stock, change.holds),
        facts=tuple(facts),
        tallies=tallies,
    )


def refund_id(change_id: str, payment_id: str, kind: str = "refund") -> str:
    """Returns the id of the only refund (or release) that a change makes on a payment, so that a second request names
    the same refund."""
    named = f"{change_id}/{payment_id}" if kind == "refund" else f"{change_id}/{payment_id}/{kind}"
    return f"ref_{sha256(named)[:24]}"


def _refunds(change: Change, planned: Planned) -> tuple[Refund, ...]:
    """Returns the refunds that the plan owes, and the authorisations to be reduced. Credit memos are numbered without
    gaps within the order's version."""
    order, change_id = planned.after, change.change_id
    gateways = {payment.payment_id: payment.gateway for payment in order.payments}
    refunds = [
        Refund(
            refund_id=refund_id(change_id, refund.payment_id),
            payment_id=refund.payment_id,
            amount=refund.amount,
            credit_memo=f"CM-{order.order_id}-{order.version}-{count}",
            gateway=gateways[refund.payment_id],
        )
        for count, refund in enumerate(planned.plan.refunds, start=1)
    ]
    releases = [
        Refund(
            refund_id=refund_id(change_id, cut.payment_id, "release"),
            payment_id=cut.payment_id,
            amount=cut.before - cut.after,
            kind="release",
            keep=cut.after,
            gateway=gateways[cut.payment_id],
        )
        for cut in planned.plan.authorisations
    ]
    return (*refunds, *releases)


def _allocations(stock: Iterable[StockDelta], holds: dict[str, int]) -> tuple[StockMove, ...]:
    """Returns the stock moves of a commit: holds become allocations, further units are allocated directly, and freed
    units become available."""
    moves = {move.sku: -move.delta for move in stock}
    return tuple(
        StockMove(sku=sku, held=-holds.get(sku, 0), allocated=moves.get(sku, 0)) for sku in sorted({*moves, *holds})
    )


def _requested(order: Order, change: Change, refund: Refund) -> Fact:
    return events.step(
        "RefundRequested" if refund.kind == "refund" else "AuthorisationReductionRequested",
        order,
        change,
        refund_id=refund.refund_id,
        payment_id=refund.payment_id,
        amount=events.refund_money(refund.amount, order),
    )
