"""What others say about a change: approvers, departments, customers by their link, operators, finance."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from shared.domain.planning.departments import Department
from shared.http.parts.fields import Given, Id, Note, Text, Word
from shared.usecases.approving.decide_change import ChangeDecision
from shared.usecases.confirming.decide_by_link import Confirmation
from shared.usecases.fulfilling.acknowledge_change import Acknowledge
from shared.usecases.refunding.resolve_fallout import Resolution
from shared.usecases.refunding.settle_by_hand import PaidByHand


class DecisionBody(Given):
    """A decision on the plan with this digest. Of a customer who is asked to confirm, `approve` is consent."""

    decision: Literal["approve", "reject"]
    digest: Word
    note: Note | None = None

    def to_domain(self, change_id: str) -> ChangeDecision:
        return ChangeDecision(change_id=change_id, decision=self.decision, digest=self.digest, note=self.note)


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


class ConfirmationBody(Given):
    """What the holder of a link says. `digest` and `order_id` pin it to what a page has shown."""

    decision: Literal["confirm", "decline"]
    digest: Word | None = None
    order_id: Id | None = None

    def to_domain(self, token: str) -> Confirmation:
        return Confirmation(token=token, decision=self.decision, digest=self.digest, order_id=self.order_id)


class ResolutionBody(Given):
    """How a fallout ends: what failed was done by hand (`completed`), or is given up (`failed`). Say how.

    `gateway_checked` is asked for while a gateway may still pay by itself: look there first.
    """

    outcome: Literal["completed", "failed"]
    note: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    gateway_checked: bool = False

    def to_domain(self, change_id: str) -> Resolution:
        return Resolution(
            change_id=change_id, outcome=self.outcome, note=self.note, gateway_checked=self.gateway_checked
        )


class SettlementBody(Given):
    """A refund was made by hand; `reference` is the bank's."""

    reference: Word
    note: Note | None = None

    def to_domain(self, change_id: str, refund_id: str) -> PaidByHand:
        return PaidByHand(change_id=change_id, refund_id=refund_id, reference=self.reference, note=self.note)
