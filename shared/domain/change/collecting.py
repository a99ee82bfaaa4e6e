"""Tells what a change collects from its customer before its commit, and what of it has come. It is pure."""

from dataclasses import replace
from datetime import datetime

from shared.domain.change.change import Actor, Change, moved
from shared.domain.change.collection import Collection
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Order, Totals, display
from shared.domain.planning.digest import digest_of
from shared.domain.planning.plan import ChangePlan, Planned

_LINK = "plk_"


def link_id(change_id: str) -> str:
    """Returns the id of the only payment link that a change asks for, so that a second request names the same link, and
    whoever reports a payment by it names the change."""
    return f"{_LINK}{change_id}"


def change_id_of(link: str) -> str:
    """Returns the id of the change that a link was made for. Ids of links were hashes once; these name no change."""
    return link.removeprefix(_LINK)


def collects_first(plan: ChangePlan) -> bool:
    """Tells if the customer has to pay what the plan adds before it is committed."""
    return plan.collection is not None and plan.collection.mode == "before_commit"


def collection_of(change: Change, plan: ChangePlan) -> tuple[Collection, int]:
    """Returns the payment that the plan asks for, and for how many seconds the change waits for it.

    Raises:
        LookupError: the plan collects nothing before its commit.
    """
    wanted = plan.collection
    if wanted is None or wanted.gateway is None:
        raise LookupError("the plan collects nothing before its commit")
    wait = Collection(link_id=link_id(change.change_id), gateway=wanted.gateway, amount=wanted.amount)
    return wait, wanted.wait_seconds


def awaits_payment(change: Change, now: datetime | None) -> bool:
    """Tells if the change waits for a payment, and its time is not over at `now`; without `now` the money is known to
    have come in time."""
    if change.status is not ChangeStatus.PENDING_PAYMENT or change.collection is None:
        return False
    return now is None or change.expires_at is None or now < change.expires_at


def with_payment(order: Order, change: Change, actor: Actor, now: datetime) -> Change:
    """Returns the waiting change with all that has come by its link, as the order's payments say."""
    assert change.collection is not None  # noqa: S101 (`awaits_payment` has said so)
    came = sum(payment.refundable for payment in order.payments if payment.link_id == change.collection.link_id)
    words = f"{display(came, order.currency)} of {display(change.collection.amount, order.currency)} paid"
    after = moved(change, change.status, by=actor.id, at=now, note=words)
    return replace(after, collection=replace(change.collection, collected=came))


def without_collected(order: Order, change: Change) -> Order:
    """Returns the order as it would be without what the customer paid by the change's link: so its plan was made, and
    so its digest is compared."""
    link = change.collection.link_id if change.collection else None
    return replace(order, payments=tuple(each for each in order.payments if link is None or each.link_id != link))


def as_agreed(planned: Planned, change: Change) -> Planned:
    """Returns what was planned, with the progress of payments as it was when the change was agreed to, and the digest
    of that. A capture meanwhile moves the balance before and after the change alike, and nothing that the customer
    agreed to; the amount due stays as it is planned now, so another one is another digest."""
    now, then = planned.plan, change.plan
    plan = replace(
        now,
        totals_before=_with_progress(now.totals_before, then.totals_before),
        totals_after=_with_progress(now.totals_after, then.totals_after),
    )
    return replace(planned, plan=replace(plan, digest=digest_of(plan, planned.after.log_key)))


def _with_progress(now: Totals, then: Totals) -> Totals:
    return replace(now, paid=then.paid, refunded=then.refunded, balance_due=then.balance_due)


def with_collected(planned: Planned, order: Order) -> Planned:
    """Returns what was planned, with the payments of `order` that the plan did not know, at their places."""
    known = {payment.payment_id: payment for payment in planned.after.payments}
    payments = tuple(known.get(payment.payment_id, payment) for payment in order.payments)
    return replace(planned, after=replace(planned.after, payments=payments))
