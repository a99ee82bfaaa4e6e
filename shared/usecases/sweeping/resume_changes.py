"""Look after changes that linger: start again what was never started, and call a person where nobody answers.

The stream starts workflows as their reasons are committed. Should it lose a record, the state of the change still says
what it waits for; executions are named, so starting one that runs does nothing.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from shared.domain.change import events
from shared.domain.change.change import SYSTEM, Change, moved
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step
from shared.domain.policy.subjects import Subject
from shared.ports.services import Services
from shared.ports.stores import ChangeReference, Conflict
from shared.ports.workflows import Workflows
from shared.usecases.cancelling.tell_cancelled import OCCASION
from shared.usecases.core.commit_paid import commit_paid
from shared.usecases.core.isolate_failures import Work, isolate_failures
from shared.usecases.core.time_left import UNLIMITED, TimeLeft
from shared.usecases.core.transact import write_step
from shared.usecases.sweeping.ask_about_refunds import ask_about_refunds
from shared.usecases.sweeping.return_surplus import return_surplus
from shared.usecases.sweeping.unsent_letters import attempt_due

GRACE = timedelta(minutes=2)
"""The stream may take so long."""


def resume_changes(services: Services, workflows: Workflows, time: TimeLeft = UNLIMITED) -> int:
    """Start what lingering changes wait for, let those fall out that a department or a gateway left unanswered, and
    have gateways asked about refunds that may have been paid, and let those go whose money has gone back.

    Returns how many fell out. Safe to run twice at once.

    Raises:
        ExceptionGroup: of some it could not be done; all the others have had their turn.
    """
    now = services.clock.now()

    def lingering(status: ChangeStatus) -> Iterator[ChangeReference]:
        return services.changes.lingering(status, now - GRACE)

    turns: tuple[tuple[Work, Iterable[ChangeReference]], ...] = (
        (lambda change: _ask(services, workflows, change, now), lingering(ChangeStatus.PENDING_APPROVAL)),
        (lambda change: _ask(services, workflows, change, now), lingering(ChangeStatus.PENDING_CONFIRMATION)),
        (lambda change: _collect(services, workflows, change, now), lingering(ChangeStatus.PENDING_PAYMENT)),
        (lambda change: _carry_on(services, workflows, change, now), lingering(ChangeStatus.COMMITTED)),
        (lambda change: _fallen(services, workflows, change, now), lingering(ChangeStatus.FALLOUT)),
    )
    return isolate_failures("what lingers", turns, time)


def _fallen(services: Services, workflows: Workflows, change: ChangeReference, now: datetime) -> bool:
    return_surplus(services, change.change_id)
    return ask_about_refunds(services, workflows, change.change_id, now)


def _ask(services: Services, workflows: Workflows, change: ChangeReference, now: datetime) -> bool:
    """Start the execution that the change waits with, if there is none: none has kept its token. Start another if the
    first could not write to the customer."""
    if services.changes.token(change.change_id, change.round) is None:
        if not _still_waits(services, change):
            return False
        if change.status is ChangeStatus.PENDING_APPROVAL:
            workflows.start_approval(change.change_id, change.order_id, change.round)
        elif change.waiting_for == "customer":
            workflows.start_confirmation(change.change_id, change.order_id, change.round)
    elif change.waiting_for == "customer" and (attempt := _attempt(services, change, f"ask-{change.round}", now)):
        workflows.start_confirmation(change.change_id, change.order_id, change.round, attempt)
    return False


def _collect(services: Services, workflows: Workflows, change: ChangeReference, now: datetime) -> bool:
    """Commit what is paid and was not committed, else start the execution that the change waits with."""
    if not commit_paid(services, change.change_id) and services.changes.token(change.change_id, change.round) is None:
        if _still_waits(services, change):
            workflows.start_collection(change.change_id, change.order_id, change.round)
    elif attempt := _attempt(services, change, f"pay-{change.round}", now):
        workflows.start_collection(change.change_id, change.order_id, change.round, attempt)
    return False


def _still_waits(services: Services, waiting: ChangeReference) -> bool:
    """Tells if the change itself says what an index said of it, which may be late."""
    change = services.changes.get(waiting.change_id)
    return change is not None and (change.status, change.round) == (waiting.status, waiting.round)


def _attempt(services: Services, waiting: ChangeReference, occasion: str, now: datetime) -> int:
    change = services.changes.get(waiting.change_id)
    return attempt_due(services, change, occasion, now) if change is not None and change.is_open else 0


def _carry_on(services: Services, workflows: Workflows, lingering: ChangeReference, now: datetime) -> bool:
    change = services.changes.get(lingering.change_id)
    if change is None or change.status is not ChangeStatus.COMMITTED:
        return False
    _start_refunds(workflows, change)
    if change.tells_by_letter:
        workflows.start_letter(change.change_id, change.order_id, attempt_due(services, change, OCCASION, now))
    return _overdue(services, change, now) and _fall_out(services, change, now)


def _start_refunds(workflows: Workflows, change: Change) -> None:
    for refund in change.refunds:
        if refund.status == "requested":
            workflows.start_refund(refund.refund_id, change.change_id, change.order_id, refund.payment_id)


def _overdue(services: Services, change: Change, now: datetime) -> bool:
    subject = Subject(channel=change.channel, account=change.customer_id, tier=change.tier)
    deadline = timedelta(seconds=services.policies.current().deadlines.of(subject).acknowledgement_seconds)
    committed = next(entry.at for entry in change.timeline if entry.status is ChangeStatus.COMMITTED)
    unheard = change.unacknowledged or any(refund.status == "requested" for refund in change.refunds)
    return bool(unheard) and now >= committed + deadline  # a refund under way has a deadline of its own


def _fall_out(services: Services, change: Change, now: datetime) -> bool:
    order = services.orders.load(change.order_id)
    if order is None:
        return False
    unsettled = [f"refund {refund.refund_id}" for refund in change.refunds if refund.status == "requested"]
    silent = " and ".join([*change.unacknowledged, *unsettled])
    note = f"{silent} did not answer in time; ask, and let the answer come late"
    after = moved(change, ChangeStatus.FALLOUT, by=SYSTEM.id, at=now, note=note)
    step = Step(
        action="change_fell_out",
        by=SYSTEM,
        at=now,
        before=order,
        after=order,
        change_before=change,
        change=after,
        facts=(events.step("ChangeFellOut", order, after, silent=[*change.unacknowledged, *unsettled]),),
    )
    try:
        write_step(services, step)
    except Conflict:
        return False
    return True
