"""The life of an amendment, against the ports in memory."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest

from shared.domain import money
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Order
from shared.domain.order.progress import FulfilmentEvent
from shared.domain.planning.departments import Department
from shared.domain.planning.edits import CancelLine, Edit, Money, SetQuantity, SetShippingAddress, SetUnitPrice
from shared.ports.requests import Answer
from shared.ports.stores import Conflict
from shared.usecases.amending.accept_change import accept_change
from shared.usecases.amending.replace_edits import replace_edits
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.amending.submit_change import submit_change
from shared.usecases.amending.undo_change import undo_change
from shared.usecases.approving.decide_change import ChangeDecision, decide_change
from shared.usecases.core.access import Principal
from shared.usecases.core.new_change import Wanted
from shared.usecases.core.open_changes import ChangeAddress
from shared.usecases.fulfilling.acknowledge_change import Acknowledge, acknowledge_change
from shared.usecases.fulfilling.record_fulfilment import Fulfilment, record_fulfilment
from shared.usecases.intake.record_payment import ReportedPayment, record_payment
from shared.usecases.intake.take_order import take_order
from shared.usecases.reading.read_history import read_log, read_version
from shared.usecases.sweeping.mind_deadlines import mind_deadlines
from shared.usecases.sweeping.resume_changes import resume_changes
from tests.fakes import World, an_order
from tests.fakes.builders import AGENT, AGENT_2, CUSTOMER_2, HOME, MANAGER, SERVICE
from tests.fakes.edge import told
from tests.unit.usecases.stories import live, mugs, refused, taken

TWO = (SetQuantity(line_id="l1", quantity=2),)


def amendment(order: Order, edits: tuple[Edit, ...], digest: str | None = None) -> Wanted:
    return Wanted(order_id=order.order_id, reason_code="quantity_correction", edits=edits, accept_digest=digest)


def digest(world: World, order: Order, edits: tuple[Edit, ...], who: Principal = AGENT) -> str:
    return preview_amendment(world.services, who, amendment(order, edits)).digest


def start(world: World, order: Order, edits: tuple[Edit, ...], *, accept: bool = False) -> ChangeAddress:
    given = digest(world, order, edits) if accept else None
    request = world.request(AGENT, if_match=order.etag)
    answer = start_amendment(world.services, request, amendment(order, edits, given))
    return ChangeAddress(order_id=order.order_id, change_id=told(answer).body.split("/")[0])


def test_intake_allocates_stock(world: World) -> None:
    mugs(world)
    level = world.memory.stock["MUG"]
    assert (level.on_hand, level.allocated, level.available) == (10, 3, 7)


def test_what_comes_back_while_an_order_is_taken_does_not_stay_on_the_shelf(world: World) -> None:
    level = world.memory.stock["MUG"]
    world.memory.stock["MUG"] = replace(level, on_hand=1)
    world.memory.before_write = lambda: world.memory.stock.update(MUG=replace(level, on_hand=3))
    order = taken(world, an_order().with_line("MUG", 3, 1000))
    assert (order.backordered, world.memory.stock["MUG"].available) == (False, 0)


def test_an_order_beyond_stock_is_taken_and_marked_backordered(world: World) -> None:
    order = taken(world, an_order().with_line("MUG", 12, 1000))
    assert order.backordered
    assert (order.lines[0].allocated, order.lines[0].backordered) == (10, 2)
    assert world.memory.stock["MUG"].available == 0


def test_the_same_channel_order_again_is_the_same_order(world: World) -> None:
    mugs(world)
    again = take_order(
        world.services,
        world.request(SERVICE),
        an_order().with_line("MUG", 3, 1000).discounted("10").paid().new,
    )
    assert told(again).status == 200
    assert world.memory.stock["MUG"].allocated == 3


def test_what_was_previewed_is_what_is_committed_and_refunded(world: World) -> None:
    order = mugs(world)
    plan = preview_amendment(world.services, AGENT, amendment(order, TWO))
    assert [refund.amount for refund in plan.refunds] == [1080]
    start(world, order, TWO, accept=True)
    after = live(world, order)
    assert (after.version, after.totals.total, after.payments[0].refunding) == (2, 2160, 1080)
    assert world.memory.stock["MUG"].allocated == 2


def test_a_preview_keeps_nothing(world: World) -> None:
    order = mugs(world)
    preview_amendment(world.services, AGENT, amendment(order, TWO))
    assert live(world, order) is order
    assert not world.memory.changes


def test_a_draft_does_not_disturb_the_live_order(world: World) -> None:
    order = mugs(world)
    start(world, order, TWO)
    after = live(world, order)
    assert (after.lines, after.etag, after.totals) == (order.lines, order.etag, order.totals)
    assert read_version(world.services, order.order_id, 1, AGENT).status == "being_amended"
    coming = read_version(world.services, order.order_id, 2, AGENT)
    assert (coming.status, coming.order.totals.total) == ("in_amendment", 2160)


def test_undo_before_commit_leaves_the_order_exactly_as_it_was(world: World) -> None:
    order = mugs(world)
    stock = world.memory.stock["MUG"]
    named = start(world, order, (SetQuantity(line_id="l1", quantity=5),))
    change = world.memory.changes[named.change_id]
    submit_change(world.services, world.request(AGENT, if_match=order.etag), named, change.plan.digest)
    assert world.memory.stock["MUG"].held == 2
    undo_change(world.services, world.request(AGENT, if_match=order.etag), named)
    after = live(world, order)
    assert (after.lines, after.payments, after.etag, after.open_change) == (
        order.lines,
        order.payments,
        order.etag,
        None,
    )
    assert world.memory.stock["MUG"] == stock


def test_submit_holds_stock_and_accept_allocates_it(world: World) -> None:
    order = mugs(world)
    named = start(world, order, (SetQuantity(line_id="l1", quantity=5),))
    plan_digest = world.memory.changes[named.change_id].plan.digest
    submit_change(world.services, world.request(AGENT, if_match=order.etag), named, plan_digest)
    held = world.memory.stock["MUG"]
    assert (held.held, held.allocated, held.available) == (2, 3, 5)
    accept_change(world.services, world.request(AGENT, if_match=order.etag), named, plan_digest)
    done = world.memory.stock["MUG"]
    assert (done.held, done.allocated, done.available) == (0, 5, 5)
    assert live(world, order).lines[0].quantity == 5


def test_a_second_open_amendment_is_refused_and_names_the_first(world: World) -> None:
    order = mugs(world)
    first = start(world, order, TWO)
    with refused("change-open") as caught:
        start(world, order, TWO)
    assert caught.value.extra["open_change"] == first.change_id


def test_two_edits_on_one_version_the_second_is_told_the_fresh_etag(world: World) -> None:
    order = mugs(world)
    start(world, order, TWO, accept=True)
    with refused("stale-version") as caught:
        start_amendment(world.services, world.request(AGENT_2, if_match=order.etag), amendment(order, TWO))
    assert caught.value.extra["etag"] == live(world, order).etag


def test_a_faster_writer_between_read_and_write_wins_and_nothing_is_lost(world: World) -> None:
    order = mugs(world)

    def ships() -> None:
        report = Fulfilment(order_id=order.order_id, line_id="l1", quantity=3, event=FulfilmentEvent.SHIPPED)
        record_fulfilment(world.services, world.request(SERVICE), report)

    given = digest(world, order, TWO)
    world.memory.before_write = ships
    with refused("stale-version"):
        start_amendment(world.services, world.request(AGENT, if_match=order.etag), amendment(order, TWO, given))
    assert (live(world, order).version, live(world, order).progress["l1"].shipped) == (1, 3)


def test_the_same_key_and_body_has_one_effect_and_the_same_answer(world: World) -> None:
    order = mugs(world)
    wanted = amendment(order, TWO, digest(world, order, TWO))
    first = start_amendment(world.services, world.request(AGENT, if_match=order.etag, key="k"), wanted)
    second = start_amendment(world.services, world.request(AGENT, if_match=order.etag, key="k"), wanted)
    assert told(first) == told(second)
    assert live(world, order).version == 2


def test_the_same_key_with_another_body_is_refused(world: World) -> None:
    order = mugs(world)
    wanted = amendment(order, TWO, digest(world, order, TWO))
    start_amendment(world.services, world.request(AGENT, if_match=order.etag, key="k"), wanted)
    fresh = live(world, order).etag
    with refused("key-reused"):
        start_amendment(world.services, world.request(AGENT, if_match=fresh, key="k", body="other"), wanted)


def test_an_order_of_somebody_else_is_not_found(world: World) -> None:
    order = mugs(world)
    with refused("order-not-found"):
        start_amendment(world.services, world.request(CUSTOMER_2, if_match=order.etag), amendment(order, TWO))


def test_without_if_match_a_change_is_refused(world: World) -> None:
    order = mugs(world)
    with refused("precondition-required"):
        start_amendment(world.services, world.request(AGENT), amendment(order, TWO))


def test_an_unknown_reason_is_refused(world: World) -> None:
    order = mugs(world)
    wanted = Wanted(order_id=order.order_id, reason_code="because", edits=TWO)
    with refused("unknown-reason"):
        start_amendment(world.services, world.request(AGENT, if_match=order.etag), wanted)


def test_another_digest_is_answered_with_the_fresh_plan(world: World) -> None:
    order = mugs(world)
    with refused("plan-changed") as caught:
        start_amendment(world.services, world.request(AGENT, if_match=order.etag), amendment(order, TWO, "old"))
    assert caught.value.extra["plan"].digest == digest(world, order, TWO)


def test_more_than_stock_is_refused_and_nothing_changes(world: World) -> None:
    order = mugs(world)
    stock = world.memory.stock["MUG"]
    with refused("insufficient-stock"):
        start(world, order, (SetQuantity(line_id="l1", quantity=11),))
    assert live(world, order) is order
    assert world.memory.stock["MUG"] == stock
    assert len(world.memory.entries[order.order_id]) == 1


@pytest.fixture
def dear(world: World) -> Order:
    """An order of 3 × 400.00, −10 %, +20 %: 1296.00; one unit less is 432.00, two are over 500."""
    return mugs(world, price=40000)


def over(world: World, order: Order, *, accept: bool = True) -> ChangeAddress:
    return start(world, order, (SetQuantity(line_id="l1", quantity=1),), accept=accept)


def decided(world: World, named: ChangeAddress, decision: str, who: Principal = MANAGER) -> Answer:
    change = world.memory.changes[named.change_id]
    given = ChangeDecision(change_id=named.change_id, decision=decision, digest=change.plan.digest)
    return told(decide_change(world.services, world.request(who), given))


def test_a_change_over_the_threshold_waits_for_a_manager(world: World, dear: Order) -> None:
    named = over(world, dear)
    change = world.memory.changes[named.change_id]
    assert (change.status, change.waiting_for, change.round) == (ChangeStatus.PENDING_APPROVAL, "manager", 1)
    assert live(world, dear).version == 1
    assert [event.data["round"] for event in world.events("ApprovalRequested")] == [1]


def test_a_change_under_the_threshold_is_committed_in_the_request(world: World, dear: Order) -> None:
    start(world, dear, TWO, accept=True)
    assert live(world, dear).version == 2
    assert not world.events("ApprovalRequested")


def test_splitting_a_change_does_not_evade_the_approval(world: World, dear: Order) -> None:
    start(world, dear, TWO, accept=True)
    order = live(world, dear)
    named = start(world, order, (SetQuantity(line_id="l1", quantity=1),), accept=True)
    assert world.memory.changes[named.change_id].status is ChangeStatus.PENDING_APPROVAL


def test_approving_commits_what_was_accepted_in_advance(world: World, dear: Order) -> None:
    named = over(world, dear)
    decided(world, named, "approve")
    change = world.memory.changes[named.change_id]
    assert (change.status, change.decided_by) == (ChangeStatus.COMMITTED, MANAGER.id)
    assert live(world, dear).totals.total == 43200
    assert live(world, dear).unapproved == {"finance": 86400}


def test_after_approval_a_submitted_change_waits_for_accept(world: World, dear: Order) -> None:
    named = over(world, dear, accept=False)
    plan_digest = world.memory.changes[named.change_id].plan.digest
    submit_change(world.services, world.request(AGENT, if_match=dear.etag), named, plan_digest)
    with refused("illegal-transition"):
        accept_change(world.services, world.request(AGENT, if_match=dear.etag), named, plan_digest)
    decided(world, named, "approve")
    assert live(world, dear).version == 1
    accept_change(world.services, world.request(AGENT, if_match=dear.etag), named, plan_digest)
    assert live(world, dear).version == 2


def test_rejecting_ends_the_change_and_frees_the_order(world: World, dear: Order) -> None:
    named = over(world, dear)
    decided(world, named, "reject")
    assert world.memory.changes[named.change_id].status is ChangeStatus.REJECTED
    assert (live(world, dear).version, live(world, dear).open_change) == (1, None)


def test_nobody_approves_their_own_change(world: World, dear: Order) -> None:
    own = Principal(id=AGENT.id, roles=frozenset({"agent", "manager"}))
    named = over(world, dear)
    with refused("own-change"):
        decided(world, named, "approve", own)


def test_only_the_role_it_waits_for_decides(world: World, dear: Order) -> None:
    named = over(world, dear)
    with refused("wrong-role"):
        decided(world, named, "approve", AGENT_2)


def test_a_change_is_decided_once(world: World, dear: Order) -> None:
    named = over(world, dear)
    decided(world, named, "approve")
    with refused("not-waiting"):
        decided(world, named, "reject")


def test_an_approval_after_its_deadline_is_refused(world: World, dear: Order) -> None:
    named = over(world, dear)
    world.clock.passes(days=2)
    with refused("change-expired"):
        decided(world, named, "approve")


def test_when_the_order_changes_while_approval_waits_the_approval_is_refused_with_the_fresh_plan(
    world: World, dear: Order
) -> None:
    named = over(world, dear)
    report = Fulfilment(order_id=dear.order_id, line_id="l1", quantity=2, event=FulfilmentEvent.SHIPPED)
    record_fulfilment(world.services, world.request(SERVICE), report)
    with refused("plan-changed") as caught:
        decided(world, named, "approve")
    assert [violation.code for violation in caught.value.violations] == ["quantity-below-shipped"]
    assert caught.value.extra["plan"].violations == caught.value.violations


def test_an_open_change_expires_and_its_holds_are_released(world: World) -> None:
    order = mugs(world)
    named = start(world, order, (SetQuantity(line_id="l1", quantity=5),))
    plan_digest = world.memory.changes[named.change_id].plan.digest
    submit_change(world.services, world.request(AGENT, if_match=order.etag), named, plan_digest)
    assert mind_deadlines(world.services) == 0
    world.clock.passes(hours=24)
    with refused("change-expired"):
        accept_change(world.services, world.request(AGENT, if_match=order.etag), named, plan_digest)
    assert mind_deadlines(world.services) == 1
    assert world.memory.changes[named.change_id].status is ChangeStatus.EXPIRED
    assert world.memory.stock["MUG"].held == 0
    assert live(world, order).open_change is None
    assert mind_deadlines(world.services) == 0


def test_a_draft_can_get_other_edits(world: World) -> None:
    order = mugs(world)
    named = start(world, order, TWO)
    cancel = (CancelLine(line_id="l1", quantity=2),)
    replace_edits(world.services, world.request(AGENT, if_match=order.etag), named, amendment(order, cancel))
    change = world.memory.changes[named.change_id]
    assert (change.edits, change.plan.totals_after.total) == (cancel, 1080)


def test_a_price_below_its_floor_needs_approval_however_small(world: World) -> None:
    order = mugs(world)
    cheap = (SetUnitPrice(line_id="l1", unit_price=Money(amount=500, currency="USD")),)
    plan = preview_amendment(world.services, AGENT, amendment(order, cheap))
    assert [needed.role for needed in plan.approvals] == ["manager"]
    assert "floor" in plan.approvals[0].because


def test_an_address_after_packing_is_refused(world: World) -> None:
    order = mugs(world)
    report = Fulfilment(order_id=order.order_id, line_id="l1", quantity=1, event=FulfilmentEvent.PACKED)
    record_fulfilment(world.services, world.request(SERVICE), report)
    order = live(world, order)
    with refused("address-after-packing"):
        start(world, order, (SetShippingAddress(address=replace(HOME, line1="2 Oak Avenue")),))


def test_a_shipped_quantity_cannot_be_touched(world: World) -> None:
    order = mugs(world)
    report = Fulfilment(order_id=order.order_id, line_id="l1", quantity=2, event=FulfilmentEvent.SHIPPED)
    record_fulfilment(world.services, world.request(SERVICE), report)
    order = live(world, order)
    start(world, order, TWO, accept=True)
    with refused("order-status") as found:
        start(world, live(world, order), (SetQuantity(line_id="l1", quantity=1),))
    assert [violation.code for violation in found.value.violations] == ["order-status", "not-eligible"]


def test_a_change_is_completed_when_all_concerned_have_acknowledged_and_refunds_are_settled(world: World) -> None:
    order = taken(world, an_order().with_line("MUG", 3, 1000))
    named = start(world, order, TWO, accept=True)
    change = world.memory.changes[named.change_id]
    assert change.plan.departments == ("warehouse", "billing")
    for department, status in (("warehouse", ChangeStatus.COMMITTED), ("billing", ChangeStatus.COMPLETED)):
        said = Acknowledge(change_id=named.change_id, department=department, outcome="done")
        acknowledge_change(world.services, world.request(SERVICE), said)
        assert world.memory.changes[named.change_id].status is status


def test_an_acknowledgement_raises_neither_version_nor_revision(world: World) -> None:
    order = mugs(world)
    named = start(world, order, TWO, accept=True)
    etag = live(world, order).etag
    said = Acknowledge(change_id=named.change_id, department="warehouse", outcome="done")
    acknowledge_change(world.services, world.request(SERVICE), said)
    assert live(world, order).etag == etag


def test_the_log_verifies_and_names_every_step(world: World) -> None:
    order = mugs(world)
    named = start(world, order, TWO)
    undo_change(world.services, world.request(AGENT, if_match=order.etag), named)
    entries, verification = read_log(world.services, order.order_id, AGENT, verified=True)
    assert [entry.action for entry in entries] == ["order_received", "amendment_started", "change_undone"]
    assert verification is not None
    assert verification.verified


def test_events_are_dense_and_carry_no_personal_data(world: World) -> None:
    order = mugs(world)
    start(world, order, (SetShippingAddress(address=replace(HOME, line1="9 Secret Road")),), accept=True)
    assert [event.sequence for event in world.events()] == list(range(1, len(world.events()) + 1))
    told = str([event.detail for event in world.events()])
    assert "Secret" not in told
    assert "ada@" not in told


def test_an_order_version_can_be_read_again(world: World) -> None:
    order = mugs(world)
    start(world, order, TWO, accept=True)
    past = read_version(world.services, order.order_id, 1, AGENT)
    assert (past.status, past.order.lines[0].quantity) == ("superseded", 3)
    assert money.text(past.order.totals.total, "USD") == "32.40"


def test_expiry_follows_policy(world: World) -> None:
    order = mugs(world)
    named = start(world, order, TWO)
    change = world.memory.changes[named.change_id]
    assert change.expires_at == change.created_at + timedelta(hours=24)


def test_a_department_that_does_not_answer_in_time_makes_the_change_fall_out_and_may_answer_late(world: World) -> None:
    order = taken(world, an_order().with_line("MUG", 3, 1000))
    named = start(world, order, TWO, accept=True)
    world.clock.passes(hours=3)
    assert resume_changes(world.services, world.workflows) == 0
    world.clock.passes(hours=2)
    assert resume_changes(world.services, world.workflows) == 1
    change = world.memory.changes[named.change_id]
    assert change.status is ChangeStatus.FALLOUT
    assert "warehouse and billing did not answer in time" in str(change.timeline[-1].note)
    for department in ("warehouse", "billing"):
        said = Acknowledge(change_id=named.change_id, department=department, outcome="done")
        acknowledge_change(world.services, world.request(SERVICE), said)
    assert world.memory.changes[named.change_id].status is ChangeStatus.COMPLETED


def test_a_refund_that_is_never_settled_makes_the_change_fall_out(world: World) -> None:
    order = mugs(world)
    named = start(world, order, TWO, accept=True)
    for department in ("warehouse", "billing"):
        said = Acknowledge(change_id=named.change_id, department=department, outcome="done")
        acknowledge_change(world.services, world.request(SERVICE), said)
    world.clock.passes(hours=5)
    assert resume_changes(world.services, world.workflows) == 1
    change = world.memory.changes[named.change_id]
    assert (change.status, change.refunds[0].refund_id in str(change.timeline[-1].note)) == (ChangeStatus.FALLOUT, True)


def test_an_order_that_is_being_written_is_read_again(world: World) -> None:
    order = mugs(world)
    given = digest(world, order, TWO)
    real, torn = world.services.orders.load, [Conflict("torn")]

    def load(order_id: str) -> Order | None:
        if torn:
            raise torn.pop()
        return real(order_id)

    world.services.orders.load = load
    start_amendment(world.services, world.request(AGENT, if_match=order.etag), amendment(order, TWO, given))
    assert live(world, order).version == 2


def test_a_workflow_that_the_stream_never_started_is_started_by_the_sweeper(world: World, dear: Order) -> None:
    waiting = over(world, dear)
    refunded = start(world, mugs_again(world), TWO, accept=True)
    world.clock.passes(minutes=3)
    resume_changes(world.services, world.workflows)
    refund = world.memory.changes[refunded.change_id].refunds[0]
    assert set(world.workflows.started) == {f"{waiting.change_id}-1", refund.refund_id}


def mugs_again(world: World) -> Order:
    return taken(world, an_order("D-2").with_line("MUG", 3, 1000).paid())


def test_a_failed_acknowledgement_falls_out_and_the_same_word_again_changes_nothing(world: World) -> None:
    order = taken(world, an_order().with_line("MUG", 3, 1000))
    named = start(world, order, TWO, accept=True)
    said = Acknowledge(change_id=named.change_id, department="warehouse", outcome="failed", note="shelf empty")
    acknowledge_change(world.services, world.request(SERVICE), said)
    change = world.memory.changes[named.change_id]
    assert (change.status, change.timeline[-1].note) == (ChangeStatus.FALLOUT, "failed: shelf empty")
    acknowledge_change(world.services, world.request(SERVICE), said)
    assert world.memory.changes[named.change_id] is change


def test_a_department_that_fails_after_it_was_done_is_heard(world: World) -> None:
    """The change was completed, nobody looked any more, and the parcel came back to the shelf."""
    order = taken(world, an_order().with_line("MUG", 3, 1000))
    named = start(world, order, TWO, accept=True)

    def says(department: Department, outcome: Literal["done", "failed"], note: str) -> ChangeStatus:
        said = Acknowledge(change_id=named.change_id, department=department, outcome=outcome, note=note)
        acknowledge_change(world.services, world.request(SERVICE), said)
        return world.memory.changes[named.change_id].status

    assert says("warehouse", "done", "packed") is ChangeStatus.COMMITTED
    assert says("billing", "done", "booked") is ChangeStatus.COMPLETED
    assert says("warehouse", "failed", "the shelf was empty") is ChangeStatus.FALLOUT
    assert [event.data["department"] for event in world.memory.events if event.type == "ChangeFellOut"] == ["warehouse"]
    assert says("warehouse", "failed", "the shelf was empty") is ChangeStatus.FALLOUT
    assert says("warehouse", "done", "found") is ChangeStatus.COMPLETED


def test_a_draft_is_continued_on_the_version_that_was_read(world: World) -> None:
    order = partly_paid(world)
    named = start(world, order, TWO)
    terms = world.memory.changes[named.change_id].plan.digest
    capture_the_rest(world, order)
    with refused("stale-version"):
        submit_change(world.services, world.request(AGENT, if_match=order.etag), named, terms)


def test_what_is_submitted_is_what_was_previewed(world: World) -> None:
    order = partly_paid(world)
    named = start(world, order, TWO)
    terms = world.memory.changes[named.change_id].plan.digest
    capture_the_rest(world, order)
    with refused("plan-changed"):
        submit_change(world.services, world.request(AGENT, if_match=live(world, order).etag), named, terms)


def test_what_is_accepted_is_what_was_approved_even_if_the_fresh_plan_is_named(world: World) -> None:
    order = partly_paid(world)
    named = start(world, order, TWO)
    terms = world.memory.changes[named.change_id].plan.digest
    submit_change(world.services, world.request(AGENT, if_match=order.etag), named, terms)
    capture_the_rest(world, order)
    fresh = digest(world, live(world, order), TWO)
    assert fresh != terms
    with refused("plan-changed"):
        accept_change(world.services, world.request(AGENT, if_match=live(world, order).etag), named, fresh)


def test_what_is_accepted_is_what_was_seen(world: World) -> None:
    order = mugs(world)
    named = start(world, order, TWO)
    terms = world.memory.changes[named.change_id].plan.digest
    submit_change(world.services, world.request(AGENT, if_match=order.etag), named, terms)
    with refused("plan-changed"):
        accept_change(world.services, world.request(AGENT, if_match=order.etag), named, "of another day")


def test_a_change_is_submitted_once(world: World) -> None:
    order = mugs(world)
    more = (SetQuantity(line_id="l1", quantity=5),)
    named = start(world, order, more)
    terms = world.memory.changes[named.change_id].plan.digest
    submit_change(world.services, world.request(AGENT, if_match=order.etag), named, terms)
    with refused("illegal-transition"):
        submit_change(world.services, world.request(AGENT, if_match=order.etag), named, terms)
    assert world.memory.stock["MUG"].held == 2


def test_what_is_submitted_gets_no_other_edits_whatever_they_are(world: World) -> None:
    order = mugs(world)
    named = start(world, order, TWO)
    terms = world.memory.changes[named.change_id].plan.digest
    submit_change(world.services, world.request(AGENT, if_match=order.etag), named, terms)
    as_it_is = amendment(order, (SetQuantity(line_id="l1", quantity=3),))
    with refused("illegal-transition"):
        replace_edits(world.services, world.request(AGENT, if_match=order.etag), named, as_it_is)


def test_a_change_is_found_under_its_own_order_only(world: World) -> None:
    order = mugs(world)
    other = taken(world, an_order("D-2").with_line("MUG", 3, 1000).paid())
    named = start(world, order, TWO)
    with refused("change-not-found"):
        undo_change(world.services, world.request(AGENT, if_match=other.etag), replace(named, order_id=other.order_id))


def test_what_is_approved_is_what_was_accepted_in_advance(world: World, dear: Order) -> None:
    named = over(world, dear)
    change = world.memory.changes[named.change_id]
    world.memory.changes[named.change_id] = replace(change, accept_digest="of another day")
    with refused("plan-changed"):
        decided(world, named, "approve")
    assert live(world, dear).version == 1


def partly_paid(world: World) -> Order:
    """Of 36.00, 20.00 are captured: a smaller order gives nothing back until the rest is."""
    return taken(world, an_order().with_line("MUG", 3, 1000).paid(2000))


def capture_the_rest(world: World, order: Order) -> None:
    payment = replace(order.payments[0], authorised=order.totals.total, captured=order.totals.total)
    reported = ReportedPayment(payment=payment, currency="USD")
    record_payment(world.services, world.request(SERVICE), order.order_id, reported)


def test_what_was_paid_too_much_goes_back_no_further_than_the_total_falls(world: World) -> None:
    order = taken(world, an_order().with_line("MUG", 3, 1000).paid(5000))
    plan = preview_amendment(world.services, AGENT, amendment(order, TWO))
    assert [refund.amount for refund in plan.refunds] == [1200]


@pytest.mark.parametrize("word", ["approve", "reject"])
def test_who_decides_names_the_plan_that_waits(world: World, dear: Order, word: str) -> None:
    named = over(world, dear)
    with refused("plan-changed"):
        decide_change(
            world.services,
            world.request(MANAGER),
            ChangeDecision(change_id=named.change_id, decision=word, digest="of another day"),
        )
    assert world.memory.changes[named.change_id].status is ChangeStatus.PENDING_APPROVAL


def test_what_is_approved_is_what_would_happen_now(world: World) -> None:
    order = taken(world, an_order().with_line("MUG", 3, 40000).paid(2000))
    named = over(world, order, accept=False)
    terms = world.memory.changes[named.change_id].plan.digest
    submit_change(world.services, world.request(AGENT, if_match=order.etag), named, terms)
    capture_the_rest(world, order)
    with refused("plan-changed"):
        decided(world, named, "approve")
    assert world.memory.changes[named.change_id].status is ChangeStatus.PENDING_APPROVAL


def test_no_more_units_are_reported_than_the_order_holds(world: World) -> None:
    order = mugs(world)
    reported = Fulfilment(order_id=order.order_id, line_id="l1", quantity=4, event=FulfilmentEvent.PICKED)
    with refused("beyond-quantity"):
        record_fulfilment(world.services, world.request(SERVICE), reported)
