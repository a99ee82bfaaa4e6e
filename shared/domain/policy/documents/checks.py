"""Defines the checks document: checks of a change as a whole, credit limits, and step-up authentication."""

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
    """Denies the change, wants an approval of it, or warns, if `when` holds (CEL, `vocabulary.OF_A_CHANGE`). All checks
    that hold apply."""

    id: str
    only: Only = EVERYWHERE
    when: str
    outcome: Literal["deny", "approve", "warn"]
    approvers: tuple[Approver, ...] = ()
    words: str
    code: CheckCode = "check-failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLimit(Document):
    """The highest amount that one order may leave unpaid, as decimal strings by currency."""

    id: str
    only: Only = EVERYWHERE
    limits: Amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUp(Document):
    """Wants more than one authentication factor, used at most `max_age_seconds` ago, from whoever asks for refunds of
    more than `above` (RFC 9470). In a currency that `above` doesn't name, it always does."""

    id: str
    only: Only = EVERYWHERE
    roles: tuple[Role, ...] = ()
    above: Amounts
    max_age_seconds: int

    def concerns(self, roles: frozenset[Role], refund: int, currency: str) -> bool:
        """Tells if somebody in these roles must step up to refund `refund` minor units."""
        amount = self.above.get(currency)
        limit = 0 if amount is None else money.parse(amount, currency)
        return refund > limit and (not self.roles or not roles.isdisjoint(self.roles))


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks(Document):
    rules: tuple[CheckRule, ...] = ()
    credit_limits: tuple[CreditLimit, ...] = ()
    step_up: tuple[StepUp, ...] = ()

    def credit_limit(self, subject: Subject, currency: str) -> int | None:
        """Returns the limit in minor units; None if there is none."""
        found = most_specific(self.credit_limits, subject)
        amount = found.limits.get(currency) if found else None
        return None if amount is None else money.parse(amount, currency)

    def step_up_of(self, subject: Subject, roles: frozenset[Role]) -> StepUp | None:
        concerned = (rule for rule in self.step_up if not rule.roles or not roles.isdisjoint(rule.roles))
        return most_specific(concerned, subject)
