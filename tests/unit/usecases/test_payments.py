"""Payments as they are reported from outside: what was captured stays captured, and a payment stays itself."""

from dataclasses import replace

import pytest

from shared.domain.order import Order
from shared.domain.payment import PaymentStatus
from shared.usecases.record_payment import ReportedPayment, record_payment
from tests.fakes import World
from tests.fakes.builders import SERVICE
from tests.unit.usecases.stories import mugs, refused


def report(world: World, order: Order, currency: str = "USD", **more: object) -> None:
    reported = ReportedPayment(payment=replace(order.payments[0], **more), currency=currency)
    record_payment(world.services, world.request(SERVICE), order.order_id, reported)


@pytest.mark.parametrize("reported", [{"captured": 3239}, {"status": PaymentStatus.VOIDED}])
def test_what_was_captured_cannot_become_less(world: World, reported: dict[str, object]) -> None:
    with refused("captured-falls"):
        report(world, mugs(world), **reported)


@pytest.mark.parametrize("reported", [{"gateway": "another"}, {"reference": "another"}])
def test_a_known_payment_keeps_its_gateway_and_reference(world: World, reported: dict[str, object]) -> None:
    with refused("payment-mismatch"):
        report(world, mugs(world), **reported)


def test_a_payment_is_in_the_currency_of_its_order(world: World) -> None:
    with refused("other-currency"):
        report(world, mugs(world), currency="EUR")
