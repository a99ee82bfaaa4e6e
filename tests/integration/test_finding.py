"""Orders are found on DynamoDB by keyed rows, in two reads; the rows come with an order, and go with an erasure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.adapters.dynamodb import find_rows, rows
from shared.adapters.dynamodb.erasing import DynamoHistories
from shared.adapters.dynamodb.finding import Finder
from shared.adapters.dynamodb.ledgers import DynamoLedgers
from shared.adapters.dynamodb.orders import DynamoOrders
from shared.domain.order.order import Order
from shared.domain.order.order_summary import order_summary
from shared.domain.order.party import Address, Customer
from shared.domain.order.product import Product
from shared.domain.order.progress import FulfilmentEvent
from shared.domain.order.search_words import terms_of
from shared.domain.planning.edits import ReplaceSku, SetQuantity, SetShippingAddress
from shared.domain.refusal import Refusal
from shared.ports.gateways import GatewayUnavailable
from shared.ports.paging import Filter, Page
from shared.ports.stores import Conflict
from shared.usecases.erasing.erase_customer import Erasure, erase_customer
from shared.usecases.fulfilling.acknowledge_change import Acknowledge, acknowledge_change
from shared.usecases.fulfilling.record_fulfilment import Fulfilment, record_fulfilment
from shared.usecases.intake.keep_catalogue import put_product
from shared.usecases.refunding.settle_refund import RefundAddress, settle_refund
from tests.fakes import World, an_order
from tests.fakes.builders import HOME, OPERATOR, SERVICE, OrderBuilder
from tests.fakes.world import NOW
from tests.integration.conftest import TABLES, Dynamo
from tests.integration.test_stores import amended, live, on_hand, taken

JOERG = Customer(customer_id="cus-1", tier="gold", email="Joerg@Example.com", name="Jörg Müller")
THERE = Address(name="Jörg Müller", line1="2 Oak Road", city="Chicago", region="IL", postal_code="60601", country="US")


def asked(world: World, query: str, **more: Any) -> Page[Any]:
    limit, cursor = more.pop("limit", 50), more.pop("cursor", None)
    values = {"q": " ".join(terms_of(query)), **more}
    return world.services.orders.find(Filter(values=values, limit=limit, cursor=cursor))


def found(world: World, query: str, **more: Any) -> list[str]:
    return [each.head.channel_order_id for each in asked(world, query, **more).items]


def new(number: str = "D-1", customer: Customer = JOERG, hours: int = 0) -> OrderBuilder:
    builder = an_order(number).with_line("MUG", 2, 1000).paid()
    return builder._with(customer=customer, placed_at=NOW - timedelta(hours=hours))


def find_rows_of(dynamo: Dynamo) -> list[dict[str, Any]]:
    pages = dynamo.client.get_paginator("scan").paginate(TableName="OrdersTable")
    return [row for page in pages for row in page["Items"] if row["pk"]["S"].startswith("FIND#")]


def moved(world: World, order: Order) -> Order:
    amended(world, order, (SetShippingAddress(address=THERE), SetQuantity(line_id="l1", quantity=1)))
    return live(world, order.order_id)


@pytest.mark.parametrize(
    "query", ["müller", "Mueller", "jorg muller", "joerg@example.com", "d-1", "62701", "mug mueller"]
)
def test_the_store_compares_words_as_the_domain_does(world: World, query: str) -> None:
    taken(world, new())
    taken(world, new("D-2", replace(JOERG, name="Ada", email="ada@example.com"))._with(shipping_address=None))
    assert found(world, query) == ["D-1"]


def test_every_word_must_be_the_order_s_whichever_is_looked_up(world: World) -> None:
    taken(world, new())
    taken(world, new("D-2", replace(JOERG, name="Grace Hopper", email="grace@example.com")))
    assert found(world, "62701 muller") == ["D-1"]
    assert found(world, "62701 grace mug") == ["D-2"]
    assert found(world, "62701 muller hopper") == []


def test_what_is_found_is_the_order_as_a_list_shows_it(world: World) -> None:
    order = taken(world, new())
    (summary,) = asked(world, "d-1").items
    whole = order_summary(order)
    assert (summary.status, summary.totals, summary.backordered) == (whole.status, whole.totals, whole.backordered)
    assert replace(summary.head, lines=order.lines, progress=order.progress) == order


@pytest.mark.parametrize(
    ("query", "more", "reads"),
    [
        ("müller", {}, {"Query": 1, "BatchGetItem": 1}),
        ("müller mug 62701", {}, {"Query": 1, "BatchGetItem": 1}),
        ("müller", {"customer_id": "cus-1"}, {"Query": 1, "BatchGetItem": 1}),
        ("müller mug", {"customer_id": "cus-2"}, {"Query": 1}),
        ("nobody", {}, {"Query": 1}),
        ("ORDER", {}, {"BatchGetItem": 1}),
    ],
)
def test_a_search_takes_two_reads_at_most(
    world: World, dynamo: Dynamo, query: str, more: dict[str, str], reads: Counter[str]
) -> None:
    orders = [taken(world, new(f"D-{number}")) for number in range(3)]
    dynamo.counted()
    asked(world, query.replace("ORDER", orders[0].order_id), **more)
    assert dynamo.counted() == reads


def test_rows_come_in_the_transaction_of_their_order_and_say_nobody_s_name(world: World, dynamo: Dynamo) -> None:
    dynamo.counted()
    order = taken(world, new())
    assert dynamo.counted()["TransactWriteItems"] == 1
    kept = find_rows_of(dynamo)
    assert len(kept) == 7  # d-1, the e-mail, jorg, muller, ada (of the address), 62701 and mug
    assert all(row["sk"]["S"].endswith(order.order_id) for row in kept)
    assert "ller" not in str(kept).casefold()


def test_nobody_finds_rows_by_a_word_without_the_key(world: World, dynamo: Dynamo) -> None:
    taken(world, new())
    others = DynamoOrders(dynamo.client, replace(TABLES, find_key=lambda: b"another key"))
    assert others.find(Filter(values={"q": "muller"})).items == ()
    assert find_rows.hash_of("muller", b"one key") != find_rows.hash_of("muller", b"another key")


def test_a_write_that_brings_no_word_writes_no_row_and_one_that_does_stays_one_transaction(
    world: World, dynamo: Dynamo
) -> None:
    order = taken(world, new())
    before = find_rows_of(dynamo)
    picked = Fulfilment(order_id=order.order_id, line_id="l1", quantity=1, event=FulfilmentEvent.PICKED)
    record_fulfilment(world.services, world.request(SERVICE), picked)
    assert find_rows_of(dynamo) == before
    dynamo.counted()
    moved(world, live(world, order.order_id))
    assert dynamo.counted()["TransactWriteItems"] == 1
    assert len(find_rows_of(dynamo)) == len(before) + 3  # the postal code, the refund and its credit memo


def test_an_order_is_found_by_what_an_edit_brings_and_by_what_it_was(world: World) -> None:
    put_product(world.services, world.request(SERVICE), a_pen())
    order = moved(world, taken(world, new()._with(shipping_address=HOME)))
    for query in ("60601", "62701", "ada", "muller 60601", "muller 62701", "60601 mug"):
        assert found(world, query) == ["D-1"], query
    amended(world, order, (ReplaceSku(line_id="l1", with_sku="PEN"),))
    for query in ("pen", "mug", "pen muller", "mug pen", "pen 60601"):
        assert found(world, query) == ["D-1"], query


def a_pen() -> Product:
    return Product(sku="PEN", title="Pen", list_price={"USD": 1000})


def test_an_order_is_found_by_its_parcels(world: World) -> None:
    order = taken(world, new())
    sent = Fulfilment(
        order_id=order.order_id, line_id="l1", quantity=1, event=FulfilmentEvent.SHIPPED, tracking="1Z 999"
    )
    record_fulfilment(world.services, world.request(SERVICE), sent)
    assert found(world, "1Z999") == found(world, "1z 999 müller") == found(world, "1z müller") == ["D-1"]


def over_all_pages(world: World, query: str, limit: int, **more: Any) -> list[str]:
    numbers, cursor = list[str](), None
    while True:
        page = asked(world, query, limit=limit, cursor=cursor, **more)
        assert len(page.items) <= limit
        numbers += [each.head.channel_order_id for each in page.items]
        if (cursor := page.cursor) is None:
            return numbers


@pytest.mark.parametrize("more", [{}, {"customer_id": "cus-1"}, {"channel": "direct"}, {"sku": "MUG"}])
@pytest.mark.parametrize("query", ["muller", "muller 62701"])
def test_every_order_comes_once_over_all_pages_the_newest_first(world: World, query: str, more: dict[str, str]) -> None:
    for number in (3, 1, 4, 0, 2):
        taken(world, new(f"D-{number}", hours=number))
    assert over_all_pages(world, query, 2, **more) == ["D-0", "D-1", "D-2", "D-3", "D-4"]


def test_pages_are_full_where_few_orders_of_a_common_word_have_the_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(9):
        postal = "60601" if number % 3 == 0 else "62701"
        place = replace(HOME, postal_code=postal)
        taken(world, new(f"D-{number}", hours=number)._with(shipping_address=place))
    page = asked(world, "muller mug 60601", limit=2)
    assert [each.head.channel_order_id for each in page.items] == ["D-0", "D-3"]
    monkeypatch.setattr("shared.adapters.dynamodb.finding.EXAMINED", 2)
    assert over_all_pages(world, "muller mug 60601", 2) == ["D-0", "D-3", "D-6"]


def test_a_customer_s_search_reads_their_own_orders_and_no_partition_of_a_word(
    world: World, dynamo: Dynamo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So neither its cursor nor its time tells whether anybody else has the word."""
    for number in range(5):
        taken(world, new(f"D-{number}", replace(JOERG, customer_id="cus-2"), hours=number))
    queries, query = list[Any](), dynamo.client.query

    def watched(**given: Any) -> Any:
        queries.append(given)
        return query(**given)

    monkeypatch.setattr(dynamo.client, "query", watched)
    page = asked(world, "muller", customer_id="cus-1", limit=2)
    assert (page.items, page.cursor) == ((), None)
    assert [each["IndexName"] for each in queries] == ["by_customer"]


