"""How far a price may move before somebody must approve, and how subscriptions are shared out over their days."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from shared.domain.money.proration import DayCount
from shared.domain.policy.documents.document import Document
from shared.domain.policy.scope import EVERYWHERE, Only, most_specific
from shared.domain.policy.subjects import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceBounds(Document):
    """How far a unit price may move from its reference, in per cent of it, before someone must approve."""

    id: str
    only: Only = EVERYWHERE
    floor_percent: Decimal
    ceiling_percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginFloor(Document):
    """The least that a unit price must be above its cost, in per cent of the price, before someone must approve."""

    id: str
    only: Only = EVERYWHERE
    percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices(Document):
    """`unlisted`: what becomes of a price entered by hand for what has no list price to compare with."""

    bounds: tuple[PriceBounds, ...]
    margin_floors: tuple[MarginFloor, ...] = ()
    unlisted: Literal["approve", "allow"] = "approve"
    day_count: DayCount = "periods_then_days"

    def margin_floor_of(self, subject: Subject, sku: str) -> MarginFloor | None:
        return most_specific(self.margin_floors, subject, sku)
