"""Each condition of a write holds by itself: what stands in the tables is not as it was read, and nothing is written.

Rows are changed behind the system's back, one attribute at a time, so that no other condition can stand in.
"""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.adapters.dynamodb import walks
from shared.adapters.dynamodb.skus import move_stock
from shared.adapters.dynamodb.stage_moves import Stage
from shared.adapters.dynamodb.stage_sweep import sweep
from shared.adapters.dynamodb.staging import StagedStock
from shared.adapters.dynamodb.tallies import count, count_units
from shared.adapters.dynamodb.transaction import Transaction
from shared.domain.change import transitions
from shared.domain.change.change import Change
from shared.domain.change.step import StockMove
from shared.domain.change.tally import Tally, units_key
from shared.domain.order.counted import NOTHING_COUNTED, Counted
from shared.domain.order.order import Order
from shared.domain.planning.edits import SetQuantity
from shared.ports.requests import Answer, RequestKey, RequestKnown, RequestRecord
from shared.ports.stores import Conflict
from shared.ports.walks import Walk
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.core.new_change import Wanted
from shared.usecases.core.write_assembly import assemble_write
from shared.usecases.intake.take_order import take_order
from tests.fakes import World, an_order
from tests.fakes.builders import AGENT, SERVICE
from tests.fakes.edge import told
from tests.fakes.world import NOW
from tests.integration.conftest import TABLES, Dynamo

HEAD = "LIVE#HEAD"
MUG = {"sku": {"S": "MUG"}, "bucket": {"S": "0"}}


def taken(world: World, name: str = "D-1") -> Order:
    answer = taken_again(world, name)
    order = world.services.orders.load(answer.body)
    assert order is not None
    return order


def taken_again(world: World, name: str = "D-1") -> Answer:
    return told(take_order(world.services, world.request(SERVICE), an_order(name).with_lines(1).paid().new))


def a_draft(world: World, order: Order) -> Change:
    wanted = Wanted(
        order_id=order.order_id, reason_code="customer_request", edits=(SetQuantity(line_id="l1", quantity=1),)
    )
    answer = start_amendment(world.services, world.request(AGENT, if_match=order.etag), wanted)
    change = world.services.changes.get(told(answer).body.split("/")[0])
    assert change is not None
    return change


def set_number(dynamo: Dynamo, table: str, key: dict[str, Any], name: str, number: int) -> None:
    dynamo.client.update_item(
        TableName=table,
        Key=key,
        UpdateExpression="SET #name = :number",
        ExpressionAttributeNames={"#name": name},
        ExpressionAttributeValues={":number": {"N": str(number)}},
    )


def key(order: Order, sort: str) -> dict[str, Any]:
    return {"pk": {"S": f"ORDER#{order.order_id}"}, "sk": {"S": sort}}


def undo(world: World, order: Order, change: Change) -> None:
    """Write the end of a draft, on the order and the change as they were read."""
    live = world.services.orders.load(order.order_id)
    assert live is not None
    world.services.orders.write(assemble_write(undone(world, live, change), world.ids))


def undone(world: World, order: Order, change: Change) -> Any:
    from shared.domain.change.states import ChangeStatus

    return transitions.closed(order, change, ChangeStatus.UNDONE, change.requested_by, world.clock.now())


# ------------------------------------------------------------------------------------------------------ order and log


@pytest.mark.parametrize("name", ["version", "revision", "log_seq"])
def test_an_order_is_written_only_as_it_was_read(world: World, dynamo: Dynamo, name: str) -> None:
    order = taken(world)
    change = a_draft(world, order)
    live = world.services.orders.load(order.order_id)
    assert live is not None
    set_number(dynamo, "OrdersTable", key(order, HEAD), name, 77)
    with pytest.raises(Conflict):
        world.services.orders.write(assemble_write(undone(world, live, change), world.ids))


def test_an_order_that_is_there_is_not_taken_anew_even_if_its_log_is_gone(world: World, dynamo: Dynamo) -> None:
    order = taken(world)
    dynamo.client.delete_item(TableName="LogTable", Key={"order_id": {"S": order.order_id}, "seq": {"N": "1"}})
    assert taken_again(world).status == 200


def test_a_place_in_the_log_is_taken_once(world: World, dynamo: Dynamo) -> None:
    order = taken(world)
    change = a_draft(world, order)
    row = {"order_id": {"S": order.order_id}, "seq": {"N": "3"}, "write_id": {"S": "another"}}
    dynamo.client.put_item(TableName="LogTable", Item=row)
    with pytest.raises(Conflict):
        undo(world, order, change)


