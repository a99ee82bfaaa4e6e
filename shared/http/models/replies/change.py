"""A plan and a change in replies."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from shared.domain.change import RefundStatus
from shared.domain.departments import Changed, Department
from shared.domain.order import ChangeKind
from shared.domain.policy import Role
from shared.domain.states import ChangeStatus
from shared.http.models.replies.basics import ProblemDetail, Reply, ReplyAddress, ReplyMoney, Stamp
from shared.http.models.replies.line import LineContent, PlannedLine
from shared.http.models.replies.order import ReplyShipping, ReplyTotals


class ReplyLineChange(Reply):
    line_id: str
    change: Literal["added", "changed", "cancelled"]
    before: LineContent | None
    after: PlannedLine


class ReplyAddressChange(Reply):
    before: ReplyAddress | None
    after: ReplyAddress | None


class ReplyShippingChange(Reply):
    before: ReplyShipping
    after: ReplyShipping


class ReplyAuthorisation(Reply):
    """An authorisation beyond what can still be captured: reduced, not refunded."""

    payment_id: str
    before: ReplyMoney
    after: ReplyMoney


class ReplyProration(Reply):
    """How a recurring charge was re-priced by other dates: periods such as `11 + 17/31`."""

    line_id: str
    charge_id: str
    rule: str
    periods_before: str
    periods_after: str
    amount_before: ReplyMoney
    amount_after: ReplyMoney


class ReplyEffects(Reply):
    """Revenue without tax, and when goods should arrive where policy knows."""

    revenue: ReplyMoney
    expected_delivery_before: date | None = None
    expected_delivery_after: date | None = None


class ReplyPlannedRefund(Reply):
    payment_id: str
    method: str
    amount: ReplyMoney


class ReplyPlannedFee(Reply):
    code: str
    amount: ReplyMoney
    because: str


class ReplyStockDelta(Reply):
    """Units that become available (positive) or are taken (negative)."""

    sku: str
    delta: int


class ReplyApproval(Reply):
    role: Role
    because: str


class ReplyConfirmation(Reply):
    party: Literal["customer"]
    because: str


class ReplyEstimate(Reply):
    """Seconds from submission until each wait would end at the latest."""

    approval_seconds: int
    acknowledgement_seconds: int


class ReplyPlannedAsset(Reply):
    sku: str
    quantity: int
    start_date: date | None = None
    end_date: date | None = None
    status: Literal["active", "ended"]


class ReplyAssetChange(Reply):
    """An asset that the change touches; `before` is null for a new one."""

    asset_id: str
    line_id: str
    before: ReplyPlannedAsset | None
    after: ReplyPlannedAsset


class PlanReply(Reply):
    """Everything that a change would do. Name its `digest` to submit, approve or accept exactly this."""

    digest: str
    kind: ChangeKind
    order_id: str
    base_version: int
    violations: list[ProblemDetail]
    warnings: list[str]
    lines: list[ReplyLineChange]
    address: ReplyAddressChange | None = None
    shipping: ReplyShippingChange | None = None
    totals_before: ReplyTotals
    totals_after: ReplyTotals
    delta: ReplyMoney
    refunds: list[ReplyPlannedRefund]
    authorisations: list[ReplyAuthorisation]
    amount_due: ReplyMoney
    fees: list[ReplyPlannedFee]
    stock: list[ReplyStockDelta]
    approvals: list[ReplyApproval]
    confirmations: list[ReplyConfirmation]
    proration: list[ReplyProration]
    effects: ReplyEffects
    changed: list[Changed]
    departments: list[Department]
    assets: list[ReplyAssetChange]
    timeline_estimate: ReplyEstimate
    policy_version: str


class ReplyRefund(Reply):
    refund_id: str
    payment_id: str
    amount: ReplyMoney
    status: RefundStatus
    reference: str | None = None


class ReplyTimelineEntry(Reply):
    at: Stamp
    status: ChangeStatus
    by: str
    department: Department | None = None
    note: str | None = None


class ChangeReply(Reply):
    """`waiting_for` is the role whose decision is awaited."""

    change_id: str
    kind: ChangeKind
    order_id: str
    base_version: int
    committed_version: int | None = None
    undoes: Annotated[str | None, Field(description="The committed change that this one compensates.")] = None
    status: ChangeStatus
    waiting_for: Role | None = None
    reason_code: str
    sub_code: str | None = None
    note: str | None = None
    requested_by: str
    requested_as: Role
    decided_by: str | None = None
    edits: Annotated[list[dict[str, Any]], Field(description="The edits as they were sent.")]
    plan: PlanReply
    refunds: list[ReplyRefund]
    timeline: list[ReplyTimelineEntry]
    expires_at: Stamp | None = None
    created_at: Stamp
    updated_at: Stamp
