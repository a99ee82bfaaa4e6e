"""Reads a decision on a change that waits for one."""

from typing import Literal

from shared.http.parts.fields import Given, Note, Word
from shared.usecases.approving.decide_change import ChangeDecision


class DecisionBody(Given):
    """A decision on the plan with this digest. Of a customer who is asked to confirm, `approve` is consent."""

    decision: Literal["approve", "reject"]
    digest: Word
    note: Note | None = None

    def to_domain(self, change_id: str) -> ChangeDecision:
        return ChangeDecision(change_id=change_id, decision=self.decision, digest=self.digest, note=self.note)
