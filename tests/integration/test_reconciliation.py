"""Reconciliation on the template's tables: a sound world is silent, and damage behind the system's back is found."""

import json
import random
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest

from shared.adapters.dynamodb.change_rows import change_row
from shared.adapters.dynamodb.ledgers import DynamoLedgers
from shared.adapters.dynamodb.stored.kinds import ORDER
from shared.domain.audit.stock_count import StockCount
from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Order
from shared.domain.planning.edits import SetQuantity
from shared.ports.paging import Filter
from shared.ports.stores import Conflict
from shared.ports.walks import Walk
from shared.usecases.amending.submit_change import submit_change
from shared.usecases.amending.undo_change import undo_change
from shared.usecases.cancelling.start_cancellation import Cancellation, preview_cancellation, start_cancellation
from shared.usecases.core.open_changes import ChangeAddress
from shared.usecases.publishing.publish_events import publish_forgotten
from shared.usecases.reading.read_history import read_log
from shared.usecases.reconciling.reconcile import reconcile
from shared.usecases.reconciling.reconcile_report import Reconciler, Report
from shared.usecases.refunding.pay_refund import pay_refund
from shared.usecases.refunding.settle_refund import RefundAddress, settle_refund
from tests.fakes import World, an_order
from tests.fakes.builders import AGENT, CUSTOMER
from tests.fakes.edge import told
from tests.integration.conftest import TABLES, Dynamo
from tests.integration.test_stores import amended, live, on_hand, put_many, stock_of, taken
from tests.integration.test_stores import many as of_many_skus
from tests.support.cloud import Cloud, a_cloud
from tests.workflow.stories import amended as amended_by_http
from tests.workflow.stories import placed, stocked

FEWER, MORE = (SetQuantity(line_id="l1", quantity=1),), (SetQuantity(line_id="l1", quantity=4),)
Damage = Callable[[World, Dynamo, Order], None]


def tools_of(world: World, dynamo: Dynamo) -> Reconciler:
    ledgers = DynamoLedgers(dynamo.client, TABLES)
    return Reconciler(services=world.services, ledgers=ledgers, gateways=world.gateways, bus=world.bus)


def walked(world: World, dynamo: Dynamo) -> Report:
    return reconcile(tools_of(world, dynamo), "w", lambda: False)


def kinds(found: list[Any]) -> list[str]:
    return sorted({difference.kind for difference in found})


def change_of(world: World, answer: Any) -> Change:
    change = world.services.changes.get(told(answer).body.split("/")[0])
    assert change is not None
    return change


def refunded(world: World, change: Change) -> None:
    for refund in change.refunds:
        named = RefundAddress(refund_id=refund.refund_id, change_id=change.change_id, order_id=change.order_id)
        settle_refund(world.services, named, pay_refund(world.services, world.gateways, named).reference)


def published(world: World) -> None:
    world.clock.passes(minutes=5)
    publish_forgotten(world.bus, world.services.orders, world.clock)


@pytest.fixture
def orders(world: World) -> list[Order]:
    """Five orders: amended up and down, undone, cancelled as a whole, refunded, and one with a change that waits."""
    for sku in ("SKU-1", "SKU-2"):
        on_hand(world, sku, 50)
    found = [taken(world, an_order(f"D-{number}").with_lines(3).discounted("10").paid()) for number in range(5)]
    refunded(world, change_of(world, amended(world, found[0], FEWER)))
    amended(world, live(world, found[0].order_id), MORE)
    draft = change_of(world, amended(world, found[1], MORE, accept=False))
    named = ChangeAddress(order_id=found[1].order_id, change_id=draft.change_id)
    submit_change(world.services, world.request(AGENT, if_match=found[1].etag), named, draft.plan.digest)
    undo_change(world.services, world.request(AGENT, if_match=found[1].etag), named)
    _cancelled(world, found[2])
    waiting = change_of(world, amended(world, found[3], MORE, accept=False))
    named = ChangeAddress(order_id=found[3].order_id, change_id=waiting.change_id)
    submit_change(world.services, world.request(AGENT, if_match=found[3].etag), named, waiting.plan.digest)
    published(world)
    return [live(world, order.order_id) for order in found]


def _cancelled(world: World, order: Order) -> None:
    wanted = Cancellation(order_id=order.order_id, reason_code="customer_request")
    digest = preview_cancellation(world.services, CUSTOMER, wanted).digest
    agreed = replace(wanted, consent=digest)
    request = world.request(CUSTOMER, if_match=order.etag)
    change = change_of(world, start_cancellation(world.services, request, agreed))
    assert change.status is ChangeStatus.COMMITTED
    refunded(world, change)


def test_a_sound_world_has_no_difference(world: World, dynamo: Dynamo, orders: list[Order]) -> None:
    assert stock_of(world, "SKU-1")[1] > 0
    report = walked(world, dynamo)
    assert (report.looked_at, report.differences, report.repaired, report.moving) == (5, [], [], [])
    rows = dynamo.client.scan(TableName="OrdersTable")["Items"]
    assert not [row for row in rows if row["sk"]["S"] == "WALK"]


