"""A row that nobody can read holds up no other: not in a list, not in what time does, not in what is finished late."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.adapters.dynamodb.change_rows import OF_A_REFERENCE, change_row
from shared.adapters.dynamodb.items import item
from shared.adapters.dynamodb.staging import PREPARING, SHARD
from shared.domain.change.change import Change
from shared.domain.change.step import StockMove
from shared.ports.paging import Filter
from shared.usecases.sweeping.mind_deadlines import mind_deadlines
from tests.fakes import World, a_world, an_order
from tests.fakes.world import NOW
from tests.integration.conftest import Dynamo
from tests.integration.test_stores import stages, taken
from tests.unit.usecases.approvals import a_dear_order, asked_for, over_500, ruled

LONG_AGO = "2020-01-01T00:00:00.000000Z"
SCRAMBLED: dict[str, dict[str, Any]] = {
    "of nothing that we pack": {"body": {"B": b"scrambled"}},
    "of text": {"body": {"S": "{}"}},
    "without a body": {},
}


@pytest.fixture
def waiting(dynamo: Dynamo) -> Change:
    memory = a_world()
    ruled(memory, over_500("manager"))
    change = asked_for(memory, a_dear_order(memory))
    dynamo.client.put_item(TableName="ChangesTable", Item=change_row(change))
    return change


def spoilt(dynamo: Dynamo, change: Change, count: int, body: dict[str, Any]) -> list[str]:
    """As many changes that nobody can read, all more urgent than this one; returns their ids."""
    ids = [f"chg_bad{number:03}" for number in range(count)]
    for each in ids:
        row: Any = change_row(replace(change, change_id=each)) | item({"due_at": LONG_AGO, "urgency": LONG_AGO})
        del row["body"]
        dynamo.client.put_item(TableName="ChangesTable", Item=row | body)
    return ids


@pytest.mark.parametrize("body", SCRAMBLED.values(), ids=SCRAMBLED)
def test_an_unreadable_change_is_left_out_of_lists_and_named_in_the_log(
    world: World, dynamo: Dynamo, waiting: Change, body: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    (bad,) = spoilt(dynamo, waiting, 1, body)
    inbox = world.services.changes.list(Filter(values={"waiting_for": "manager"}))
    assert [change.change_id for change in inbox.items] == [waiting.change_id]
    assert f"a change cannot be read: {bad}" in caplog.text


def test_a_page_of_unreadable_changes_leads_on_to_the_next(world: World, dynamo: Dynamo, waiting: Change) -> None:
    spoilt(dynamo, waiting, 2, SCRAMBLED["of text"])
    wanted = Filter(values={"waiting_for": "manager"}, limit=2)
    first = world.services.changes.list(wanted)
    second = world.services.changes.list(replace(wanted, cursor=first.cursor))
    assert [change.change_id for change in (*first.items, *second.items)] == [waiting.change_id]


@pytest.mark.parametrize("count", [2, 3, 5])
def test_unreadable_changes_hold_up_none_of_those_that_are_due(
    world: World,
    dynamo: Dynamo,
    waiting: Change,
    count: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("shared.adapters.dynamodb.changes.BATCH", 2)
    bad = spoilt(dynamo, waiting, count, SCRAMBLED["of text"])
    world.clock.passes(days=30)
    mind_deadlines(world.services)
    assert all(f"a change cannot be read: {each}: TypeError" in caplog.text for each in bad)
    due = world.services.changes.due(world.clock.now())
    assert [change.change_id for change in due] == [*bad, waiting.change_id]


def test_a_row_that_is_no_change_is_left_out_of_what_is_due_and_named_in_the_log(
    world: World, dynamo: Dynamo, waiting: Change, caplog: pytest.LogCaptureFixture
) -> None:
    bad: Any = change_row(replace(waiting, change_id="chg_bad")) | item({"due_at": LONG_AGO})
    del bad["order_id"]
    dynamo.client.put_item(TableName="ChangesTable", Item=bad)
    due = world.services.changes.due(NOW + timedelta(days=30))
    assert [change.change_id for change in due] == [waiting.change_id]
    assert "a change cannot be read: chg_bad: KeyError" in caplog.text


def test_what_is_due_is_read_without_bodies_and_as_the_caller_goes_on(
    world: World, dynamo: Dynamo, waiting: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.adapters.dynamodb.changes.BATCH", 2)
    for number in range(5):
        row = change_row(replace(waiting, change_id=f"chg_{number}"))
        dynamo.client.put_item(TableName="ChangesTable", Item=row)
    read, batch_get = list[Any](), dynamo.client.batch_get_item

    def watched(**asked: Any) -> Any:
        read.append(batch_get(**asked))
        return read[-1]

    monkeypatch.setattr(dynamo.client, "batch_get_item", watched)
    first = next(world.services.changes.due(NOW + timedelta(days=30)))
    assert first.order_id == waiting.order_id
    assert [sorted(row) for row in read[0]["Responses"]["ChangesTable"]] == [sorted(OF_A_REFERENCE)] * 2
    assert len(read) == 1


# ------------------------------------------------------------------------------------------------------------- events


def spoilt_events(dynamo: Dynamo, count: int) -> None:
    for number in range(count):
        row = {"pk": f"ORDER#{number}", "sk": "OUT#000000000001", "unpublished": str(number % 4)}
        row |= {"waiting_since": LONG_AGO, "events": "scrambled"}
        dynamo.client.put_item(TableName="OrdersTable", Item=item(row))


def of(batches: Sequence[Sequence[Any]]) -> list[str]:
    return [events[0].order_id for events in batches]


def test_unreadable_events_hold_up_none_of_those_that_wait_and_are_named_in_the_log(
    world: World, dynamo: Dynamo, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("shared.adapters.dynamodb.outbox.BATCH", 2)
    spoilt_events(dynamo, 12)
    order = taken(world, an_order("D-1").with_lines(1).paid())
    assert of(world.services.orders.unpublished(NOW + timedelta(hours=1), 2)) == [order.order_id]
    assert "events cannot be read: ORDER#11 OUT#000000000001: TypeError" in caplog.text


def test_the_events_that_have_waited_longest_are_published_first_whatever_their_partition(world: World) -> None:
    orders = []
    for number in range(8):
        orders.append(taken(world, an_order(f"D-{number}").with_lines(1).paid()).order_id)
        world.clock.passes(minutes=1)
    assert of(world.services.orders.unpublished(world.clock.now(), 5)) == orders[:5]


# -------------------------------------------------------------------------------------------------------- large writes


def staged(dynamo: Dynamo, write_id: str, moves: str, since: datetime) -> None:
    row = {"pk": f"STAGE#{write_id}", "sk": "STAGE", "status": PREPARING, "moves": moves, "until": 0}
    row |= {"unpublished": SHARD, "waiting_since": since.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
    dynamo.client.put_item(TableName="OrdersTable", Item=item(row))


def trouble_of(work: Callable[[], object]) -> Exception | None:
    """Returns the exception that it raises, whatever that is."""
    try:
        work()
    except Exception as error:  # noqa: BLE001 (the test says what it should be)
        return error
    return None


def test_a_large_write_that_cannot_be_finished_holds_up_none_of_those_after_it(
    world: World, dynamo: Dynamo, caplog: pytest.LogCaptureFixture
) -> None:
    """More of them than are finished at a time."""
    for number in range(3):
        staged(dynamo, f"w_bad{number}", '[{"sku": "MUG", "gone": 1}]', NOW - timedelta(hours=2))
    staged(dynamo, "w_good", json.dumps([asdict(StockMove(sku="MUG", held=1))]), NOW - timedelta(hours=1))
    trouble = trouble_of(lambda: world.services.orders.finish_staged(NOW, 2))
    assert isinstance(trouble, ExceptionGroup)
    assert len(trouble.exceptions) == 3
    assert len(stages(dynamo)) == 3
    assert "Item" not in dynamo.client.get_item(
        TableName="OrdersTable", Key=item({"pk": "STAGE#w_good", "sk": "STAGE"})
    )
    assert "a large write cannot be finished: w_bad0: TypeError" in caplog.text


def test_no_more_large_writes_are_finished_than_were_asked_for(world: World, dynamo: Dynamo) -> None:
    for number in range(3):
        staged(dynamo, f"w_{number}", "[]", NOW - timedelta(hours=1))
    assert world.services.orders.finish_staged(NOW, 2) == 2
    assert world.services.orders.finish_staged(NOW, 2) == 1
