"""Takes headers that a client sent more than once past ministack, which joins their values: API Gateway passes every
value on, and beside them the last alone."""

import json
from email.message import Message
from typing import Any

CARRIER = "x-local-repeated-headers"
"""The header in which the front tells the emulator of them; a client's own is dropped."""


def carried(headers: Message) -> str | None:
    """Returns the values of each header that is there more than once, as the text of `CARRIER`; None without any."""
    repeated = {name.lower(): headers.get_all(name, []) for name in headers if name.lower() != CARRIER}
    found = {name: values for name, values in repeated.items() if len(values) > 1}
    return json.dumps(found) if found else None


def unpacked(event: dict[str, Any]) -> dict[str, Any]:
    """Returns a function's event with all values of the headers that `CARRIER` tells of, and without it."""
    all_values = {name: values for name, values in event["multiValueHeaders"].items() if name.lower() != CARRIER}
    told = {name.lower(): values for name, values in event["multiValueHeaders"].items()}.get(CARRIER, ["{}"])
    all_values |= json.loads(told[-1])
    single = {name: values[-1] for name, values in all_values.items()}
    return {**event, "headers": single, "multiValueHeaders": all_values}
