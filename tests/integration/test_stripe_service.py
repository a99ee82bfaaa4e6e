"""Stripe's adapter and SDK against a Stripe that neither knows idempotency keys nor caps refunds: what holds here is
ours."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import stripe

from shared.adapters.gateways.stripe.gateway import StripeGateway, client_of
from shared.ports.gateways import GatewayDeclined, GatewayUnavailable, GatewayUnknown, RefundOrder
from tests.support.stripe_service import a_stripe
from tests.unit.gateways.orders import THE_REFUND

KEY = "sk_test_12345"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with a_stripe() as address:
        yield address


@pytest.fixture
def there(url: str) -> stripe.StripeClient:
    return client_of(KEY, url)


@pytest.fixture
def gateway(there: stripe.StripeClient) -> StripeGateway:
    return StripeGateway(lambda: there)


def paid(there: stripe.StripeClient, amount: int = 3240, **more: Any) -> stripe.PaymentIntent:
    card = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2030", "cvc": "123"}
    method = there.v1.payment_methods.create({"type": "card", "card": card})  # type: ignore[typeddict-item]
    wanted = {"amount": amount, "currency": "usd", "payment_method": method.id, "confirm": True, **more}
    return there.v1.payment_intents.create(wanted)  # type: ignore[arg-type]


def an_order(intent: stripe.PaymentIntent, **given: Any) -> RefundOrder:
    return replace(THE_REFUND, **{"reference": intent.id, "captured": intent.amount, **given})


def amounts(there: stripe.StripeClient, intent: stripe.PaymentIntent) -> list[int]:
    return [refund.amount for refund in there.v1.refunds.list({"payment_intent": intent.id, "limit": 100}).data]


def deafen(there: stripe.StripeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on, the answers to refunds are lost on their way back."""
    create = there.v1.refunds.create

    def and_lose(*given: Any) -> None:
        create(*given)
        raise stripe.APIConnectionError("read timed out")

    monkeypatch.setattr(there.v1.refunds, "create", and_lose)


def test_a_refund_is_paid_and_found_by_our_key(there: stripe.StripeClient, gateway: StripeGateway) -> None:
    order = an_order(paid(there))
    assert gateway.find(order) is None
    made = gateway.refund(order)
    assert made.status == "settled"
    assert gateway.find(order) == made
    kept = there.v1.refunds.retrieve(made.reference).metadata
    assert (kept["inflight_key"], kept["inflight_order"]) == (order.key, order.order_id)  # type: ignore[index]


def test_a_repeated_refund_pays_once(there: stripe.StripeClient, gateway: StripeGateway) -> None:
    intent = paid(there)
    made = {gateway.refund(an_order(intent)).reference for _ in range(3)}
    assert (len(made), amounts(there, intent)) == (1, [1080])


def test_a_refund_by_charge_is_the_same_refund(there: stripe.StripeClient, gateway: StripeGateway) -> None:
    intent = paid(there)
    charge = intent.latest_charge if isinstance(intent.latest_charge, str) else intent.latest_charge.id  # type: ignore[union-attr]
    made = gateway.refund(an_order(intent, reference=charge))
    assert gateway.find(an_order(intent)) == made


def test_a_refund_whose_answer_was_lost_is_asked_about_and_not_paid_again(
    there: stripe.StripeClient, gateway: StripeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    intent = paid(there)
    deafen(there, monkeypatch)
    with pytest.raises(GatewayUnknown):
        gateway.refund(an_order(intent))
    assert gateway.find(an_order(intent)) is not None
    gateway.refund(an_order(intent))
    assert amounts(there, intent) == [1080]


def test_refunds_of_one_payment_never_exceed_what_was_captured(
    there: stripe.StripeClient, gateway: StripeGateway
) -> None:
    intent = paid(there)
    for number in range(3):
        gateway.refund(an_order(intent, key=f"ref_{number}"))
    with pytest.raises(GatewayDeclined):
        gateway.refund(an_order(intent, key="ref_3", amount=1))
    assert sum(amounts(there, intent)) == 3240


def test_what_the_dashboard_gave_back_counts_too(there: stripe.StripeClient, gateway: StripeGateway) -> None:
    intent = paid(there)
    there.v1.refunds.create({"payment_intent": intent.id, "amount": 2161})
    with pytest.raises(GatewayDeclined):
        gateway.refund(an_order(intent))
    assert amounts(there, intent) == [2161]


def test_all_refunds_of_a_payment_are_looked_through(there: stripe.StripeClient, gateway: StripeGateway) -> None:
    intent = paid(there, 100_000)
    first = gateway.refund(an_order(intent, key="ref_first", amount=10))
    for number in range(120):
        there.v1.refunds.create({"payment_intent": intent.id, "amount": number + 1})
    assert gateway.refund(an_order(intent, key="ref_first", amount=10)) == first
    assert gateway.find(an_order(intent, key="ref_first")) == first


def test_an_authorisation_is_voided_once(there: stripe.StripeClient, gateway: StripeGateway) -> None:
    intent = paid(there, capture_method="manual")
    order = an_order(intent, captured=0, keep=0)
    assert gateway.find(order) is None
    made = gateway.release(order)
    assert gateway.find(order) == made
    assert there.v1.payment_intents.retrieve(intent.id).status == "canceled"


def test_a_payment_that_stripe_does_not_know_is_no_answer(gateway: StripeGateway) -> None:
    with pytest.raises(GatewayUnavailable):
        gateway.refund(replace(THE_REFUND, reference="pi_nowhere"))


def test_nobody_at_the_address_is_unavailable() -> None:
    away = StripeGateway(lambda: stripe.StripeClient(KEY, base_addresses={"api": "http://127.0.0.1:9"}))
    with pytest.raises(GatewayUnavailable):
        away.find(THE_REFUND)
