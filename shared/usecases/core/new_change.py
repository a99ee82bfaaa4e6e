"""Make the record of a change that is about to be started, from what is wanted; all kinds of change begin so."""

from dataclasses import dataclass

from shared.domain.change.change import Actor, Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import ChangeKind, OpenChange, Order
from shared.domain.order.progress import Progress
from shared.domain.planning.edits import Edit
from shared.domain.planning.plan import Planned, furthest
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.usecases.core.planning import lifetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Describes a change that somebody asks for. `accept_digest` names the plan that they have seen, accepted in
    advance."""

    order_id: str
    kind: ChangeKind = "amendment"
    reason_code: str
    sub_code: str | None = None
    note: str | None = None
    edits: tuple[Edit, ...]
    accept_digest: str | None = None


def new_change(
    services: Services, order: Order, change_id: str, wanted: Wanted, planned: Planned, actor: Actor
) -> Change:
    """Return the record of a change that is about to be started."""
    now, policy = services.clock.now(), services.policies.current()
    return Change(
        change_id=change_id,
        kind=wanted.kind,
        order_id=order.order_id,
        customer_id=order.customer.customer_id,
        base_version=order.version,
        status=ChangeStatus.DRAFT,
        reason_code=wanted.reason_code,
        sub_code=wanted.sub_code,
        note=wanted.note,
        requested_by=actor,
        begun_by_customer=actor.role == "customer",
        guarded=policy.reasons.guards(wanted.reason_code),
        edits=wanted.edits,
        plan=planned.plan,
        channel=order.channel,
        tier=order.customer.tier,
        stage=furthest(planned.plan.cancelled),
        progress=progress_of(order, planned),
        refunds_today=planned.refunds_today,
        accept_digest=wanted.accept_digest,
        expires_at=lifetime(policy, order, now),
        created_at=now,
        updated_at=now,
    )


def progress_of(order: Order, planned: Planned) -> dict[str, Progress]:
    """Return the progress of those lines that the plan touches and that are begun."""
    touched = (change.line_id for change in planned.plan.lines)
    return {line_id: order.progress[line_id] for line_id in touched if line_id in order.progress}


def check_nothing_open(order: Order, change_id: str | None = None) -> None:
    """Check that the order has no open change but `change_id` itself.

    Raises:
        Refusal: `change-open`, naming the change that is open (unless it is `change_id` itself).
    """
    if order.open_change and order.open_change.change_id != change_id:
        raise Refusal("change-open", _words(order.open_change), extra={"open_change": order.open_change.change_id})


def _words(change: OpenChange) -> str:
    named = "Change" if change.kind == "amendment" else change.kind.title()
    return f"{named} {change.change_id} is open on this order; nothing else can begin until it has ended."
