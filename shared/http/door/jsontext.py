"""Reads the JSON of a request's body, and writes that of a reply."""

import json
from typing import Any

from shared import strict_json

_BODY = strict_json.Reading(
    code="malformed-json",
    subject="The body",
    too_deep="is nested too deep",
    quoted="'{}'".format,
    whole_characters=True,
)


def parse(raw: bytes) -> object:
    """Returns the JSON value in `raw`.

    Raises:
        Refusal: `malformed-json`: not UTF-8, not JSON, a key given twice, NaN, or nested absurdly deep.
    """
    return strict_json.parse(raw, _BODY)


def dumps(value: Any) -> str:
    """Returns compact JSON text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
