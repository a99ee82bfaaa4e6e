"""Defines the prices document: how far a price may move without an approval, and how long subscriptions may run."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from shared.domain.money.proration import DayCount
from shared.domain.policy.documents.document import Document
from shared.domain.policy.scope import EVERYWHERE, Only, most_specific
from shared.domain.policy.subjects import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceBounds(Document):
    """The percentages by which a unit price may move from its reference without an approval."""

    id: str
    only: Only = EVERYWHERE
    floor_percent: Decimal
    ceiling_percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginFloor(Document):
    """The lowest margin of a unit price over its cost, in per cent of the price, without an approval."""

    id: str
    only: Only = EVERYWHERE
    percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TermBounds(Document):
    """The days that a term may run from its start, or from today if it has begun, and how many days ahead of today, or
    back, it may start."""

    id: str
    only: Only = EVERYWHERE
    longest_days: int
    start_ahead_days: int
    start_back_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices(Document):
    """The prices document. `unlisted` decides on a price entered by hand for a product without a list price. Where no
    `terms` fit, a term has no bounds."""

    bounds: tuple[PriceBounds, ...]
    margin_floors: tuple[MarginFloor, ...] = ()
    terms: tuple[TermBounds, ...] = ()
    unlisted: Literal["approve", "allow"] = "approve"
    day_count: DayCount = "periods_then_days"

    def margin_floor_of(self, subject: Subject, sku: str) -> MarginFloor | None:
        return most_specific(self.margin_floors, subject, sku)

    def term_bounds_of(self, subject: Subject, sku: str) -> TermBounds | None:
        return most_specific(self.terms, subject, sku)
