"""The stores keep their promises on DynamoDB: round trips, versions, replays, stock, the outbox."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.adapters.dynamodb.change_rows import change_row
from shared.domain.change.change import SYSTEM
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.order.progress import FulfilmentEvent
from shared.domain.planning.edits import Edit, SetQuantity
from shared.domain.planning.edits import Money as EditMoney
from shared.domain.refusal import Refusal
from shared.ports.paging import Filter
from shared.ports.stores import Conflict
from shared.usecases.amending.accept_change import accept_change
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.amending.submit_change import submit_change
from shared.usecases.amending.undo_change import undo_change
from shared.usecases.approving.decide_change import ChangeDecision, decide_change
from shared.usecases.cancelling.start_cancellation import (
    Cancellation,
    LineToCancel,
    preview_cancellation,
    start_cancellation,
)
from shared.usecases.core.access import Principal
from shared.usecases.core.new_change import Wanted
from shared.usecases.core.open_changes import ChangeAddress
from shared.usecases.core.requests import Outcome
from shared.usecases.core.transact import write_step
from shared.usecases.fulfilling.record_fulfilment import Fulfilment, record_fulfilment
from shared.usecases.intake.keep_catalogue import put_stock
from shared.usecases.intake.record_payment import ReportedPayment, payment_step
from shared.usecases.intake.take_order import take_order
from shared.usecases.publishing.publish_events import publish_events, publish_forgotten
from shared.usecases.reading.read_history import read_log, read_version
from shared.usecases.sweeping.mind_deadlines import mind_deadlines
from tests.fakes import World, an_order
from tests.fakes.builders import AGENT, CUSTOMER, MANAGER, SERVICE, OrderBuilder
from tests.fakes.edge import told
from tests.fakes.policies import AS_SHIPPED
from tests.fakes.world import NOW
from tests.integration.conftest import Dynamo

ONE_LESS = (SetQuantity(line_id="l1", quantity=1),)


def on_hand(world: World, sku: str, units: int) -> None:
    put_stock(world.services, world.request(SERVICE), sku, units)


def stock_of(world: World, sku: str) -> tuple[int, int, int, int]:
    level = world.services.skus.load([sku]).stock[sku]
    return level.on_hand, level.held, level.allocated, level.available


def taken(world: World, builder: OrderBuilder) -> Order:
    answer = take_order(world.services, world.request(SERVICE), builder.new)
    return live(world, told(answer).body)


def live(world: World, order_id: str) -> Order:
    order = world.services.orders.load(order_id)
    assert order is not None
    return order


def amended(
    world: World, order: Order, edits: tuple[Edit, ...], *, accept: bool = True, key: str | None = None
) -> Outcome[Step]:
    wanted = Wanted(order_id=order.order_id, reason_code="customer_request", edits=edits)
    if accept:
        wanted = replace(wanted, accept_digest=preview_amendment(world.services, AGENT, wanted).digest)
    return start_amendment(world.services, world.request(AGENT, if_match=order.etag, key=key), wanted)


def test_an_order_reads_back_as_it_was_written(world: World) -> None:
    on_hand(world, "SKU-1", 50)
    order = taken(world, an_order().with_lines(3).discounted("10").shipped_for(500).paid())
    built = an_order().with_lines(3).discounted("10").shipped_for(500).paid().build()
    assert (order.totals, order.customer, order.payments) == (built.totals, built.customer, built.payments)
    assert [line.line_id for line in order.lines] == ["l1", "l2", "l3"]
    assert stock_of(world, "SKU-1") == (50, 0, 2, 48)


@pytest.mark.parametrize("lines", [2, 500])
def test_an_auto_approved_amendment_takes_three_round_trips_whatever_the_order(
    world: World, dynamo: Dynamo, lines: int
) -> None:
    on_hand(world, "SKU-1", 50)
    order = taken(world, an_order().with_lines(lines).paid())
    wanted = Wanted(order_id=order.order_id, reason_code="customer_request", edits=ONE_LESS)
    plan = preview_amendment(world.services, AGENT, wanted)
    dynamo.counted()
    request = world.request(AGENT, if_match=order.etag, key="k")
    start_amendment(world.services, request, replace(wanted, accept_digest=plan.digest))
    assert dynamo.counted() == {"Query": 1, "BatchGetItem": 1, "TransactWriteItems": 1}
    assert live(world, order.order_id).version == 2


def test_forty_lines_and_sixty_stock_items_are_one_transaction(world: World, dynamo: Dynamo) -> None:
    builder = an_order()
    for number in range(60):
        on_hand(world, f"S-{number}", 100)
        builder = builder.with_line(f"S-{number}", 2, 100)
    order = taken(world, builder.paid())
    edits = tuple(SetQuantity(line_id=f"l{number}", quantity=3) for number in range(1, 61))
    wanted = Wanted(order_id=order.order_id, reason_code="customer_request", edits=edits)
    plan = preview_amendment(world.services, AGENT, wanted)
    dynamo.counted()
    start_amendment(
        world.services, world.request(AGENT, if_match=order.etag), replace(wanted, accept_digest=plan.digest)
    )
    assert dynamo.counted() == {"Query": 1, "BatchGetItem": 1, "TransactWriteItems": 1}
    after = live(world, order.order_id)
    assert {line.quantity for line in after.lines} == {3}
    assert stock_of(world, "S-59") == (100, 0, 3, 97)
    assert read_version(world.services, order.order_id, 1, AGENT).order.lines == order.lines


@pytest.mark.parametrize("whole", [True, False])
def test_a_cancellation_that_waits_for_no_one_takes_at_most_three_round_trips(
    world: World, dynamo: Dynamo, whole: bool
) -> None:
    builder = an_order()
    for number in range(60):
        on_hand(world, f"S-{number}", 100)
        builder = builder.with_line(f"S-{number}", 2, 100)
    order = taken(world, builder.paid())
    lines = None if whole else tuple(LineToCancel(line_id=f"l{number}", quantity=1) for number in range(1, 41))
    wanted = Cancellation(order_id=order.order_id, reason_code="customer_request", lines=lines)
    plan = preview_cancellation(world.services, CUSTOMER, wanted)
    dynamo.counted()
    request = world.request(CUSTOMER, if_match=order.etag, key="k")
    start_cancellation(world.services, request, replace(wanted, consent=plan.digest))
    assert dynamo.counted() == {"Query": 1, "BatchGetItem": 1, "TransactWriteItems": 1}
    after = live(world, order.order_id)
    assert (after.version, after.open_change) == (2, None)
    assert stock_of(world, "S-0") == ((100, 0, 0, 100) if whole else (100, 0, 1, 99))


def test_changes_are_found_by_reason_and_period(world: World) -> None:
    for number, reason in enumerate(("late_delivery", "wrong_item", "late_delivery"), start=1):
        order = taken(world, an_order(f"D-{number}").with_lines(1).paid())
        wanted = Cancellation(order_id=order.order_id, reason_code=reason)
        start_cancellation(world.services, world.request(AGENT, if_match=order.etag), wanted)
        world.clock.passes(days=1)
    asked = {"reason_code": "late_delivery"}
    everything = world.services.changes.list(Filter(values=asked)).items
    assert [change.created_at.day for change in everything] == [NOW.day + 2, NOW.day]
    later = world.services.changes.list(Filter(values=asked, since=NOW + timedelta(days=1))).items
    earlier = world.services.changes.list(Filter(values=asked, until=NOW + timedelta(days=2))).items
    assert ([each.created_at.day for each in later], [each.created_at.day for each in earlier]) == (
        [NOW.day + 2],
        [NOW.day],
    )


def test_a_payment_that_is_only_being_written_is_not_claimed_by_another_order(
    world: World, dynamo: Dynamo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by the simulator: a TransactionConflict on the claim was read as the claim of another order."""
    builder = an_order().with_lines(1).paid()
    [payment] = builder.new.payments
    new = replace(builder.new, payments=(replace(payment, reference="ref-1"),))
    transact, busy = dynamo.client.transact_write_items, [True]

    def busy_once(**request: Any) -> Any:
        if not busy.pop() if busy else True:
            return transact(**request)
        reasons = [
            {"Code": "TransactionConflict" if "PAYMENT#" in str(each) else "None"} for each in request["TransactItems"]
        ]
        error = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
        raise ClientError(error, "TransactWriteItems")

    monkeypatch.setattr(dynamo.client, "transact_write_items", busy_once)
    answer = take_order(world.services, world.request(SERVICE), new)
    assert live(world, told(answer).body).payments[0].reference == "ref-1"


