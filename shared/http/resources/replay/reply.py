"""Documents a replay in replies."""

from typing import Annotated, Literal

from pydantic import Field

from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import ChangeKind
from shared.domain.planning.plan import Party
from shared.domain.policy.documents.registry import PolicyName
from shared.domain.policy.subjects import Approver
from shared.http.parts.reply import Reply, ReplyMoney, Stamp

Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["USD"])]


class ReplySkipped(Reply):
    """Changes that could not be judged: `never-submitted` drafts, and those whose order is not there as it was."""

    why: Literal["never-submitted", "order-unreadable", "version-missing", "order-erased"]
    count: int


class ReplyDifferences(Reply):
    """How many changes differ in which way; one may differ in several. One that either policy denies differs in that
    alone. `denied_otherwise`: both deny it, for other reasons."""

    now_denied: int
    now_allowed: int
    denied_otherwise: int
    approvals_more: int
    approvals_fewer: int
    confirmations: int
    fees: int
    refunds: int
    totals: int
    collection: int


class ReplyCost(Reply):
    """With the draft minus without it, of the changes that took effect or still may: what customers get back, what they
    are charged for changing, and what their orders come to."""

    currency: Currency
    refunds: ReplyMoney
    fees: ReplyMoney
    totals: ReplyMoney


class ReplyNeedingApproval(Reply):
    """How many changes need an approval, whoever gives it."""

    before: int
    after: int


class ComparedFee(Reply):
    code: str
    amount: ReplyMoney


class ReplyRefundOfPayment(Reply):
    payment_id: str
    amount: ReplyMoney


class ReplyRule(Reply):
    decides: str
    rule: str


class ReplyDecision(Reply):
    """`denied` are the codes of what forbids it; what is denied asks nobody and moves no money. `total` is what the
    order comes to, `paid_first` what the customer pays before the commit."""

    denied: list[str]
    approvals: list[Approver]
    confirmations: list[Party]
    fees: list[ComparedFee]
    refunds: list[ReplyRefundOfPayment]
    total: ReplyMoney
    paid_first: ReplyMoney
    rules: list[ReplyRule]


class ReplyCompared(Reply):
    """A change decided `before` (by the policy in force) and `after` (with the draft in it); `rules` are those that
    make the difference. `drifted`: it comes out otherwise than it did, although policy is the same."""

    change_id: str
    order_id: str
    kind: ChangeKind
    status: ChangeStatus
    created_at: Stamp
    drifted: bool
    before: ReplyDecision
    after: ReplyDecision
    rules: list[ReplyRule]


class ReplayReply(Reply):
    """Nothing was kept. Of all changes created from `from` on and before `to`; `next_cursor` leads to older ones.

    `drifted` counts the changes that come out otherwise than they did, although policy is the same: products or
    payments have moved since. The fewer, the further the rest can be trusted.
    """

    name: PolicyName
    judged: int
    differing: int
    drifted: int
    skipped: list[ReplySkipped]
    since: Annotated[Stamp, Field(alias="from")]
    until: Annotated[Stamp, Field(alias="to")]
    by_decision: ReplyDifferences
    cost: list[ReplyCost]
    approvals: ReplyNeedingApproval
    items: list[ReplyCompared]
    next_cursor: str | None = None
