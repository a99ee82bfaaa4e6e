"""What a shop sends is bounded where our own shape is, so that no payload is too large to be kept as an order."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.adapters.channels.reading.bounds import MAX_ID, MAX_OBJECTS, MAX_PAYMENTS, MAX_SKU, MAX_TEXT, MAX_TITLE
from shared.domain.intake.new_order import NewOrder
from shared.domain.refusal import Refusal
from tests.unit.channels.shop_orders import (
    Json,
    a_shopify_line,
    a_shopify_order,
    a_tax,
    a_transaction,
    a_woo_line,
    a_woo_order,
    read_shopify,
    read_woocommerce,
)

SHOPS: dict[str, tuple[Callable[[object], NewOrder], Json]] = {
    "shopify": (read_shopify, a_shopify_order(email="ada@example.com", billing_address={"country_code": "US"})),
    "woocommerce": (read_woocommerce, a_woo_order(payment_method="stripe", date_paid_gmt="2026-03-01T08:00:00")),
}

TEXTS: tuple[tuple[str, str, int], ...] = (
    ("shopify", "/name", MAX_TEXT),
    ("shopify", "/customer/first_name", MAX_TEXT),
    ("shopify", "/shipping_address/address1", MAX_TEXT),
    ("shopify", "/shipping_address/city", MAX_TEXT),
    ("shopify", "/billing_address/zip", MAX_TEXT),
    ("shopify", "/line_items/0/name", MAX_TITLE),
    ("shopify", "/line_items/0/sku", MAX_SKU),
    ("shopify", "/line_items/0/tax_lines/0/title", MAX_TEXT),
    ("shopify", "/shipping_lines/0/title", MAX_TEXT),
    ("woocommerce", "/number", MAX_TEXT),
    ("woocommerce", "/id", MAX_ID),
    ("woocommerce", "/customer_id", MAX_ID),
    ("woocommerce", "/billing/last_name", MAX_TEXT),
    ("woocommerce", "/shipping/address_1", MAX_TEXT),
    ("woocommerce", "/line_items/0/id", MAX_ID),
    ("woocommerce", "/line_items/0/name", MAX_TITLE),
    ("woocommerce", "/line_items/0/sku", MAX_SKU),
    ("woocommerce", "/shipping_lines/0/method_title", MAX_TEXT),
    ("woocommerce", "/payment_method", MAX_TEXT),
    ("woocommerce", "/transaction_id", MAX_TEXT),
)


def with_text(order: Json, pointer: str, text: str) -> Json:
    changed: Json = json.loads(json.dumps(order))
    place: Any = changed
    *path, key = pointer[1:].split("/")
    for step in path:
        place = place[int(step) if isinstance(place, list) else step]
    place[key] = text
    return changed


def refused(read: Callable[[object], NewOrder], order: Json) -> tuple[str, str]:
    with pytest.raises(Refusal) as answer:
        read(order)
    return answer.value.code, answer.value.violations[0].pointer


@pytest.mark.parametrize(("shop", "pointer", "most"), TEXTS)
def test_a_text_has_a_most_of_characters(shop: str, pointer: str, most: int) -> None:
    read, order = SHOPS[shop]
    read(with_text(order, pointer, "x" * most))
    assert refused(read, with_text(order, pointer, "x" * (most + 1))) == ("too-long", pointer)


@pytest.mark.parametrize("field", ["id", "customer_id"])
@pytest.mark.parametrize("written", ["a\nb", "a?b", "é"])
def test_an_id_is_what_our_own_ids_are_made_of(field: str, written: str) -> None:
    assert refused(read_woocommerce, a_woo_order(**{field: written})) == ("malformed-field", f"/{field}")


def test_an_id_for_graphql_that_is_none_does_not_count() -> None:
    new = read_shopify(a_shopify_order(admin_graphql_api_id=f"gid://shopify/Order/{'7' * 3000}"))
    assert new.channel_order_id == "7001"


def test_an_order_of_a_shop_has_as_many_lines_as_one_of_ours() -> None:
    for read, order in (
        (read_shopify, a_shopify_order(line_items=[a_shopify_line()] * (MAX_OBJECTS + 1))),
        (read_woocommerce, a_woo_order(line_items=[a_woo_line()] * (MAX_OBJECTS + 1))),
    ):
        assert refused(read, order) == ("too-many-lines", "/line_items")


def test_of_what_a_line_or_an_order_is_charged_beside_there_are_only_so_many() -> None:
    many = [a_tax("0.00")] * 51
    assert refused(read_shopify, a_shopify_order(line_items=[a_shopify_line(tax_lines=many)])) == (
        "too-many",
        "/line_items/0/tax_lines",
    )
    assert refused(read_woocommerce, a_woo_order(fee_lines=[{"name": "x", "total": "0"}] * 51)) == (
        "too-many",
        "/fee_lines",
    )


def test_what_is_named_once_for_all_lines_is_not_repeated_beyond_what_a_reply_can_hold() -> None:
    free = [a_shopify_line(id=number, price="1.00", tax_lines=[]) for number in range(1, 252)]
    order = a_shopify_order(line_items=free, tax_lines=[a_tax("0.01")] * 40, shipping_lines=[])
    assert refused(read_shopify, order) == ("too-many", "/line_items")
    assert refused(read_shopify, {**order, "line_items": free[1:]})[0] == "total-mismatch"


def test_a_deduction_of_the_order_is_a_part_of_each_line() -> None:
    lines = [a_woo_line(id=number, total_tax="0", taxes=[]) for number in range(1, 202)]
    order = a_woo_order(line_items=lines, fee_lines=[{"name": "off", "total": "-1.00"}] * 50)
    assert refused(read_woocommerce, order) == ("too-many", "/line_items")
    assert refused(read_woocommerce, {**order, "line_items": lines[1:]})[0] == "total-mismatch"


def test_an_order_of_a_shop_has_as_many_payments_as_one_of_ours() -> None:
    sales = [a_transaction(number + 1, "sale", "0.10") for number in range(MAX_PAYMENTS + 1)]
    assert len(read_shopify(a_shopify_order(transactions=sales[1:])).payments) == MAX_PAYMENTS
    assert refused(read_shopify, a_shopify_order(transactions=sales)) == ("too-many", "/transactions")


def test_a_label_made_of_many_is_cut_for_no_order_is_lost_by_it() -> None:
    codes = [{"code": "c" * MAX_TEXT, "discount_type": "percent"}] * 3
    line = a_woo_line(subtotal="21.00")
    (discount,) = read_woocommerce(a_woo_order(coupon_lines=codes, line_items=[line])).lines[0].discounts
    assert discount.code == "c" * MAX_TEXT


@pytest.mark.parametrize("sku", ["MUG ", "\tMUG\n", "\u00a0MUG"])
def test_a_sku_between_blanks_is_the_sku_that_stock_is_kept_for(sku: str) -> None:
    assert read_shopify(a_shopify_order(line_items=[a_shopify_line(sku=sku)])).lines[0].sku == "MUG"
    assert read_woocommerce(a_woo_order(line_items=[a_woo_line(sku=sku)])).lines[0].sku == "MUG"


def test_a_sku_is_one_however_its_accents_are_encoded() -> None:
    skus = {
        read_shopify(a_shopify_order(line_items=[a_shopify_line(sku=sku)])).lines[0].sku
        for sku in ("CAF\u00c9", "CAFE\u0301")
    }
    assert skus == {"CAF\u00c9"}


def test_a_blank_sku_is_none_and_the_products_number_stands_for_it() -> None:
    assert read_shopify(a_shopify_order(line_items=[a_shopify_line(sku="  ")])).lines[0].sku == "shopify:33"
    assert read_woocommerce(a_woo_order(line_items=[a_woo_line(sku="  ")])).lines[0].sku == "woocommerce:3"


@pytest.mark.parametrize(
    ("email", "kept"),
    [
        (" ada@example.com ", "ada@example.com"),
        ("ada@example.com\r\nBcc: eve@example.com", None),
        ("ada@example.com, eve@example.com", None),
        ("Ada <ada@example.com>", None),
        ("ada@localhost", None),
        ("ada", None),
        (f"{'a' * 250}@example.com", None),
        (["ada@example.com"], None),
        ("ada\ud800@example.com", None),
    ],
)
def test_one_plain_address_is_kept_of_an_e_mail_and_else_the_order_comes_without(email: Any, kept: str | None) -> None:
    assert read_shopify(a_shopify_order(email=email, customer=...)).customer.email == kept
    assert read_woocommerce(a_woo_order(billing={"email": email})).customer.email == kept


def test_the_customers_own_address_stands_in_for_one_that_is_none() -> None:
    assert read_shopify(a_shopify_order(email="ada, eve")).customer.email == "ada@example.com"


@pytest.mark.parametrize("price", ["١٠.00", "1０.00"])
def test_amounts_are_written_in_ascii_digits(price: str) -> None:
    line = a_shopify_line(price=price)
    assert refused(read_shopify, a_shopify_order(line_items=[line])) == ("malformed-field", "/line_items/0/price")


@pytest.mark.parametrize("written", ["1899-12-31T00:00:00Z", "3000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_an_order_is_placed_in_years_that_periods_can_be_counted_from(written: str) -> None:
    assert refused(read_shopify, a_shopify_order(created_at=written)) == ("out-of-range", "/created_at")
