"""Describes the plan of a change as values; it is previewed, approved, committed and refunded."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, get_args

from shared.domain.order.assets import AssetChange
from shared.domain.order.line import Line
from shared.domain.order.order import ChangeKind, Fee, Order, Shipping, Totals
from shared.domain.order.party import Address
from shared.domain.planning.departments import Changed, Department
from shared.domain.planning.hold import Holds
from shared.domain.planning.sums import NOTHING_BEFORE, Sums
from shared.domain.policy.evaluation import Ruling
from shared.domain.policy.subjects import Approver, Extent, Stage
from shared.domain.refusal import Violation

Party = Literal["customer", "carrier"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChange:
    """Pairs one line that the change touches with the line after it; `before` is None for an added line."""

    line_id: str
    change: Literal["added", "changed", "cancelled"]
    before: Line | None
    after: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRefund:
    """Names minor units to give back on one payment, by its own method."""

    payment_id: str
    method: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFee:
    """Describes a fee that the change adds, in minor units; negative for goodwill, which tells the `tax` contained in
    it, and what it is given `on`. `rule` is the policy rule that asks for it."""

    code: str
    amount: int
    because: str
    rule: str | None = None
    tax: int = 0
    on: Literal["line", "shipping", "order"] | None = None
    line_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCollection:
    """Tells how `amount` minor units that the change adds to the customer's debt are collected: before the commit by a
    payment link of `gateway` that is open for `wait_seconds`, by a bill, or not at all because policy waives them."""

    mode: Literal["before_commit", "bill", "waive"]
    amount: int
    because: str
    rule: str
    gateway: str | None = None
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelledUnits:
    """Counts the units of a line that a cancellation takes at one stage, and what was charged for them, tax
    included."""

    line_id: str
    sku: str
    stage: Stage
    quantity: int
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversedTax:
    """Gives the minor units by which one tax of one jurisdiction falls."""

    name: str
    jurisdiction: str | None
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StockDelta:
    """Counts the units of one tracked SKU that become available (positive) or are taken (negative)."""

    sku: str
    delta: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededApproval:
    """Names the role that must approve, the reason, and the rules of policy that ask for it."""

    role: Approver
    because: str
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededConfirmation:
    """Names an outside party that must agree: the customer to the terms, the carrier to stopping goods on their way."""

    party: Party
    because: str
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEstimate:
    """Estimates the end of each wait, in seconds from submission; 0 where nobody is waited for."""

    approval_seconds: int
    acknowledgement_seconds: int
    confirmation_seconds: int = 0
    refund_seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProratedCharge:
    """Explains a recurring charge re-priced by other dates: periods as text ("11 + 17/31"), minor units."""

    line_id: str
    charge_id: str
    rule: str
    periods_before: str
    periods_after: str
    amount_before: int
    amount_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReducedAuthorisation:
    """Reduces an authorisation that is larger than what can still be captured; it is not a refund."""

    payment_id: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """Tells the further effects of a change: revenue without tax in minor units, and the expected delivery of the
    goods."""

    revenue: int
    expected_delivery_before: date | None
    expected_delivery_after: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePlan:
    """Describes everything that a change would do. Amounts in minor units of `currency`; the digest covers outcomes
    only."""

    digest: str
    kind: ChangeKind
    order_id: str
    base_version: int
    currency: str
    violations: tuple[Violation, ...]
    warnings: tuple[str, ...]
    lines: tuple[LineChange, ...]
    address_before: Address | None
    address_after: Address | None
    shipping_before: Shipping
    shipping_after: Shipping
    fees_before: tuple[Fee, ...]
    fees_after: tuple[Fee, ...]
    totals_before: Totals
    totals_after: Totals
    delta: int
    refunds: tuple[PlannedRefund, ...]
    authorisations: tuple[ReducedAuthorisation, ...]
    amount_due: int
    fees: tuple[PlannedFee, ...]
    stock: tuple[StockDelta, ...]
    approvals: tuple[NeededApproval, ...]
    confirmations: tuple[NeededConfirmation, ...]
    cancelled: tuple[CancelledUnits, ...] = ()
    taxes_reversed: tuple[ReversedTax, ...] = ()
    assets: tuple[AssetChange, ...]
    proration: tuple[ProratedCharge, ...]
    effects: Effects
    changed: tuple[Changed, ...]
    departments: tuple[Department, ...]
    timeline_estimate: TimelineEstimate
    magnitude: int
    policy_version: str
    collection: PlannedCollection | None = None
    rulings: tuple[Ruling, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Pairs a plan with the order after it, which a commit writes. `refunds_today` is the customer's count of refunds
    when the plan was judged, and `sums` is what was refunded before. `holds` says what the change holds while it
    waits."""

    plan: ChangePlan
    after: Order
    refunds_today: int = 0
    sums: Sums = NOTHING_BEFORE
    holds: Holds = field(default_factory=dict)


def extent_of(after: Order) -> Extent:
    """Tells if a cancellation leaves anything of the order."""
    return "partial" if any(line.quantity for line in after.lines) else "whole"


def furthest(cancelled: Iterable[CancelledUnits]) -> Stage | None:
    """Returns the stage of the units that came furthest."""
    reached = {units.stage for units in cancelled}
    return next((stage for stage in reversed(get_args(Stage)) if stage in reached), None)


def planned_order(order: Order, plan: ChangePlan) -> Order:
    """Returns the order as its open change would leave it, by the plan as it was previewed."""
    planned = {change.line_id: change.after for change in plan.lines}
    lines = [planned.pop(line.line_id, line) for line in order.lines]
    return replace(
        order,
        version=order.version + 1,
        lines=(*lines, *planned.values()),
        shipping_address=plan.address_after,
        shipping=plan.shipping_after,
        fees=plan.fees_after,
    )