def test_changes_that_wait_for_people_do_not_hide_those_behind_them(world: World, dynamo: Dynamo) -> None:
    order = taken(world, an_order().with_lines(1).paid())
    answer = start_cancellation(
        world.services,
        world.request(AGENT, if_match=order.etag),
        Cancellation(order_id=order.order_id, reason_code="wrong_item"),
    )
    change = world.services.changes.get(told(answer).body.split("/")[0])
    assert change is not None
    for number in range(130):
        again = replace(change, change_id=f"chg_{number:03}", created_at=NOW + timedelta(seconds=number))
        dynamo.client.put_item(TableName="ChangesTable", Item=change_row(again))
    found = list(world.services.changes.lingering(change.status, NOW + timedelta(hours=1)))
    assert len(found) == 131


def test_a_change_that_cannot_be_read_does_not_stop_time_for_those_due_after_it(
    world: World, dynamo: Dynamo, caplog: pytest.LogCaptureFixture
) -> None:
    changes = []
    for name in ("D-1", "D-2"):
        answer = amended(world, taken(world, an_order(name).with_lines(1).paid()), ONE_LESS, accept=False)
        changes.append(told(answer).body.split("/")[0])
    dynamo.client.update_item(
        TableName="ChangesTable",
        Key={"change_id": {"S": changes[0]}, "part": {"S": "RECORD"}},
        UpdateExpression="SET body = :body",
        ExpressionAttributeValues={":body": {"B": b"torn"}},
    )
    world.clock.passes(days=30)
    assert mind_deadlines(world.services) == 1
    assert f"a change cannot be read: {changes[0]}: Unreadable" in caplog.text


