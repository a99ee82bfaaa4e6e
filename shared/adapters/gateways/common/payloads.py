"""Parses a gateway's payload into plain data."""

import json
from typing import Any

from shared.domain.refusal import Refusal


def parsed(raw: bytes) -> dict[str, Any]:
    """Returns the JSON object in a body.

    Raises:
        Refusal: `malformed-json`, `malformed-payload` for JSON that is no object.
    """
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise Refusal("malformed-json", "The body is not JSON.") from None
    return part(found)


def part(found: object) -> dict[str, Any]:
    """Returns the value if it is an object.

    Raises:
        Refusal: `malformed-payload` if it is not.
    """
    if not isinstance(found, dict):
        raise Refusal("malformed-payload", "The body has not the shape that this gateway's callbacks have.")
    return found
