"""What is looked at in a change as a whole: money behind it, its speed, and how sure we are of who asks."""

from dataclasses import dataclass
from typing import Literal

from shared.domain import money
from shared.domain.policy.documents.approvals import Amounts
from shared.domain.policy.documents.document import Document
from shared.domain.policy.scope import EVERYWHERE, Only, most_specific
from shared.domain.policy.subjects import Approver, Role, Subject

CheckCode = Literal["check-failed", "authorisation-expired", "authorisation-insufficient", "credit-exceeded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRule(Document):
    """Where `when` holds (CEL, `vocabulary.OF_A_CHANGE`), the change is denied, needs an approval, or gets a warning.
    All checks that hold have their say."""

    id: str
    only: Only = EVERYWHERE
    when: str
    outcome: Literal["deny", "approve", "warn"]
    approvers: tuple[Approver, ...] = ()
    words: str
    code: CheckCode = "check-failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLimit(Document):
    """The most that one order may leave unpaid, in decimal strings by currency."""

    id: str
    only: Only = EVERYWHERE
    limits: Amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUp(Document):
    """Refunds of more than `above` are asked for by somebody who has proved who they are by more than one factor, not
    longer ago than `max_age_seconds` (RFC 9470). A currency that `above` doesn't name always needs it."""

    id: str
    only: Only = EVERYWHERE
    roles: tuple[Role, ...] = ()
    above: Amounts
    max_age_seconds: int

    def concerns(self, roles: frozenset[Role], refund: int, currency: str) -> bool:
        """Whether somebody in these roles must have stepped up to refund so many minor units."""
        amount = self.above.get(currency)
        limit = 0 if amount is None else money.parse(amount, currency)
        return refund > limit and (not self.roles or not roles.isdisjoint(self.roles))


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks(Document):
    rules: tuple[CheckRule, ...] = ()
    credit_limits: tuple[CreditLimit, ...] = ()
    step_up: tuple[StepUp, ...] = ()

    def credit_limit(self, subject: Subject, currency: str) -> int | None:
        """Minor units; None where there is no limit."""
        found = most_specific(self.credit_limits, subject)
        amount = found.limits.get(currency) if found else None
        return None if amount is None else money.parse(amount, currency)

    def step_up_of(self, subject: Subject, roles: frozenset[Role]) -> StepUp | None:
        concerned = (rule for rule in self.step_up if not rule.roles or not roles.isdisjoint(rule.roles))
        return most_specific(concerned, subject)
