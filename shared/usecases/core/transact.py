"""Write in the one way there is: read and decide, write, and begin again if somebody else wrote first.

Requests with an Idempotency-Key go through `transact`, which answers a known key as it was answered first. Work that
the system does by itself goes through `retry_conflicts` alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from shared.domain.change.step import Step
from shared.domain.refusal import Refusal
from shared.ports.requests import RequestKnown, RequestRecord
from shared.ports.services import Services
from shared.ports.stores import Conflict
from shared.usecases.core.requests import Done, Outcome, Request, done, known_before, record_of
from shared.usecases.core.write_assembly import assemble_write

T = TypeVar("T")

ATTEMPTS = 6
PAUSE_SECONDS = 0.01
"""The longest pause after the first try; each later one may be twice as long as the one before."""

BEFORE_REPLAY = frozenset({"forbidden", "order-not-found", "change-not-found"})
"""Refusals that come before a known key is looked up (CONTRACT.md, order of checks)."""
BUSY = "Others keep changing this order; try again in a moment."


@dataclass(frozen=True, slots=True)
class Decided(Generic[T]):
    """Holds a decision that is not written yet: its result, and the write that keeps it with the record of its
    request."""

    result: T
    write: Callable[[RequestRecord | None], None]


def retry_conflicts(services: Services, attempt: Callable[[], T]) -> T:
    """Run `attempt` until nobody else is faster, six times at most, with a random pause before it runs again.

    Raises:
        Conflict: others were faster each time.
    """
    for tried in range(ATTEMPTS - 1):
        try:
            return attempt()
        except Conflict:
            services.clock.pause(PAUSE_SECONDS * 2**tried * services.ids.jitter())
    return attempt()


def transact(
    services: Services,
    request: Request[T],
    decide: Callable[[], Decided[T]],
    *,
    busy: str = BUSY,
    by_another: Callable[[], T | None] | None = None,
) -> Outcome[T]:
    """Decide, and write what was decided together with the record of the request.

    `decide` reads everything anew each time. A refusal is looked at twice: if the same request has had its effect
    before, its first answer is the answer. After a conflict, `by_another` says whether somebody else has had the same
    effect meanwhile.

    Raises:
        Refusal: what `decide` or the write refuses, `key-reused` for another body under the same key, and `too-busy`
            in the words of `busy` if others were faster each time.
    """
    try:
        return retry_conflicts(services, partial(_attempt, services, request, decide, by_another))
    except Conflict as conflict:
        raise Refusal("too-busy", busy) from conflict


def transact_step(services: Services, request: Request[Step], work: Callable[[], Step]) -> Outcome[Step]:
    """Run `transact` for a step of an order. If the step changes nothing, the record of its request is kept alone, so
    that its key is known from now on."""

    def decide() -> Decided[Step]:
        step = work()
        return Decided(step, partial(_write, services, step))

    return transact(services, request, decide)


def write_step(services: Services, step: Step, record: RequestRecord | None = None) -> None:
    """Write a step with its log entry and its events, once.

    Raises:
        Conflict: somebody else wrote first.
    """
    services.orders.write(assemble_write(step, services.ids, record))


def _write(services: Services, step: Step, record: RequestRecord | None) -> None:
    if not step.changes_nothing:
        write_step(services, step, record)
    elif record:
        services.requests.keep(record)


def _attempt(
    services: Services,
    request: Request[T],
    decide: Callable[[], Decided[T]],
    by_another: Callable[[], T | None] | None,
) -> Outcome[T]:
    try:
        return _decided(services, request, decide())
    except Refusal as refusal:
        if refusal.code not in BEFORE_REPLAY and (known := known_before(services.requests, request.key)):
            return known
        raise
    except RequestKnown as twin:
        if known := known_before(services.requests, request.key):
            return known
        raise Conflict("the request's record is gone again") from twin
    except Conflict:
        if by_another and (outcome := _found(services, request, by_another)):
            return outcome
        raise


def _decided(services: Services, request: Request[T], decided: Decided[T]) -> Done[T]:
    """Render the answer before the write, so that nothing is done that cannot be told."""
    outcome = done(request, decided.result)
    decided.write(record_of(request.key, outcome.answer, services.clock.now()))
    return outcome


def _found(services: Services, request: Request[T], by_another: Callable[[], T | None]) -> Outcome[T] | None:
    if known := known_before(services.requests, request.key):
        return known
    result = by_another()
    return None if result is None else done(request, result)
