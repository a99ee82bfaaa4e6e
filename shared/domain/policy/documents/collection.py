"""Defines the collection document: how what a change adds to the customer's debt is collected."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from shared.domain import money
from shared.domain.order.order import ChangeKind
from shared.domain.policy.documents.approvals import Amounts
from shared.domain.policy.documents.document import Document
from shared.domain.policy.scope import EVERYWHERE, Only, by_rank
from shared.domain.policy.subjects import Role, Subject

LONGEST_LINK = 24
"""Hours that a payment link can be open: Stripe keeps a Checkout Session for a day (its reference, `expires_at`)."""

Mode: TypeAlias = Literal["before_commit", "bill"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionRule(Document):
    """A rule for changes of some `kinds`, asked for in one of `roles`, on orders in one of `currencies`; a selector
    that is left out fits everything.

    With `before_commit` the change waits `deadline_hours` for the customer's payment, and expires without it; with
    `bill` it commits, and the amount stays due on the order. A sum below `waive_below` (decimal strings by currency) is
    not collected at all; what was waived on the order before counts with it, so that many small steps evade nothing.
    """

    id: str
    only: Only = EVERYWHERE
    kinds: tuple[ChangeKind, ...] = ()
    roles: tuple[Role, ...] = ()
    currencies: tuple[str, ...] = ()
    mode: Mode
    deadline_hours: int = 24
    waive_below: Amounts = field(default_factory=dict)
    words: str

    def concerns(self, kind: ChangeKind, role: Role, currency: str) -> bool:
        return (
            (not self.kinds or kind in self.kinds)
            and (not self.roles or role in self.roles)
            and (not self.currencies or currency in self.currencies)
        )

    def waives(self, amount: int, currency: str) -> bool:
        """Tells if a sum of so many minor units is waived; in a currency that `waive_below` does not name, none is."""
        limit = self.waive_below.get(currency)
        return limit is not None and amount < money.parse(limit, currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionPolicy(Document):
    """The collection document. The most specific rule that fits decides, and among equals the first; without one,
    everything is billed."""

    rules: tuple[CollectionRule, ...] = ()

    def rule(self, subject: Subject, kind: ChangeKind, role: Role, currency: str) -> CollectionRule | None:
        ranked = by_rank(self.rules, subject)
        return next((rule for rule in ranked if rule.concerns(kind, role, currency)), None)
