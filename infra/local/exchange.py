"""Holds a request and a response in the form in which the parts of the front pass them on."""

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
    """A client's request, with its body read whole."""

    method: str
    target: str
    headers: Message
    body: bytes
    client: str

    @property
    def path(self) -> str:
        """Returns the path, decoded."""
        return unquote(urlsplit(self.target).path)

    def query(self, name: str) -> str | None:
        """Returns the last value of a query parameter."""
        return parse_qs(urlsplit(self.target).query).get(name, [None])[-1]


@dataclass(frozen=True)
class Response:
    """A response to a client. With `silent_for` the front sends no answer, but drops the connection after so many
    seconds."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    silent_for: float = 0


def json_response(status: int, body: Any, silent_for: float = 0) -> Response:
    """Returns a response with a JSON body."""
    return Response(status, [("Content-Type", "application/json")], json.dumps(body).encode(), silent_for)


def timestamp(at: datetime) -> str:
    """Returns a time in the form of this API: RFC 3339, UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
