"""Declares the store of requests with an Idempotency-Key: the answer to each is kept in the transaction of its
effect."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

T = TypeVar("T")


class RequestKnown(Exception):
    """Says that a request with this Idempotency-Key has had its effect already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Describes a reply as it goes out, and as it is kept for a repeated request. `body` is JSON text."""

    status: int
    body: str
    etag: str | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKey:
    """Describes an Idempotency-Key in its scope (principal and route), with the hash of the canonical body it came
    with."""

    key: str
    body_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """Describes the record of a request: written in the transaction of its effect, so there is one exactly if there is
    the other. The record of a request that found nothing left to do stands alone. `answer` is None where nobody waits
    for one, as behind a queue."""

    request: RequestKey
    answer: Answer | None
    expires_at: datetime


class Requests(Protocol):
    def find(self, request: RequestKey) -> RequestRecord | None: ...

    def keep(self, record: RequestRecord) -> None:
        """Keeps the answer of a request that had no effect.

        Raises:
            Conflict: the store was busy.
            RequestKnown: it has been answered before.
        """


Render = Callable[[T], Answer]
"""Makes a reply of a result: given by the edge that speaks to the caller; the reply is kept with the effect."""
