"""Payments as they are reported from outside: what was captured stays captured, and a payment stays itself."""

from dataclasses import replace

import pytest

from shared.domain.order.order import Order
from shared.domain.order.payment import PaymentStatus
from shared.domain.refusal import Refusal
from shared.usecases.intake.record_payment import ReportedPayment, record_payment
from tests.fakes import World, an_order
from tests.fakes.builders import SERVICE, OrderBuilder
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


@pytest.mark.parametrize(
    ("other", "code", "pointer"),
    [({"payment_id": "pay-1"}, "duplicate-payment", "/payments"),
     ({"reference": "pi_1"}, "duplicate-payment", "/payments/1/reference")],
)  # fmt: skip
def test_one_payment_is_listed_once(other: dict[str, object], code: str, pointer: str) -> None:
    with pytest.raises(Refusal) as refusal:
        paid_twice(**other).build()
    assert (refusal.value.code, refusal.value.violations[0].pointer) == (code, pointer)


@pytest.mark.parametrize("other", [{}, {"reference": "pi_1", "gateway": "another"}])
def test_payments_of_other_references_or_gateways_are_others(other: dict[str, object]) -> None:
    assert len(paid_twice(**other).build().payments) == 2


def paid_twice(**other: object) -> OrderBuilder:
    """Two payments: the first with a reference at its gateway, the second with `other`."""
    builder = an_order().with_line("MUG", 3, 1000).paid(100).paid(100, "pay-2")
    first, second = builder.new.payments
    return builder._with(payments=(replace(first, reference="pi_1"), replace(second, **other)))
