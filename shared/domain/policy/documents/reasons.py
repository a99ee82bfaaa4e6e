"""Defines the list of reason codes for changes."""

from dataclasses import dataclass

from shared.domain.order.order import ChangeKind
from shared.domain.policy.documents.document import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCode(Document):
    """A reason, and the kinds of change that may name it."""

    code: str
    title: str
    kinds: tuple[ChangeKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons(Document):
    codes: tuple[ReasonCode, ...]

    def find(self, code: str, kind: ChangeKind) -> ReasonCode | None:
        return next((reason for reason in self.codes if reason.code == code and kind in reason.kinds), None)

    def known(self, kind: ChangeKind) -> tuple[str, ...]:
        return tuple(reason.code for reason in self.codes if kind in reason.kinds)