def test_every_version_can_be_read_again_and_untouched_lines_are_not_rewritten(world: World, dynamo: Dynamo) -> None:
    order = taken(world, an_order().with_lines(5).paid())
    seen = [order]
    for quantity in (3, 4, 5, 1):
        amended(world, live(world, order.order_id), (SetQuantity(line_id="l2", quantity=quantity),))
        seen.append(live(world, order.order_id))
    for past in seen:
        assert [line.line_id for line in past.lines] == ["l1", "l2", "l3", "l4", "l5"]
        version = read_version(world.services, order.order_id, past.version, AGENT).order
        assert (version.lines, version.totals.total) == (past.lines, past.totals.total)
    rows = dynamo.client.query(
        TableName="OrdersTable",
        KeyConditionExpression="pk = :pk AND begins_with(sk, :live)",
        ExpressionAttributeValues={":pk": {"S": f"ORDER#{order.order_id}"}, ":live": {"S": "LIVE#LINE#"}},
    )
    assert [row["sk"]["S"] for row in rows["Items"]] == ["LIVE#LINE#l2"]


def test_a_line_added_by_a_later_version_is_not_in_an_earlier_one(world: World) -> None:
    from shared.domain.planning.edits import AddLine

    order = taken(world, an_order().with_lines(1).paid())
    added = AddLine(sku="NEW", quantity=1, unit_price=EditMoney(amount=700, currency="USD"))
    answer = amended(world, order, (added,), accept=False)
    change_id = told(answer).body.split("/")[0]
    change = world.services.changes.get(change_id)
    assert change is not None
    named = ChangeAddress(order_id=order.order_id, change_id=change_id)
    submit_change(world.services, world.request(AGENT, if_match=order.etag), named, change.plan.digest)
    decide_change(
        world.services,
        world.request(MANAGER),
        ChangeDecision(change_id=change_id, decision="approve", digest=change.plan.digest),
    )

    accept_change(world.services, world.request(AGENT, if_match=order.etag), named, change.plan.digest)
    assert len(live(world, order.order_id).lines) == 2
    assert len(read_version(world.services, order.order_id, 1, AGENT).order.lines) == 1