def test_what_a_version_was_is_written_once(world: World, dynamo: Dynamo) -> None:
    order = taken(world)
    dynamo.client.put_item(TableName="OrdersTable", Item=key(order, "PAST#00000001#0000") | {"body": {"S": "kept"}})
    wanted = Wanted(
        order_id=order.order_id, reason_code="customer_request", edits=(SetQuantity(line_id="l1", quantity=1),)
    )
    terms = preview_amendment(world.services, AGENT, wanted).digest
    request = world.request(AGENT, if_match=order.etag)
    with pytest.raises(Exception, match="too-busy"):
        start_amendment(world.services, request, replace(wanted, accept_digest=terms))
    row = dynamo.client.get_item(TableName="OrdersTable", Key=key(order, "PAST#00000001#0000"))["Item"]
    assert row["body"] == {"S": "kept"}


# ----------------------------------------------------------------------------------------------- changes and requests


def test_a_change_is_written_only_as_it_was_read(world: World, dynamo: Dynamo) -> None:
    order = taken(world)
    change = a_draft(world, order)
    record = {"change_id": {"S": change.change_id}, "part": {"S": "RECORD"}}
    set_number(dynamo, "ChangesTable", record, "rev", 77)
    with pytest.raises(Conflict):
        undo(world, order, change)


def test_a_new_change_does_not_replace_one_of_its_id(world: World) -> None:
    change, other = a_draft(world, taken(world)), taken(world, "D-2")
    twin = replace(change, order_id=other.order_id, note="another")
    step = transitions.started(other, twin, twin.requested_by, world.clock.now())
    with pytest.raises(Conflict):
        world.services.orders.write(assemble_write(step, world.ids))
    assert world.services.changes.get(change.change_id) == change


def test_a_request_has_its_effect_once(world: World) -> None:
    request = RequestKey(key="k", body_hash="b")
    record = RequestRecord(request=request, answer=Answer(status=200, body=""), expires_at=NOW)
    world.services.skus.put_stock("MUG", 5, None, record)
    with pytest.raises(RequestKnown):
        world.services.skus.put_stock("MUG", 6, level(world), record)
    assert level(world).on_hand == 5


def test_a_request_that_changed_nothing_is_answered_once(world: World) -> None:
    request = RequestKey(key="k", body_hash="b")
    record = RequestRecord(request=request, answer=Answer(status=200, body="first"), expires_at=NOW)
    world.services.requests.keep(record)
    with pytest.raises(RequestKnown):
        world.services.requests.keep(replace(record, answer=Answer(status=200, body="second")))
    assert world.services.requests.find(request) == record


def test_a_request_that_nobody_is_answered_is_known_without_an_answer(world: World) -> None:
    request = RequestKey(key="k", body_hash="b")
    record = RequestRecord(request=request, answer=None, expires_at=NOW)
    world.services.requests.keep(record)
    assert world.services.requests.find(request) == record


# --------------------------------------------------------------------------------------------------------------- stock


def level(world: World) -> Any:
    return world.services.skus.load(["MUG"]).stock["MUG"]


def put_level(dynamo: Dynamo, **counters: int) -> None:
    dynamo.client.put_item(
        TableName="SkusTable", Item=MUG | {name: {"N": str(units)} for name, units in counters.items()}
    )


def moved(dynamo: Dynamo, **move: int) -> None:
    transaction = Transaction()
    move_stock(transaction, "SkusTable", StockMove(sku="MUG", **move))
    transaction.run(dynamo.client)


@pytest.mark.parametrize(
    ("counters", "move"),
    [
        ({"on_hand": 5, "available": 1, "held": 2, "allocated": 2}, {"held": 2}),
        ({"on_hand": 5, "available": 3, "held": 0, "allocated": 2}, {"held": -1}),
        ({"on_hand": 5, "available": 3, "held": 2, "allocated": 0}, {"allocated": -1}),
        ({"on_hand": 1, "available": 0, "held": 0, "allocated": 2}, {"on_hand": -2, "allocated": -2}),
    ],
    ids=["available", "held", "allocated", "on_hand"],
)
def test_no_counter_falls_below_zero(dynamo: Dynamo, counters: dict[str, int], move: dict[str, int]) -> None:
    put_level(dynamo, **counters)
    with pytest.raises(Conflict):
        moved(dynamo, **move)


def test_what_takes_all_there_is_takes_it_only_while_it_is_all(dynamo: Dynamo) -> None:
    put_level(dynamo, on_hand=5, available=3, held=0, allocated=2)
    with pytest.raises(Conflict):
        moved(dynamo, allocated=1, available=1)
    moved(dynamo, allocated=3, available=3)


