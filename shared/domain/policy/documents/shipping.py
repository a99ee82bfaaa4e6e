"""Defines the shipping document: the price of each shipping method and the days that it takes."""

from dataclasses import dataclass

from shared.domain.policy.documents.document import Document
from shared.domain.policy.scope import EVERYWHERE, Only, most_specific
from shared.domain.policy.subjects import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingRule(Document):
    """The price of a shipping method by currency (decimal strings), and the days that it takes.

    With `recalculate` a change of lines gets a new shipping price; otherwise the accepted one stays.
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
