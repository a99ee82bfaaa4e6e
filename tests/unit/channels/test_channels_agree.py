"""Channels agree: the same fact reads the same, in whichever channel's words it comes.

Each row is one fact of the same order: two mugs at 10.00 with 20 % tax, shipping 5.00 with 1.00 of tax.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from shared.adapters.channels import names
from shared.adapters.channels.reading.refunded import UNNAMED_REFUND
from shared.adapters.policy_file import shipped
from shared.domain.intake.new_order import NewOrder
from shared.domain.intake.to_order import accept
from shared.domain.order.order import Order
from shared.domain.planning.edits import CancelUnits
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.refusal import Refusal
from shared.http.resources.order.request import NewOrderBody
from tests.fakes.world import NOW
from tests.unit.channels.shop_orders import (
    Json,
    a_refund,
    a_shopify_line,
    a_shopify_order,
    a_tax,
    a_transaction,
    a_woo_line,
    a_woo_order,
    read_shopify,
    read_woocommerce,
)

PAID = "2026-03-01T08:01:00"
SALE = a_transaction(1, "sale", "30.00", gateway="card")


def eur(amount: str) -> Json:
    return {"amount": amount, "currency": "EUR"}


def a_direct_order(**changes: Any) -> Json:
    order: Json = {
        "channel_order_id": "D-1",
        "customer": {"customer_id": "cus-1"},
        "currency": "EUR",
        "placed_at": "2026-03-01T08:00:00Z",
        "shipping_address": {"line1": "1 Main Street", "city": "Springfield", "country": "DE"},
        "lines": [a_direct_line()],
        "shipping": {"method": "Post", "price": eur("5.00"), "tax": eur("1.00")},
    }
    return order | changes


def a_direct_line(**changes: Any) -> Json:
    taxes = [{"name": "VAT", "rate": "0.20"}]
    return {"sku": "MUG", "title": "Mug", "quantity": 2, "unit_price": eur("10.00"), "taxes": taxes} | changes


def a_direct_payment(captured: str, refunded: str = "0.00", method: str = "card") -> Json:
    return {"method": method, "gateway": method, "status": "captured", "captured": eur(captured),
            "refunded": eur(refunded)}  # fmt: skip


def back(**parts: Any) -> Json:
    """A refund as WooCommerce gives it to who asks for it."""
    for name in ("line_items", "shipping_lines"):
        for item in parts.get(name, ()):
            item["meta_data"] = [{"key": "_refunded_item_id", "value": "601"}]
    return {"id": 1, "reason": ""} | parts


@dataclass(frozen=True)
class Fact:
    """One fact, in the words of each channel; None where a channel has no words for it. `balance` is what it leaves to
    be paid."""

    direct: Json | None
    woocommerce: Json | None
    shopify: Json | None
    total: int = 3000
    balance: int = 0


CARD = {"payment_method": "card", "date_paid_gmt": PAID}
FACTS: dict[str, Fact] = {
    "nothing is paid": Fact({}, {}, {}, balance=3000),
    "all is paid": Fact({"payments": [a_direct_payment("30.00")]}, CARD, {"transactions": [SALE]}),
    "money is held": Fact(
        {"payments": [{"method": "card", "gateway": "card", "status": "authorised", "authorised": eur("30.00")}]},
        {"payment_method": "card", "meta_data": [{"key": "_stripe_charge_captured", "value": "no"}]},
        {"transactions": [a_transaction(1, "authorization", "30.00", gateway="card")]},
        balance=3000,
    ),
    "gift cards paid a part": Fact(
        {"payments": [a_direct_payment("6.00"), a_direct_payment("20.00", method="gift_card"),
                      a_direct_payment("4.00", method="gift_card")]},
        {**CARD, "total": "6.00", "gift_cards": [{"id": 2, "code": "A", "amount": 20}, {"id": 4, "amount": 4}]},
        {"transactions": [a_transaction(1, "sale", "6.00", gateway="card"),
                          a_transaction(2, "sale", "20.00", gateway="gift_card"),
                          a_transaction(3, "sale", "4.00", gateway="gift_card")]},
    ),
    "a coupon of a tenth": Fact(
        {"discounts": [{"type": "percent", "value": "10", "code": "ten"}]},
        {"coupon_lines": [{"code": "ten", "discount_type": "percent", "nominal_amount": 10}], "total": "27.60",
         "line_items": [a_woo_line(total="18.00", total_tax="3.60", taxes=[{"id": 1, "total": "3.60"}])]},
        {"discount_applications": [{"code": "ten", "value_type": "percentage", "value": "10",
                                    "allocation_method": "across"}],
         "line_items": [a_shopify_line(discount_allocations=[{"amount": "2.00", "discount_application_index": 0}],
                                       tax_lines=[a_tax("3.60")])],
         "current_total_price": "27.60"},
        total=2760, balance=2760,
    ),
    "a tip": Fact(
        {"fees": [{"code": "tip", "amount": eur("3.00")}]},
        {"fee_lines": [{"id": 7, "name": "tip", "total": "3.00", "total_tax": "0.00"}], "total": "33.00"},
        {"total_tip_received": "3.00", "current_total_price": "33.00"},
        total=3300, balance=3300,
    ),
    "a deduction with its tax": Fact(
        {"fees": [{"code": "credit", "amount": eur("-5.00"), "tax": eur("-1.00")}]},
        {"fee_lines": [{"id": 7, "name": "credit", "total": "-5.00", "total_tax": "-1.00"}], "total": "24.00"},
        None,
        total=2400, balance=2400,
    ),
    "a deduction without tax": Fact(
        {"fees": [{"code": "credit", "amount": eur("-5.00")}]},
        {"fee_lines": [{"id": 7, "name": "credit", "total": "-5.00", "total_tax": "0.00"}], "total": "25.00"},
        None,
        total=2500, balance=2500,
    ),
    "one of two came back": Fact(
        {"lines": [a_direct_line(quantity=1, cancelled_quantity=1)], "payments": [a_direct_payment("30.00", "12.00")]},
        CARD | {"refunds": [back(total="-12.00", line_items=[{"quantity": -1, "total": "-10.00",
                                                              "total_tax": "-2.00"}])]},
        {"transactions": [SALE], "line_items": [a_shopify_line(current_quantity=1)], "current_total_price": "18.00",
         "refunds": [a_refund(1, "10.00", "2.00", transactions=[a_transaction(2, "refund", "12.00", parent_id=1)])]},
        total=1800,
    ),
    "one of two came back and the shop kept a part": Fact(
        {"lines": [a_direct_line(quantity=1, cancelled_quantity=1)], "payments": [a_direct_payment("30.00", "9.00")],
         "fees": [{"code": "refund_adjustment", "amount": eur("2.50"), "tax": eur("0.50")}]},
        CARD | {"refunds": [back(total="-9.00", line_items=[{"quantity": -1, "total": "-7.50",
                                                             "total_tax": "-1.50"}])]},
        {"transactions": [SALE], "line_items": [a_shopify_line(current_quantity=1)], "current_total_price": "18.00",
         "refunds": [a_refund(1, "10.00", "2.00", transactions=[a_transaction(2, "refund", "9.00", parent_id=1)],
                              order_adjustments=[{"kind": "refund_discrepancy", "amount": "2.50",
                                                  "tax_amount": "0.50"}])]},
        total=2100,
    ),
    "shipping was given back": Fact(
        {"payments": [a_direct_payment("30.00", "6.00")], "shipping": {"method": "Post", "price": eur("0.00")}},
        CARD | {"refunds": [back(total="-6.00", shipping_lines=[{"total": "-5.00", "total_tax": "-1.00"}])]},
        {"transactions": [SALE], "current_total_price": "24.00",
         "refunds": [{"order_adjustments": [{"kind": "shipping_refund", "amount": "-5.00", "tax_amount": "-1.00"}],
                      "transactions": [a_transaction(2, "refund", "6.00", parent_id=1)]}]},
        total=2400,
    ),
    "money went back and nobody says for what": Fact(
        {"payments": [a_direct_payment("30.00", "6.00")], "lines": [a_direct_line(constraints=[UNNAMED_REFUND])],
         "fees": [{"code": "refund_adjustment", "amount": eur("-5.00"), "tax": eur("-1.00")}]},
        CARD | {"refunds": [{"id": 1, "total": "-6.00"}]},
        {"transactions": [SALE], "refunds": [{"transactions": [a_transaction(2, "refund", "6.00", parent_id=1)]}]},
        total=2400,
    ),
    "all has left": Fact(
        None,
        {"status": "completed"},
        {"fulfillments": [{"status": "success", "line_items": [{"id": 501, "quantity": 2}]}]},
        balance=3000,
    ),
}  # fmt: skip

READ = {
    "direct": lambda said: NewOrderBody.model_validate(a_direct_order(**said)).to_domain(),
    "woocommerce": lambda said: read_woocommerce(a_woo_order(**said)),
    "shopify": lambda said: read_shopify(a_shopify_order(**said)),
}


def facts(order: Order) -> Json:
    """Everything of an order but its names and ids."""
    totals = order.totals
    return {
        "totals": totals,
        "shipping": (order.shipping.method, order.shipping.price, order.shipping.tax),
        "fees": [(fee.code, fee.amount, fee.tax) for fee in order.fees],
        "payments": [
            (each.method, each.gateway, each.status, each.authorised, each.captured, each.refunded)
            for each in order.payments
        ],
        "lines": [
            {
                "units": (line.sku, line.title, line.quantity, line.cancelled_quantity, line.unit_price, line.gross),
                "discounts": [(each.scope, each.code, each.percent, each.amount, each.after_tax)
                              for each in line.discounts],
                "taxes": [(tax.name, tax.rate, tax.amount) for tax in line.taxes],
                "constraints": line.constraints,
                "progress": order.progress_of(line),
            }
            for line in order.lines
        ],
    }  # fmt: skip


def taken(new: NewOrder) -> Order:
    return accept(new, "ord_1", "key")


def test_every_channel_with_a_reader_is_asked() -> None:
    assert set(READ) == {"direct", *names()}


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_reads_the_same_from_every_channel(name: str) -> None:
    fact = FACTS[name]
    said = {channel: getattr(fact, channel) for channel in READ if getattr(fact, channel) is not None}
    orders = {channel: taken(READ[channel](words)) for channel, words in said.items()}
    read = {channel: facts(order) for channel, order in orders.items()}
    assert len(read) >= 2
    for channel, order in orders.items():
        assert (order.totals.total, order.totals.balance_due) == (fact.total, fact.balance), channel
        assert read[channel] == next(iter(read.values())), channel


# ------------------------------------------------------------------------------------------------ what goes back next

CANCELLED = PlanContext(kind="cancellation", role="agent", policy=shipped(), reason_code="customer_request", now=NOW)


@pytest.mark.parametrize(
    ("name", "refund", "asked"),
    [
        ("all is paid", 1200, 0),
        ("gift cards paid a part", 1200, 0),
        ("one of two came back", 1800, 0),
        ("shipping was given back", 1200, 0),
        ("money went back and nobody says for what", 900, 1),
    ],
)
@pytest.mark.parametrize("channel", READ)
def test_the_next_cancellation_gives_back_all_that_it_should_or_asks_a_person(
    channel: str, name: str, refund: int, asked: int
) -> None:
    order = taken(READ[channel](getattr(FACTS[name], channel)))
    made = plan(order, [CancelUnits(line_id=order.lines[0].line_id, quantity=1)], CANCELLED).plan
    assert sum(each.amount for each in made.refunds) == refund
    assert sum("does not say for what" in each.because for each in made.approvals) == asked


def test_a_line_that_was_refunded_whole_leaves_all_of_the_other_to_give_back() -> None:
    """24.30 of 51.30 went back for one line; the other one's 27.00 are still to give."""
    lines = [
        a_woo_line(id=number, quantity=1, price=total, subtotal=total, total=total, total_tax="0.00", taxes=[])
        for number, total in ((601, "24.30"), (602, "27.00"))
    ]
    refund = back(total="-24.30", line_items=[{"quantity": -1, "total": "-24.30", "total_tax": "0.00"}])
    order = taken(
        read_woocommerce(a_woo_order(line_items=lines, shipping_lines=[], total="51.30", refunds=[refund], **CARD))
    )
    made = plan(order, [CancelUnits(line_id="602")], CANCELLED).plan
    assert (order.totals.balance_due, sum(each.amount for each in made.refunds), made.approvals) == (0, 2700, ())