def test_a_key_is_answered_once_from_the_transaction_of_its_effect(world: World) -> None:
    order = taken(world, an_order().with_lines(2).paid())
    wanted = Wanted(order_id=order.order_id, reason_code="customer_request", edits=ONE_LESS)
    wanted = replace(wanted, accept_digest=preview_amendment(world.services, AGENT, wanted).digest)
    request = world.request(AGENT, if_match=order.etag, key="k")
    first, again = (told(start_amendment(world.services, request, wanted)) for _ in range(2))
    assert first == again
    assert live(world, order.order_id).version == 2
    with pytest.raises(Refusal, match="key-reused"):
        start_amendment(world.services, world.request(AGENT, if_match=order.etag, key="k", body="x"), wanted)


def test_a_commit_whose_answer_was_lost_is_recognised_as_done(world: World, dynamo: Dynamo) -> None:
    order = taken(world, an_order().with_lines(2).paid())
    real, lost = dynamo.client.transact_write_items, []

    def twice(**given: object) -> object:
        if not lost:
            lost.append(real(**given))
        return real(**{**given, "ClientRequestToken": "another-token-so-that-moto-sees-two"})

    dynamo.client.transact_write_items = twice
    try:
        amended(world, order, ONE_LESS)
    finally:
        dynamo.client.transact_write_items = real
    assert live(world, order.order_id).version == 2


def test_stock_never_goes_below_zero_even_when_the_plan_was_wrong(world: World) -> None:
    on_hand(world, "SKU-1", 2)
    order = taken(world, an_order().with_lines(1).paid())
    assert stock_of(world, "SKU-1") == (2, 0, 2, 0)
    with pytest.raises(Refusal, match="insufficient-stock"):
        amended(world, order, (SetQuantity(line_id="l1", quantity=3),))
    assert stock_of(world, "SKU-1") == (2, 0, 2, 0)


def test_on_hand_cannot_fall_below_what_is_held_and_allocated(world: World) -> None:
    on_hand(world, "SKU-1", 5)
    taken(world, an_order().with_lines(1).paid())
    with pytest.raises(Refusal, match="stock-below-committed"):
        on_hand(world, "SKU-1", 1)
    on_hand(world, "SKU-1", 2)
    assert stock_of(world, "SKU-1") == (2, 0, 2, 0)


def test_a_payment_reference_belongs_to_one_order_only(world: World) -> None:
    def with_reference(name: str) -> OrderBuilder:
        builder = an_order(name).with_lines(1).paid()
        payment = replace(builder.new.payments[0], reference="ch_1")
        return builder._with(payments=(payment,))

    taken(world, with_reference("D-1"))
    with pytest.raises(Refusal, match="payment-claimed"):
        taken(world, with_reference("D-2"))
    assert [order.channel_order_id for order in world.services.orders.list(Filter()).items] == ["D-1"]


def test_a_payment_reference_that_is_told_later_belongs_to_one_order_only(world: World) -> None:
    def by_link(name: str) -> OrderBuilder:
        builder = an_order(name).with_lines(1).paid()
        return builder._with(payments=(replace(builder.new.payments[0], link_id="plk_1"),))

    def tells(order: Order, reference: str | None) -> None:
        payment = replace(order.payments[0], payment_id=f"pay-{order.channel_order_id}", reference=reference)
        step = payment_step(
            world.services, live(world, order.order_id), ReportedPayment(payment=payment, currency="USD"), SYSTEM
        )
        write_step(world.services, step)

    first, second = (taken(world, by_link(name)) for name in ("D-1", "D-2"))
    for reference in (None, "pi_1", "pi_1"):
        tells(first, reference)
    with pytest.raises(Refusal, match="payment-claimed"):
        tells(second, "pi_1")
    assert [len(live(world, each.order_id).payments) for each in (first, second)] == [2, 1]


