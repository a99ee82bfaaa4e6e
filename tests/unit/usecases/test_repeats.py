"""The same request twice, one after the other or at once: one effect, one answer (DESIGN.md, "Commit")."""

from dataclasses import replace
from typing import Literal

from shared.domain.order.product import Product
from shared.ports.requests import Answer
from shared.ports.stores import Conflict
from shared.usecases.amending.start_amendment import start_amendment
from shared.usecases.core.new_change import Wanted
from shared.usecases.fulfilling.acknowledge_change import Acknowledge, acknowledge_change
from shared.usecases.intake.keep_catalogue import put_product, put_stock
from shared.usecases.intake.take_order import take_order
from tests.fakes import World, an_order
from tests.fakes.builders import CUSTOMER, SERVICE
from tests.fakes.edge import told
from tests.unit.usecases.stories import mugs, refused
from tests.unit.usecases.test_amendment import TWO, start


def amended(world: World, etag: str, order_id: str) -> Answer:
    wanted = Wanted(order_id=order_id, reason_code="quantity_correction", edits=TWO)
    return told(start_amendment(world.services, world.request(CUSTOMER, if_match=etag, key="k"), wanted))


def took(world: World, body: str = "body") -> Answer:
    new = an_order().with_line("MUG", 3, 1000).paid().new
    return told(take_order(world.services, world.request(SERVICE, key="k", body=body), new))


def counted(world: World, units: int, body: str = "body") -> Answer:
    return told(put_stock(world.services, world.request(SERVICE, key="k", body=body), "CUP", units))


def test_of_two_at_once_the_slower_gets_the_answer_of_the_faster(world: World) -> None:
    order = mugs(world)
    first: list[Answer] = []
    world.memory.before_write = lambda: first.append(amended(world, order.etag, order.order_id))
    assert [amended(world, order.etag, order.order_id)] == first
    assert len(world.memory.changes) == 1


def test_a_repeat_tells_nothing_of_an_order_that_is_out_of_reach_by_now(world: World) -> None:
    order = mugs(world)
    amended(world, order.etag, order.order_id)
    stored = world.memory.orders[order.order_id]
    world.memory.orders[order.order_id] = replace(stored, customer=replace(stored.customer, customer_id="cus-9"))
    with refused("order-not-found"):
        amended(world, order.etag, order.order_id)


def test_an_order_that_comes_twice_at_once_is_answered_as_new_both_times(world: World) -> None:
    def meanwhile() -> None:
        took(world)
        raise Conflict

    world.memory.before_write = meanwhile
    assert took(world).status == 201


def test_an_order_under_the_key_of_another_is_refused_even_at_once(world: World) -> None:
    world.memory.before_write = lambda: took(world) and None
    with refused("key-reused"):
        took(world, body="another")


def test_stock_that_was_counted_is_answered_as_it_was_though_it_could_not_be_set_now(world: World) -> None:
    first = counted(world, 1)
    world.stock("CUP", 5, allocated=4)
    assert counted(world, 1) == first
    assert world.memory.stock["CUP"].on_hand == 5


def test_another_count_under_a_known_key_is_refused(world: World) -> None:
    counted(world, 5)
    with refused("key-reused"):
        counted(world, 6, body="another")


def test_another_product_under_a_known_key_is_refused(world: World) -> None:
    def put(body: str) -> None:
        put_product(world.services, world.request(SERVICE, key="k", body=body), Product(sku="CUP"))

    put("body")
    with refused("key-reused"):
        put("another")


def test_a_word_that_changed_nothing_is_answered_the_same_whatever_was_said_since(world: World) -> None:
    order = mugs(world)
    change_id = start(world, order, TWO, accept=True).change_id

    def says(key: str, outcome: Literal["done", "failed"]) -> str:
        said = Acknowledge(change_id=change_id, department="warehouse", outcome=outcome)
        return told(acknowledge_change(world.services, world.request(SERVICE, key=key, body=outcome), said)).body

    says("k-1", "done")
    first = says("k-2", "done")
    says("k-3", "failed")
    entries = len(world.memory.entries[order.order_id])
    assert says("k-2", "done") == first
    assert len(world.memory.entries[order.order_id]) == entries
    for key in ("k-1", "k-2"):
        with refused("key-reused"):
            says(key, "failed")
