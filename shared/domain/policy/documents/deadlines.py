"""Defines the deadlines document; all times are in seconds."""

from dataclasses import dataclass

from shared.domain.policy.documents.document import Document
from shared.domain.policy.scope import EVERYWHERE, Only, most_specific
from shared.domain.policy.subjects import Subject

HURRY = 3600
"""A time below this (seconds) may be over before people can answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline(Document):
    """Deadlines in seconds: the life of an open change, and the times in which a customer confirms and a department
    acknowledges. Without `confirmation_reminder_seconds` customers get no reminder."""

    id: str
    only: Only = EVERYWHERE
    change_seconds: int
    confirmation_seconds: int
    confirmation_reminder_seconds: int | None = None
    acknowledgement_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines(Document):
    rules: tuple[Deadline, ...]

    @property
    def hurried(self) -> bool:
        """Tells if a deadline is so short that people may be unable to answer in time."""
        times = ((each.change_seconds, each.confirmation_seconds, each.acknowledgement_seconds) for each in self.rules)
        return any(min(each) < HURRY for each in times)

    def of(self, subject: Subject) -> Deadline:
        """Returns the deadline of the most specific rule.

        Raises:
            LookupError: no rule is for everyone.
        """
        found = most_specific(self.rules, subject)
        if found is None:
            raise LookupError("no deadline is for everyone")
        return found
