"""Defines the taxes document: the taxes of lines that are added or whose address moves. Accepted lines keep their
own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

from shared.domain.order.exemption import ExemptionKind
from shared.domain.order.line_price import Tax
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
class ExemptionRule(Document):
    """Says if an order that came in exempt elsewhere is taxed in this jurisdiction; `words` are for whoever reads the
    plan."""

    id: str
    jurisdiction: str
    kinds: tuple[ExemptionKind, ...] = get_args(ExemptionKind)
    outcome: Literal["keep", "tax"]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxes(Document):
    """Says which taxes are due where. Shipping is taxed as the first of `shipping_categories` that has rates there.

    An exempt order has no tax in the jurisdiction where it came in. Elsewhere the first of `exemptions` that fits
    decides; without any it stays exempt, with a warning."""

    rates: tuple[TaxRule, ...]
    untaxed_jurisdictions: tuple[str, ...] = ()
    shipping_categories: tuple[str, ...] = ("shipping", "standard")
    exemptions: tuple[ExemptionRule, ...] = ()

    def exemption_rule(self, place: str | None, kind: ExemptionKind) -> ExemptionRule | None:
        return next((rule for rule in self.exemptions if rule.jurisdiction == place and kind in rule.kinds), None)

    def due(self, address: Address | None, category: str) -> Sequence[Tax] | None:
        """Returns the taxes at `address`, with amounts still 0; None if policy knows no rate, for taxes are never
        guessed."""
        place = address.jurisdiction if address else None
        rules = [rule for rule in self.rates if rule.jurisdiction == place and rule.category == category]
        if not rules and place not in self.untaxed_jurisdictions:
            return None
        return tuple(Tax(name=rule.name, rate=rule.rate, amount=0, jurisdiction=place) for rule in rules)

    def due_on_shipping(self, address: Address | None) -> Sequence[Tax] | None:
        """Returns the taxes of shipping to `address`, with amounts still 0; None if policy knows no rate."""
        found = [self.due(address, category) for category in self.shipping_categories]
        return next((rates for rates in found if rates), next((rates for rates in found if rates is not None), None))

    def known_at(self, address: Address | None) -> Iterator[Sequence[Tax]]:
        """Yields every set of rates that policy knows at `address`, those of shipping first."""
        categories = dict.fromkeys((*self.shipping_categories, *(rule.category for rule in self.rates)))
        yield from filter(None, (self.due(address, category) for category in categories))
