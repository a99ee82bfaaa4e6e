"""Documents a change in replies."""

from typing import Annotated, Any, Literal

from pydantic import Field

from shared.domain.change.answers import Means
from shared.domain.change.refund import RefundStatus
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import ChangeKind
from shared.domain.planning.departments import Department
from shared.domain.planning.plan import Party
from shared.domain.policy.subjects import Role, Stage
from shared.http.parts.reply import PageOf, Reply, ReplyMoney, Stamp
from shared.http.resources.plan.reply import PlanInList, PlanReply


class ReplyRefund(Reply):
    """`pending`: the gateway, or a person, has it under way. `credit_memo` is what billing books it under."""

    refund_id: str
    payment_id: str
    amount: ReplyMoney
    status: RefundStatus
    reference: str | None = None
    credit_memo: str | None = None


class ReplyRelease(Reply):
    """An authorisation reduced by `amount` to `keep`: no money goes back, as none was taken."""

    refund_id: str
    payment_id: str
    amount: ReplyMoney
    keep: ReplyMoney
    status: RefundStatus
    reference: str | None = None


class ReplyWait(Reply):
    """Who has to act next, what they have to do, since when and until when."""

    party: str
    words: str | None = None
    since: Stamp
    deadline: Stamp | None = None


class ReplyAsked(Reply):
    """The approval that is waited for: `since` it was first asked for, `passed_over` are roles that did not answer."""

    role: Role
    since: Stamp
    deadline: Stamp
    remind_at: Stamp | None = None
    passed_over: list[Role] | None = None


class ReplyApproval(Reply):
    """An approval that was given, by the role and not by name: the log, which staff read, says who it was."""

    role: Role
    at: Stamp
    stood_in: Annotated[
        bool | None, Field(description="Whether it was given in the place of somebody who was away.")
    ] = None
    waited_seconds: int | None = None


class ReplyDepartment(Reply):
    """How far a department is. `not_told`: it hears of the change once that is committed."""

    department: Department
    status: Literal["not_told", "waiting", "done", "failed"]
    at: Stamp | None = None
    note: str | None = None
    tracking: str | None = None


class ReplyConsent(Reply):
    """The customer agreed to the terms with this digest, signed in (`token`) or by the link of a mail."""

    at: Stamp
    by: str
    digest: str
    means: Means


class ReplyCollection(Reply):
    """The payment that the change waits for before its commit: `amount`, by the payment link at `url`, which is there
    once `gateway` has made it and as long as the change waits, for the customer and the staff that serves them. A
    payment that names `link_id` counts; `collected` is what has come in time, `surplus` what has come for nothing and
    is to be given back: the change had ended, or was paid already."""

    link_id: str
    gateway: str
    amount: ReplyMoney
    collected: ReplyMoney
    surplus: ReplyMoney | None = None
    url: str | None = None


class ReplyTimelineEntry(Reply):
    at: Stamp
    status: ChangeStatus
    by: str | None = None
    department: Department | None = None
    note: str | None = None


class ChangeBase(Reply):
    """All of a change but its edits and its plan. `waiting_for` is the role whose decision is awaited, the customer, or
    the department that asks the carrier."""

    change_id: str
    kind: ChangeKind
    order_id: str
    base_version: int
    committed_version: int | None = None
    undoes: Annotated[str | None, Field(description="The committed change that this one compensates.")] = None
    status: ChangeStatus
    waiting_for: Role | Department | None = None
    waits: list[ReplyWait]
    reason_code: str | None = None
    sub_code: str | None = None
    note: str | None = None
    requested_by: str | None = None
    requested_as: Role
    begun_by_customer: Annotated[
        bool | None,
        Field(description="Also where staff gave it other edits since, and `requested_as` is theirs."),
    ] = None
    decided_by: str | None = None
    asked: ReplyAsked | None = None
    approvals: list[ReplyApproval]
    channel: Annotated[str | None, Field(description="Where the order came in.")] = None
    stage: Annotated[Stage | None, Field(description="How far the units had come that it takes.")] = None
    confirmed: Annotated[list[Party], Field(description="Who outside has agreed.")]
    consent: ReplyConsent | None = None
    collection: ReplyCollection | None = None
    refunds: list[ReplyRefund]
    releases: list[ReplyRelease]
    departments: list[ReplyDepartment]
    timeline: list[ReplyTimelineEntry]
    expires_at: Stamp | None = None
    created_at: Stamp
    updated_at: Stamp


class ChangeReply(ChangeBase):
    edits: Annotated[list[dict[str, Any]], Field(description="The edits as they were sent.")]
    plan: PlanReply


class ChangeInList(ChangeBase):
    """A change as lists show it: `GET /changes/{change_id}` has its edits and the lines of its plan."""

    edit_count: int
    plan: PlanInList


class PlanPartReply(PageOf[dict[str, Any]]):
    """A page of one list of a change's plan, its entries as the plan has them. Another plan ends its pages."""
