"""Take a department's report that it has done its part; when all have, and refunds are settled, the change is
completed.

Logistics also answers for the carrier, where a change waits for parcels to be stopped on their way.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from shared.domain.change import events, transitions
from shared.domain.change.answers import Acknowledgement
from shared.domain.change.change import Change, check_in_time, moved
from shared.domain.change.milestones import Passed
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step, unchanged
from shared.domain.order.order import Order
from shared.domain.planning.departments import Department
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.usecases.core.access import read_change, read_order
from shared.usecases.core.completion import completed
from shared.usecases.core.next_step import next_step
from shared.usecases.core.planning import check_digest, replan
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.step_check import check_step
from shared.usecases.core.transact import transact_step

_HEARD = (ChangeStatus.COMMITTED, ChangeStatus.COMPLETED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    change_id: str
    department: Department
    outcome: Literal["done", "failed"]
    note: str | None = None
    tracking: str | None = None


def acknowledge_change(services: Services, request: Request[Step], said: Acknowledge) -> Outcome[Step]:
    """Record the department's report on the change. The same report again changes nothing and is answered the same.

    Raises:
        Refusal: `change-not-found`, `not-committed`, `department-not-concerned`.
    """

    def work() -> Step:
        change = read_change(services.changes, said.change_id, request.principal)
        check_step("acknowledge", change, request.principal)
        _check(change, said)
        order = read_order(services.orders, change.order_id, request.principal)
        if change.waiting_for == said.department:
            return _intercepted(services, order, change, said, request)
        if _said_before(change, said):
            return unchanged(order, change, request.principal.acting(), services.clock.now())
        return acknowledged(services, order, change, said, request)

    return transact_step(services, request, work)


def acknowledged(services: Services, order: Order, change: Change, said: Acknowledge, request: Request[Step]) -> Step:
    """Return the step that records the report. A `failed` is heard whatever the department has said before: what was
    committed or completed falls out (ADR 0041)."""
    now, actor = services.clock.now(), request.principal.acting()
    after = _with_word(change, said, now)
    failed = said.outcome == "failed" and change.status in _HEARD
    status = ChangeStatus.FALLOUT if failed else change.status
    note = f"{said.outcome}: {said.note}" if said.note else said.outcome
    after = moved(after, status, by=actor.id, at=now, department=said.department, note=note)
    after = completed(after, actor.id, now)
    return Step(
        action=f"{said.department}_acknowledged",
        by=actor,
        at=now,
        before=order,
        after=order,
        change_before=change,
        change=after,
        facts=(events.step("ChangeFellOut", order, after, department=said.department),) if failed else (),
    )


def _intercepted(services: Services, order: Order, change: Change, said: Acknowledge, request: Request[Step]) -> Step:
    """Take the carrier's answer to an interception: if the parcels were stopped, the change is committed, logistics
    having done its part; if not, the change fails.

    Raises:
        Refusal: `change-expired`, `plan-changed`.
    """
    now, actor = services.clock.now(), request.principal.acting()
    check_in_time(change, now)
    told = _with_word(change, said, now)
    if said.outcome == "failed":
        note = said.note or "the carrier could not stop it"
        return replace(transitions.closed(order, told, ChangeStatus.FAILED, actor, now, note), change_before=change)
    planned = replan(services, order, change)
    check_digest(planned, change.plan.digest)
    words = ", ".join(filter(None, (said.note, f"tracking {said.tracking}" if said.tracking else None)))
    passed = Passed(confirming="carrier", confirming_note=words or None)
    return replace(next_step(services, order, told, planned, actor, passed), change_before=change)


def _with_word(change: Change, said: Acknowledge, now: datetime) -> Change:
    word = Acknowledgement(outcome=said.outcome, at=now, note=said.note, tracking=said.tracking)
    return replace(change, acknowledgements={**change.acknowledgements, said.department: word})


def _said_before(change: Change, said: Acknowledge) -> bool:
    known = change.acknowledgements.get(said.department)
    return known is not None and (known.outcome, known.note) == (said.outcome, said.note)


def _check(change: Change, said: Acknowledge) -> None:
    if change.waiting_for == said.department or _said_before(change, said):
        return
    if not change.has_taken_effect:
        raise Refusal("not-committed", f"The change is {change.status}; there is nothing to acknowledge.")
    if said.department not in change.plan.departments:
        raise Refusal(
            "department-not-concerned", f"This change does not concern {said.department}.", pointer="/department"
        )
