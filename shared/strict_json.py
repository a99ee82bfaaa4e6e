"""Reads JSON as RFC 8259 means it: UTF-8, no key twice, no NaN, and no number ever a float.

Requests and channels' payloads are read by it alike, each with a refusal in its own words.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import NoReturn

from shared.domain.refusal import Refusal

_REPLACED = "\ufffd".encode()
"""What a gateway in front of us makes of bytes that are no UTF-8 (The Unicode Standard, §3.9)."""

MOST_OF_A_KEY = 40
"""Characters of a key that a refusal repeats."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Words a reader's refusals: `subject` is the thing sent, such as "The body"; `quoted` shows a key.

    `whole_characters`: half a character (a lone surrogate such as `\\ud800`) is refused: it cannot be sent back. So is
    what stands for bytes that were no character.
    """

    code: str
    subject: str
    too_deep: str
    quoted: Callable[[str], str]
    whole_characters: bool = False

    def refusal(self, predicate: str) -> Refusal:
        return Refusal(self.code, f"{self.subject} {predicate}.")


def parse(raw: bytes, reading: Reading) -> object:
    """Returns the JSON value in `raw`.

    Raises:
        Refusal: with the reading's code: not UTF-8, not JSON, a key given twice, NaN, or nested absurdly deep.
    """
    try:
        return _parsed(raw, reading)
    except UnicodeError:
        raise reading.refusal("is not UTF-8 text") from None
    except RecursionError:
        raise reading.refusal(reading.too_deep) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise reading.refusal(f"is not JSON: look at {where}") from None
    except (ValueError, ArithmeticError):
        raise reading.refusal("holds a number too large to be one") from None


def _parsed(raw: bytes, reading: Reading) -> object:
    value: object = json.loads(
        raw.decode("utf-8"),
        parse_float=Decimal,
        parse_constant=partial(_no_constant, reading),
        object_pairs_hook=partial(_unique, reading),
    )
    if reading.whole_characters:
        _check_characters(raw, value, reading)
    return value


def _check_characters(raw: bytes, value: object, reading: Reading) -> None:
    if _REPLACED in raw:
        raise reading.refusal("is not UTF-8 text")
    if b"\\ud" in raw.lower():
        json.dumps(value, ensure_ascii=False, default=str).encode()


def _no_constant(reading: Reading, name: str) -> NoReturn:
    raise reading.refusal(f"is not JSON: {name} is not a JSON value")


def _unique(reading: Reading, pairs: list[tuple[str, object]]) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, value in pairs:
        if key in values:
            shown = reading.quoted(key[:MOST_OF_A_KEY])
            raise Refusal(reading.code, f"The key {shown} stands twice in one object.")
        values[key] = value
    return values
