"""Calls a deployed API as one of its users, over HTTP and nothing else."""

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """Holds a status, headers by lower-case name, and the body as JSON."""

    status: int
    headers: Mapping[str, str]
    body: Json


@dataclass(frozen=True)
class Api:
    """The API at `url`, and a bearer token for each user."""

    url: str
    tokens: Mapping[str, str]

    def call(self, method: str, path: str, body: Json | None = None, user: str = "", **headers: str) -> Reply:
        """Returns the reply, whatever its status. `if_match` is the header If-Match, and so on."""
        sent = {"Content-Type": "application/json", "User-Agent": "inflight-smoke"}
        sent |= {"Authorization": f"Bearer {self.tokens[user]}"} if user else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.url}{path}", data, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return _reply(reply.status, reply.headers, reply.read())
        except urllib.error.HTTPError as error:
            return _reply(error.code, error.headers, error.read())

    def subject(self, user: str) -> str:
        """Returns the id of a user, as their token says it."""
        payload = self.tokens[user].split(".")[1]
        return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"])


def _reply(status: int, headers: Any, raw: bytes) -> Reply:
    try:
        body = json.loads(raw)
    except ValueError:
        body = {"not JSON": raw[:200].decode(errors="replace")}
    return Reply(status, {name.lower(): value for name, value in headers.items()}, body)
