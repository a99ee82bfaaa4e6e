"""What all policy documents have in common."""

from typing import Any, ClassVar


class Document:
    """Data from a file or a request: a name that it does not know is refused, not ignored."""

    __slots__ = ()
    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}
