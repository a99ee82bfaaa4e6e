"""Documents a plan in replies."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from shared.domain.order.order import ChangeKind
from shared.domain.planning.departments import Changed, Department
from shared.domain.planning.plan import Party
from shared.domain.policy.evaluation import RulingOutcome
from shared.domain.policy.subjects import Role
from shared.http.parts.reply import ProblemDetail, Reply, ReplyAddress, ReplyMoney
from shared.http.resources.line.reply import LineContent, PlannedLine
from shared.http.resources.order.reply import ReplyShipping, ReplyTotals
from shared.http.resources.overpayment.reply import ReplyOverpaid
from shared.http.resources.terms.reply import (
    ReplyCancelledUnits,
    ReplyPlannedFee,
    ReplyPlannedRefund,
    ReplyReversedTax,
    ReplyTerms,
)


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


class ReplyPlannedCollection(Reply):
    """Tells by which way the change's addition to the customer's debt is collected.

    `before_commit`: the change waits `wait_seconds` for the customer's payment, by a link of `gateway`. `bill`: it
    stays due on the order. `waive`: policy does not collect it. `rule` is the rule of policy that says so.
    """

    mode: Literal["before_commit", "bill", "waive"]
    amount: ReplyMoney
    because: str
    rule: str | None = None
    gateway: str | None = None
    wait_seconds: int | None = None


class ReplyEffects(Reply):
    """Revenue without tax, and when goods should arrive where policy knows."""

    revenue: ReplyMoney | None = None
    expected_delivery_before: date | None = None
    expected_delivery_after: date | None = None


class ReplyStockDelta(Reply):
    """Units that become available (positive) or are taken (negative)."""

    sku: str
    delta: int


class ReplyNeededApproval(Reply):
    """`rule` names the rules of policy that ask for it, with a space between them."""

    role: Role
    because: str | None = None
    rule: str | None = None


class ReplyConfirmation(Reply):
    """Somebody outside who must agree: the customer to the terms, the carrier to stopping what is on its way."""

    party: Party
    because: str
    rule: str | None = None


class ReplyRuling(Reply):
    """One rule of policy that had its say, about what, and in which words."""

    decides: str
    rule: str
    outcome: RulingOutcome
    words: str


class ReplyEstimate(Reply):
    """Seconds that each wait takes at most, one after the other; 0 where nobody is waited for."""

    approval_seconds: int
    confirmation_seconds: int
    acknowledgement_seconds: int
    refund_seconds: int


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


class PlanBase(Reply):
    """Holds what a plan tells in lists and alone."""

    digest: str
    kind: ChangeKind
    order_id: str
    base_version: int
    violations: list[ProblemDetail]
    warnings: Annotated[
        list[str],
        Field(
            description="What forbids nothing, but is to be read before it is done; in a preview also that the refund "
            "would need a fresher or stronger sign-in. No part of the digest."
        ),
    ]
    totals_before: ReplyTotals
    totals_after: ReplyTotals
    delta: ReplyMoney
    refunds: list[ReplyPlannedRefund]
    authorisations: list[ReplyAuthorisation]
    amount_due: ReplyMoney
    collection: ReplyPlannedCollection | None = None
    settlement: Annotated[ReplyOverpaid | None, Field(description="Proposed, where the order is then overpaid.")] = None
    fees: list[ReplyPlannedFee]
    approvals: list[ReplyNeededApproval]
    confirmations: list[ReplyConfirmation]
    effects: ReplyEffects
    changed: list[Changed]
    departments: list[Department]
    timeline_estimate: ReplyEstimate
    policy_version: str | None = None


class PlanInList(PlanBase):
    """Lists show this of a plan: all but what there is one of for a line, a SKU or an asset."""

    line_count: Annotated[int, Field(description="Lines that the change touches: `GET /changes/{change_id}` has them.")]


class ReplyLeftOut(Reply):
    """A list that is cut because the reply would be too large: its first `shown` entries stand in it, `of` so many."""

    part: str
    shown: int
    of: int


class PlanReply(PlanBase):
    """Everything that a change would do. Name its `digest` to submit, approve or accept exactly this."""

    lines: list[ReplyLineChange]
    address: ReplyAddressChange | None = None
    shipping: ReplyShippingChange | None = None
    cancelled: Annotated[
        list[ReplyCancelledUnits] | None, Field(description="Of a cancellation or an exchange, as the next two.")
    ] = None
    taxes_reversed: list[ReplyReversedTax] | None = None
    terms: ReplyTerms | None = None
    stock: list[ReplyStockDelta] | None = None
    rulings: list[ReplyRuling] | None = None
    proration: list[ReplyProration]
    assets: list[ReplyAssetChange]
    left_out: Annotated[
        list[ReplyLeftOut] | None,
        Field(description="Lists that are cut here: `GET /changes/{change_id}/plan/{part}` has them in pages."),
    ] = None
