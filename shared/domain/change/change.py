"""A change: one request to change one order, from its draft to its completion."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, get_args

from shared.domain.change.approval_request import Approval, Asked
from shared.domain.change.states import OPEN, ChangeStatus, check_transition, refuse_as_ended
from shared.domain.fields import erased_as
from shared.domain.order.line import Progress
from shared.domain.order.order import ChangeKind
from shared.domain.planning.departments import Department
from shared.domain.planning.edits import Edit
from shared.domain.planning.plan import ChangePlan, Party
from shared.domain.policy.subjects import Approver, Role, Stage
from shared.domain.refusal import Refusal

RefundStatus = Literal["requested", "pending", "settled", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something, in which role. Ids only: names stay with the identity provider."""

    id: str
    role: Role


Means = Literal["token", "link"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The customer's agreement to one digest: when, and whether signed in or by the link of a mail."""

    at: datetime
    by: str
    digest: str
    means: Means


SYSTEM = Actor(id="inflight", role="service")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One step of a change as people follow it."""

    at: datetime
    status: ChangeStatus
    by: str
    department: Department | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    outcome: Literal["done", "failed"]
    at: datetime
    note: str | None = field(default=None, metadata=erased_as(None))
    tracking: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money on its way back on one payment, in minor units; its id is derived from the change and the payment.

    A `release` gives no money back: it reduces an authorisation by `amount` to `keep`. `pending` says that the gateway
    has taken the refund and will say later how it ended; `came_back` that one which had settled failed afterwards.
    `credit_memo` is the number of the memo that billing gets;
    `gateway` is the one that the payment was made through.
    """

    refund_id: str
    payment_id: str
    amount: int
    kind: Literal["refund", "release"] = "refund"
    keep: int = 0
    status: RefundStatus = "requested"
    reference: str | None = None
    credit_memo: str | None = None
    came_back: bool = False
    gateway: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`digest` is the plan's that was submitted; `accept_digest` the one accepted in advance, in the first call.

    `requested_by` set the edits as they are, and is who policy judges; `authors` are all who ever set edits of it or
    submitted it. `round` counts what was waited for by an execution (approvals and confirmations alike), `rev` every
    write of this record. `approvals` are those given so far, `asked` the one that is waited for. `holds` are units held
    per SKU. Until `expires_at` it may stay open; at `remind_at` the customer who is to confirm it is reminded.
    `escalations` counts how often a level did not answer in time, of all its approvals; that stays when it has ended.
    `undoes` names the committed change that this one compensates. `confirmed` are the parties outside that have agreed.
    `channel`, `tier` and `stage` (how far the units had come that it takes) are kept for the analysis of reasons, and
    because policy is tuned by them; `progress` (how far the touched lines were when it was planned) and
    `refunds_today` (how many the customer had had by then) for its replay.
    """

    change_id: str
    kind: ChangeKind
    order_id: str
    customer_id: str
    base_version: int
    status: ChangeStatus
    reason_code: str
    sub_code: str | None = field(default=None, metadata=erased_as(None))
    note: str | None = field(default=None, metadata=erased_as(None))
    requested_by: Actor
    authors: tuple[str, ...] = ()
    edits: tuple[Edit, ...]
    plan: ChangePlan
    accept_digest: str | None = None
    decided_by: str | None = None
    approvals: tuple[Approval, ...] = ()
    asked: Asked | None = None
    escalations: int = 0
    committed_version: int | None = None
    undoes: str | None = None
    channel: str = ""
    tier: str = ""
    stage: Stage | None = None
    progress: dict[str, Progress] = field(default_factory=dict)
    refunds_today: int = 0
    consent: Consent | None = None
    confirmed: tuple[Party, ...] = ()
    round: int = 0
    rev: int = 0
    holds: dict[str, int] = field(default_factory=dict)
    refunds: tuple[Refund, ...] = ()
    acknowledgements: dict[Department, Acknowledgement] = field(default_factory=dict)
    timeline: tuple[TimelineEntry, ...] = ()
    expires_at: datetime | None = None
    remind_at: datetime | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def parties(self) -> tuple[Party, ...]:
        """Who outside must agree before it is committed: whom the plan names, and a customer who asks for a
        cancellation without having agreed to its terms."""
        needed = {confirmation.party for confirmation in self.plan.confirmations}
        if self.kind == "cancellation" and self.requested_by.role == "customer":
            needed.add("customer")
        return tuple(party for party in get_args(Party) if party in needed)

    @property
    def awaited(self) -> Party | None:
        """Whose agreement comes next."""
        return next((party for party in self.parties if party not in self.confirmed), None)

    @property
    def waiting_for(self) -> Role | Department | None:
        """The role whose decision is awaited, the customer, or the department that asks the carrier."""
        if self.status is ChangeStatus.PENDING_APPROVAL:
            return self.approver
        if self.status is ChangeStatus.PENDING_CONFIRMATION:
            return "logistics" if self.awaited == "carrier" else "customer"
        return None

    @property
    def approver(self) -> Approver | None:
        """The role that is asked next. A record from before there was escalation says only whom its plan needs."""
        if self.asked is not None:
            return self.asked.role
        return next((needed.role for needed in self.plan.approvals[len(self.approvals) :]), None)

    @property
    def due_at(self) -> datetime | None:
        """When time does something to it next, if nobody else does: remind, escalate, expire."""
        asked = self.asked.due_at if self.status is ChangeStatus.PENDING_APPROVAL and self.asked else None
        return min((at for at in (asked, self.expires_at) if at is not None), default=None)

    @property
    def askers(self) -> tuple[str, ...]:
        """Everybody who asked for it: none of them approves it, nor does anybody in their place."""
        return tuple(dict.fromkeys((*self.authors, self.requested_by.id)))

    @property
    def deciders(self) -> tuple[str, ...]:
        """Everybody who has given an approval of it, or in whose place one was given: none of them gives another."""
        return tuple(name for given in self.approvals for name in (given.by, given.on_behalf_of) if name)

    @property
    def unacknowledged(self) -> tuple[Department, ...]:
        """Departments that concern it and have not said that they are done."""
        return tuple(
            department
            for department in self.plan.departments
            if (given := self.acknowledgements.get(department)) is None or given.outcome != "done"
        )

    @property
    def settled(self) -> bool:
        """Nothing outside is waited for any more: refunds are settled and every department is done."""
        return not self.unacknowledged and all(refund.status == "settled" for refund in self.refunds)


def asked_by(change: Change, actor_id: str) -> Change:
    """The change, for which this one asks too."""
    return replace(change, authors=tuple(dict.fromkeys((*change.askers, actor_id))))


def moved(
    change: Change,
    status: ChangeStatus,
    *,
    by: str,
    at: datetime,
    note: str | None = None,
    department: Department | None = None,
) -> Change:
    """The change in another status, with the step on its timeline.

    Raises:
        Refusal: `illegal-transition`, with the words of the table.
    """
    if status is not change.status:
        check_transition(change.status, status)
    entry = TimelineEntry(at=at, status=status, by=by, note=note, department=department)
    return replace(change, status=status, timeline=(*change.timeline, entry), rev=change.rev + 1, updated_at=at)


def check_open(change: Change) -> None:
    """Raises:
    Refusal: `illegal-transition` for a change that has ended.
    """
    if not change.is_open:
        refuse_as_ended(change.status)


def check_in_time(change: Change, now: datetime) -> None:
    """Raises:
    Refusal: `change-expired` for an open change past its time, whether the sweeper has seen it or not.
    """
    if change.expires_at is not None and now >= change.expires_at:
        raise Refusal("change-expired", "The change has expired; start it again.")
