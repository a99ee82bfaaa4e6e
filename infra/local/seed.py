"""Puts demo data (seed_orders.json) into the local run, over our own HTTP API like any other client.

Each order of that file may be followed by steps. A step may keep parts of its reply (`keep`: name → dotted path) for
the steps after it, which name them in braces. A step without success is reported and skipped, so that a route under
construction does not keep the rest from starting.
"""

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from infra.local.exchange import timestamp

DATA = Path(__file__).with_name("seed_orders.json")
TIMEOUT_SECONDS = 30

Json = dict[str, Any]


class NotSeededError(Exception):
    """The API refused a step; the message names its route."""


@dataclass(frozen=True)
class Api:
    """Calls the HTTP API as any of the demo users."""

    url: str
    tokens: Mapping[str, str]

    def call(self, user: str, method: str, path: str, body: Json | None = None, if_match: str | None = None) -> Json:
        """Sends a request and returns the JSON of its reply, with the ETag under `_etag`."""
        headers = {"Authorization": f"Bearer {self.tokens[user]}", "Content-Type": "application/json"}
        if if_match:
            headers["If-Match"] = if_match
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as reply:
                return {**json.loads(reply.read() or b"{}"), "_etag": reply.headers["ETag"]}
        except urllib.error.HTTPError as error:
            raise NotSeededError(f"{error.code} {error.read().decode(errors='replace')[:300]}") from error
        except (OSError, ValueError) as error:
            raise NotSeededError(str(error)) from error


def seed(api_url: str, tokens: Mapping[str, str]) -> None:
    """Puts in products, then stock and orders; failures are printed on stderr.

    It makes one call after the other: each concurrent one would start another process of its function, which costs more
    than the call.
    """
    api, data, now = Api(api_url, tokens), json.loads(DATA.read_text()), datetime.now(UTC)
    tasks = [partial(_put, api, "/products/{sku}", sku, product) for sku, product in data["products"].items()]
    tasks += [partial(_put, api, "/stock/{sku}", sku, {"on_hand": count}) for sku, count in data["stock"].items()]
    tasks += [partial(_take_order, api, entry, now) for entry in data["orders"]]
    failures: set[str] = set()
    for task in tasks:
        try:
            task()
        except NotSeededError as error:
            failures.add(str(error))
    for failure in sorted(failures):
        print(f"not seeded: {failure}", file=sys.stderr)


def _put(api: Api, path: str, sku: str, body: Json) -> None:
    _step(api, {"as": "service", "put": path, "body": body}, {"sku": sku})


def _take_order(api: Api, entry: Json, now: datetime) -> None:
    placed_at = timestamp(now - timedelta(hours=entry["placed_hours_ago"]))
    order = entry["order"] | {"channel": "direct", "placed_at": placed_at}
    kept: dict[str, str] = {}
    _step(api, {"as": "service", "post": "/orders", "body": order, "keep": {"order_id": "order_id"}}, kept)
    for step in entry.get("then", []):
        _step(api, step, kept)


def _step(api: Api, step: Json, kept: dict[str, str]) -> None:
    method = "put" if "put" in step else "post"
    path = step[method].format_map(kept)
    try:
        if_match = api.call(step["as"], "GET", f"/orders/{kept['order_id']}")["_etag"] if step.get("if_match") else None
        reply = api.call(step["as"], method.upper(), path, _filled(step["body"], kept), if_match)
    except NotSeededError as error:
        raise NotSeededError(f"{method.upper()} {step[method]}: {error}") from error
    for name, place in step.get("keep", {}).items():
        kept[name] = _at(reply, place)


def _at(reply: Json, place: str) -> str:
    value: Any = reply
    for key in place.split("."):
        value = value[key]
    return str(value)


def _filled(value: Any, kept: Mapping[str, str]) -> Any:
    """Replaces the names in braces by values from earlier replies."""
    if isinstance(value, dict):
        return {key: _filled(inner, kept) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, kept) for inner in value]
    return value.format_map(kept) if isinstance(value, str) else value