@pytest.mark.parametrize("customer", ["cus-1", "cus-2"])
def test_a_customer_finds_their_own_orders_only_by_ids_too(world: World, customer: str) -> None:
    order = taken(world, new()._with(shipping_address=HOME))
    amended(world, order, (SetQuantity(line_id="l1", quantity=1),), accept=False)
    (change,) = world.services.changes.list(Filter(values={"order_id": order.order_id})).items
    number = change.change_id.removeprefix("chg_")
    assert number.isdecimal()
    for query in (order.order_id, change.change_id, "muller", "mug ada"):
        assert found(world, query, customer_id=customer) == (["D-1"] if customer == "cus-1" else []), query
    taken(world, new("D-2", replace(JOERG, name="Grace")))
    assert found(world, "muller", customer_id="cus-1") == ["D-1"]


@pytest.mark.parametrize("cursor", ["x", "AAAA", "e30=", "ä"])
def test_a_cursor_that_names_no_place_is_refused(world: World, cursor: str) -> None:
    with pytest.raises(Refusal):
        asked(world, "muller", cursor=cursor)


# ----------------------------------------------------------------------------------------------------------- an erasure


def test_an_erasure_leaves_no_row_of_a_word_of_theirs_whatever_version_had_it(world: World, dynamo: Dynamo) -> None:
    order = moved(world, taken(world, new()._with(shipping_address=HOME)))
    before = hashes(dynamo)
    personal = ["jorg", "muller", "ada", "joerg@example.com", "62701", "60601"]
    assert {hashed(word) for word in personal} < before
    shipped(world, order)
    erase(world, dynamo)
    assert hashes(dynamo) == before - {hashed(word) for word in personal}
    kept = str([*find_rows_of(dynamo), *listed(dynamo, order)])
    assert [word for word in personal if hashed(word)[: find_rows.BEGINNING] in kept] == []
    assert [found(world, query) for query in ("muller", "60601", "d-1 muller")] == [[], [], []]
    assert found(world, "d-1") == found(world, "mug") == found(world, "mug d-1") == ["D-1"]


