"""Defines lists that are read page by page: the filter of a list, and a page of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Describes a page of a list; `cursor` leads to the next, None ends it."""

    items: tuple[T, ...]
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Describes the filter of a list: each value given narrows it, and so does a period. It takes `limit` rows at most,
    from `cursor` on."""

    values: Mapping[str, str] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 50
    cursor: str | None = None