def test_refunds_beyond_what_was_captured_fail_in_the_write_itself(world: World, dynamo: Dynamo) -> None:
    order = taken(world, an_order().with_lines(1).paid())
    dynamo.client.update_item(
        TableName="OrdersTable",
        Key={"pk": {"S": f"ORDER#{order.order_id}"}, "sk": {"S": "LIVE#HEAD"}},
        UpdateExpression="SET refundable.#p = :zero",
        ExpressionAttributeNames={"#p": "pay-1"},
        ExpressionAttributeValues={":zero": {"N": "0"}},
    )
    with pytest.raises(Refusal, match="too-busy"):
        amended(world, order, ONE_LESS)
    assert live(world, order.order_id).version == 1


def test_the_requester_cannot_decide_even_past_the_use_case(world: World) -> None:
    order = taken(world, an_order().with_line("DEAR", 3, 40000).paid())
    answer = amended(world, order, ONE_LESS)
    change = world.services.changes.get(told(answer).body.split("/")[0])
    assert change is not None
    assert change.status is ChangeStatus.PENDING_APPROVAL
    from shared.domain.change import approvals
    from shared.domain.change.approval_request import Approval
    from shared.domain.change.change import Actor
    from shared.domain.change.milestones import Passed
    from shared.usecases.core.write_assembly import assemble_write

    own = Actor(id=AGENT.id, role="manager")
    given = Approval(
        role="manager", by=own.id, at=world.clock.now(), digest=change.plan.digest, policy_version=AS_SHIPPED
    )
    step = approvals.approved(live(world, order.order_id), change, own, world.clock.now(), Passed(approval=given))
    with pytest.raises(Conflict):
        world.services.orders.write(assemble_write(step, world.ids))


def test_holds_are_released_when_a_change_expires(world: World) -> None:
    on_hand(world, "SKU-1", 9)
    order = taken(world, an_order().with_lines(1).paid())
    answer = amended(world, order, (SetQuantity(line_id="l1", quantity=4),), accept=False)
    change = world.services.changes.get(told(answer).body.split("/")[0])
    assert change is not None
    named = ChangeAddress(order_id=order.order_id, change_id=change.change_id)
    submit_change(world.services, world.request(AGENT, if_match=order.etag), named, change.plan.digest)
    assert stock_of(world, "SKU-1") == (9, 2, 2, 5)
    world.clock.passes(days=2)
    assert mind_deadlines(world.services) == 1
    assert stock_of(world, "SKU-1") == (9, 0, 2, 7)


def test_lists_find_by_customer_status_channel_sku_and_page(world: World) -> None:
    for number in range(5):
        taken(world, an_order(f"D-{number}").with_line(f"S-{number % 2}", 1, 100).of(f"cus-{number % 2}"))
    orders = world.services.orders
    assert len(orders.list(Filter(values={"customer_id": "cus-0"})).items) == 3
    assert len(orders.list(Filter(values={"sku": "S-1"})).items) == 2
    assert len(orders.list(Filter(values={"status": "pending", "channel": "direct"})).items) == 5
    first = orders.list(Filter(values={"channel": "direct"}, limit=3))
    second = orders.list(Filter(values={"channel": "direct"}, limit=3, cursor=first.cursor))
    assert len({order.order_id for order in (*first.items, *second.items)}) == 5


def test_the_managers_inbox_lists_what_waits(world: World) -> None:
    order = taken(world, an_order().with_line("DEAR", 3, 40000).paid())
    amended(world, order, ONE_LESS)
    waiting = world.services.changes.list(Filter(values={"waiting_for": "manager"})).items
    assert [change.order_id for change in waiting] == [order.order_id]
    assert len(world.services.changes.list(Filter()).items) == 1


def test_a_task_token_is_kept_while_the_change_waits_and_refused_afterwards(world: World) -> None:
    order = taken(world, an_order().with_line("DEAR", 3, 40000).paid())
    change_id = told(amended(world, order, ONE_LESS)).body.split("/")[0]
    assert world.services.changes.keep_token(change_id, 1, "token")
    assert world.services.changes.token(change_id, 1) == "token"
    named = ChangeAddress(order_id=order.order_id, change_id=change_id)
    undo_change(world.services, world.request(AGENT, if_match=order.etag), named)
    assert not world.services.changes.keep_token(change_id, 1, "late")


