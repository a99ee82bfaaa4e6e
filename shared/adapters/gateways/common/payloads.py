"""What a gateway sent, as plain data."""

import json
from typing import Any

from shared.domain.refusal import Refusal


def parsed(raw: bytes) -> dict[str, Any]:
    """The JSON object in a body.

    Raises:
        Refusal: `malformed-json`, `malformed-payload` for JSON that is no object.
    """
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise Refusal("malformed-json", "The body is not JSON.") from None
    return part(found)


def part(found: object) -> dict[str, Any]:
    """Raises:
    Refusal: `malformed-payload` for what is no object.
    """
    if not isinstance(found, dict):
        raise Refusal("malformed-payload", "The body has not the shape that this gateway's callbacks have.")
    return found
