"""What people do with a change that is open: replace its edits, submit it, accept it, end it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from shared.domain.change import transitions
from shared.domain.change.change import Change, asked_by, check_in_time, check_open
from shared.domain.change.states import ChangeStatus, require
from shared.domain.change.step import Step
from shared.domain.change.tally import refunds_key
from shared.domain.order.order import ChangeKind, Order
from shared.domain.order.product import Catalogue
from shared.domain.refusal import Refusal
from shared.ports.requests import Answer
from shared.ports.services import Services
from shared.usecases.core.access import STAFF, Principal, check_change, read_order
from shared.usecases.core.new_change import Wanted, progress_of
from shared.usecases.core.next_step import advance
from shared.usecases.core.planning import check_digest, check_plan, check_reason, lifetime, plan_edits, replan
from shared.usecases.core.stepping_up import check_refund_allowed
from shared.usecases.core.transact import Request, attempt, check_if_match

COMMITTED = frozenset({ChangeStatus.COMMITTED, ChangeStatus.COMPLETED, ChangeStatus.FALLOUT})
"""A change in one of these is not ended any more, but may be undone by another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A change as a path names it."""

    order_id: str
    change_id: str


def replace_edits(services: Services, request: Request, named: Named, wanted: Wanted) -> Answer:
    """Other edits for a draft; whoever sends them asks for it from now on, with their own rights.

    Raises:
        Refusal: as `start_amendment`; `illegal-transition` if it is no draft any more.
    """

    def work(order: Order, change: Change, known: Catalogue) -> Step:
        require(change.status, ChangeStatus.DRAFT)
        actor = request.principal.acting()
        planned = plan_edits(services, order, wanted, actor.role)
        policy = services.policies.current()
        check_reason(policy, wanted)
        check_plan(planned)
        if wanted.accept_digest is not None:
            raise Refusal("accept-not-here", "Submit and accept the draft instead.", pointer="/accept")
        now = services.clock.now()
        fresh = replace(
            asked_by(change, actor.id),
            requested_by=actor,
            reason_code=wanted.reason_code,
            note=wanted.note,
            edits=wanted.edits,
            plan=planned.plan,
            progress=progress_of(order, planned),
            refunds_today=planned.refunds_today,
            base_version=order.version,
            expires_at=lifetime(policy, order, now),
        )
        return transitions.edited(order, fresh, actor, now, replaced=change)

    return _on_open(services, request, named, work)


def submit_change(services: Services, request: Request, named: Named, digest: str) -> Answer:
    """Hold the stock, and ask for the approval that the plan needs; without one it is approved at once.

    Raises:
        Refusal: `plan-changed`, the plan's violations, `illegal-transition`, `change-expired`, `change-of-another`.
    """

    def work(order: Order, change: Change, known: Catalogue) -> Step:
        require(change.status, ChangeStatus.DRAFT)
        _check_may_submit(change, request.principal)
        planned = replan(services, order, change, known)
        check_digest(planned, digest)
        check_refund_allowed(services, request.principal, order, planned)
        approvals = services.policies.current().approvals
        actor, now = request.principal.acting(), services.clock.now()
        return transitions.submitted(order, change, planned, actor, now, approvals=approvals)

    return _on_open(services, request, named, work)


def accept_change(services: Services, request: Request, named: Named, digest: str) -> Answer:
    """Commit an approved change, or ask for the confirmation that it needs.

    The plan as it is now must be the one that was approved and is named here.

    Raises:
        Refusal: `plan-changed`, `illegal-transition`, `change-expired`.
    """

    def work(order: Order, change: Change, known: Catalogue) -> Step:
        require(change.status, ChangeStatus.APPROVED)
        planned = replan(services, order, change, known)
        check_digest(planned, change.plan.digest)
        check_digest(planned, digest)
        check_refund_allowed(services, request.principal, order, planned)
        return advance(services, order, change, planned, request.principal.acting())

    return _on_open(services, request, named, work)


def undo_change(services: Services, request: Request, named: Named) -> Answer:
    """End an open change without effect: holds are released, the order is as it was.

    Raises:
        Refusal: `illegal-transition` for a change that is not open any more.
    """

    return _end(services, request, named, ChangeStatus.UNDONE, "amendment")


def withdraw_cancellation(services: Services, request: Request, named: Named) -> Answer:
    """End a cancellation that waits: nothing has happened, and nothing will.

    Raises:
        Refusal: `illegal-transition` for one that waits no more.
    """
    return _end(services, request, named, ChangeStatus.WITHDRAWN, "cancellation")


def _end(services: Services, request: Request, named: Named, status: ChangeStatus, kind: ChangeKind) -> Answer:
    def work(order: Order, change: Change, known: Catalogue) -> Step:
        return transitions.closed(order, change, status, request.principal.acting(), services.clock.now())

    return _on_open(services, request, named, work, kind=kind, expired_too=True)


def _on_open(
    services: Services,
    request: Request,
    named: Named,
    work: Callable[[Order, Change, Catalogue], Step],
    *,
    kind: ChangeKind = "amendment",
    expired_too: bool = False,
) -> Answer:
    def whole() -> Step:
        order = read_order(services.orders, named.order_id, request.principal)
        skus = order.open_change.skus if order.open_change else ()
        refunds = refunds_key(order, services.clock.now())
        found, known = services.changes.get_with(named.change_id, skus, refunds)
        change = check_change(found, named.change_id, request.principal, named.order_id)
        check_if_match(order, request.if_match)
        if expired_too:
            _check_not_committed(change, kind)
        _check_kind(change, kind)
        check_open(change)
        if not expired_too:
            check_in_time(change, services.clock.now())
        return work(order, change, known)

    return attempt(services, request, whole)


def _check_may_submit(change: Change, principal: Principal) -> None:
    """A draft has the rights of who set its edits: a customer has no use of those of staff."""
    if not principal.roles & STAFF and principal.id != change.requested_by.id:
        raise Refusal("change-of-another", "Somebody else drafted this, and has not submitted it yet.")


def _check_not_committed(change: Change, kind: ChangeKind) -> None:
    """Before its kind: a committed cancellation is undone as an amendment is."""
    if change.status in COMMITTED:
        words = "The change is committed: to undo it, send the digest of the undo's preview."
        raise Refusal("illegal-transition", words, pointer="/digest" if kind == "amendment" else "")


def _check_kind(change: Change, kind: ChangeKind) -> None:
    if change.kind != kind:
        way = "withdraw it" if change.kind == "cancellation" else "undo it"
        raise Refusal("other-kind", f"The change is {_a(change.kind)}, not {_a(kind)}; {way} on its own path.")


def _a(kind: ChangeKind) -> str:
    return "an amendment" if kind == "amendment" else "a cancellation"