def test_events_that_the_stream_lost_are_swept_and_marked(world: World) -> None:
    order = taken(world, an_order().with_lines(1).paid())
    amended(world, order, ONE_LESS)
    orders = world.services.orders
    assert publish_forgotten(world.bus, orders, world.clock) == 0
    world.clock.passes(minutes=5)
    assert publish_forgotten(world.bus, orders, world.clock) == 2
    assert {event.sequence for event in world.bus.published} == set(range(1, len(world.bus.published) + 1))
    assert publish_forgotten(world.bus, orders, world.clock) == 0


def test_a_published_event_is_not_swept(world: World) -> None:
    taken(world, an_order().with_lines(1).paid())
    later = world.clock.now() + timedelta(minutes=5)
    for events in world.services.orders.unpublished(later, 10):
        publish_events(world.bus, world.services.orders, events)
    assert world.services.orders.unpublished(later, 10) == []


def test_the_log_verifies_on_the_table_and_a_cut_tail_shows(world: World, dynamo: Dynamo) -> None:
    order = taken(world, an_order().with_lines(1).paid())
    amended(world, order, ONE_LESS)
    _, whole = read_log(world.services, order.order_id, AGENT, verified=True)
    assert whole is not None
    assert whole.verified
    dynamo.client.delete_item(TableName="LogTable", Key={"order_id": {"S": order.order_id}, "seq": {"N": "2"}})
    _, cut = read_log(world.services, order.order_id, AGENT, verified=True)
    assert cut is not None
    assert (cut.verified, cut.broken_at) == (False, 2)


def test_progress_makes_no_version_and_moves_stock(world: World) -> None:
    on_hand(world, "SKU-1", 5)
    order = taken(world, an_order().with_lines(1).paid())
    for event in (FulfilmentEvent.PICKED, FulfilmentEvent.SHIPPED):
        report = Fulfilment(order_id=order.order_id, line_id="l1", quantity=1, event=event)
        record_fulfilment(world.services, world.request(Principal(id="s", roles=frozenset({"service"}))), report)
    after = live(world, order.order_id)
    assert (after.version, after.revision, after.progress["l1"].shipped) == (1, 2, 1)
    assert stock_of(world, "SKU-1") == (4, 0, 1, 3)


def test_a_half_visible_transaction_is_read_again(world: World, dynamo: Dynamo) -> None:
    order = taken(world, an_order().with_lines(2).paid())
    before = dynamo.client.query(
        TableName="OrdersTable",
        KeyConditionExpression="pk = :pk AND begins_with(sk, :live)",
        ExpressionAttributeValues={":pk": {"S": f"ORDER#{order.order_id}"}, ":live": {"S": "LIVE#"}},
    )["Items"]
    amended(world, order, ONE_LESS)
    real, torn = dynamo.client.query, []

    def half(**given: object) -> object:
        reply = real(**given)
        if not torn:
            torn.append(True)
            old_lines = [row for row in before if row["sk"]["S"] != "LIVE#HEAD"]
            new_head = [row for row in reply["Items"] if row["sk"]["S"] == "LIVE#HEAD"]
            reply = {**reply, "Items": new_head + old_lines}
        return reply

    dynamo.client.query = half
    after = live(world, order.order_id)
    dynamo.client.query = real
    assert (after.version, after.lines[0].quantity) == (2, 1)


def many(count: int) -> OrderBuilder:
    builder = an_order("D-many")
    for number in range(count):
        builder = builder.with_line(f"S-{number}", 2, 100)
    return builder.paid()


def all_stock(dynamo: Dynamo, count: int) -> set[tuple[int, ...]]:
    found = set()
    for start in range(0, count, 100):
        keys = [{"sku": {"S": f"S-{n}"}, "bucket": {"S": "0"}} for n in range(start, min(count, start + 100))]
        reply = dynamo.client.batch_get_item(RequestItems={"SkusTable": {"Keys": keys}})
        for row in reply["Responses"]["SkusTable"]:
            found.add(tuple(int(row[name]["N"]) for name in ("on_hand", "held", "allocated", "available")))
    return found