@pytest.mark.parametrize("seen", [0, 1])
def test_of_two_refunds_counted_at_once_one_is_judged_again(dynamo: Dynamo, seen: int) -> None:
    def counted(seen: int) -> None:
        transaction = Transaction()
        count(transaction, "RequestsTable", Tally(key="refunds/cus-1/2026-11-20", seen=seen, until=NOW))
        transaction.run(dynamo.client)

    for before in range(seen):
        counted(before)
    counted(seen)
    with pytest.raises(Conflict):
        counted(seen)


def test_more_units_wait_only_where_no_others_came_meanwhile(world: World, dynamo: Dynamo) -> None:
    def counted(units: int, seen: int | None) -> int:
        transaction = Transaction()
        count_units(transaction, "RequestsTable", "cus-1", units, seen)
        transaction.run(dynamo.client)
        return world.services.skus.load([], [units_key("cus-1")]).counted[units_key("cus-1")].count

    assert counted(30, 0) == 30
    with pytest.raises(Conflict):
        counted(5, 29)
    assert (counted(5, 30), counted(5, 99), counted(-40, None)) == (35, 40, 0)


def test_minor_units_are_summed_by_currency_under_one_count(world: World, dynamo: Dynamo) -> None:
    key = "refunds-by/usr-agent/2026-11-20"
    for seen, (amount, currency) in enumerate([(500, "USD"), (70, "JPY"), (25, "USD")]):
        transaction = Transaction()
        tally = Tally(key=key, seen=seen, until=NOW, amount=amount, currency=currency)
        count(transaction, "RequestsTable", tally)
        transaction.run(dynamo.client)
    known = world.services.skus.load([], [key, "refunds/nobody/2026-11-20"]).counted
    assert known[key] == Counted(count=3, amounts={"USD": 525, "JPY": 70})
    assert known["refunds/nobody/2026-11-20"] == NOTHING_COUNTED


def test_units_that_come_back_make_no_record_of_an_untracked_sku(world: World, dynamo: Dynamo) -> None:
    with pytest.raises(Conflict):
        moved(dynamo, on_hand=1)
    assert world.services.skus.load(["MUG"]).stock == {}


def test_of_two_who_set_the_first_stock_of_a_sku_one_reads_again(world: World) -> None:
    world.services.skus.put_stock("MUG", 5, None, None)
    with pytest.raises(Conflict):
        world.services.skus.put_stock("MUG", 6, None, None)
    assert level(world).on_hand == 5


def test_of_two_who_count_stock_one_reads_again(world: World) -> None:
    world.services.skus.put_stock("MUG", 5, None, None)
    seen = level(world)
    world.services.skus.put_stock("MUG", 9, seen, None)
    with pytest.raises(Conflict):
        world.services.skus.put_stock("MUG", 7, seen, None)
    assert level(world).on_hand == 9


def test_stock_that_was_promised_meanwhile_is_not_counted_away(world: World, dynamo: Dynamo) -> None:
    world.services.skus.put_stock("MUG", 5, None, None)
    seen = level(world)
    moved(dynamo, allocated=4)
    with pytest.raises(Conflict):
        world.services.skus.put_stock("MUG", 2, seen, None)
    assert level(world).available == 1


# -------------------------------------------------------------------------------------------------------------- staged

STAGE = Stage.of("w_1", (StockMove(sku="MUG", allocated=2),), NOW)


def staged(dynamo: Dynamo) -> StagedStock:
    return StagedStock(dynamo.client, TABLES.orders, TABLES.skus)


def committed(dynamo: Dynamo) -> None:
    transaction = Transaction()
    staged(dynamo).commit(transaction, STAGE)
    transaction.run(dynamo.client)


def counters(world: World) -> tuple[int, int, int, int]:
    found = level(world)
    return found.on_hand, found.held, found.allocated, found.available


def test_a_stage_that_was_given_up_is_not_committed(world: World, dynamo: Dynamo) -> None:
    put_level(dynamo, on_hand=9, available=9, held=0, allocated=0)
    staged(dynamo).prepare(STAGE, NOW)
    staged(dynamo).abandoned(STAGE)
    with pytest.raises(Conflict):
        committed(dynamo)
    assert counters(world) == (9, 0, 0, 9)


def test_a_stage_that_was_committed_is_not_given_up(world: World, dynamo: Dynamo) -> None:
    put_level(dynamo, on_hand=9, available=9, held=0, allocated=0)
    staged(dynamo).prepare(STAGE, NOW)
    committed(dynamo)
    assert not staged(dynamo).abandoned(STAGE)
    assert counters(world) == (9, 2, 0, 7)


