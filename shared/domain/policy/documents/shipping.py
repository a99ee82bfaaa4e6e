"""What shipping methods cost, and how long they take."""

from dataclasses import dataclass

from shared.domain.policy.documents.document import Document
from shared.domain.policy.scope import EVERYWHERE, Only, most_specific
from shared.domain.policy.subjects import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingRule(Document):
    """What a shipping method costs in a currency (decimal strings), and how many days it takes.

    `recalculate`: after a change of lines the price is worked out anew; otherwise the accepted one stays.
    """

    method: str
    currency: str
    only: Only = EVERYWHERE
    price: str
    free_from: str | None = None
    recalculate: bool = False
    delivery_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingPolicy(Document):
    methods: tuple[ShippingRule, ...] = ()

    def rule(self, method: str | None, currency: str, subject: Subject) -> ShippingRule | None:
        named = (rule for rule in self.methods if (rule.method, rule.currency) == (method, currency))
        return most_specific(named, subject)