def test_rows_that_another_key_made_go_with_an_erasure_too(world: World, dynamo: Dynamo) -> None:
    older = replace(TABLES, find_key=lambda: b"an older key")
    world.services = replace(world.services, orders=DynamoOrders(dynamo.client, older))
    order = taken(world, new())
    ledgers = DynamoLedgers(dynamo.client, TABLES)
    books = ledgers.books(order.order_id)
    assert books is not None
    assert ledgers.make_findable(books) == 7
    assert len(find_rows_of(dynamo)) == 14
    shipped(world, order)
    erase(world, dynamo)
    assert len(find_rows_of(dynamo)) == 4  # d-1 and mug, by either key


def test_of_very_many_rows_an_erasure_takes_out_some_at_a_time(world: World, dynamo: Dynamo) -> None:
    order = taken(world, an_order().with_lines(100)._with(customer=JOERG))
    ledgers = DynamoLedgers(dynamo.client, TABLES)
    books = ledgers.books(order.order_id)
    assert books is not None
    assert ledgers.make_findable(books) > 0
    shipped(world, order)
    erase(world, dynamo)
    assert found(world, "muller") == []
    assert found(world, "SKU-100") == ["D-1"]


def hashed(word: str) -> str:
    return find_rows.hash_of(word, TABLES.find_key())