def test_a_stage_holds_each_sku_once(world: World, dynamo: Dynamo) -> None:
    put_level(dynamo, on_hand=9, available=9, held=0, allocated=0)
    staged(dynamo).prepare(STAGE, NOW)
    with pytest.raises(Conflict):
        staged(dynamo).prepare(STAGE, NOW)
    assert counters(world) == (9, 0, 0, 9)


def test_a_stage_that_takes_all_there_is_holds_it_only_while_it_is_all(world: World, dynamo: Dynamo) -> None:
    put_level(dynamo, on_hand=3, available=3, held=0, allocated=0)
    some, all_ = (
        Stage.of(f"w_{seen}", (StockMove(sku="MUG", allocated=seen, available=seen),), NOW) for seen in (2, 3)
    )
    with pytest.raises(Conflict):
        staged(dynamo).prepare(some, NOW)
    assert counters(world) == (3, 0, 0, 3)
    staged(dynamo).prepare(all_, NOW)
    staged(dynamo).settle(all_)
    assert counters(world) == (3, 0, 3, 0)


def test_of_two_who_give_a_stage_up_one_gives_back(
    world: World, dynamo: Dynamo, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_level(dynamo, on_hand=9, available=4, held=5, allocated=0)
    staged(dynamo).prepare(STAGE, NOW)
    slow, read = staged(dynamo), StagedStock._marked

    def overtaken(stage: Stage, *prefix: str) -> set[str]:
        found = read(slow, stage, *prefix)
        staged(dynamo).abandoned(stage)
        return found

    monkeypatch.setattr(slow, "_marked", overtaken)
    with pytest.raises(Conflict):
        slow.abandoned(STAGE)
    assert counters(world) == (9, 5, 0, 4)


def test_a_stage_that_holds_nothing_is_given_up_without_a_trace(world: World, dynamo: Dynamo) -> None:
    put_level(dynamo, on_hand=9, available=4, held=5, allocated=0)
    assert staged(dynamo).abandoned(STAGE)
    assert counters(world) == (9, 5, 0, 4)


def test_a_committed_stage_that_a_crash_left_is_settled_by_the_sweep(world: World, dynamo: Dynamo) -> None:
    put_level(dynamo, on_hand=9, available=9, held=0, allocated=0)
    staged(dynamo).prepare(STAGE, NOW)
    committed(dynamo)
    assert sweep(dynamo.client, "OrdersTable", staged(dynamo), NOW, 10) == 1
    assert counters(world) == (9, 0, 2, 7)


def test_a_stage_that_is_settled_twice_gives_once(world: World, dynamo: Dynamo) -> None:
    giving = Stage.of("w_2", (StockMove(sku="MUG", allocated=-2),), NOW)
    put_level(dynamo, on_hand=9, available=4, held=0, allocated=5)
    for _ in range(2):
        staged(dynamo).settle(giving)
    assert counters(world) == (9, 0, 3, 6)


# --------------------------------------------------------------------------------------------------------------- walks


def test_of_two_that_begin_one_walk_the_slower_stops(dynamo: Dynamo) -> None:
    walks.keep(dynamo.client, TABLES.orders, Walk(walk_id="w"), NOW)
    with pytest.raises(Conflict):
        walks.keep(dynamo.client, TABLES.orders, Walk(walk_id="w"), NOW)


def test_of_two_that_go_on_with_one_walk_the_slower_stops(dynamo: Dynamo) -> None:
    begun = walks.keep(dynamo.client, TABLES.orders, Walk(walk_id="w"), NOW)
    walks.keep(dynamo.client, TABLES.orders, begun, NOW)
    with pytest.raises(Conflict):
        walks.keep(dynamo.client, TABLES.orders, begun, NOW)


# ---------------------------------------------------------------------------------------------------------- busy stores


@pytest.fixture
def busy(dynamo: Dynamo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is written, somebody else is writing it this moment."""

    def refusing(TransactItems: list[Any], **_: Any) -> None:  # noqa: N803 (boto3's own)
        reasons = [{"Code": "TransactionConflict"} for _ in TransactItems]
        error = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
        raise ClientError(error, "TransactWriteItems")

    monkeypatch.setattr(dynamo.client, "transact_write_items", refusing)


@pytest.mark.usefixtures("busy")
def test_a_busy_store_does_not_end_a_wait(world: World) -> None:
    with pytest.raises(Conflict):
        world.services.changes.keep_token("chg_1", 1, "token")


@pytest.mark.usefixtures("busy")
def test_a_busy_store_does_not_say_that_a_stage_was_committed(dynamo: Dynamo) -> None:
    with pytest.raises(Conflict):
        staged(dynamo).abandoned(STAGE)
