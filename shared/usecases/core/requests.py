"""Describe a mutation as somebody asks for it, and its outcome: done just now, or known from before by its key."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from shared.domain.refusal import Refusal
from shared.ports.requests import Answer, Render, RequestKey, RequestRecord, Requests
from shared.usecases.core.access import Principal

T = TypeVar("T")

KEY_LIFETIME = timedelta(hours=48)
"""A repeated request gets its first answer for so long. After that its If-Match is stale and protects instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Generic[T]):
    """Describes a request: its principal, the version it is on, and its key.

    `render` comes from an edge that answers its caller: what it makes of the result is kept together with the effect,
    so that a repeated request gets the same bytes. A queue or a state machine gives none.
    """

    principal: Principal
    key: RequestKey | None = None
    if_match: str | None = None
    render: Render[T] | None = None


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """Says that the request had its effect now: its `result`, and the answer that is kept of it."""

    result: T
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """Says that the request had its effect before, with the answer; None where nobody was there to be answered."""

    answer: Answer | None


Outcome = Done[T] | Known


def done(request: Request[T], result: T) -> Done[T]:
    """Return the result, rendered where somebody is to be answered."""
    return Done(result, request.render(result) if request.render else None)


def known_before(requests: Requests, key: RequestKey | None) -> Known | None:
    """Return the first answer to the request under this key, if there was one.

    Raises:
        Refusal: `key-reused`.
    """
    record = requests.find(key) if key else None
    if record is None or key is None:
        return None
    if record.request.body_hash != key.body_hash:
        raise Refusal("key-reused", "This Idempotency-Key came with another body before; use a new key.")
    return Known(record.answer)


def record_of(key: RequestKey | None, answer: Answer | None, now: datetime) -> RequestRecord | None:
    """Return the record that is written with the effect; None without a key."""
    return RequestRecord(request=key, answer=answer, expires_at=now + KEY_LIFETIME) if key else None
