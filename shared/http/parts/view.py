"""Shows money, times and addresses in replies."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from shared.domain import money as amounts
from shared.domain.order.party import Address
from shared.domain.plain_text import for_people

Json = dict[str, Any]


def present(values: Mapping[str, Any]) -> Json:
    """Returns the values that are not None."""
    return {name: value for name, value in values.items() if value is not None}


def money(minor: int, currency: str) -> Json:
    return {"amount": amounts.text(minor, currency), "currency": currency}


def time(at: datetime) -> str:
    """Returns RFC 3339 in UTC, with a `Z`."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def as_people_read(view: Json) -> Json:
    """Returns a view whose texts may all be shown as they are: titles, codes and names are from outside."""
    return {name: _as_read(value) for name, value in view.items()}


def address(given: Address | None) -> Json | None:
    return present(asdict(given)) if given else None


def _as_read(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _as_read(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_as_read(each) for each in value]
    return for_people(value) if isinstance(value, str) else value
