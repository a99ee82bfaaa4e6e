"""Parses JSON strictly by RFC 8259: UTF-8, no key twice, no NaN, and no number ever a float."""

import json
from decimal import Decimal
from typing import NoReturn

from shared.domain.refusal import Refusal


def parse(raw: bytes) -> object:
    """Returns the JSON value in `raw` (UTF-8).

    Raises:
        Refusal: `malformed-payload`: not UTF-8, not JSON, a key given twice, NaN, or nested absurdly deep.
    """
    try:
        return json.loads(
            raw.decode("utf-8"), parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_unique
        )
    except UnicodeDecodeError:
        raise Refusal("malformed-payload", "The payload is not UTF-8 text.") from None
    except RecursionError:
        raise Refusal("malformed-payload", "The payload is nested too deep to be an order.") from None
    except json.JSONDecodeError as error:
        raise Refusal(
            "malformed-payload", f"The payload is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None
    except (ValueError, ArithmeticError):
        raise Refusal("malformed-payload", "The payload holds a number too large to be one.") from None


def _no_constant(name: str) -> NoReturn:
    raise Refusal("malformed-payload", f"The payload is not JSON: {name} is not a JSON value.")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, value in pairs:
        if key in values:
            raise Refusal("malformed-payload", f"The key {key[:40]!a} stands twice in one object.")
        values[key] = value
    return values
