"""Holds a change: one request to change one order, from its draft to its completion."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import get_args

from shared.domain.change.answers import Acknowledgement, Consent
from shared.domain.change.approval_request import Approval, Asked
from shared.domain.change.collection import Collection
from shared.domain.change.refund import Refund
from shared.domain.change.states import OPEN, ChangeStatus, check_transition, refuse_as_ended
from shared.domain.fields import erased_as
from shared.domain.order.order import ChangeKind
from shared.domain.order.progress import Progress
from shared.domain.planning.departments import Department
from shared.domain.planning.edits import Edit
from shared.domain.planning.plan import ChangePlan, Party
from shared.domain.planning.sums import Sums
from shared.domain.policy.subjects import Approver, Role, Stage
from shared.domain.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A user or system that does something, in one role. It holds ids only: names stay with the identity provider."""

    id: str
    role: Role


def asker_of(actor: Actor) -> str | None:
    """Returns the id of staff, whose refunds are summed; None for a customer, whose own are under the customer."""
    return None if actor.role in ("customer", "service") else actor.id


SYSTEM = Actor(id="inflight", role="service")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One step of a change, as its timeline shows it to people."""

    at: datetime
    status: ChangeStatus
    by: str
    department: Department | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of one order, with its edits, its plan and all that has happened to it.

    `digest` is the submitted plan's; `accept_digest` is the one that the first call accepted in advance. `requested_by`
    set the edits as they are now, and policy judges that actor; `authors` lists everybody who ever set or submitted
    edits. `begun_by_customer` stays when staff gives it other edits. `guarded` marks a reason of fraud or law. `round`
    counts the waits of the workflow (approvals and confirmations alike), `rev` every write of this record. `approvals`
    are those given so far, `asked` is the one that the change waits for. `holds` are units held per SKU, until
    `holds_until` if that is set; `holds_counted` says that they are counted under the customer. The change may stay
    open until `expires_at`; at `remind_at` the customer who must confirm it gets a reminder. `escalations` counts the
    levels that did not answer in time, over all approvals; the number stays after the end. `collection` is the payment
    that it waits for, or waited for, before its commit. `undoes` names the committed change that this one compensates.
    `confirmed` are the outside parties that have agreed. `channel`, `tier` and `stage` (the stage of the units that it
    takes) are kept because policy is tuned by them, and to analyse reasons. `progress` (of the touched lines, at
    planning) and `refunds_today` (of the customer, by then) are kept for replay. `counted` are the sums that it was
    judged by when its refunds were first counted.
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
    begun_by_customer: bool = False
    guarded: bool = False
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
    counted: Sums | None = None
    consent: Consent | None = None
    confirmed: tuple[Party, ...] = ()
    collection: Collection | None = None
    round: int = 0
    rev: int = 0
    holds: dict[str, int] = field(default_factory=dict)
    holds_until: datetime | None = None
    holds_counted: bool = False
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
    def taken_over(self) -> bool:
        """Tells if staff has given a customer's change the edits that it has now."""
        return self.begun_by_customer and self.requested_by.role != "customer" and not self.guarded

    @property
    def parties(self) -> tuple[Party, ...]:
        """Returns the outside parties that must agree before the commit: those that the plan names, a customer who asks
        for a cancellation or an exchange without having agreed to its terms, and one whose change staff took over."""
        needed = {confirmation.party for confirmation in self.plan.confirmations}
        theirs = self.requested_by.role == "customer"
        if self.taken_over or (theirs and self.kind in ("cancellation", "exchange")):
            needed.add("customer")
        return tuple(party for party in get_args(Party) if party in needed)

    @property
    def awaited(self) -> Party | None:
        """Returns the first outside party that has not agreed yet; None if all have."""
        return next((party for party in self.parties if party not in self.confirmed), None)

    @property
    def awaits_consent(self) -> bool:
        """Tells if the customer is asked to agree to the terms; a customer who is asked to pay agrees by paying."""
        return self.status is ChangeStatus.PENDING_CONFIRMATION and self.awaited == "customer"

    @property
    def waiting_for(self) -> Role | Department | None:
        """Returns the role whose decision the change waits for, the customer, or the department that asks the
        carrier."""
        if self.status is ChangeStatus.PENDING_APPROVAL:
            return self.approver
        if self.status is ChangeStatus.PENDING_CONFIRMATION:
            return "logistics" if self.awaited == "carrier" else "customer"
        return "customer" if self.status is ChangeStatus.PENDING_PAYMENT else None

    @property
    def approver(self) -> Approver | None:
        """Returns the role that is asked now. Records older than escalation have no `asked`; for them the plan gives
        it."""
        if self.asked is not None:
            return self.asked.role
        return next((needed.role for needed in self.plan.approvals[len(self.approvals) :]), None)

    @property
    def due_at(self) -> datetime | None:
        """Returns the next time at which the clock acts on the change (remind, escalate, expire, free its stock); None
        if it never does."""
        freed = self.holds_until if self.holds else None
        return min((at for at in (self.lapses_at, freed) if at is not None), default=None)

    @property
    def units_counted(self) -> int:
        """Returns the units that it adds to those that the customer's changes hold while they wait."""
        return sum(self.holds.values()) if self.holds_counted else 0

    @property
    def lapses_at(self) -> datetime | None:
        """Returns the next time at which a wait of the change comes to something by itself; None if it never does."""
        asked = self.asked.due_at if self.status is ChangeStatus.PENDING_APPROVAL and self.asked else None
        return min((at for at in (asked, self.expires_at) if at is not None), default=None)

    @property
    def askers(self) -> tuple[str, ...]:
        """Returns everybody who asked for the change: none of them approves it, nor does anybody in their place."""
        return tuple(dict.fromkeys((*self.authors, self.requested_by.id)))

    @property
    def deciders(self) -> tuple[str, ...]:
        """Returns everybody who gave an approval or had one given in their place: none of them gives another."""
        return tuple(name for given in self.approvals for name in (given.by, given.on_behalf_of) if name)

    @property
    def tells_by_letter(self) -> bool:
        """Tells if it is a cancellation that gives no money back, so that no letter of a refund follows it."""
        return bool(self.plan.cancelled) and not any(refund.kind == "refund" for refund in self.refunds)

    @property
    def unacknowledged(self) -> tuple[Department, ...]:
        """Returns the departments that the change concerns and that have not reported success."""
        return tuple(
            department
            for department in self.plan.departments
            if (given := self.acknowledgements.get(department)) is None or given.outcome != "done"
        )

    @property
    def settled(self) -> bool:
        """Tells if nothing outside is waited for any more: all refunds are settled, all departments are done, and no
        money is left that came for nothing."""
        return not self.surplus and not self.unacknowledged and all(refund.is_over for refund in self.refunds)

    @property
    def surplus(self) -> int:
        """Returns the minor units that came by its payment link for nothing, and that nobody has given back yet."""
        return self.collection.surplus if self.collection else 0

    @property
    def has_taken_effect(self) -> bool:
        """Tells if it is committed, whatever became of it afterwards. Of two that fell out, one may have ended before
        its commit."""
        if self.status is ChangeStatus.FALLOUT:
            return self.committed_version is not None
        return self.status in (ChangeStatus.COMMITTED, ChangeStatus.COMPLETED)


def asked_by(change: Change, actor_id: str) -> Change:
    """Returns the change with `actor_id` among those who ask for it."""
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
    """Returns the change in another status, with an entry on its timeline.

    Raises:
        Refusal: `illegal-transition`, with the words of the table in `states`.
    """
    if status is not change.status:
        check_transition(change.status, status)
    entry = TimelineEntry(at=at, status=status, by=by, note=note, department=department)
    return replace(change, status=status, timeline=(*change.timeline, entry), rev=change.rev + 1, updated_at=at)


def check_open(change: Change) -> None:
    """Refuses a change that has ended.

    Raises:
        Refusal: `illegal-transition`.
    """
    if not change.is_open:
        refuse_as_ended(change.status)


def check_in_time(change: Change, now: datetime) -> None:
    """Refuses an open change past its `expires_at`, also when the sweeper has not closed it yet.

    Raises:
        Refusal: `change-expired`.
    """
    if change.expires_at is not None and now >= change.expires_at:
        raise Refusal("change-expired", "The change has expired; start it again.")