def hashes(dynamo: Dynamo) -> set[str]:
    return {row["pk"]["S"].removeprefix("FIND#") for row in find_rows_of(dynamo)}


def listed(dynamo: Dynamo, order: Order) -> Sequence[Any]:
    pages = dynamo.client.get_paginator("scan").paginate(TableName="OrdersTable")
    return [row for page in pages for row in page["Items"] if row["sk"]["S"].startswith("FOUND#")]


def shipped(world: World, order: Order) -> None:
    for line in order.lines:
        units = line.quantity - order.progress_of(line).shipped
        sent = Fulfilment(order_id=order.order_id, line_id=line.line_id, quantity=units, event=FulfilmentEvent.SHIPPED)
        record_fulfilment(world.services, world.request(SERVICE), sent)
    changes = world.services.changes.list(Filter(values={"order_id": order.order_id})).items
    for change in changes:
        for department in change.unacknowledged:
            done = Acknowledge(change_id=change.change_id, department=department, outcome="done")
            acknowledge_change(world.services, world.request(SERVICE), done)


def erase(world: World, dynamo: Dynamo) -> None:
    for change in world.services.changes.list(Filter(values={"customer_id": "cus-1"})).items:
        for refund in change.refunds:
            address = RefundAddress(refund_id=refund.refund_id, change_id=change.change_id, order_id=change.order_id)
            settle_refund(world.services, address, "re_1")
    asked = Erasure(customer_id="cus-1", reason="they asked")
    erase_customer(world.services, DynamoHistories(dynamo.client, TABLES), OPERATOR, asked)


# ------------------------------------------------------------------------------------------------ what lacks rows yet


def forgotten(dynamo: Dynamo, order: Order) -> None:
    """The order as one that was written before orders could be searched for."""
    for row in (*find_rows_of(dynamo), *listed(dynamo, order)):
        dynamo.client.delete_item(TableName="OrdersTable", Key={name: row[name] for name in ("pk", "sk")})
    head = rows.key(order.order_id, rows.HEAD)
    dynamo.client.update_item(TableName="OrdersTable", Key=head, UpdateExpression="REMOVE sums, backordered")


