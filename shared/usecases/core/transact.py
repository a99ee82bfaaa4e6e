"""How a mutation is tried: planned, written, planned again on conflict, and answered once per Idempotency-Key."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.refusal import Refusal
from shared.ports.requests import Answer, Render, RequestKey, RequestKnown, RequestRecord, Requests
from shared.ports.services import Services
from shared.ports.stores import Conflict
from shared.usecases.core.access import Principal
from shared.usecases.core.etags import stale
from shared.usecases.core.write_assembly import recorded

ATTEMPTS = 6
KEY_LIFETIME = timedelta(hours=48)
"""How long a repeated request gets its first answer. After that its If-Match is stale and protects instead."""

BEFORE_REPLAY = frozenset({"forbidden", "order-not-found", "change-not-found"})
"""Refusals that come before a known key is looked up (CONTRACT.md, order of checks)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A mutation as it was asked for: by whom, on which version, under which key, and how it is to be answered."""

    principal: Principal
    render: Render
    key: RequestKey | None = None
    if_match: str | None = None


def check_if_match(order: Order, if_match: str | None) -> None:
    """Raises:
    Refusal: `precondition-required` without an If-Match, `stale-version` (with the fresh ETag) for another.
    """
    if if_match is None:
        raise Refusal("precondition-required", "Send If-Match with the order's ETag.")
    if if_match != order.etag:
        raise stale(order.etag, if_match, "The order has changed since you read it.")


def attempt(services: Services, request: Request, work: Callable[[], Step]) -> Answer:
    """Do `work` and write its step, again from the start if somebody else wrote first.

    A refusal is looked at twice: if the same request has succeeded before, its first answer is the answer.

    Raises:
        Refusal: what `work` refuses, `key-reused` for another body under the same key, `too-busy`.
    """
    for tried in range(ATTEMPTS):
        try:
            step: Step | None = work()
        except Refusal as refusal:
            if refusal.code not in BEFORE_REPLAY and (known := replayed(services.requests, request.key)):
                return known
            raise
        except Conflict:
            step = None
        if step is not None and (answer := _written(services, request, step)):
            return answer
        services.clock.pause(0.01 * 2**tried * services.ids.jitter())
    raise Refusal("too-busy", "Others keep changing this order; try again in a moment.")


def _written(services: Services, request: Request, step: Step) -> Answer | None:
    """The answer, if the step is written now or was before; None if somebody else was faster. Of a step that changes
    nothing the answer alone is kept, so that its key is known from now on."""
    answer = request.render(step)
    record = record_of(request.key, answer, services)
    try:
        if not step.changes_nothing:
            services.orders.write(recorded(step, services.ids, record))
        elif record:
            services.requests.keep(record)
    except RequestKnown:
        return replayed(services.requests, request.key)
    except Conflict:
        return None
    return answer


def replayed(requests: Requests, key: RequestKey | None) -> Answer | None:
    """The first answer to this request, if there was one.

    Raises:
        Refusal: `key-reused`.
    """
    record = requests.find(key) if key else None
    if record is None or key is None:
        return None
    if record.request.body_hash != key.body_hash:
        raise Refusal("key-reused", "This Idempotency-Key came with another body before; use a new key.")
    return record.answer


def record_of(key: RequestKey | None, answer: Answer, services: Services) -> RequestRecord | None:
    if key is None:
        return None
    return RequestRecord(request=key, answer=answer, expires_at=services.clock.now() + KEY_LIFETIME)