def test_an_order_costs_four_reads_at_most(world: World, dynamo: Dynamo, orders: list[Order]) -> None:
    dynamo.counted()
    tools_of(world, dynamo).ledgers.books(orders[0].order_id)
    assert dynamo.counted() == {"Query": 3, "BatchGetItem": 1}


def test_a_walk_goes_on_from_the_row_that_it_left(world: World, dynamo: Dynamo, orders: list[Order]) -> None:
    _counters(world, dynamo, orders[0])
    report, calls = Report(cursor="w"), 0
    while report.cursor:
        more = reconcile(tools_of(world, dynamo), report.cursor, lambda: True)
        report.add(more)
        report.cursor, calls = more.cursor, calls + 1
    assert (report.looked_at, kinds(report.differences)) == (5, ["stock-allocated", "stock-held", "stock-unbalanced"])
    assert calls > 10


def test_a_large_write_that_a_crash_left_is_finished(world: World, dynamo: Dynamo) -> None:
    put_many(dynamo, 100)
    order = taken(world, of_many_skus(100))
    published(world)
    real, calls = dynamo.client.transact_write_items, []

    def crashing(**given: object) -> object:
        calls.append(True)
        if len(calls) > 2:
            raise KeyboardInterrupt
        return real(**given)

    dynamo.client.transact_write_items = crashing
    edits = tuple(SetQuantity(line_id=f"l{number}", quantity=3) for number in range(1, 101))
    with pytest.raises(KeyboardInterrupt):
        amended(world, order, edits)
    dynamo.client.transact_write_items = real
    under_way = walked(world, dynamo)
    assert (under_way.differences, under_way.repaired) == ([], [])
    assert under_way.moving
    world.clock.passes(minutes=30)
    assert kinds(walked(world, dynamo).repaired) == ["write-unfinished"]
    assert walked(world, dynamo) == Report(looked_at=1)


# ---------------------------------------------------------------------------------------- behind the system's back


def _key(order: Order, sort: str) -> dict[str, Any]:
    return {"pk": {"S": f"ORDER#{order.order_id}"}, "sk": {"S": sort}}


def _outbox_row(dynamo: Dynamo, order: Order) -> dict[str, Any]:
    rows = dynamo.client.scan(TableName="OrdersTable")["Items"]
    return next(row for row in rows if row["pk"] == _key(order, "")["pk"] and row["sk"]["S"].startswith("OUT#"))


def _counters(world: World, dynamo: Dynamo, order: Order) -> None:
    dynamo.client.update_item(
        TableName="SkusTable",
        Key={"sku": {"S": "SKU-1"}, "bucket": {"S": "0"}},
        UpdateExpression="ADD held :one, allocated :two",
        ExpressionAttributeValues={":one": {"N": "1"}, ":two": {"N": "2"}},
    )


def _deleted_entry(world: World, dynamo: Dynamo, order: Order) -> None:
    dynamo.client.delete_item(TableName="LogTable", Key={"order_id": {"S": order.order_id}, "seq": {"N": "2"}})


def _rewritten_head(dynamo: Dynamo, order: Order, **fields: Any) -> None:
    head = dynamo.client.get_item(TableName="OrdersTable", Key=_key(order, "LIVE#HEAD"))["Item"]
    body = ORDER.plain(head["body"]["S"]) | fields
    dynamo.client.put_item(TableName="OrdersTable", Item={**head, "body": {"S": json.dumps(body)}})


def _open_change_of_nobody(world: World, dynamo: Dynamo, order: Order) -> None:
    named = {"change_id": "chg_gone", "kind": "amendment", "status": "draft"}
    _rewritten_head(dynamo, order, open_change=named)


def _ended_open_change(world: World, dynamo: Dynamo, order: Order) -> None:
    (change, *_) = world.services.changes.list(_of(order)).items
    assert not change.is_open
    named = {"change_id": change.change_id, "kind": change.kind, "status": "approved"}
    _rewritten_head(dynamo, order, open_change=named)


def _of(order: Order) -> Any:
    return Filter(values={"order_id": order.order_id})


def _lost_half_of_a_mark(world: World, dynamo: Dynamo, order: Order) -> None:
    """The sparse index does not show it any more, so the sweep never finds it."""
    world.clock.passes(hours=1)
    dynamo.client.update_item(
        TableName="OrdersTable",
        Key={name: _outbox_row(dynamo, order)[name] for name in ("pk", "sk")},
        UpdateExpression="SET unpublished = :shard",
        ExpressionAttributeValues={":shard": {"S": "1"}},
    )


def _lost_outbox_row(world: World, dynamo: Dynamo, order: Order) -> None:
    row = _outbox_row(dynamo, order)
    dynamo.client.delete_item(TableName="OrdersTable", Key={name: row[name] for name in ("pk", "sk")})


def _lost_past(world: World, dynamo: Dynamo, order: Order) -> None:
    dynamo.client.delete_item(TableName="OrdersTable", Key=_key(order, "PAST#00000001#0000"))