def stages(dynamo: Dynamo) -> list[str]:
    rows = dynamo.client.scan(TableName="OrdersTable")["Items"]
    return [row["sk"]["S"] for row in rows if row["pk"]["S"].startswith("STAGE#") and "ttl" not in row]


def put_many(dynamo: Dynamo, count: int) -> None:
    for number in range(count):
        row = {"sku": f"S-{number}", "bucket": "0"}
        item = {name: {"S": text} for name, text in row.items()}
        item |= {"on_hand": {"N": "9"}, "available": {"N": "9"}, "held": {"N": "0"}, "allocated": {"N": "0"}}
        dynamo.client.put_item(TableName="SkusTable", Item=item)


def test_a_change_of_more_skus_than_a_transaction_holds_is_staged_and_flipped_once(
    world: World, dynamo: Dynamo
) -> None:
    put_many(dynamo, 200)
    order = taken(world, many(200))
    assert all_stock(dynamo, 200) == {(9, 0, 2, 7)}
    edits = tuple(SetQuantity(line_id=f"l{number}", quantity=1 + 2 * (number % 2)) for number in range(1, 201))
    amended(world, order, edits)
    assert live(world, order.order_id).version == 2
    assert all_stock(dynamo, 200) == {(9, 0, 1, 8), (9, 0, 3, 6)}
    assert stages(dynamo) == []


def test_a_staged_order_takes_all_there_is_of_what_it_waits_for(world: World, dynamo: Dynamo) -> None:
    put_many(dynamo, 100)
    on_hand(world, "S-scarce", 1)
    order = taken(world, many(100).with_line("S-scarce", 2, 100))
    assert (order.backordered, all_stock(dynamo, 100), stages(dynamo)) == (True, {(9, 0, 2, 7)}, [])
    level = world.services.skus.load(["S-scarce"]).stock["S-scarce"]
    assert (level.held, level.allocated, level.available) == (0, 1, 0)


def test_a_staged_change_that_lacks_one_sku_holds_nothing(world: World, dynamo: Dynamo) -> None:
    put_many(dynamo, 100)
    order = taken(world, many(100))
    edits = tuple(SetQuantity(line_id=f"l{number}", quantity=3) for number in range(1, 101))
    wanted = Wanted(order_id=order.order_id, reason_code="customer_request", edits=edits)
    wanted = replace(wanted, accept_digest=preview_amendment(world.services, AGENT, wanted).digest)
    real = world.services.skus.load

    def stale(*asked: object) -> object:
        catalogue = real(*asked)
        key = {"sku": {"S": "S-99"}, "bucket": {"S": "0"}}
        dynamo.client.update_item(
            TableName="SkusTable",
            Key=key,
            UpdateExpression="SET available = :none, allocated = :all",
            ExpressionAttributeValues={":none": {"N": "0"}, ":all": {"N": "9"}},
        )
        return catalogue

    world.services.skus.load = stale
    with pytest.raises(Refusal, match="insufficient-stock"):
        start_amendment(world.services, world.request(AGENT, if_match=order.etag), wanted)
    assert all_stock(dynamo, 99) == {(9, 0, 2, 7)}
    assert (stages(dynamo), live(world, order.order_id).version) == ([], 1)


@pytest.mark.parametrize("crash_after", [1, 2, 3, 4, 5, 6, 7])
def test_a_crash_at_any_step_of_a_staged_write_is_finished_by_the_sweeper(
    world: World, dynamo: Dynamo, crash_after: int
) -> None:
    from shared.usecases.sweeping.finish_writes import finish_writes

    put_many(dynamo, 100)
    order = taken(world, many(100))
    edits = tuple(SetQuantity(line_id=f"l{number}", quantity=3) for number in range(1, 101))
    wanted = Wanted(order_id=order.order_id, reason_code="customer_request", edits=edits)
    wanted = replace(wanted, accept_digest=preview_amendment(world.services, AGENT, wanted).digest)
    real, calls = dynamo.client.transact_write_items, []

    def crashing(**given: object) -> object:
        calls.append(True)
        if len(calls) > crash_after:
            raise KeyboardInterrupt
        return real(**given)

    dynamo.client.transact_write_items = crashing
    with suppress(KeyboardInterrupt):
        start_amendment(world.services, world.request(AGENT, if_match=order.etag), wanted)
    dynamo.client.transact_write_items = real
    for on_hand, held, allocated, available in all_stock(dynamo, 100):
        assert on_hand == held + allocated + available
    world.clock.passes(minutes=5)
    finish_writes(world.services.orders, world.clock)
    committed = live(world, order.order_id).version == 2
    assert all_stock(dynamo, 100) == ({(9, 0, 3, 6)} if committed else {(9, 0, 2, 7)})
    assert stages(dynamo) == []