# ---------------------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize("written", ["yes", "2026-03-01", "20260301T080000", 1772352000, True, "1602-03-01T08:00:00"])
@pytest.mark.parametrize(
    ("channel", "field"),
    [
        *(("woocommerce", name) for name in ("date_paid_gmt", "date_paid", "date_created_gmt", "date_completed_gmt",
                                             "date_modified")),
        *(("shopify", name) for name in ("created_at", "processed_at", "cancelled_at", "closed_at", "updated_at")),
    ],
)  # fmt: skip
def test_a_date_is_a_time_or_the_order_is_refused(channel: str, field: str, written: object) -> None:
    with pytest.raises(Refusal) as refused:
        READ[channel]({field: written})
    assert refused.value.code in ("malformed-field", "out-of-range")
    assert refused.value.violations[0].pointer == f"/{field}"


@pytest.mark.parametrize(
    ("refund", "code"),
    [
        ({"total": "x"}, "malformed-field"),
        ({"total": "-1.001"}, "amount-too-precise"),
        (back(total="-6.00", line_items=[{"quantity": -0.5, "total": "-5.00", "total_tax": "-1.00"}]),
         "fractional-quantity"),
        (back(total="-6.00", line_items=[{"quantity": -3, "total": "-5.00", "total_tax": "-1.00"}]), "overpaid-refund"),
        (back(total="-21.00", line_items=[{"quantity": -1, "total": "-21.00"}]), "overpaid-refund"),
        (back(total="-6.00", line_items=[{"quantity": -1, "total": "-1.00", "total_tax": "-5.00"}]), "overpaid-refund"),
        (back(total="-6.00", shipping_lines=[{"total": "-6.00"}]), "overpaid-refund"),
        (back(total="-1.00", line_items=[{"quantity": -1, "total": "-5.00"}]), "overpaid-refund"),
        ({"total": "-6.00", "line_items": [{"quantity": -1, "total": "-6.00"}]}, "missing-field"),
        ({"total": "-6.00", "line_items": [{"refunded_item_id": 9, "quantity": -1, "total": "-6.00"}]},
         "unmatched-refund"),
        ({"total": "-6.00", "fee_lines": [{"refunded_item_id": 9, "total": "-6.00"}]}, "unmatched-refund"),
        (back(total="-24.00", line_items=[{"quantity": -2, "total": "-20.00", "total_tax": "-4.00"}]), "no-lines"),
        ({"total": "-30.01"}, "already-ended"),
    ],
)  # fmt: skip
def test_a_refund_that_cannot_be_is_refused_by_its_name(refund: Json, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_woocommerce(a_woo_order(refunds=[refund], **CARD))
    assert refused.value.code == code
    assert refused.value.violations[0].pointer


def test_a_fee_that_was_given_back_is_less_and_a_cent_of_rounding_asks_nobody() -> None:
    fees = [{"id": 70, "name": "wrap", "total": "2.00", "total_tax": "0.40"}]
    refund = {"total": "-1.19", "fee_lines": [{"refunded_item_id": 70, "total": "-1.00", "total_tax": "-0.20"}]}
    new = read_woocommerce(a_woo_order(fee_lines=fees, total="32.40", refunds=[refund], **CARD))
    assert [(fee.code, fee.amount, fee.tax) for fee in new.fees] == [("wrap", 100, 20), ("rounding", 1, 0)]
    assert (new.declared_total, new.lines[0].constraints) == (3121, ())


def test_more_money_back_than_the_goods_it_names_lowers_the_rest_of_the_line() -> None:
    refund = back(total="-14.40", line_items=[{"quantity": -1, "total": "-12.00", "total_tax": "-2.40"}])
    [line] = taken(read_woocommerce(a_woo_order(refunds=[refund], **CARD))).lines
    assert (line.quantity, line.net, line.tax) == (1, 800, 160)
    assert [(each.code, each.amount) for each in line.discounts] == [("refund_adjustment", 200)]


# ------------------------------------------------------------------------------------------------------------- places


@pytest.mark.parametrize("country", ["Deutschland", "XX", "UK", "de"])
@pytest.mark.parametrize(
    ("channel", "key", "field"),
    [
        ("woocommerce", "shipping", "country"),
        ("woocommerce", "billing", "country"),
        ("shopify", "shipping_address", "country_code"),
        ("shopify", "billing_address", "country_code"),
    ],
)
def test_a_country_outside_iso_3166_is_refused_from_every_channel(
    channel: str, key: str, field: str, country: str
) -> None:
    with pytest.raises(Refusal) as refused:
        READ[channel]({key: {field: country}})
    assert (refused.value.code, refused.value.violations[0].pointer) == ("unknown-country", f"/{key}/{field}")


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("woocommerce", {"shipping": {"country": "US", "state": "IL", "postcode": "90210", "city": "X"}}),
        ("shopify", {"shipping_address": {"country_code": "US", "province_code": "IL", "zip": "90210", "city": "X"}}),
    ],
)
def test_an_order_that_a_shop_took_to_a_contradictory_address_comes_in_and_its_plans_ask(
    channel: str, said: Json
) -> None:
    order = taken(READ[channel](said))
    made = plan(order, [CancelUnits(line_id=order.lines[0].line_id, quantity=1)], CANCELLED).plan
    assert (made.violations, any("contradicts itself" in each for each in made.warnings)) == ((), True)
