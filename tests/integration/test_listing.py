"""GET /changes and GET /orders list exactly what fits, each once over all pages, whichever filters are combined."""

import base64
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain, combinations, islice
from typing import TypeVar

import pytest

from shared.adapters.dynamodb.change_rows import change_row
from shared.adapters.dynamodb.listing import Index, scanned
from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.change.summary import summary_of
from shared.domain.order.order import Order
from shared.domain.order.progress import FulfilmentEvent
from shared.domain.order.states import order_status
from shared.http.parts.listing import PERIOD, Listing
from shared.http.resources.change.request import ChangesQuery
from shared.http.resources.order.request import OrdersQuery
from shared.ports.paging import Filter, Page
from shared.usecases.fulfilling.record_fulfilment import Fulfilment, record_fulfilment
from tests.fakes import World, a_world, an_order
from tests.fakes.builders import SERVICE
from tests.fakes.world import NOW
from tests.integration.conftest import Dynamo
from tests.integration.test_stores import live, taken
from tests.unit.usecases.approvals import a_dear_order, asked_for, over_500, ruled

PAGE = 5
"""Rows of a page: few, so that cursors count."""

T = TypeVar("T")
Values = Mapping[str, str]


def filters_of(query: type[Listing]) -> tuple[str, ...]:
    """What the route takes: a filter that comes later is looked at here too."""
    return tuple(name for name in query.model_fields if name not in ("q", "limit", "cursor", *PERIOD))


def combined(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """None of them, each, each two … all."""
    return chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))


def over_all_pages(pages: Callable[[Filter], Page[T]], wanted: Filter) -> list[T]:
    found: list[T] = []
    while True:
        page = pages(wanted)
        assert len(page.items) <= wanted.limit
        found += page.items
        if page.cursor is None:
            return found
        wanted = replace(wanted, cursor=page.cursor)


def of_changes(change: Change) -> dict[str, str | None]:
    """Its value of each filter, written down once more: this is what lists are compared with."""
    return {
        "status": change.status.value,
        "kind": change.kind,
        "reason_code": change.reason_code,
        "order_id": change.order_id,
        "customer_id": change.customer_id,
        "waiting_for": str(change.waiting_for) if change.waiting_for else None,
    }


def of_orders(order: Order) -> dict[str, str | None]:
    (line,) = order.lines
    status, customer_id = order_status(order).value, order.customer.customer_id
    return {"customer_id": customer_id, "status": status, "sku": line.sku, "channel": order.channel}


# -------------------------------------------------------------------------------------------------------------- changes


@pytest.fixture
def changes(world: World, dynamo: Dynamo) -> Sequence[Change]:
    """Of two kinds, orders, customers and reasons, in all statuses; some were created in the same moment."""
    memory = a_world()
    ruled(memory, over_500("manager"))
    change = asked_for(memory, a_dear_order(memory))
    kept = [_varied(change, number) for number in range(3 * len(ChangeStatus))]
    for each in kept:
        dynamo.client.put_item(TableName="ChangesTable", Item=change_row(each))
        assert world.services.changes.keep_token(each.change_id, each.round, "token") == bool(each.waiting_for)
    return kept


