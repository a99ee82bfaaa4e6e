"""Defines the kinds of fields that requests have; each refuses what it is not with a code of its own."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, NoReturn, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from shared.domain.intake.ids import ID
from shared.domain.order.places import COUNTRIES
from shared.domain.period import YEARS
from shared.domain.plain_text import is_address

MAX_UNITS = 1_000_000_000
"""No line or stock level holds more; far below what a DynamoDB number holds."""

WORD, OBJECT = "<word>", "<object>"
"""Tags of the members of a union that is a word or an object; they stand in no document, nor in a pointer to it."""

Moment = TypeVar("Moment", date, datetime)


class Given(BaseModel):
    """A request, or a part of one: unknown fields are refused, nothing is changed afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def refuse(code: str, words: str) -> NoReturn:
    """Refuses a value inside a validator, for this reason."""
    raise PydanticCustomError(code, "{words}", {"words": words})


def word_or_object(value: object) -> str:
    """Returns the tag of a value: anything but a text is meant as an object."""
    return WORD if isinstance(value, str) else OBJECT


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        refuse("quantity-not-whole", "A quantity is a whole number, such as 2.")
    if value > MAX_UNITS:
        refuse("quantity-too-large", f"A quantity is {MAX_UNITS:,} at most.")
    return value


def _positive(value: object) -> int:
    units, words = _whole(value), "The quantity must be at least 1; to take units out, cancel them."
    if units < 0:
        refuse("quantity-negative", words)
    if units == 0:
        refuse("quantity-not-positive", words)
    return units


def _not_negative(value: object) -> int:
    units = _whole(value)
    if units < 0:
        refuse("quantity-negative", "The quantity cannot be below 0.")
    return units


def within(least: int, most: int) -> WrapValidator:
    """Returns a validator that tells the whole range of a field; pydantic tells the one bound that was passed."""

    def check(value: object, inner: ValidatorFunctionWrapHandler) -> int:
        try:
            return int(inner(value))
        except ValidationError as error:
            if error.errors()[0]["type"] in ("greater_than_equal", "less_than_equal"):
                refuse("out-of-range", f"This is a number from {least:,} to {most:,}.")
            raise

    return WrapValidator(check)


def _said(value: object) -> bool:
    if value not in ("true", "false", False):
        refuse("malformed-parameter", "This is either true or false.")
    return value == "true"


_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _in_our_times(day: Moment) -> Moment:
    if day.year not in YEARS:
        refuse("out-of-range", f"Years are {YEARS[0]} to {YEARS[-1]}.")
    return day


def _time(value: object) -> datetime:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        refuse("malformed-time", "A time looks like 2026-11-20T09:00:00Z (RFC 3339).")
    try:
        moment = datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        refuse("malformed-time", "There is no such time.")
    return _in_our_times(moment)


def _day(value: object) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        refuse("malformed-date", "A date looks like 2026-11-20 (ISO 8601).")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        refuse("malformed-date", "There is no such day.")
    return _in_our_times(day)


_NUMBER = re.compile(r"[0-9]{1,3}(\.[0-9]{1,8})?")
r"""As the document shows it too: `\d` means the digits of every script to some readers of a JSON Schema."""


def _number(code: str, limit: int, words: str) -> Callable[[object], Decimal]:
    def read(value: object) -> Decimal:
        text = str(value) if isinstance(value, (str, Decimal, int)) and not isinstance(value, bool) else ""
        if not _NUMBER.fullmatch(text) or Decimal(text) > limit:
            refuse(code, words)
        return Decimal(text)

    return read


percent = _number("malformed-percent", 100, 'A percentage is a decimal from 0 to 100, such as "7.5".')
_rate = _number("malformed-rate", 10, 'A rate is a decimal fraction from 0 to 10, such as "0.20".')

# The bounds stand before the validator, or else the document shows them under pydantic's names.
Units = Annotated[int, Field(ge=1, le=MAX_UNITS), BeforeValidator(_positive)]
Level = Annotated[int, Field(ge=0, le=MAX_UNITS), BeforeValidator(_not_negative)]
Time = Annotated[datetime, BeforeValidator(_time)]
Day = Annotated[date, BeforeValidator(_day)]
Rate = Annotated[
    Decimal,
    BeforeValidator(_rate),
    WithJsonSchema({"type": "string", "pattern": f"^{_NUMBER.pattern}$", "examples": ["0.20"]}),
]
Flag = StrictBool
QueryFlag = Annotated[bool, BeforeValidator(_said)]

Id = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=f"^{ID}$")]


_DECIMAL = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?")


def _decimal_text(value: object) -> str:
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        refuse("malformed-amount", 'This is a decimal string, not negative, such as "7.5".')
    return value


DecimalText = Annotated[
    str,
    BeforeValidator(_decimal_text),
    WithJsonSchema({"type": "string", "pattern": f"^{_DECIMAL.pattern}$", "examples": ["7.5"]}),
]
Word = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Text = Annotated[str, StringConstraints(max_length=300)]


def _one_address(value: str) -> str:
    if not is_address(value.strip()):
        refuse("malformed-email", "An e-mail is one plain address, such as ada@example.com.")
    return value.strip()


Email = Annotated[str, StringConstraints(max_length=300), AfterValidator(_one_address)]
Note = Annotated[str, StringConstraints(max_length=2000)]


def _known_country(value: str) -> str:
    if value not in COUNTRIES:
        refuse("unknown-country", "This is no country of ISO 3166-1, such as DE.")
    return value


Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), AfterValidator(_known_country)]
