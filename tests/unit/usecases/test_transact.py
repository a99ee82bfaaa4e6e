"""The one runner: it tries again after a pause, ends in words, and answers a known key as it was answered first."""

from dataclasses import replace
from functools import partial

import pytest

from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.order.product import Product, StockLevel
from shared.ports.requests import Answer, RequestKey
from shared.ports.stores import Conflict
from shared.usecases.core.requests import Done, Known, Request
from shared.usecases.core.transact import ATTEMPTS, PAUSE_SECONDS, Decided, retry_conflicts, transact
from shared.usecases.fulfilling.acknowledge_change import Acknowledge, acknowledge_change
from shared.usecases.intake.keep_catalogue import put_product, put_stock
from shared.usecases.intake.take_order import take_order
from tests.fakes import World, an_order
from tests.fakes.builders import SERVICE
from tests.fakes.edge import told
from tests.unit.usecases.stories import mugs, refused
from tests.unit.usecases.test_amendment import TWO, start

KEY = RequestKey(key="k", body_hash="b")


class Busy:
    """Others are faster `times` times; then it works."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.tried = 0

    def __call__(self, *_: object) -> str:
        self.tried += 1
        if self.tried <= self.times:
            raise Conflict("stock", lost=True)
        return "done"


@pytest.fixture
def pauses(world: World, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each pause was, in seconds."""
    waited: list[float] = []
    monkeypatch.setattr(world.services.clock, "pause", waited.append)
    return waited


def test_it_tries_again_after_a_pause_that_may_double_each_time(world: World, pauses: list[float]) -> None:
    assert retry_conflicts(world.services, Busy(3)) == "done"
    assert pauses == [PAUSE_SECONDS * factor * world.ids.jitter() for factor in (1, 2, 4)]


def test_it_tries_six_times_and_does_not_pause_after_the_last(world: World, pauses: list[float]) -> None:
    busy = Busy(ATTEMPTS)
    with pytest.raises(Conflict):
        retry_conflicts(world.services, busy)
    assert (busy.tried, len(pauses)) == (6, 5)


def test_whoever_writes_in_vain_is_told_in_the_words_of_what_is_busy(
    world: World, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.services.skus, "put_stock", Busy(ATTEMPTS))
    with refused("too-busy") as refusal:
        put_stock(world.services, world.request(SERVICE), "MUG", 5)
    assert refusal.value.detail == "The stock of MUG keeps moving; try again in a moment."


def test_a_product_that_is_being_written_is_written_a_moment_later(
    world: World, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = Busy(1)
    monkeypatch.setattr(world.services.skus, "put_product", busy)
    put_product(world.services, world.request(SERVICE), Product(sku="MUG"))
    assert (busy.tried, len(pauses)) == (2, 1)


def test_an_order_whose_stock_moves_is_taken_after_a_pause(world: World, pauses: list[float]) -> None:
    def meanwhile() -> None:
        world.stock("MUG", 2)

    world.memory.before_write = meanwhile
    taken = take_order(world.services, world.request(SERVICE), an_order().with_line("MUG", 3, 1000).paid().new)
    assert (told(taken).status, len(pauses)) == (201, 1)


def test_what_was_done_is_told_with_its_answer_and_what_was_known_with_its_first(world: World) -> None:
    first, again = (put_stock(world.services, world.request(SERVICE, key="k"), "CUP", 3) for _ in range(2))
    assert isinstance(first, Done)
    assert first.result == StockLevel(sku="CUP", on_hand=3)
    assert again == Known(first.answer)


def test_where_nobody_is_answered_the_key_is_known_all_the_same(world: World) -> None:
    change_id = start(world, mugs(world), TWO, accept=True).change_id
    request: Request[Step] = Request(principal=SERVICE, key=KEY)
    said = Acknowledge(change_id=change_id, department="warehouse", outcome="done")
    done = acknowledge_change(world.services, request, said)
    assert isinstance(done, Done)
    assert (done.answer, world.memory.requests["k"].answer) == (None, None)
    after = world.memory.changes[change_id]
    assert acknowledge_change(world.services, request, replace(said, outcome="failed")) == Known(None)
    assert world.memory.changes[change_id] == after


def test_what_cannot_be_told_is_not_done(world: World) -> None:
    def broken(level: StockLevel) -> Answer:
        raise ValueError(level.sku)

    request = Request(principal=SERVICE, key=KEY, render=broken)
    with pytest.raises(ValueError, match="CUP"):
        put_stock(world.services, request, "CUP", 3)
    assert "CUP" not in world.memory.stock


def test_what_another_has_done_meanwhile_is_found_and_only_then_looked_for(world: World) -> None:
    order = mugs(world)
    looked: list[str] = []

    def by_another() -> Order:
        looked.append(order.order_id)
        return order

    def wanted(busy: Busy) -> Decided[Order]:
        return Decided(replace(order, revision=9), busy)  # type: ignore[arg-type]

    request: Request[Order] = Request(principal=SERVICE)
    mine = transact(world.services, request, partial(wanted, Busy(0)), by_another=by_another)
    assert isinstance(mine, Done)
    assert (mine.result.revision, looked) == (9, [])
    theirs = transact(world.services, request, partial(wanted, Busy(1)), by_another=by_another)
    assert theirs == Done(order)
