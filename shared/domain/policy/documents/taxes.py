"""The tax of lines added and of addresses moved in flight; what was accepted keeps its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from shared.domain.order.line import Tax
from shared.domain.order.party import Address
from shared.domain.policy.documents.document import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRule(Document):
    """A tax of a product category in a jurisdiction; `rate` is a fraction of the price."""

    jurisdiction: str
    category: str
    name: str
    rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxes(Document):
    rates: tuple[TaxRule, ...]
    untaxed_jurisdictions: tuple[str, ...] = ()

    def due(self, address: Address | None, category: str) -> Sequence[Tax] | None:
        """The taxes at `address`, with amounts still 0; None where policy knows no rate: never a guess."""
        place = address.jurisdiction if address else None
        rules = [rule for rule in self.rates if rule.jurisdiction == place and rule.category == category]
        if not rules and place not in self.untaxed_jurisdictions:
            return None
        return tuple(Tax(name=rule.name, rate=rule.rate, amount=0, jurisdiction=place) for rule in rules)
