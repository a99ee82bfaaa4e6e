"""Documents the parts that replies are made of: money, addresses, lists."""

from datetime import datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")


class Reply(BaseModel):
    """A reply, or a part of one: nothing stands in it that is not documented."""

    model_config = ConfigDict(extra="forbid")


class ReplyMoney(Reply):
    """A decimal string in its currency (ISO 4217); it may be negative."""

    amount: Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$", examples=["12.34"])]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["USD"])]


class ReplyAddress(Reply):
    """Optional fields are left out where there is nothing to tell, as everywhere."""

    name: str | None = None
    line1: str = ""
    line2: str | None = None
    city: str = ""
    region: str | None = None
    postal_code: str | None = None
    country: str


class PageOf(Reply, Generic[T]):
    """A page of a list: send `next_cursor` as `cursor`, with the same filters, until it is null. A page may be shorter
    than `limit`, even empty, while it is not: go on."""

    items: list[T]
    next_cursor: str | None


class WholeOf(Reply, Generic[T]):
    """A list that is always told whole, so that `next_cursor` is always null."""

    items: list[T]
    next_cursor: None


Stamp = datetime


class ProblemDetail(Reply):
    """One thing that is wrong, and where in the request: a JSON Pointer (RFC 6901), empty for the whole."""

    pointer: str
    code: str
    detail: str
