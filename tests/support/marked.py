"""Unpacks everything that the tables hold, so that a test can search it for marked values."""

import json
import zlib
from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from tests.support.clients import REGION


def rows_of_all_tables() -> Iterator[tuple[str, str]]:
    """Yields each row of each table: `table key`, and all of its values as text."""
    for name, table in dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables.items():
        for row in table.all_items():
            attributes = row.to_json()["Attributes"]
            keys = " ".join(_text(attributes[key]) for key in (table.hash_key_attr, table.range_key_attr) if key)
            yield f"{name} {keys}", " ".join(f"{field}={_text(value)}" for field, value in attributes.items())


def rows_with(marks: tuple[str, ...]) -> list[str]:
    """Returns the rows that hold any of these values."""
    return sorted(key for key, text in rows_of_all_tables() if any(mark in text for mark in marks))


def _text(typed: Mapping[str, Any]) -> str:
    kind, value = next(iter(typed.items()))
    if kind != "B":
        return json.dumps(value)
    raw = value if isinstance(value, bytes) else b64decode(value)
    try:
        return zlib.decompress(raw if raw[:1] == b"x" else raw[1:]).decode()  # after the number of its shape
    except zlib.error:
        return raw.decode(errors="replace")
