"""An order is amended while it is under way; a fulfilled or cancelled one takes only what its table says."""

from dataclasses import replace
from datetime import date

import pytest

from shared.domain.change.states import ChangeStatus
from shared.domain.order.assets import activated, carried
from shared.domain.order.order import Order
from shared.domain.order.progress import FulfilmentEvent
from shared.domain.planning.edits import AddLine
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.cancelling.start_cancellation import Cancellation, LineToCancel, preview_cancellation
from shared.usecases.core.new_change import Wanted
from shared.usecases.fulfilling.activate_order import activate_order
from shared.usecases.fulfilling.record_fulfilment import Fulfilment, record_fulfilment
from tests.fakes import World, an_order
from tests.fakes.builders import AGENT, SERVICE, noon
from tests.unit.usecases.stories import live, refused, taken
from tests.unit.usecases.test_undoing import cancelled, undone

START, END = date(2026, 12, 1), date(2027, 11, 30)


@pytest.fixture
def world(world: World) -> World:
    world.product("MUG", list_price={"USD": 1000})
    return world


def a_mug_more(order: Order) -> Wanted:
    return Wanted(order_id=order.order_id, reason_code="customer_request", edits=(AddLine(sku="MUG", quantity=1),))


def codes(world: World, order: Order) -> list[str]:
    return [each.code for each in preview_amendment(world.services, AGENT, a_mug_more(order)).violations]


def sent(world: World, order: Order, quantity: int) -> Order:
    report = Fulfilment(order_id=order.order_id, line_id="l1", quantity=quantity, event=FulfilmentEvent.SHIPPED)
    record_fulfilment(world.services, world.request(SERVICE), report)
    return live(world, order)


def test_nothing_is_added_to_an_order_that_is_fulfilled(world: World) -> None:
    order = taken(world, an_order().with_line("MUG", 2, 1000).paid())
    assert codes(world, sent(world, order, 1)) == []
    assert codes(world, sent(world, order, 1)) == ["order-status"]
    with refused("order-status"):
        start_amendment(world.services, world.request(AGENT, if_match=live(world, order).etag), a_mug_more(order))


def test_a_cancelled_order_is_not_amended_but_its_cancellation_is_undone(world: World) -> None:
    order = taken(world, an_order().with_line("MUG", 2, 1000).paid())
    change = cancelled(world, order)
    assert codes(world, order) == ["order-status"]
    assert undone(world, order, change).status is not ChangeStatus.FAILED


def test_a_fulfilled_order_takes_a_return_and_keeps_the_exact_words_for_what_it_does_not(world: World) -> None:
    order = sent(world, taken(world, an_order().with_line("MUG", 2, 1000).paid()), 2)
    asked = Cancellation(order_id=order.order_id, reason_code="customer_request", lines=(LineToCancel(line_id="l1"),))
    plain = preview_cancellation(world.services, AGENT, asked)
    called_back = preview_cancellation(world.services, AGENT, replace(asked, exception="intercept"))
    assert [each.code for each in plain.violations] == ["unit-shipped"]
    assert called_back.violations == ()


def test_an_order_is_not_activated_while_a_change_is_open(world: World) -> None:
    order = taken(world, an_order().with_line("MUG", 1, 1000, start_date=START, end_date=END))
    start_amendment(world.services, world.request(AGENT, if_match=order.etag), a_mug_more(order))
    with refused("change-open"):
        activate_order(world.services, world.request(SERVICE), order.order_id)


def test_an_asset_that_is_cancelled_before_it_starts_ends_when_it_would_have_started() -> None:
    order = an_order().with_line("PLAN", 1, 1000, start_date=START, end_date=END).build()
    order = replace(order, assets=activated(order, noon(date(2026, 11, 20))))
    gone = replace(order, lines=(replace(order.lines[0], quantity=0),))
    (asset,) = carried(order, gone, noon(date(2026, 11, 21)), "chg_1")
    assert (asset.status, asset.start_date, asset.end_date) == ("ended", START, START)


def test_a_line_shows_whether_its_product_lets_the_quantity_change(world: World) -> None:
    world.product("FIXED", list_price={"USD": 1000}, quantity_modifiable=False)
    order = taken(world, an_order().with_line("FIXED", 2, 1000).with_line("MUG", 2, 1000).with_line("CUP", 1, 1000))
    assert [line.quantity_modifiable for line in order.lines] == [False, True, True]