def test_submitting_and_accepting_take_three_round_trips_each(world: World, dynamo: Dynamo) -> None:
    on_hand(world, "SKU-1", 50)
    order = taken(world, an_order().with_lines(5).paid())
    answer = amended(world, order, (SetQuantity(line_id="l1", quantity=3),), accept=False)
    named = ChangeAddress(order_id=order.order_id, change_id=told(answer).body.split("/")[0])
    change = world.services.changes.get(named.change_id)
    assert change is not None
    for step in (submit_change, accept_change):
        dynamo.counted()
        step(world.services, world.request(AGENT, if_match=order.etag), named, change.plan.digest)
        assert dynamo.counted() == {"Query": 1, "BatchGetItem": 1, "TransactWriteItems": 1}


def test_an_amendment_costs_the_same_whatever_the_history(world: World, dynamo: Dynamo) -> None:
    order = taken(world, an_order().with_lines(2).paid())
    for version in range(30):
        amended(world, live(world, order.order_id), (SetQuantity(line_id="l2", quantity=3 + version % 2),))
    before = live(world, order.order_id)
    wanted = Wanted(order_id=order.order_id, reason_code="customer_request", edits=ONE_LESS)
    wanted = replace(wanted, accept_digest=preview_amendment(world.services, AGENT, wanted).digest)
    dynamo.counted()
    start_amendment(world.services, world.request(AGENT, if_match=before.etag), wanted)
    assert dynamo.counted() == {"Query": 1, "BatchGetItem": 1, "TransactWriteItems": 1}
    rows = dynamo.client.query(
        TableName="OrdersTable",
        KeyConditionExpression="pk = :pk AND begins_with(sk, :live)",
        ExpressionAttributeValues={":pk": {"S": f"ORDER#{order.order_id}"}, ":live": {"S": "LIVE#"}},
    )["Items"]
    assert len(rows) == len({"head", "pack", "progress", "l1", "l2"})


def test_a_cursor_leads_on_in_its_own_list_only(world: World) -> None:
    for number in range(3):
        taken(world, an_order(f"D-{number}").with_line("S", 1, 100))
    of_all = world.services.orders.list(Filter(values={"channel": "direct"}, limit=1)).cursor
    with pytest.raises(Refusal, match="malformed-cursor"):
        world.services.orders.list(Filter(values={"channel": "direct", "sku": "S"}, limit=1, cursor=of_all))


def test_a_staged_change_whose_commit_is_refused_holds_nothing(
    world: World, dynamo: Dynamo, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_many(dynamo, 100)
    order = taken(world, many(100))
    real = dynamo.client.transact_write_items

    def refusing(**given: Any) -> Any:
        if "LIVE#HEAD" not in str(given["TransactItems"][0]):
            return real(**given)
        reasons = [{"Code": "ConditionalCheckFailed"}, *({"Code": "None"} for _ in given["TransactItems"][1:])]
        error = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
        raise ClientError(error, "TransactWriteItems")

    monkeypatch.setattr(dynamo.client, "transact_write_items", refusing)
    with pytest.raises(Refusal, match="too-busy"):
        amended(world, order, tuple(SetQuantity(line_id=f"l{number}", quantity=3) for number in range(1, 101)))
    assert all_stock(dynamo, 100) == {(9, 0, 2, 7)}
    assert stages(dynamo) == []
