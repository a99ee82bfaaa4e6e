"""A kind of stored value: one type of the domain as JSON, after the number of its shape.

1{"order_id": …}   as text: the number in digits, then the JSON
01 78 9c …         packed: the number in one byte, then the JSON as zlib compresses it
{…}, 78 9c …       without a number: shape 1
"""

import json
import zlib
from functools import cached_property
from string import digits
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from shared.adapters.dynamodb.stored.upcast import due, upcast
from shared.adapters.dynamodb.stored.upcasters import NUMBER

T = TypeVar("T")

_ZLIB = b"\x78"
"""The first byte of whatever zlib compresses with its usual window; no shape has this number."""

_NOW = f"{NUMBER}{{"
"""How texts of today's shape begin."""


class Unreadable(ValueError):
    """A stored value does not fit its type (any more). Says where, never what: the value may be personal."""


class Kind(Generic[T]):
    """Reads and writes values of one type. A `lazy` one makes its validator when it is first needed: all functions
    import all kinds, and few need those."""

    def __init__(self, name: str, type_: Any, *, lazy: bool = False) -> None:
        self.name = name
        self.type = type_
        if not lazy:
            _ = self._adapter

    @cached_property
    def _adapter(self) -> TypeAdapter[T]:
        return TypeAdapter(self.type)

    # -------------------------------------------------------------------------------------------------------- writing

    def text(self, value: T, exclude: set[str] | None = None, *, sparse: bool = True) -> str:
        """Numbered JSON; a `sparse` one leaves out what is as by default. Not for changes: an edit's `op` is a default
        that tells it from others."""
        return f"{NUMBER}{self._adapter.dump_json(value, exclude=exclude, exclude_defaults=sparse).decode()}"

    def pack(self, value: T) -> bytes:
        """The whole value, numbered and compressed."""
        return NUMBER.to_bytes() + zlib.compress(self._adapter.dump_json(value), 6)

    # -------------------------------------------------------------------------------------------------------- reading

    def read(self, text: str) -> T:
        """The value of a text.

        Raises:
            Unreadable
        """
        if text.startswith(_NOW):  # a thousand lines are a thousand texts
            return self._validated(text[len(_NOW) - 1 :])
        number, rest = _cut(text)
        return self._read(number, rest)

    def unpack(self, data: bytes) -> T:
        """The value of packed bytes.

        Raises:
            Unreadable, zlib.error
        """
        number, packed = (1, data) if data[:1] == _ZLIB else (int.from_bytes(data[:1]), data[1:])
        self._check(number)
        return self._read(number, zlib.decompress(packed))

    def plain(self, text: str) -> Any:
        """The JSON value of a text in today's shape, not validated.

        Raises:
            Unreadable
        """
        number, rest = _cut(text)
        self._check(number)
        return upcast(self.name, json.loads(rest), number)

    def valid(self, plain: Any) -> T:
        """The value of plain Python values and of what is valid already.

        Raises:
            Unreadable
        """
        try:
            return self._adapter.validate_python(plain)
        except ValidationError as error:
            raise _unreadable(error) from None

    def _read(self, number: int, text: str | bytes) -> T:
        self._check(number)
        if due(self.name, number):
            return self.valid(upcast(self.name, json.loads(text), number))
        return self._validated(text)

    def _validated(self, text: str | bytes) -> T:
        try:
            return self._adapter.validate_json(text)
        except ValidationError as error:
            raise _unreadable(error) from None

    def _check(self, number: int) -> None:
        if not 0 < number <= NUMBER:
            raise Unreadable(f"{self.name}: shape {number} is unknown to this code, which reads up to {NUMBER}")


def _cut(text: str) -> tuple[int, str]:
    """The number of the shape, and the JSON after it."""
    rest = text.lstrip(digits)
    return int(text[: len(text) - len(rest)] or 1), rest


def _unreadable(error: ValidationError) -> Unreadable:
    """Pydantic's own words quote what they found."""
    places = ["/".join(map(str, each["loc"])) + f": {each['type']}" for each in error.errors(include_input=False)[:10]]
    return Unreadable(f"{error.title} {', '.join(places)}")
