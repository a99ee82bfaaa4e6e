"""What becomes of a Shopify order: lines, discounts, taxes, shipping, fees, progress."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from shared.domain.intake.new_order import NewLineDiscount, NewTax
from shared.domain.order.exemption import TaxExemption
from shared.domain.order.line_price import Tax
from shared.domain.order.order import Fee, Shipping
from shared.domain.order.party import Address
from shared.domain.order.progress import Progress
from shared.domain.refusal import Refusal
from tests.unit.channels.shop_orders import Json, a_refund, a_shopify_line, a_shopify_order, a_tax, read_shopify


def test_an_order_is_read_as_it_stands() -> None:
    new = read_shopify(a_shopify_order())

    (line,) = new.lines
    assert (new.channel, new.channel_order_id, new.source.reference) == ("shopify", "7001", "#42")
    assert new.placed_at == datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
    assert (new.customer.customer_id, new.customer.name) == ("shopify:9", "Ada Example")
    assert new.shipping_address == Address(
        name="Ada Example", line1="1 Main Street", city="Springfield", region="IL", postal_code="62701", country="US"
    )
    assert (line.line_id, line.sku, line.quantity, line.unit_price) == ("501", "MUG", 2, 1000)
    assert line.taxes == (NewTax(name="VAT", rate=Decimal("0.2"), amount=400),)
    assert (new.shipping.method, new.shipping.price, new.shipping.tax) == ("Post", 500, 100)
    assert new.declared_total == 3000


def test_the_rest_envelope_is_opened_and_kept_in_pointers() -> None:
    assert read_shopify({"order": a_shopify_order()}).channel_order_id == "7001"

    with pytest.raises(Refusal) as refused:
        read_shopify({"order": a_shopify_order(current_total_price="31.00")})
    assert refused.value.violations[0].pointer == "/order/current_total_price"


def test_ids_are_taken_from_the_graphql_id_which_cannot_lose_digits() -> None:
    line = a_shopify_line(id=487817672276298560, admin_graphql_api_id="gid://shopify/LineItem/487817672276298554")
    new = read_shopify(
        a_shopify_order(
            id=820982911946154500, admin_graphql_api_id="gid://shopify/Order/820982911946154508", line_items=[line]
        )
    )

    assert (new.channel_order_id, new.lines[0].line_id) == ("820982911946154508", "487817672276298554")


def test_a_guest_is_known_by_the_order_and_never_by_an_email() -> None:
    new = read_shopify(a_shopify_order(customer={"email": "someone@example.com"}))

    assert new.customer.customer_id == "shopify:guest:7001"


@pytest.mark.parametrize(
    ("ids", "sku"),
    [
        ({}, "shopify:33"),
        ({"variant_id": None}, "shopify:3"),
        ({"variant_id": None, "product_id": None}, "shopify:line:501"),
    ],
)
def test_a_line_without_a_sku_goes_by_its_variant_or_product(ids: dict[str, None], sku: str) -> None:
    (line,) = read_shopify(a_shopify_order(line_items=[a_shopify_line(sku="", **ids)])).lines

    assert (line.sku, line.title) == (sku, "Mug")


def test_included_taxes_are_not_added() -> None:
    new = read_shopify(a_shopify_order(taxes_included=True, current_total_price="25.00"))

    assert new.lines[0].tax_included
    assert new.shipping.tax_included


def test_a_percentage_is_kept_with_the_amount_it_took_off() -> None:
    line = a_shopify_line(
        discount_allocations=[{"amount": "2.00", "discount_application_index": 0}], tax_lines=[a_tax("3.60")]
    )
    applied = {"value_type": "percentage", "value": "10.0", "allocation_method": "across", "code": "TEN"}

    new = read_shopify(a_shopify_order(line_items=[line], discount_applications=[applied], current_total_price="27.60"))

    assert new.lines[0].discounts == (
        NewLineDiscount(type="percent", scope="order", code="TEN", percent=Decimal("10.0"), amount=200),
    )


def test_a_unit_edited_away_takes_its_discount_and_tax_along() -> None:
    line = a_shopify_line(
        current_quantity=1,
        discount_allocations=[{"amount": "3.01", "discount_application_index": 0}],
        tax_lines=[a_tax("3.40")],
    )
    refund = a_refund(1, "8.49", "1.70")

    new = read_shopify(a_shopify_order(line_items=[line], refunds=[refund], current_total_price="16.20"))

    (line_read,) = new.lines
    assert (line_read.quantity, line_read.cancelled_quantity) == (1, 1)
    assert [discount.amount for discount in line_read.discounts] == [150]
    assert [tax.amount for tax in line_read.taxes] == [170]


def test_a_missing_unit_without_a_refund_takes_its_share_along() -> None:
    new = read_shopify(a_shopify_order(line_items=[a_shopify_line(current_quantity=1)], current_total_price="18.00"))

    assert [tax.amount for tax in new.lines[0].taxes] == [200]


def test_before_current_total_price_the_total_is_less_what_refunds_name() -> None:
    order = a_shopify_order(
        current_total_price=...,
        line_items=[a_shopify_line(current_quantity=...)],
        refunds=[a_refund(1, "10.00", "2.00")],
    )

    new = read_shopify(order)

    assert (new.declared_total, new.lines[0].quantity) == (1800, 1)


def test_goodwill_counted_by_the_total_is_a_fee_of_its_own() -> None:
    goodwill = {"kind": "refund_discrepancy", "amount": "-4.00", "tax_amount": "0.00"}
    order = a_shopify_order(refunds=[{"order_adjustments": [goodwill]}])

    assert read_shopify(order).fees == ()
    assert read_shopify({**order, "current_total_price": "26.00"}).fees == (Fee(code="refund_adjustment", amount=-400),)


def test_goodwill_counted_by_the_total_carries_its_tax() -> None:
    goodwill = {"kind": "refund_discrepancy", "amount": "-4.00", "tax_amount": "-0.80"}
    order = a_shopify_order(refunds=[{"order_adjustments": [goodwill]}], current_total_price="25.20")

    assert read_shopify(order).fees == (Fee(code="refund_adjustment", amount=-400, tax=-80),)


@pytest.mark.parametrize(
    ("shipping", "price"),
    [
        ({"price": "9.00", "discounted_price": "5.00"}, 500),
        ({"price": "9.00", "discounted_price": "9.00", "discount_allocations": [{"amount": "4.00"}]}, 500),
        ({"price": "9.00", "discounted_price": "5.00", "discount_allocations": [{"amount": "4.00"}]}, 500),
        ({"price": "9.00", "current_discounted_price_set": {"shop_money": {"amount": "5.00"}}}, 500),
        ({"price": "9.00", "is_removed": True}, 0),
    ],
)
def test_shipping_is_what_discounts_left_of_it(shipping: dict[str, object], price: int) -> None:
    total = f"{(2400 + price) // 100}.00"

    new = read_shopify(a_shopify_order(shipping_lines=[shipping], current_total_price=total))

    assert new.shipping.price == price


def test_refunded_shipping_is_off_the_total() -> None:
    gone = {"kind": "shipping_refund", "amount": "-5.00", "tax_amount": "-1.00"}

    new = read_shopify(a_shopify_order(refunds=[{"order_adjustments": [gone]}], current_total_price="24.00"))

    assert (new.shipping.price, new.shipping.tax) == (0, 0)


def test_a_tip_counts_once_whether_it_is_a_line_a_field_or_both() -> None:
    tip = {"id": 502, "title": "Tip", "quantity": 1, "price": "3.00", "tip_payment_gateway": "stripe"}
    by_field = a_shopify_order(total_tip_received="3.00", current_total_price="33.00")
    by_both = {**by_field, "line_items": [a_shopify_line(), tip]}

    assert read_shopify(by_field).fees == read_shopify(by_both).fees == (Fee(code="tip", amount=300),)
    assert len(read_shopify(by_both).lines) == 1


def test_duties_are_a_fee_with_their_own_tax() -> None:
    line = a_shopify_line(duties=[{"tax_lines": [a_tax("0.50")]}])
    duties = {"shop_money": {"amount": "2.50"}}

    new = read_shopify(a_shopify_order(line_items=[line], current_total_duties_set=duties, current_total_price="33.00"))

    assert new.fees == (Fee(code="duties", amount=250, tax=50),)


def test_an_old_order_wide_discount_is_shared_out_over_the_lines() -> None:
    lines = [
        a_shopify_line(discount_allocations=..., tax_lines=[]),
        a_shopify_line(id=502, quantity=1, current_quantity=1, discount_allocations=..., tax_lines=[]),
    ]

    new = read_shopify(
        a_shopify_order(
            line_items=lines,
            shipping_lines=[],
            total_discounts="10.00",
            discount_codes=[{"code": "TEN", "amount": "10.00", "type": "fixed_amount"}],
            current_total_price="20.00",
        )
    )

    assert [line.discounts[0].amount for line in new.lines] == [667, 333]
    assert new.lines[0].discounts[0].scope == "order"


def test_an_old_order_wide_tax_is_borne_by_the_taxable_lines() -> None:
    lines = [a_shopify_line(tax_lines=...), a_shopify_line(id=502, tax_lines=..., taxable=False)]

    new = read_shopify(
        a_shopify_order(line_items=lines, shipping_lines=[], tax_lines=[a_tax("1.20")], current_total_price="41.20")
    )

    assert [line.taxes[0].amount for line in new.lines] == [120, 0]


def test_amounts_are_in_the_shops_currency_whatever_the_customer_saw() -> None:
    seen = {"shop_money": {"amount": "10.00"}, "presentment_money": {"amount": "1500", "currency_code": "JPY"}}
    line = a_shopify_line(price_set=seen)

    new = read_shopify(a_shopify_order(line_items=[line], presentment_currency="JPY"))

    assert (new.currency, new.lines[0].unit_price) == ("EUR", 1000)


@pytest.mark.parametrize(
    ("status", "carrier", "progress"),
    [
        ("success", None, Progress(picked=1, packed=1, shipped=1)),
        ("success", "delivered", Progress(picked=1, packed=1, shipped=1, delivered=1)),
        ("failure", None, Progress()),
        ("cancelled", "delivered", Progress()),
    ],
)
def test_only_fulfilments_that_succeeded_count(status: str, carrier: str | None, progress: Progress) -> None:
    sent = {"status": status, "shipment_status": carrier, "line_items": [{"id": 501, "quantity": 1}]}

    assert read_shopify(a_shopify_order(fulfillments=[sent])).lines[0].progress == progress


def test_a_unit_sent_and_returned_is_no_longer_among_those_shipped() -> None:
    sent = {"status": "success", "line_items": [{"id": 501, "quantity": 2}]}
    order = a_shopify_order(
        line_items=[a_shopify_line(current_quantity=1)],
        fulfillments=[sent],
        refunds=[a_refund(1, "10.00", "2.00")],
        current_total_price="18.00",
    )

    (line,) = read_shopify(order).lines

    assert (line.quantity, line.cancelled_quantity, line.progress.shipped) == (1, 1, 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cancelled_at": "2026-03-02T00:00:00Z", "cancel_reason": "customer"}, "already-ended"),
        ({"financial_status": "refunded"}, "already-ended"),
        ({"line_items": []}, "no-lines"),
        ({"line_items": [a_shopify_line(current_quantity=0)]}, "no-lines"),
        ({"line_items": [a_shopify_line(current_quantity=3)]}, "malformed-field"),
        ({"current_total_price": "30.01"}, "total-mismatch"),
        ({"currency": "example"}, "unknown-currency"),
        ({"line_items": [a_shopify_line(price="-1.00")]}, "negative-amount"),
        ({"shipping_address": {"address1": "1 Main Street"}}, "missing-field"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_the_name_of_its_flaw(changes: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_shopify(a_shopify_order(**changes))

    assert refused.value.code == code
    assert refused.value.violations[0].pointer


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ([a_shopify_order()], "a list"),
        ({"orders": [a_shopify_order()]}, "a list of orders"),
        ({"id": 1}, "an id alone"),
        ({"draft_order": {"id": 1}}, "a draft order"),
        ({"id": 1, "abandoned_checkout_url": "", "line_items": [], "total_price": "1"}, "a checkout"),
        ({"id": 1, "refund_line_items": [], "transactions": []}, "a refund"),
        ({}, "an empty object"),
        ("order", "a bare value"),
        ({"weather": "fine"}, "'weather'"),
    ],
)
def test_what_is_no_order_is_told_what_it_looks_like(payload: object, words: str) -> None:
    with pytest.raises(Refusal, match="not-an-order") as refused:
        read_shopify(payload)

    assert words in refused.value.detail


def shipped_by(*lines: Json, total: str, **order: Any) -> Shipping:
    given = a_shopify_order(shipping_lines=list(lines), current_total_price=total, total_price=total, **order)
    return read_shopify(given).shipping


def a_shipping_line(price: str, tax: str, rate: float = 0.2) -> Json:
    return {"title": "Post", "price": price, "tax_lines": [a_tax(tax, rate)]}


def test_shipping_has_the_rates_of_its_tax_lines() -> None:
    both = shipped_by(a_shipping_line("3.00", "0.60"), a_shipping_line("2.00", "0.40"), total="30.00")
    assert (both.taxes, both.unrated) == ((Tax(name="VAT", rate=Decimal("0.2"), amount=100),), 0)
    mixed = shipped_by(a_shipping_line("3.00", "0.60"), a_shipping_line("2.00", "0.20", 0.1), total="29.80")
    assert (mixed.taxes, mixed.unrated) == ((), 80)


def test_shipping_that_was_refunded_in_part_keeps_its_rate() -> None:
    gone = {"kind": "shipping_refund", "amount": "-2.00", "tax_amount": "-0.40"}
    refunds = [{"refund_line_items": [], "order_adjustments": [gone], "transactions": []}]
    rest = shipped_by(a_shipping_line("5.00", "1.00"), total="27.60", refunds=refunds)
    assert (rest.price, rest.taxes) == (300, (Tax(name="VAT", rate=Decimal("0.2"), amount=60),))


def without_tax(**order: Any) -> Json:
    lines, shipping = [a_shopify_line(tax_lines=[])], [{"title": "Post", "price": "5.00", "tax_lines": []}]
    given = {"line_items": lines, "shipping_lines": shipping, "total_price": "25.00", "current_total_price": "25.00"}
    return a_shopify_order(**given, **order)


def test_an_order_that_is_marked_as_exempt_is_exempt_for_its_customers_reasons() -> None:
    customer = {"id": 9, "tax_exemptions": ["EU_REVERSE_CHARGE_EXEMPTION_RULE"]}
    reverse = read_shopify(without_tax(tax_exempt=True, customer=customer)).tax_exemption
    assert reverse == TaxExemption(kind="reverse_charge", reason="EU_REVERSE_CHARGE_EXEMPTION_RULE")
    assert read_shopify(without_tax(tax_exempt=True)).tax_exemption == TaxExemption(kind="exempt")
    assert read_shopify(without_tax(customer=customer)).tax_exemption is None
    assert read_shopify(a_shopify_order(tax_exempt=True)).tax_exemption is None


def test_a_mark_of_exemption_that_is_no_flag_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        read_shopify(without_tax(tax_exempt="yes"))
    assert refused.value.code == "malformed-field"
