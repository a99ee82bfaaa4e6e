"""The customer's word on a change that waits for it, by the link of a mail or signed in: without it, no effect."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.domain.canonical import sha256
from shared.domain.change import transitions
from shared.domain.change.change import Actor, Change, Consent, Means, check_in_time
from shared.domain.change.milestones import Passed
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.refusal import Refusal
from shared.ports.mail import Link, Links
from shared.ports.requests import Answer
from shared.ports.services import Services
from shared.usecases.core.access import Principal
from shared.usecases.core.next_step import advance
from shared.usecases.core.planning import check_digest, replan
from shared.usecases.core.transact import Request, attempt

Word = Literal["confirm", "decline"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What is said by a link. `digest` and `order_id` pin it, where the portal sends what it showed."""

    token: str
    decision: Word
    digest: str | None = None
    order_id: str | None = None


def whoever_holds(token: str) -> Principal:
    """The holder of a link: known by it alone, with no role."""
    return Principal(id=f"link-{token_hash(token)[:16]}", roles=frozenset())


def token_hash(token: str) -> str:
    """Only this of a link is kept, so that who reads the table cannot confirm."""
    return sha256(token)


def read_terms(services: Services, links: Links, token: str) -> tuple[Change, Order]:
    """The change behind a link, and its order as it is; nothing changes by looking, so a prefetched link is unused.

    Raises:
        Refusal: `link-not-found`, `link-expired`.
    """
    link = _link(links, token, services.clock.now())
    return _change(services, link), _order(services, link)


def decide_by_link(services: Services, links: Links, request: Request, said: Confirmation) -> Answer:
    """The change committed, waiting for the carrier, or declined. A link decides once: it is bound to one change, one
    round and one digest.

    Raises:
        Refusal: `link-not-found`, `link-expired`, `link-used`, `link-of-another-order`, `plan-changed`.
    """

    def work() -> Step:
        now = services.clock.now()
        link = _link(links, said.token, now)
        if said.order_id not in (None, link.order_id):
            raise Refusal("link-of-another-order", "This link belongs to another order.", pointer="/order_id")
        change = _change(services, link)
        if change.status is ChangeStatus.EXPIRED:
            raise _expired()
        if change.waiting_for != "customer" or change.round != link.round:
            raise Refusal("link-used", f"There is nothing to confirm any more: the change is {change.status}.")
        actor = Actor(id=change.customer_id, role="customer")
        with _nothing_but_words():
            _check_digests(change, link.digest, said.digest)
            return answered(services, _order(services, link), change, actor, said.decision, "link")

    return attempt(services, request, work)


def answered(
    services: Services,
    order: Order,
    change: Change,
    actor: Actor,
    decision: Word,
    means: Means,
    note: str | None = None,
) -> Step:
    """The step that the customer's word leads to, on the order as it is now.

    Raises:
        Refusal: `change-expired`, `plan-changed`.
    """
    now = services.clock.now()
    check_in_time(change, now)
    if decision == "decline":
        return transitions.closed(order, change, ChangeStatus.DECLINED, actor, now, note)
    planned = replan(services, order, change)
    check_digest(planned, change.plan.digest)
    consent = Consent(at=now, by=actor.id, digest=planned.plan.digest, means=means)
    return advance(services, order, change, planned, actor, Passed(confirming="customer", consent=consent))


@contextmanager
def _nothing_but_words() -> Iterator[None]:
    """Who holds a link sees the terms that it was sent for; a fresh plan is for those who are signed in."""
    try:
        yield
    except Refusal as refusal:
        if refusal.code == "plan-changed":
            raise Refusal(
                "plan-changed", "Something has changed since these terms were sent; ask customer service for new ones."
            ) from None
        raise


def _check_digests(change: Change, *named: str | None) -> None:
    if any(digest not in (None, change.plan.digest) for digest in named):
        raise Refusal("plan-changed", "These are not the terms that wait any more.", extra={"plan": change.plan})


def known_link(links: Links, token: str) -> Link:
    """Raises:
    Refusal: `link-not-found`.
    """
    link = links.get(token_hash(token))
    if link is None:
        raise Refusal("link-not-found", "This link is not known.")
    return link


def _link(links: Links, token: str, now: datetime) -> Link:
    link = known_link(links, token)
    if now >= link.expires_at:
        raise _expired()
    return link


def _expired() -> Refusal:
    return Refusal("link-expired", "This link has expired; nothing was changed.")


def _change(services: Services, link: Link) -> Change:
    change = services.changes.get(link.change_id)
    if change is None:
        raise Refusal("link-not-found", "This link is not known.")
    return change


def _order(services: Services, link: Link) -> Order:
    order = services.orders.load(link.order_id)
    if order is None:
        raise Refusal("link-not-found", "This link is not known.")
    return order
