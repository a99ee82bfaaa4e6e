"""Defines refusals of the domain: a stable code, the words the user reads, and the place in the request."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that forbids a change. `pointer` is an RFC 6901 JSON Pointer into the request."""

    code: str
    detail: str
    pointer: str = ""


def escaped(name: str) -> str:
    """A name as one step of a JSON Pointer (RFC 6901 §3): `a/b` is written `a~1b`."""
    return name.replace("~", "~0").replace("/", "~1")


class Refusal(Exception):
    """A refusal of the domain. `code` is stable and becomes the problem `type` of the reply (RFC 9457)."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        pointer: str = "",
        violations: tuple[Violation, ...] = (),
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.violations = violations or ((Violation(code, detail, pointer),) if pointer else ())
        self.extra = extra or {}

    @classmethod
    def of(cls, violations: tuple[Violation, ...], **extra: Any) -> "Refusal":
        """Returns one refusal for several violations: the first gives the code, and all are listed."""
        first = violations[0]
        return cls(first.code, first.detail, violations=violations, extra=extra)
