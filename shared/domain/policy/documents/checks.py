"""Defines the checks document: checks of a change as a whole, credit limits, step-up authentication, how much may be
refunded together, and what changes hold while they wait."""

from dataclasses import dataclass
from typing import Literal, get_args

from shared.domain import money
from shared.domain.order.order import ChangeKind
from shared.domain.policy.documents.approvals import Amounts
from shared.domain.policy.documents.document import Document
from shared.domain.policy.documents.holds import HoldRule
from shared.domain.policy.scope import EVERYWHERE, Only, most_specific
from shared.domain.policy.subjects import Approver, Role, Scope, Subject, Wait

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
    more than `above` (RFC 9470). In a currency that `above` doesn't name, it always does. A refund counts with those
    before it, over the scopes in `adds_up`: the largest of these sums decides."""

    id: str
    only: Only = EVERYWHERE
    roles: tuple[Role, ...] = ()
    above: Amounts
    max_age_seconds: int
    adds_up: tuple[Scope, ...] = get_args(Scope)

    def concerns(self, roles: frozenset[Role], refund: int, currency: str) -> bool:
        """Tells if somebody in these roles must step up to refund `refund` minor units."""
        amount = self.above.get(currency)
        limit = 0 if amount is None else money.parse(amount, currency)
        return refund > limit and (not self.roles or not roles.isdisjoint(self.roles))


@dataclass(frozen=True, slots=True, kw_only=True)
class Velocity(Document):
    """Denies refunds, or wants an approval of them, once those of one order, of one customer's day or of the day of the
    one who asks (`per`) come to more than `above` together. In a currency that `above` doesn't name, they always do.
    All that are passed apply."""

    id: str
    only: Only = EVERYWHERE
    roles: tuple[Role, ...] = ()
    per: Scope
    above: Amounts
    outcome: Literal["deny", "approve"]
    approvers: tuple[Approver, ...] = ()
    words: str
    code: CheckCode = "check-failed"

    def passed(self, role: Role, refunds: int, currency: str) -> bool:
        """Tells if refunds that come to so many minor units are more than somebody in this role may ask for."""
        amount = self.above.get(currency)
        limit = 0 if amount is None else money.parse(amount, currency)
        return refunds > limit and (not self.roles or role in self.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks(Document):
    rules: tuple[CheckRule, ...] = ()
    credit_limits: tuple[CreditLimit, ...] = ()
    step_up: tuple[StepUp, ...] = ()
    velocity: tuple[Velocity, ...] = ()
    holds: tuple[HoldRule, ...] = ()

    def credit_limit(self, subject: Subject, currency: str) -> int | None:
        """Returns the limit in minor units; None if there is none."""
        found = most_specific(self.credit_limits, subject)
        amount = found.limits.get(currency) if found else None
        return None if amount is None else money.parse(amount, currency)

    def hold_of(self, subject: Subject, kind: ChangeKind, role: Role, wait: Wait) -> HoldRule | None:
        """Returns the rule for the stock that such a change holds; None if it holds all that it takes."""
        return most_specific((rule for rule in self.holds if rule.concerns(kind, role, wait)), subject)

    def step_up_of(self, subject: Subject, roles: frozenset[Role]) -> StepUp | None:
        concerned = (rule for rule in self.step_up if not rule.roles or not roles.isdisjoint(rule.roles))
        return most_specific(concerned, subject)
