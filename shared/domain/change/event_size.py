"""Bounds an event: so many rows of each list, and so many bytes, as EventBridge and its targets take."""

import json
from typing import Any

MAX_LISTED = 200
"""Rows of one list of an event; beyond that a subscriber follows the link."""
MAX_BYTES = 200_000
"""Bytes of an event's data as JSON: an entry on the bus holds 256 KB with its envelope (EventBridge quotas)."""
LISTED = ("lines", "stock", "assets", "cancelled", "taxes_reversed", "credit_memos")


def bounded(data: dict[str, Any]) -> dict[str, Any]:
    """Returns the data with as many rows of each list as fit an event; `truncated` tells if some were left out."""
    listed = {name: data[name][:MAX_LISTED] for name in LISTED if name in data}
    while _size(data | listed) > MAX_BYTES and any(listed.values()):
        widest = max(listed, key=lambda name: _size(listed[name]))
        listed[widest] = listed[widest][: len(listed[widest]) // 2]
    whole = all(len(rows) == len(data[name]) for name, rows in listed.items())
    return data if whole else {**data, **listed, "truncated": True}


def _size(value: Any) -> int:
    """Returns the size in bytes on the bus, where characters outside ASCII are escaped."""
    return len(json.dumps(value, separators=(",", ":")))
