"""Defines the base of all policy documents."""

from typing import Any, ClassVar


class Document:
    """Data from a file or a request. Names that it does not know are refused, not ignored."""

    __slots__ = ()
    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}
