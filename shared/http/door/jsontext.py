"""JSON as RFC 8259 means it, in and out: UTF-8, no key twice, no NaN, and no number ever a float."""

import json
from decimal import Decimal
from typing import Any, NoReturn

from shared.domain.refusal import Refusal


def parse(raw: bytes) -> object:
    """The JSON value in `raw`.

    Raises:
        Refusal: `malformed-json`: not UTF-8, not JSON, a key given twice, NaN, or nested absurdly deep.
    """
    try:
        value = json.loads(
            raw.decode("utf-8"), parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_unique
        )
        if b"\\ud" in raw.lower():
            json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeError:
        raise _malformed("The body is not UTF-8 text.") from None
    except RecursionError:
        raise _malformed("The body is nested too deep.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _malformed(f"The body is not JSON: {error.msg} at {where}.") from None
    except (ValueError, ArithmeticError):
        raise _malformed("The body holds a number too large to be one.") from None
    return value


def dumps(value: Any) -> str:
    """Compact JSON text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _malformed(detail: str) -> Refusal:
    return Refusal("malformed-json", detail)


def _no_constant(name: str) -> NoReturn:
    raise _malformed(f"The body is not JSON: {name} is not a JSON value.")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, value in pairs:
        if key in values:
            raise _malformed(f"The key '{key[:40]}' stands twice in one object.")
        values[key] = value
    return values
