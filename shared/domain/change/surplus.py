"""Calls a person where money came by a payment link that the change has no use for: it ended, or has been paid already.

No money is lost by that: it is on the order, whose balance shows it. The change falls out, so that somebody gives it
back by a settlement, and goes back to where it stood once nothing is overpaid any more.
"""

from dataclasses import replace

from shared.domain.change import events
from shared.domain.change.change import SYSTEM, Change, moved
from shared.domain.change.states import ENDED_BEFORE_COMMIT, ChangeStatus
from shared.domain.change.step import Step
from shared.domain.order.order import Order, display
from shared.domain.planning.settlement import overpaid


def surplus_of(order: Order, change: Change) -> int:
    """Returns the minor units that came by the link of a change and that it does not need, as far as the order is
    overpaid by them; 0 while it is open and may still need them."""
    if change.collection is None or change.is_open:
        return 0
    came = sum(each.refundable for each in order.payments if each.link_id == change.collection.link_id)
    used = 0 if change.committed_version is None else change.collection.amount
    return max(0, min(came - used, overpaid(order)))


def with_surplus(step: Step) -> Step:
    """Returns the step, by which its change falls out as well if it leaves more of such money than a person has been
    told of, or ends while nobody knows what has come. Every step that ends a change, commits it, or books a payment of
    it, passes here."""
    change = step.change
    if change is None or change.collection is None:
        return step
    if (over := surplus_of(step.after, change)) > change.surplus:
        told = replace(change, collection=replace(change.collection, surplus=over))
        return _fallen_out(step, told, _words(step.after, change, over), events.refund_money(over, step.after))
    return _fallen_out(step, change, _UNKNOWN, None) if _ends_misreported(change) else step


_UNKNOWN = "the change has ended, and the gateway has told of a payment by its link that cannot be booked: "
_UNKNOWN += "look at the gateway, and record the payment or give it back there"


def _fallen_out(step: Step, change: Change, words: str, over: dict[str, str] | None) -> Step:
    after = moved(change, ChangeStatus.FALLOUT, by=SYSTEM.id, at=step.at, note=words)
    more = {} if over is None else {"surplus": over}
    return replace(step, change=after, facts=(*step.facts, events.step("ChangeFellOut", step.after, after, **more)))


def _ends_misreported(change: Change) -> bool:
    """Tells if the change has just ended without effect, and money may have come for it that nobody could book."""
    misreported = change.collection is not None and change.collection.misreported
    return misreported and change.status in ENDED_BEFORE_COMMIT


def without_surplus(change: Change) -> Change:
    """Returns the change with nothing more to be given back, nor to be looked for at the gateway."""
    if change.collection is None:
        return change
    return replace(change, collection=replace(change.collection, surplus=0, misreported=False))


def ended_as(change: Change) -> ChangeStatus:
    """Returns how a change ended that had no effect, whatever came for it afterwards."""
    ends = (entry.status for entry in reversed(change.timeline) if entry.status in ENDED_BEFORE_COMMIT)
    return next(ends, ChangeStatus.FAILED)


def is_returned(order: Order, change: Change) -> bool:
    """Tells if nothing is left of the surplus: the order is overpaid no more, and no refund is under way that might
    still fail. Where the gateway has told of what cannot be booked, only a person can tell."""
    if change.collection is None or change.collection.misreported:
        return False
    return bool(change.surplus) and not overpaid(order) and not any(each.refunding for each in order.payments)


def _words(order: Order, change: Change, over: int) -> str:
    why = "which is paid already" if change.committed_version is not None else "which has ended without effect"
    words = f"{display(over, order.currency)} came by the payment link of this change, {why}: give it back by a "
    return words + "settlement of the order, which is overpaid; this closes by itself then"