def _scrambled_change(world: World, dynamo: Dynamo, order: Order) -> None:
    (change, *_) = world.services.changes.list(_of(order)).items
    dynamo.client.update_item(
        TableName="ChangesTable",
        Key={"change_id": {"S": change.change_id}, "part": {"S": "RECORD"}},
        UpdateExpression="SET body = :body",
        ExpressionAttributeValues={":body": {"B": b"scrambled"}},
    )


def _scrambled_line(world: World, dynamo: Dynamo, order: Order) -> None:
    dynamo.client.put_item(TableName="OrdersTable", Item={**_key(order, "LIVE#LINE#l1"), "body": {"S": "{}"}})


def _orphaned_hold(world: World, dynamo: Dynamo, order: Order) -> None:
    (change, *_) = world.services.changes.list(_of(order)).items
    dynamo.client.put_item(TableName="ChangesTable", Item=change_row(replace(change, holds={"SKU-1": 2})))
    dynamo.client.update_item(
        TableName="SkusTable",
        Key={"sku": {"S": "SKU-1"}, "bucket": {"S": "0"}},
        UpdateExpression="ADD held :two, available :back",
        ExpressionAttributeValues={":two": {"N": "2"}, ":back": {"N": "-2"}},
    )


LEFT: list[tuple[Damage, set[str]]] = [
    (_counters, {"stock-held", "stock-allocated", "stock-unbalanced"}),
    (_deleted_entry, {"log-broken"}),
    (_open_change_of_nobody, {"open-change-missing"}),
    (_lost_outbox_row, {"events-missing"}),
    (_lost_past, {"version-unreadable"}),
    (_scrambled_change, {"change-unreadable"}),
    (_scrambled_line, {"order-unreadable", "stock-allocated"}),
]
REPAIRED: list[tuple[Damage, str]] = [
    (_ended_open_change, "open-change-ended"),
    (_lost_half_of_a_mark, "event-unpublished"),
    (_orphaned_hold, "hold-orphaned"),
]


@pytest.mark.parametrize(("damage", "told"), LEFT, ids=[damage.__name__[1:] for damage, _ in LEFT])
def test_damage_is_found_and_left_to_people(
    world: World, dynamo: Dynamo, orders: list[Order], damage: Damage, told: set[str]
) -> None:
    damage(world, dynamo, orders[0])
    report = walked(world, dynamo)
    assert (set(kinds(report.differences)), report.repaired) == (told, [])


@pytest.mark.parametrize(("damage", "kind"), REPAIRED, ids=[kind for _, kind in REPAIRED])
def test_what_is_safe_to_is_put_right_and_logged(
    world: World, dynamo: Dynamo, orders: list[Order], damage: Damage, kind: str
) -> None:
    before = stock_of(world, "SKU-1")
    damage(world, dynamo, orders[0])
    report = walked(world, dynamo)
    assert (report.differences, kinds(report.repaired)) == ([], [kind])
    published(world)
    assert walked(world, dynamo) == Report(looked_at=5)
    entries, verified = read_log(world.services, orders[0].order_id, AGENT, verified=True)
    assert verified is not None
    assert verified.verified
    assert (entries[-1].action == "reconciled") == (kind != "event-unpublished")
    assert stock_of(world, "SKU-1") == before


def test_tallies_of_more_skus_than_one_item_holds_come_back(world: World, dynamo: Dynamo) -> None:

    ledgers, rng = DynamoLedgers(dynamo.client, TABLES), random.Random(1)
    counted = {f"{rng.getrandbits(120):x}": StockCount(held=rng.randint(0, 9), allocated=n) for n in range(40_000)}
    kept = ledgers.keep_walk(Walk(walk_id="w", counted=counted), world.clock.now())
    assert ledgers.walk("w") == kept
    for overtaken in (replace(kept, rev=0), replace(kept, rev=7)):
        with pytest.raises(Conflict):
            ledgers.keep_walk(overtaken, world.clock.now())
    ledgers.end_walk(kept)
    assert ledgers.walk("w") is None


# ------------------------------------------------------------------------------------------------------- the function


def invoked(cloud: Cloud, event: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = cloud.invoke("ReconcileFunction", event)
    return answer


def test_the_function_walks_through_a_world_of_the_real_handlers() -> None:
    with a_cloud() as cloud:
        stocked(cloud, 10)
        order = placed(cloud, price="100.00", paid="300.00")
        amended_by_http(cloud, order, 2)
        cloud.settle()
        for event in ({}, {"source": "aws.events", "detail-type": "Scheduled Event"}, {"cursor": "walk-of-mine"}):
            assert invoked(cloud, event) == asdict(Report(looked_at=1))
        cloud.aws("dynamodb").update_item(
            TableName="SkusTable",
            Key={"sku": {"S": "SOFA"}, "bucket": {"S": "0"}},
            UpdateExpression="ADD held :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )
        found = invoked(cloud, {})["differences"]
        assert {(each["kind"], each["about"]) for each in found} == {
            ("stock-unbalanced", "SOFA"),
            ("stock-held", "SOFA"),
        }
