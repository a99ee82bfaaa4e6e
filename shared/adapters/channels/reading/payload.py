"""Reads untyped JSON with types: missing and ill-typed fields are refused with a JSON Pointer (RFC 6901).

Amounts are read from their decimal text, so no float ever stands between a payload and its minor units.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal, localcontext

from shared.adapters.channels.reading.bounds import MAX_ID, MAX_OBJECTS, MAX_TEXT
from shared.domain import money
from shared.domain.intake.ids import ID
from shared.domain.period import YEARS
from shared.domain.refusal import Refusal, escaped

_DECIMAL = re.compile(r"-?\d{1,19}(\.\d{1,19})?", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d", re.ASCII)
_ID = re.compile(ID)
_MAX_EXPONENT = 40
"""Beyond it a number such as 1e999999999 would be written out digit by digit."""


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object, its place in the payload, and the currency of its amounts."""

    values: Mapping[str, object]
    pointer: str = ""
    currency: str = ""

    def at(self, key: str) -> str:
        """Returns the JSON Pointer of a field."""
        return f"{self.pointer}/{escaped(key)}"

    def refusal(self, code: str, detail: str, key: str = "") -> Refusal:
        return Refusal(code, detail, pointer=self.at(key) if key else self.pointer)

    def missing(self, key: str) -> Refusal:
        return self.refusal("missing-field", f"'{key}' is missing.", key)

    def ill_typed(self, key: str, wanted: str) -> Refusal:
        return self.refusal("malformed-field", f"'{key}' is not {wanted}.", key)

    def has(self, key: str) -> bool:
        """Tells if the field is there with a value: null and "" count as absent."""
        return self.values.get(key) not in (None, "")

    def in_currency(self, key: str) -> "Fields":
        """Returns the same object, with its amounts in the currency that field `key` names."""
        currency = self.text(key)
        try:
            money.exponent(currency)
        except Refusal as refused:
            raise self.refusal(refused.code, refused.detail, key) from None
        return replace(self, currency=currency)

    def text(self, key: str, most: int = MAX_TEXT) -> str:
        """Returns a string of at most `most` characters; a number, which ids often are, in its decimal form."""
        value = self.values.get(key)
        if value in (None, ""):
            raise self.missing(key)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**40:
            return str(value)
        if not isinstance(value, str) or not _is_unicode(value):
            raise self.ill_typed(key, "text")
        if len(value) > most:
            raise self.refusal("too-long", f"'{key}' has {most:,} characters at most.", key)
        return value

    def text_or_none(self, key: str, most: int = MAX_TEXT) -> str | None:
        return self.text(key, most) if self.has(key) else None

    def id(self, key: str) -> str:
        """Returns an id, limited to the length and the characters that our keys can hold."""
        written = self.text(key, MAX_ID)
        if not _ID.fullmatch(written):
            raise self.ill_typed(key, "an id")
        return written

    def id_or_none(self, key: str) -> str | None:
        return self.id(key) if self.has(key) else None

    def texts(self, key: str) -> list[str]:
        """Returns a list of strings without empty ones; an empty list if the field is absent."""
        value = self.values.get(key)
        if value is None or value == {}:
            return []
        if not isinstance(value, list) or not all(isinstance(each, str) and _is_unicode(each) for each in value):
            raise self.ill_typed(key, "a list of texts")
        return [each for each in value if each]

    def flag(self, key: str) -> bool:
        """Returns a boolean; false if the field is absent."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, bool):
            raise self.ill_typed(key, "true or false")
        return bool(value)

    def decimal(self, key: str) -> Decimal:
        """Returns a number, also one that is written as text."""
        return Decimal(self._digits(key))

    def rate(self, key: str) -> Decimal:
        """Returns a tax rate as a fraction: not negative, below 100."""
        rate = self.decimal(key) if self.has(key) else Decimal(0)
        if not 0 <= rate < 100:
            raise self.ill_typed(key, "a tax rate")
        return rate

    def count(self, key: str) -> int:
        """Returns whole units, never negative. Shops that sell by weight send 1.5, which none of our lines can hold."""
        number = self.decimal(key)
        if number < 0 or number > 10**9:
            raise self.ill_typed(key, "a quantity")
        if number != int(number):
            raise self.refusal(
                "fractional-quantity", f"A quantity of {number:f} can't be taken: only whole units can be changed.", key
            )
        return int(number)

    def amount(self, key: str, *, negative: bool = False) -> int:
        """Returns the exact minor units of an amount. It may be below zero only if `negative` is set."""
        try:
            minor = money.parse(self._digits(key), self.currency, spare_zeros=True)
        except Refusal as refused:
            raise self.refusal(refused.code, refused.detail, key) from None
        if minor < 0 and not negative:
            raise self.refusal("negative-amount", f"'{key}' is below zero.", key)
        return minor

    def amount_or_zero(self, key: str, *, negative: bool = False) -> int:
        return self.amount(key, negative=negative) if self.has(key) else 0

    def exact(self, key: str) -> Decimal:
        """Returns an amount in minor units with its fraction of one: 18.333333 EUR is 1833.3333."""
        with localcontext(prec=60):
            minor = self.decimal(key).scaleb(money.exponent(self.currency))
        if abs(minor) >= money.MAX_MINOR:
            raise self.refusal("amount-too-large", f"'{key}' is larger than any order may be.", key)
        return minor

    def exact_or_zero(self, key: str) -> Decimal:
        return self.exact(key) if self.has(key) else Decimal(0)

    def time(self, key: str) -> datetime:
        """Returns an ISO 8601 time in UTC; a time without an offset counts as UTC."""
        written = self.text(key)
        if not _TIME.match(written):
            raise self.refusal("malformed-field", f"'{written[:40]}' is not a time (ISO 8601).", key)
        try:
            time = datetime.fromisoformat(written)
            time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.refusal("malformed-field", f"'{written[:40]}' is not a time (ISO 8601).", key) from None
        if time.year not in YEARS:
            raise self.refusal("out-of-range", f"Years are {YEARS[0]} to {YEARS[-1]}.", key)
        return time

    def time_or_none(self, key: str) -> datetime | None:
        return self.time(key) if self.has(key) else None

    def check_times(self, *keys: str) -> None:
        """Checks that each of these fields is a time, if it has a value: what a date says must be known, not guessed.

        Raises:
            Refusal: `malformed-field`, `out-of-range`.
        """
        for key in keys:
            self.time_or_none(key)

    def object(self, key: str) -> "Fields | None":
        value = self.values.get(key)
        # PHP writes an empty object as an empty list.
        if value is None or value == []:
            return None
        if not isinstance(value, dict):
            raise self.ill_typed(key, "an object")
        return Fields(value, self.at(key), self.currency)

    def objects(self, key: str, most: int = MAX_OBJECTS) -> list["Fields"]:
        """Returns a list of at most `most` objects; an empty list if the field is absent."""
        value = self.values.get(key)
        if value is None or value == {}:
            return []
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.ill_typed(key, "a list of objects")
        if len(value) > most:
            code = "too-many-lines" if key == "line_items" else "too-many"
            raise self.refusal(code, f"There are {most:,} of '{key}' at most.", key)
        return [Fields(each, f"{self.at(key)}/{index}", self.currency) for index, each in enumerate(value)]

    def _digits(self, key: str) -> str:
        value = self.values.get(key)
        if value in (None, ""):
            raise self.missing(key)
        written = _written(value)
        if written is None or not _DECIMAL.fullmatch(written):
            raise self.ill_typed(key, "a decimal number")
        return written


def _written(value: object) -> str | None:
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() and abs(value.adjusted()) < _MAX_EXPONENT else None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**_MAX_EXPONENT else None
    return value.strip() if isinstance(value, str) else None


def _is_unicode(text: str) -> bool:
    """Tells if the text can be stored: half a surrogate pair is legal in JSON, but illegal everywhere we would keep
    it."""
    return not any("\ud800" <= sign <= "\udfff" for sign in text)
