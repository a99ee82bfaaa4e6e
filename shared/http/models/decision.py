"""What others say about a change: approvers, and departments."""

from typing import Literal

from shared.domain.departments import Department
from shared.http.models.fields import Given, Note, Text, Word
from shared.usecases.acknowledge_change import Acknowledge
from shared.usecases.decide_change import Decision


class DecisionBody(Given):
    """A decision on the plan with this digest."""

    decision: Literal["approve", "reject"]
    digest: Word
    note: Note | None = None

    def to_domain(self, change_id: str) -> Decision:
        return Decision(change_id=change_id, decision=self.decision, digest=self.digest, note=self.note)


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
