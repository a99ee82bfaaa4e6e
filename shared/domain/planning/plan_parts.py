"""Names the parts of a plan; each part fills some fields of `ChangePlan` and is made by a function of its own."""

from collections.abc import Set
from typing import NamedTuple, TypedDict

from shared.domain.order.assets import AssetChange
from shared.domain.order.order import Fee, Order, Shipping, Totals
from shared.domain.order.party import Address
from shared.domain.planning.departments import Changed, Department
from shared.domain.planning.plan import (
    CancelledUnits,
    Effects,
    LineChange,
    NeededApproval,
    NeededConfirmation,
    PlannedFee,
    PlannedRefund,
    ProratedCharge,
    ReducedAuthorisation,
    ReversedTax,
    StockDelta,
    TimelineEstimate,
)
from shared.domain.refusal import Violation


class Outcome(NamedTuple):
    """Holds the outcome of a change before its money is worked out: the order on both sides, and the differences.
    `beside` is goodwill that stands among the fees, in minor units; `settled` are the refunds of a settlement, which
    moves money alone. Of the lines, the price of those in `one_step` moves by nothing but their number of units."""

    before: Order
    after: Order
    lines: tuple[LineChange, ...]
    cancelled: tuple[CancelledUnits, ...]
    fees: tuple[PlannedFee, ...]
    stock: tuple[StockDelta, ...]
    changed: tuple[Changed, ...]
    ops: tuple[str, ...]
    beside: int = 0
    settled: tuple[PlannedRefund, ...] | None = None
    one_step: Set[str] = frozenset()


class OrderPart(TypedDict):
    order_id: str
    base_version: int
    currency: str
    lines: tuple[LineChange, ...]
    address_before: Address | None
    address_after: Address | None
    shipping_before: Shipping
    shipping_after: Shipping
    fees_before: tuple[Fee, ...]
    fees_after: tuple[Fee, ...]
    fees: tuple[PlannedFee, ...]
    stock: tuple[StockDelta, ...]
    cancelled: tuple[CancelledUnits, ...]
    assets: tuple[AssetChange, ...]
    changed: tuple[Changed, ...]
    departments: tuple[Department, ...]


class MoneyPart(TypedDict):
    totals_before: Totals
    totals_after: Totals
    delta: int
    refunds: tuple[PlannedRefund, ...]
    authorisations: tuple[ReducedAuthorisation, ...]
    amount_due: int
    magnitude: int


class NeedsPart(TypedDict):
    violations: tuple[Violation, ...]
    warnings: tuple[str, ...]
    approvals: tuple[NeededApproval, ...]
    confirmations: tuple[NeededConfirmation, ...]


class EffectsPart(TypedDict):
    taxes_reversed: tuple[ReversedTax, ...]
    proration: tuple[ProratedCharge, ...]
    effects: Effects
    timeline_estimate: TimelineEstimate