def test_an_order_without_rows_is_found_once_reconciliation_has_come_to_it(world: World, dynamo: Dynamo) -> None:
    order = taken(world, new())
    forgotten(dynamo, order)
    assert found(world, "muller") == []
    assert found(world, order.order_id) == ["D-1"]
    ledgers = DynamoLedgers(dynamo.client, TABLES)
    books = ledgers.books(order.order_id)
    assert books is not None
    assert ledgers.make_findable(books) == 7
    assert live(world, order.order_id) == order
    dynamo.counted()
    assert found(world, "muller") == ["D-1"]
    assert dynamo.counted() == {"Query": 1, "BatchGetItem": 1}
    again = ledgers.books(order.order_id)
    assert again is not None
    assert ledgers.make_findable(again) == 0


def test_no_order_waits_for_the_key_of_a_search(world: World, dynamo: Dynamo, caplog: pytest.LogCaptureFixture) -> None:
    def away() -> bytes:
        raise GatewayUnavailable("its credentials cannot be read")

    known = world.services.orders
    keyless = DynamoOrders(dynamo.client, replace(TABLES, find_key=away))
    world.services = replace(world.services, orders=keyless)
    order = taken(world, new())
    assert (order.channel_order_id, find_rows_of(dynamo)) == ("D-1", [])
    assert f"not made findable: {order.order_id}" in caplog.text
    world.services = replace(world.services, orders=known)
    books = DynamoLedgers(dynamo.client, TABLES).books(order.order_id)
    assert books is not None
    assert DynamoLedgers(dynamo.client, TABLES).make_findable(books) == 7


def test_an_order_that_was_written_meanwhile_is_left_to_the_next_walk(world: World, dynamo: Dynamo) -> None:
    order = taken(world, new())
    forgotten(dynamo, order)
    ledgers = DynamoLedgers(dynamo.client, TABLES)
    books = ledgers.books(order.order_id)
    assert books is not None
    amended(world, order, (SetQuantity(line_id="l1", quantity=1),))
    with pytest.raises(Conflict):
        ledgers.make_findable(books)
    assert found(world, "muller") == []


@pytest.mark.parametrize("name", ["version", "revision", "log_seq"])
def test_an_order_that_is_no_longer_as_it_was_read_is_not_made_findable(
    world: World, dynamo: Dynamo, name: str
) -> None:
    order = taken(world, new())
    forgotten(dynamo, order)
    books = DynamoLedgers(dynamo.client, TABLES).books(order.order_id)
    assert books is not None
    dynamo.client.update_item(
        TableName="OrdersTable",
        Key=rows.key(order.order_id, rows.HEAD),
        UpdateExpression="ADD #name :one",
        ExpressionAttributeNames={"#name": name},
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
    with pytest.raises(Conflict):
        DynamoLedgers(dynamo.client, TABLES).make_findable(books)
    assert find_rows_of(dynamo) == []


def test_of_very_many_skus_those_without_room_in_the_write_are_left_to_reconciliation(
    world: World, dynamo: Dynamo
) -> None:
    for number in range(1, 61):
        on_hand(world, f"SKU-{number}", 10)
    dynamo.counted()
    order = taken(world, an_order().with_lines(300))
    assert dynamo.counted()["TransactWriteItems"] > 0
    assert found(world, "ada") == found(world, "SKU-1") == ["D-1"]
    assert found(world, "SKU-300") == []
    ledgers = DynamoLedgers(dynamo.client, TABLES)
    books = ledgers.books(order.order_id)
    assert books is not None
    assert ledgers.make_findable(books) > 200
    assert found(world, "SKU-300") == ["D-1"]


def test_a_head_without_sums_is_read_with_its_lines(world: World, dynamo: Dynamo) -> None:
    order = taken(world, new())
    head = rows.key(order.order_id, rows.HEAD)
    dynamo.client.update_item(TableName="OrdersTable", Key=head, UpdateExpression="REMOVE sums")
    (summary,) = Finder(dynamo.client, TABLES, world.services.orders.load).find(Filter(values={"q": "d-1"})).items
    assert summary == order_summary(order)
