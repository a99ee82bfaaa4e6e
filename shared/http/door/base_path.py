"""Serves the API under a path: its stage at API Gateway's own address, or the base path of a domain of one's own.

API Gateway routes by what comes after that path. At its own address a function never sees the stage; behind a domain
the event's path begins with the base path (Amazon API Gateway developer guide, "Base path mappings"). What a reply or
an event says of a place begins with the path that callers know.
"""

import os
from typing import Any

Json = dict[str, Any]


def api_path() -> str:
    """Returns the path under which callers reach the API, without a slash at its end: empty at the root."""
    return os.environ.get("API_PATH", "")


def routed(event: Json) -> Json:
    """Returns the event with the path that the routes know."""
    base, path = api_path(), event["path"]
    behind_domain = event.get("requestContext", {}).get("path") == path
    if not (base and behind_domain and path.startswith(f"{base}/")):
        return event
    return {**event, "path": path.removeprefix(base)}


def located(reply: Json) -> Json:
    """Returns the reply with its Location as callers reach it."""
    headers = reply.get("multiValueHeaders") or {}
    if not (api_path() and "Location" in headers):
        return reply
    places = [f"{api_path()}{place}" for place in headers["Location"]]
    return {**reply, "multiValueHeaders": {**headers, "Location": places}}
