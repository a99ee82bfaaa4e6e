"""What the tests of use cases begin with: an order of three mugs, taken in, and ten in stock."""

import pytest

from shared.domain.order.order import Order
from shared.domain.refusal import Refusal
from shared.usecases.intake.take_order import take_order
from tests.fakes import World, an_order
from tests.fakes.builders import SERVICE, OrderBuilder
from tests.fakes.edge import told


def taken(world: World, builder: OrderBuilder) -> Order:
    """The order as the system holds it after intake."""
    answer = take_order(world.services, world.request(SERVICE), builder.new)
    return world.memory.orders[told(answer).body]


def mugs(world: World, price: int = 1000) -> Order:
    return taken(world, an_order().with_line("MUG", 3, price).discounted("10").paid())


def live(world: World, order: Order) -> Order:
    return world.memory.orders[order.order_id]


def refused(code: str) -> "pytest.RaisesContext[Refusal]":
    return pytest.raises(Refusal, match=f"^{code}:")
