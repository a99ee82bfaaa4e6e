"""Changes that wait for the customer, and their answers, written as the use cases write them."""

from datetime import timedelta

from shared.domain.change import transitions
from shared.domain.change.change import Actor, Change
from shared.domain.change.commit import committed
from shared.domain.change.milestones import Passed
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.planning.edits import CancelUnits, Edit
from shared.domain.planning.plan import Planned
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.policy.documents.deadlines import Deadline
from shared.domain.policy.evaluation import subject_of
from shared.ports.services import Services
from shared.usecases.core.write_assembly import assemble_write

AGENT = Actor(id="usr-agent", role="agent")
OWNER = Actor(id="usr-customer", role="customer")
ONE_LESS: tuple[Edit, ...] = (CancelUnits(line_id="l1", quantity=1),)
TIME_TO_ANSWER = timedelta(hours=48)


def a_waiting_change(
    services: Services, order: Order, edits: tuple[Edit, ...] = ONE_LESS, times: Deadline | None = None
) -> Change:
    """A cancellation of an agent's that waits for the customer, in its first round, as long as policy says."""
    planned, now = planned_by_an_agent(services, order, edits), services.clock.now()
    change = a_cancellation(services, order, edits, planned)
    times = times or services.policies.current().deadlines.of(subject_of(order))
    return _written(
        services, transitions.awaiting(order, change, planned, AGENT, now, times=times, passed=Passed(new=True))
    )


def planned_by_an_agent(services: Services, order: Order, edits: tuple[Edit, ...]) -> Planned:
    policy, now = services.policies.current(), services.clock.now()
    context = PlanContext(kind="cancellation", role="agent", policy=policy, reason_code="customer_request", now=now)
    planned = plan(order, edits, context)
    assert not planned.plan.violations
    return planned


def a_cancellation(services: Services, order: Order, edits: tuple[Edit, ...], planned: Planned) -> Change:
    """The record as it is before its first step."""
    now = services.clock.now()
    return Change(
        change_id=services.ids.new("chg"),
        kind="cancellation",
        order_id=order.order_id,
        customer_id=order.customer.customer_id,
        base_version=order.version,
        status=ChangeStatus.DRAFT,
        reason_code="customer_request",
        requested_by=AGENT,
        edits=edits,
        plan=planned.plan,
        expires_at=now + TIME_TO_ANSWER,
        created_at=now,
        updated_at=now,
    )


def confirmed(services: Services, change: Change) -> Change:
    """The customer agrees, and the change is committed."""
    order = _order_of(services, change)
    planned = planned_by_an_agent(services, order, change.edits)
    passed = Passed(confirming="customer")
    return _written(services, committed(order, change, planned, OWNER, services.clock.now(), passed))


def closed(services: Services, change: Change, status: ChangeStatus) -> Change:
    """It ends without effect: declined, withdrawn."""
    step = transitions.closed(_order_of(services, change), change, status, OWNER, services.clock.now())
    return _written(services, step)


def _order_of(services: Services, change: Change) -> Order:
    order = services.orders.load(change.order_id)
    assert order is not None
    return order


def _written(services: Services, step: Step) -> Change:
    services.orders.write(assemble_write(step, services.ids))
    assert step.change is not None
    return step.change
