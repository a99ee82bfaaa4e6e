"""An amendment that policy wants the customer to agree to: it waits for them, and has its effect when they do."""

from dataclasses import replace

import pytest

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Order
from shared.domain.planning.edits import SetQuantity
from shared.domain.policy.documents.cancellation import ConfirmationRule
from shared.usecases.amending.accept_change import accept_change
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.amending.submit_change import submit_change
from shared.usecases.amending.undo_change import undo_change
from shared.usecases.approving.decide_change import ChangeDecision, decide_change
from shared.usecases.core.new_change import Wanted
from shared.usecases.core.open_changes import ChangeAddress
from tests.fakes import World
from tests.fakes.builders import AGENT, CUSTOMER
from tests.unit.usecases.stories import live, mugs

RULE = ConfirmationRule(id="dearer", kinds=("amendment",), when="raises_total", words="You pay more.")


@pytest.fixture
def order(world: World) -> Order:
    """Three mugs, under a policy that asks the customer before anybody makes their order dearer."""
    policy = world.policies.policy
    world.policies.policy = replace(policy, cancellation=replace(policy.cancellation, confirmations=(RULE,)))
    return mugs(world)


def five(world: World, order: Order, *, accept: bool) -> Change:
    """An agent wants five mugs instead of three; a draft unless it is accepted at once."""
    edits = (SetQuantity(line_id="l1", quantity=5),)
    wanted = Wanted(order_id=order.order_id, reason_code="quantity_correction", edits=edits)
    digest = preview_amendment(world.services, AGENT, wanted).digest if accept else None
    start_amendment(world.services, world.request(AGENT, if_match=order.etag), replace(wanted, accept_digest=digest))
    return list(world.memory.changes.values())[-1]


def says(world: World, change: Change, decision: str) -> Change:
    word = ChangeDecision(change_id=change.change_id, decision=decision, digest=change.plan.digest)  # type: ignore[arg-type]
    decide_change(world.services, world.request(CUSTOMER), word)
    return world.memory.changes[change.change_id]


def stock(world: World) -> tuple[int, int]:
    level = world.memory.stock["MUG"]
    return level.held, level.allocated


def test_an_accepted_amendment_waits_for_the_customer_and_is_committed_when_they_agree(
    world: World, order: Order
) -> None:
    change = five(world, order, accept=True)
    assert (change.status, change.waiting_for) == (ChangeStatus.PENDING_CONFIRMATION, "customer")
    assert (live(world, order).version, stock(world)) == (1, (2, 3))
    after = says(world, change, "approve")
    assert (after.status, live(world, order).version, stock(world)) == (ChangeStatus.COMMITTED, 2, (0, 5))
    assert after.consent is not None


@pytest.mark.parametrize("by", ["customer", "agent"])
def test_an_amendment_that_is_declined_or_undone_leaves_all_as_it_was(world: World, order: Order, by: str) -> None:
    change = five(world, order, accept=True)
    if by == "customer":
        assert says(world, change, "reject").status is ChangeStatus.DECLINED
    else:
        request = world.request(AGENT, if_match=live(world, order).etag)
        undo_change(world.services, request, ChangeAddress(order_id=order.order_id, change_id=change.change_id))
    assert (live(world, order).version, live(world, order).open_change, stock(world)) == (1, None, (0, 3))


def test_a_draft_is_submitted_and_accepted_first(world: World, order: Order) -> None:
    change = five(world, order, accept=False)
    named = ChangeAddress(order_id=order.order_id, change_id=change.change_id)
    for step in (submit_change, accept_change):
        step(world.services, world.request(AGENT, if_match=live(world, order).etag), named, change.plan.digest)
    waiting = world.memory.changes[change.change_id]
    assert (waiting.status, stock(world)) == (ChangeStatus.PENDING_CONFIRMATION, (2, 3))
    assert says(world, waiting, "approve").status is ChangeStatus.COMMITTED
    assert stock(world) == (0, 5)
