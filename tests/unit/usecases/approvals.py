"""A change of 501.00 that must be approved, by the policy of a test; and what those who are asked do with it."""

from dataclasses import replace

from shared.domain.change.change import Change
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.planning.edits import SetQuantity
from shared.domain.policy.documents.approvals import Approvals, Level, Route
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.approving.decide_change import ChangeDecision, decide_change
from shared.usecases.core.access import Principal
from shared.usecases.core.new_change import Wanted
from shared.usecases.core.requests import Outcome
from tests.fakes import World, an_order
from tests.fakes.builders import AGENT
from tests.fakes.builders import FINANCE as FINANCE
from tests.unit.usecases.stories import taken

HOUR = 3600
LEAD = Principal(id="usr-lead", roles=frozenset({"lead"}))
LEVELS = (
    Level(role="lead", deadline_seconds=2 * HOUR, remind_after_seconds=HOUR, escalates_to="manager"),
    Level(role="manager", deadline_seconds=2 * HOUR, remind_after_seconds=HOUR, escalates_to="finance"),
    Level(role="finance", deadline_seconds=2 * HOUR),
)


def ruled(world: World, *routes: Route) -> None:
    """Let these routes be policy, with two hours a level and a reminder after one."""
    approvals = Approvals(levels=LEVELS, asked=("manager",), routes=routes)
    world.policies.policy = replace(world.policies.policy, approvals=approvals)


def over_500(*approvers: str) -> Route:
    return Route(id="over-500", above={"USD": "500.00"}, approvers=approvers)  # type: ignore[arg-type]


def a_dear_order(world: World) -> Order:
    return taken(world, an_order().with_line("SOFA", 3, 50_100).paid())


def asked_for(world: World, order: Order, quantity: int = 2, *, accept: bool = True, who: Principal = AGENT) -> Change:
    """One unit fewer is 501.00 less."""
    edits = (SetQuantity(line_id="l1", quantity=quantity),)
    wanted = Wanted(order_id=order.order_id, reason_code="quantity_correction", edits=edits)
    digest = preview_amendment(world.services, who, wanted).digest if accept else None
    start_amendment(world.services, world.request(who, if_match=order.etag), replace(wanted, accept_digest=digest))
    return list(world.memory.changes.values())[-1]


def now(world: World, change: Change) -> Change:
    return world.memory.changes[change.change_id]


def decided(world: World, change: Change, who: Principal, decision: str = "approve") -> Outcome[Step]:
    word = ChangeDecision(change_id=change.change_id, decision=decision, digest=change.plan.digest)  # type: ignore[arg-type]
    return decide_change(world.services, world.request(who), word)
