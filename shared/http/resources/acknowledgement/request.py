"""Reads a department's report on its part in a change."""

from typing import Literal

from shared.domain.planning.departments import Department
from shared.http.parts.fields import Given, Note, Text
from shared.usecases.fulfilling.acknowledge_change import Acknowledge


class AcknowledgementBody(Given):
    """A department has done its part, or could not."""

    department: Department
    outcome: Literal["done", "failed"]
    note: Note | None = None
    tracking: Text | None = None

    def to_domain(self, change_id: str) -> Acknowledge:
        return Acknowledge(
            change_id=change_id,
            department=self.department,
            outcome=self.outcome,
            note=self.note,
            tracking=self.tracking,
        )