def _varied(change: Change, number: int) -> Change:
    assert change.asked is not None
    return replace(
        change,
        change_id=f"chg_{number * 7919 % 101:03}",
        status=list(ChangeStatus)[number % len(ChangeStatus)],
        kind="amendment" if number % 3 else "cancellation",
        reason_code="wrong_item" if number % 5 else "fraud",
        order_id=f"ord_{number % 4}",
        customer_id=f"cus-{number % 2}",
        asked=replace(change.asked, role="manager" if number % 4 else "finance"),
        created_at=NOW + timedelta(hours=number // 2),
    )


def since_and_until(change: Change, periods: bool) -> tuple[datetime | None, datetime | None]:
    return (change.created_at, change.created_at + timedelta(hours=9)) if periods else (None, None)


@pytest.mark.parametrize("period", [False, True], ids=["ever", "in a period"])
def test_changes_are_listed_by_every_combination_of_filters(
    world: World, changes: Sequence[Change], period: bool
) -> None:
    names = filters_of(ChangesQuery)
    samples = [next(change for change in changes if change.status is status) for status in _SAMPLED]
    for asked in combined(names):
        for sample in samples:
            values = {name: value for name in asked if (value := of_changes(sample)[name])}
            since, until = since_and_until(sample, period)
            fitting = [change for change in changes if fits(of_changes(change), values)]
            fitting = [each for each in fitting if not since or not until or since <= each.created_at < until]
            wanted = Filter(values=values, since=since, until=until, limit=PAGE)
            found = over_all_pages(world.services.changes.list, wanted)
            assert ids(found) == ids(fitting), (values, since, until)
            assert in_promised_order(found, values), values


_SAMPLED = (ChangeStatus.PENDING_APPROVAL, ChangeStatus.COMMITTED)


def fits(has: Mapping[str, str | None], values: Values) -> bool:
    return all(has[name] == value for name, value in values.items())


def ids(changes: Sequence[Change]) -> list[str]:
    return sorted(change.change_id for change in changes)


def in_promised_order(found: Sequence[Change], values: Values) -> bool:
    """Newest first by a filter that has an index; an inbox is sorted by deadline, and the rest by nothing."""
    if ("waiting_for" in values and "customer_id" not in values) or not values.keys() - {"kind"}:
        return True
    return all(a.created_at >= b.created_at for a, b in zip(found, islice(found, 1, None), strict=False))


@pytest.mark.parametrize("asked", [{"waiting_for": "manager"}, {"order_id": "ord_1"}, {"status": "expired"}, {}])
def test_a_customer_s_cursor_tells_of_nobody_else_s_changes(
    world: World, changes: Sequence[Change], asked: Values
) -> None:
    """A cursor is only encoded: whoever has it can read the keys in it."""
    theirs = {change.change_id for change in changes if change.customer_id != "cus-1"}
    wanted = Filter(values={**asked, "customer_id": "cus-1"}, limit=1)
    while cursor := world.services.changes.list(wanted).cursor:
        _, keys = json.loads(zlib.decompress(base64.urlsafe_b64decode(cursor)))
        assert keys.keys() == {"change_id", "part", "customer_id", "created_at"}
        assert keys["change_id"]["S"] not in theirs
        wanted = replace(wanted, cursor=cursor)


def test_a_kind_alone_lists_changes_that_wait_for_nobody_too(world: World, changes: Sequence[Change]) -> None:
    """Found by a reader of the code: a sparse index was walked, and so only what waits came back."""
    found = over_all_pages(world.services.changes.list, Filter(values={"kind": "amendment"}, limit=PAGE))
    assert {change.status for change in found} == set(ChangeStatus)


# --------------------------------------------------------------------------------------------------------------- orders


@pytest.fixture
def orders(world: World) -> Sequence[Order]:
    """Of two customers, channels and SKUs, some shipped; some were placed in the same moment."""
    return [_an_order(world, number) for number in range(16)]


def _an_order(world: World, number: int) -> Order:
    builder = an_order(f"D-{number}").of(f"cus-{number % 2}").with_line("MUG" if number % 3 else "PEN", 1, 1000)
    placed = NOW - timedelta(hours=number * 7 % 16 // 2)
    builder = builder._with(channel="shopify" if number % 4 else "direct", placed_at=placed)
    order = taken(world, builder.paid())
    if number % 5 < 2:
        sent = Fulfilment(order_id=order.order_id, line_id="l1", quantity=1, event=FulfilmentEvent.SHIPPED)
        record_fulfilment(world.services, world.request(SERVICE), sent)
    return live(world, order.order_id)


def test_orders_are_listed_by_every_combination_of_filters(world: World, orders: Sequence[Order]) -> None:
    for asked in combined(filters_of(OrdersQuery)):
        for sample in orders[:2]:
            values = {name: value for name in asked if (value := of_orders(sample)[name])}
            found = over_all_pages(world.services.orders.list, Filter(values=values, limit=PAGE))
            expected = sorted(order.order_id for order in orders if fits(of_orders(order), values))
            assert sorted(order.order_id for order in found) == expected, values
            placed = [order.placed_at for order in found]
            assert placed == sorted(placed, reverse=True) or not values.keys() - {"sku"}, values


def test_an_index_that_rows_are_missing_from_is_never_walked_whole() -> None:
    some, every = Index("some", "waiting_for", "due_at", sparse=True), Index("all", "order_id", "created_at")
    assert scanned((some, every)) is every


# ------------------------------------------------------------------------------------------------------------ summaries


@pytest.fixture
def waiting(dynamo: Dynamo) -> Change:
    memory = a_world()
    ruled(memory, over_500("manager"))
    change = asked_for(memory, a_dear_order(memory))
    dynamo.client.put_item(TableName="ChangesTable", Item=change_row(change))
    return change


INBOX = Filter(values={"waiting_for": "manager"})


def test_a_list_of_changes_reads_no_bodies(
    world: World, dynamo: Dynamo, waiting: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, batch_get = list[str](), dynamo.client.batch_get_item

    def watched(**asked: object) -> object:
        reply = batch_get(**asked)
        read.extend(name for row in reply["Responses"]["ChangesTable"] for name in row)
        return reply

    monkeypatch.setattr(dynamo.client, "batch_get_item", watched)
    (found,) = world.services.changes.summaries(INBOX).items
    assert found == summary_of(waiting)
    assert "head" in read
    assert "body" not in read


def test_a_change_that_was_written_without_a_summary_is_listed_all_the_same(
    world: World, dynamo: Dynamo, waiting: Change
) -> None:
    row = change_row(waiting)
    for name in ("head", "edits", "lines"):
        del row[name]
    dynamo.client.put_item(TableName="ChangesTable", Item=row)
    assert world.services.changes.summaries(INBOX).items == (summary_of(waiting),)


def test_a_summary_that_cannot_be_read_is_left_out_and_named_in_the_log(
    world: World, dynamo: Dynamo, waiting: Change, caplog: pytest.LogCaptureFixture
) -> None:
    torn = change_row(replace(waiting, change_id="chg_torn")) | {"head": {"B": b"torn"}}
    dynamo.client.put_item(TableName="ChangesTable", Item=torn)
    assert [each.head.change_id for each in world.services.changes.summaries(INBOX).items] == [waiting.change_id]
    assert "a change cannot be read: chg_torn" in caplog.text


def test_a_head_that_is_too_large_for_a_row_is_made_of_the_body(
    world: World, dynamo: Dynamo, waiting: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.adapters.dynamodb.change_rows.HEAD_LIMIT", 100)
    row = change_row(waiting)
    assert "head" not in row
    dynamo.client.put_item(TableName="ChangesTable", Item=row)
    assert world.services.changes.summaries(INBOX).items == (summary_of(waiting),)
