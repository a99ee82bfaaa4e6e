"""What a Shopify order was paid with: from transactions where there are any, else from its financial status."""

from typing import Any

import pytest

from shared.domain.order.payment import Payment, PaymentStatus
from shared.domain.refusal import Refusal
from tests.unit.channels.shop_orders import a_shopify_order, a_transaction, read_shopify


def payments(**changes: Any) -> tuple[Payment, ...]:
    return read_shopify(a_shopify_order(**changes)).payments


def test_an_authorisation_its_capture_and_its_refund_are_one_payment() -> None:
    (payment,) = payments(
        transactions=[
            a_transaction(1, "authorization", "30.00", authorization="ch_3MqpbEFmpgWy4L"),
            a_transaction(2, "capture", "30.00", parent_id=1),
        ],
        refunds=[{"transactions": [a_transaction(3, "refund", "4.00", parent_id=2)]}],
    )

    assert payment == Payment(
        payment_id="shopify:1",
        method="stripe",
        gateway="stripe",
        reference="ch_3MqpbEFmpgWy4L",
        status=PaymentStatus.CAPTURED,
        authorised=3000,
        captured=3000,
        refunded=400,
    )


def test_a_gift_card_beside_a_card_is_a_payment_of_its_own() -> None:
    card = {"credit_card_company": "Visa"}

    paid = payments(
        transactions=[
            a_transaction(1, "sale", "10.00", gateway="gift_card"),
            a_transaction(2, "sale", "20.00", payment_details=card),
        ]
    )

    assert [(each.method, each.captured) for each in paid] == [("gift_card", 1000), ("card", 2000)]


def test_a_voided_authorisation_holds_nothing() -> None:
    (payment,) = payments(
        transactions=[a_transaction(1, "authorization", "30.00"), a_transaction(2, "void", "30.00", parent_id=1)]
    )

    assert (payment.status, payment.captured) == (PaymentStatus.VOIDED, 0)


def test_a_transaction_that_failed_never_happened() -> None:
    assert payments(transactions=[a_transaction(1, "sale", "30.00", status="failure")]) == ()


@pytest.mark.parametrize(
    ("status", "outstanding", "expected"),
    [
        ("paid", "0.00", (PaymentStatus.CAPTURED, 3000)),
        ("partially_paid", "10.00", (PaymentStatus.CAPTURED, 2000)),
        ("authorized", "30.00", (PaymentStatus.AUTHORISED, 0)),
        ("voided", "30.00", (PaymentStatus.VOIDED, 0)),
    ],
)
def test_without_transactions_the_financial_status_tells(
    status: str, outstanding: str, expected: tuple[PaymentStatus, int]
) -> None:
    (payment,) = payments(financial_status=status, total_outstanding=outstanding, payment_gateway_names=["stripe"])

    assert (payment.status, payment.captured) == expected


@pytest.mark.parametrize("outstanding", ["0.00", "4.00"])
def test_without_transactions_a_refund_leaves_captured_less_refunded_as_the_net_payment(outstanding: str) -> None:
    (payment,) = payments(
        financial_status="partially_refunded",
        total_outstanding=outstanding,
        refunds=[{"transactions": [a_transaction(3, "refund", "4.00", parent_id=2)]}],
    )

    assert (payment.captured, payment.refunded) == (3000, 400)


@pytest.mark.parametrize("written", [None, "authorization-key", "1001", "pi_1", "ch_ 12345678"])
def test_an_authorization_that_several_orders_may_have_is_no_reference(written: str | None) -> None:
    (payment,) = payments(transactions=[a_transaction(1, "sale", "30.00", authorization=written)])

    assert payment.reference == "transaction:1"


def test_a_pending_order_is_unpaid() -> None:
    assert payments(financial_status="pending") == ()


def test_money_given_back_in_another_currency_is_refused_for_its_rate_is_unknown() -> None:
    with pytest.raises(Refusal, match="foreign-payment"):
        payments(
            transactions=[a_transaction(1, "sale", "4500", currency="JPY")],
            refunds=[{"transactions": [a_transaction(2, "refund", "150", currency="JPY", parent_id=1)]}],
        )


def test_a_refund_of_no_known_payment_is_refused() -> None:
    with pytest.raises(Refusal, match="unmatched-transaction"):
        payments(
            transactions=[a_transaction(1, "sale", "30.00")],
            refunds=[{"transactions": [a_transaction(3, "refund", "4.00", parent_id=99)]}],
        )


def test_more_given_back_than_taken_is_refused() -> None:
    with pytest.raises(Refusal, match="overpaid-refund"):
        payments(
            transactions=[a_transaction(1, "sale", "30.00")],
            refunds=[{"transactions": [a_transaction(3, "refund", "30.01", parent_id=1)]}],
        )


def test_transactions_that_name_each_other_as_parents_end_somewhere() -> None:
    with pytest.raises(Refusal, match="unmatched-transaction"):
        payments(
            transactions=[a_transaction(1, "refund", "1.00", parent_id=2), a_transaction(2, "void", "1", parent_id=1)]
        )
