"""Confirm or decline a change by the link of a letter. A link decides once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step
from shared.domain.refusal import Refusal
from shared.ports.mail import Links
from shared.ports.services import Services
from shared.usecases.confirming.customer_answer import Word, answered
from shared.usecases.confirming.follow_link import change_behind, link_expired, live_link, order_behind
from shared.usecases.core.access import Principal
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.step_check import check_step
from shared.usecases.core.transact import transact_step


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """Holds an answer that is given by a link. `digest` and `order_id` pin it, where the portal sends what it
    showed."""

    token: str
    decision: Word
    digest: str | None = None
    order_id: str | None = None


def decide_by_link(services: Services, links: Links, request: Request[Step], said: Confirmation) -> Outcome[Step]:
    """Commit the change, let it wait for the carrier, or decline it. A link decides once: it is bound to one change,
    one round and one digest.

    Raises:
        Refusal: `link-not-found`, `link-expired`, `link-used`, `link-of-another-order`, `plan-changed`.
    """

    def work() -> Step:
        now = services.clock.now()
        link = live_link(links, said.token, now)
        if said.order_id not in (None, link.order_id):
            raise Refusal("link-of-another-order", "This link belongs to another order.", pointer="/order_id")
        change = change_behind(services, link)
        if change.status is ChangeStatus.EXPIRED:
            raise link_expired()
        if not change.awaits_consent or change.round != link.round:
            raise Refusal("link-used", f"There is nothing to confirm any more: the change is {change.status}.")
        check_step("confirm", change, _owner(change))
        actor = _owner(change).acting()
        with _nothing_but_words():
            _check_digests(change, link.digest, said.digest)
            return answered(services, order_behind(services, link), change, actor, said.decision, "link")

    return transact_step(services, request, work)


def _owner(change: Change) -> Principal:
    """Return the customer whom the link was sent to: whoever holds it answers as the owner of the order."""
    return Principal(id=change.customer_id, roles=frozenset({"customer"}), customer_id=change.customer_id)


@contextmanager
def _nothing_but_words() -> Iterator[None]:
    """Leave the plan out of a refusal: only those who are signed in see a fresh one."""
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
