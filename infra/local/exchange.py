"""A request and a response as the parts of the front hand them on."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

# API Gateway's own limit.
MAX_BODY_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class Request:
    """What a client sent, its body read whole."""

    method: str
    target: str
    headers: Message
    body: bytes
    client: str

    @property
    def path(self) -> str:
        """The path, decoded."""
        return unquote(urlsplit(self.target).path)

    def query(self, name: str) -> str | None:
        """The last value of a query parameter."""
        return parse_qs(urlsplit(self.target).query).get(name, [None])[-1]


@dataclass(frozen=True)
class Response:
    """What a client gets. `silent_for` holds the answer back so many seconds, then drops the connection instead."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    silent_for: float = 0


def json_response(status: int, body: Any, silent_for: float = 0) -> Response:
    """A response with a JSON body."""
    return Response(status, [("Content-Type", "application/json")], json.dumps(body).encode(), silent_for)


def timestamp(at: datetime) -> str:
    """A time as this API writes it: RFC 3339, UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
