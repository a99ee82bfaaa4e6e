"""What becomes of a WooCommerce order: amounts, discounts, rounding, payments, states."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from shared.adapters.channels.reading.sums import comes_to
from shared.adapters.policy_file import shipped
from shared.domain.intake.new_order import NewLineDiscount, NewTax
from shared.domain.intake.to_order import accept
from shared.domain.order.exemption import TaxExemption
from shared.domain.order.line_price import Tax
from shared.domain.order.order import Fee, Shipping
from shared.domain.order.payment import PaymentStatus
from shared.domain.order.progress import Progress
from shared.domain.planning.edits import CancelLine
from shared.domain.planning.planner import PlanContext, plan
from shared.domain.refusal import Refusal
from tests.unit.channels.shop_orders import Json, a_woo_line, a_woo_order, read_woocommerce


def test_an_order_is_read() -> None:
    new = read_woocommerce(a_woo_order())

    (line,) = new.lines
    assert (new.channel_order_id, new.source.reference, new.customer.customer_id) == ("8001", "42", "woocommerce:9")
    assert new.placed_at == datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
    assert (line.line_id, line.sku, line.quantity, line.unit_price, line.gross) == ("601", "MUG", 2, 1000, None)
    assert line.taxes == (NewTax(name="VAT", rate=Decimal("0.2"), amount=400),)
    assert (new.shipping.price, new.shipping.tax) == (500, 100)
    assert new.declared_total == comes_to(new) == 3000


def test_tax_is_added_even_where_prices_were_typed_in_with_tax() -> None:
    new = read_woocommerce(a_woo_order(prices_include_tax=True))

    assert not new.lines[0].tax_included


def test_a_price_that_is_no_whole_number_of_cents_keeps_the_lines_own_total() -> None:
    line = a_woo_line(quantity=3, price=18.333333, subtotal="55.00", total="55.00", total_tax="0", taxes=[])

    (read_line,) = read_woocommerce(a_woo_order(line_items=[line], total="61.00")).lines

    assert (read_line.unit_price, read_line.gross) == (1833, 5500)


def test_a_shop_that_rounds_at_the_end_is_followed_to_the_cent() -> None:
    """Three lines of 9.803922 + 0.196078: cut to the cent each, they come to 30.00 only by luck."""
    lines = [
        a_woo_line(
            id=number, quantity=1, price=9.803922, subtotal="9.80", total="9.80", total_tax="0.20",
            taxes=[{"id": 1, "total": "0.196078"}],
        )
        for number in range(7)
    ]  # fmt: skip
    lines.append(a_woo_line(id=9, quantity=1, price=0.005, subtotal="0.01", total="0.01", total_tax="0", taxes=[]))

    new = read_woocommerce(a_woo_order(line_items=lines, shipping_lines=[], total="70.01"))

    assert comes_to(new) == 7001


def test_taxes_cut_to_the_cent_on_lines_are_rounded_together_when_the_shop_did_so() -> None:
    """3 × 0.352941 tax is 1.06 to the shop, and 3 × 0.35 to whoever adds up its lines."""
    line = {"price": 17.65, "subtotal": "17.65", "total": "17.65", "total_tax": "0.35", "quantity": 1}
    lines = [a_woo_line(id=number, **line, taxes=[{"id": 1, "total": "0.352941"}]) for number in range(3)]

    new = read_woocommerce(a_woo_order(line_items=lines, shipping_lines=[], total="54.01"))

    assert sorted(tax.amount or 0 for line in new.lines for tax in line.taxes) == [35, 35, 36]


def test_amounts_sent_with_six_decimals_come_to_the_same_total() -> None:
    line = a_woo_line(
        subtotal="17.647059", total="17.647059", total_tax="0.352941", taxes=[{"id": 1, "total": "0.352941"}]
    )

    new = read_woocommerce(a_woo_order(line_items=[line], shipping_lines=[], total="18.000000"))

    assert comes_to(new) == 1800


def test_two_taxes_share_the_lines_rounded_tax() -> None:
    line = a_woo_line(total_tax="1.01", taxes=[{"id": 1, "total": "0.505"}, {"id": 2, "total": "0.505"}])
    rates = [{"rate_id": 1, "label": "State", "rate_percent": 2.5}, {"rate_id": 2, "label": "City"}]

    (read_line,) = read_woocommerce(
        a_woo_order(line_items=[line], shipping_lines=[], tax_lines=rates, total="21.01")
    ).lines

    assert read_line.taxes == (
        NewTax(name="State", rate=Decimal("0.025"), amount=51),
        NewTax(name="City", rate=Decimal("0.0250"), amount=50),
    )


@pytest.mark.parametrize(
    ("coupons", "expected"),
    [
        (
            [{"code": "ten", "discount_type": "percent", "nominal_amount": 10}],
            NewLineDiscount(type="percent", scope="order", code="ten", percent=Decimal(10), amount=200),
        ),
        (
            [{"code": "half", "discount_type": "percent", "nominal_amount": 50}],
            NewLineDiscount(type="amount", scope="order", code="half", amount=200),
        ),
        (
            [{"code": "mug", "discount_type": "fixed_product"}],
            NewLineDiscount(type="amount", scope="line", code="mug", amount=200),
        ),
        ([{"code": "a"}, {"code": "b"}], NewLineDiscount(type="amount", scope="order", code="a, b", amount=200)),
        ([], NewLineDiscount(type="amount", scope="line", amount=200)),
    ],
)
def test_a_discount_is_a_percentage_only_where_one_coupon_explains_it(
    coupons: list[dict[str, Any]], expected: NewLineDiscount
) -> None:
    line = a_woo_line(total="18.00", total_tax="3.60", taxes=[{"id": 1, "total": "3.6"}])

    new = read_woocommerce(a_woo_order(line_items=[line], coupon_lines=coupons, total="27.60"))

    assert new.lines[0].discounts == (expected,)


def test_fees_may_be_below_zero() -> None:
    fees = [{"name": "Gift wrap", "total": "2.00", "total_tax": "0.40"}, {"name": "Pay by transfer", "total": "-1.00"}]

    new = read_woocommerce(a_woo_order(fee_lines=fees, total="31.40"))

    assert new.fees == (Fee(code="Gift wrap", amount=200, tax=40), Fee(code="Pay by transfer", amount=-100))


def test_of_a_fee_below_zero_each_line_keeps_its_share_when_another_is_cancelled() -> None:
    """40.00 + 8.00 and 10.00 + 2.00, less 22.00 + 4.40 (awesomemotive/easy-digital-downloads#8208)."""
    lines = [
        a_woo_line(id=number, quantity=1, price=price, subtotal=f"{price}.00", total=f"{price}.00",
                   total_tax=tax, taxes=[{"id": 1, "total": tax}])
        for number, price, tax in ((1, 40, "8.00"), (2, 10, "2.00"))
    ]  # fmt: skip
    credit = {"name": "credit", "total": "-22.00", "total_tax": "-4.40", "taxes": [{"id": 1, "total": "-4.40"}]}
    new = read_woocommerce(
        a_woo_order(
            line_items=lines, fee_lines=[credit], shipping_lines=[], total="33.60", date_paid_gmt="2026-03-01T08:01:00"
        )
    )

    planned = plan(accept(new, "ord_1", "key"), [CancelLine(line_id="1")], PlanContext(role="agent", policy=shipped()))

    totals = planned.plan.totals_after
    assert (totals.total, totals.tax, totals.fees) == (672, 112, 0)
    assert [refund.amount for refund in planned.plan.refunds] == [2688]


def test_the_legacy_api_tells_shipping_and_rates_on_the_order_alone() -> None:
    order = {
        "id": 77,
        "order_number": 78,
        "created_at": "2015-01-26T20:00:21Z",
        "status": "processing",
        "currency": "USD",
        "total": "53.50",
        "total_line_items_quantity": 2,
        "total_shipping": "10.00",
        "shipping_tax": "0.50",
        "payment_details": {"method_id": "bacs", "method_title": "Transfer", "paid": True},
        "customer_id": 2,
        "billing_address": {"first_name": "Ada", "country": "US"},
        "line_items": [
            {"id": 1, "product_id": 5, "quantity": 2, "price": "20.00", "subtotal": "40.00", "total": "40.00",
             "total_tax": "3.00"}
        ],
        "tax_lines": [{"rate_id": "5", "code": "US-CA-TAX-1", "title": "Tax", "total": "3.50"}],
    }  # fmt: skip

    new = read_woocommerce({"order": order})

    assert new.lines[0].taxes == (NewTax(name="Tax", rate=Decimal("0.0750"), amount=300),)
    assert (new.shipping.price, new.shipping.tax, new.lines[0].sku) == (1000, 50, "woocommerce:5")
    assert (new.payments[0].method, new.payments[0].captured) == ("bank_transfer", 5350)


def test_gift_cards_are_payments_and_their_codes_are_kept_nowhere() -> None:
    """18.00 + 10.00, of which cards paid 24.00 and the gateway 4.00."""
    cards = [{"id": 2, "code": "SECRET-1", "amount": 20}, {"id": 4, "code": "SECRET-2", "amount": "4.00"}]
    line = a_woo_line(quantity=1, subtotal="18.00", total="18.00", total_tax="0.00", taxes=[])
    order = a_woo_order(
        line_items=[line], shipping_lines=[{"total": "10.00", "total_tax": "0.00"}], total="4.00", gift_cards=cards,
        date_paid_gmt="2026-03-01T08:01:00", payment_method="stripe",
    )  # fmt: skip

    new = read_woocommerce(order)

    assert [(each.method, each.captured, each.reference) for each in new.payments] == [
        ("card", 400, None), ("gift_card", 2000, None), ("gift_card", 400, None)
    ]  # fmt: skip
    assert len({each.payment_id for each in new.payments}) == 3
    assert (new.declared_total, accept(new, "ord_1", "key").totals.balance_due) == (2800, 0)
    assert "SECRET" not in str(new)


def test_an_order_that_gift_cards_paid_whole_has_no_payment_of_a_gateway() -> None:
    [payment] = read_woocommerce(a_woo_order(gift_cards=[{"id": 2, "amount": 30}], total="0.00")).payments

    assert (payment.method, payment.captured) == ("gift_card", 3000)


@pytest.mark.parametrize(
    ("amount", "code"),
    [("-1.00", "negative-amount"), ("a", "malformed-field"), (None, "missing-field"), ("1.001", "amount-too-precise")],
)
def test_a_gift_card_is_an_amount_of_money(amount: object, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_woocommerce(a_woo_order(gift_cards=[{"id": 2, "code": "SECRET", "amount": amount}], total="10.00"))

    assert (refused.value.code, refused.value.violations[0].pointer) == (code, "/gift_cards/0/amount")
    assert "SECRET" not in str(refused.value)


def test_what_goes_back_is_of_the_gateway_first_and_then_of_gift_cards() -> None:
    order = a_woo_order(
        gift_cards=[{"id": 2, "amount": 20}], total="10.00", date_paid_gmt="2026-03-01T08:01:00",
        refunds=[{"total": "-12.00"}],
    )  # fmt: skip

    assert [each.refunded for each in read_woocommerce(order).payments] == [1000, 200]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"date_paid_gmt": "2026-03-01T08:00:01"}, (PaymentStatus.CAPTURED, 3000, 0)),
        (
            {"transaction_id": "pi_1", "meta_data": [{"key": "_intention_status", "value": "requires_capture"}]},
            (PaymentStatus.AUTHORISED, 0, 0),
        ),
        (
            {"date_paid_gmt": "2026-03-01T08:00:01", "refunds": [{"id": 1, "total": "-4.00"}]},
            (PaymentStatus.CAPTURED, 3000, 400),
        ),
    ],
)
def test_a_payment_is_what_was_taken_held_and_given_back(
    changes: dict[str, Any], expected: tuple[PaymentStatus, int, int] | None
) -> None:
    payments = read_woocommerce(a_woo_order(**changes)).payments

    told = [(each.status, each.captured, each.refunded) for each in payments]
    assert told == ([expected] if expected else [])


def test_a_completed_order_has_left() -> None:
    (line,) = read_woocommerce(a_woo_order(status="completed")).lines

    assert line.progress == Progress(picked=2, packed=2, shipped=2)


def test_customer_0_is_a_guest() -> None:
    assert read_woocommerce(a_woo_order(customer_id=0)).customer.customer_id == "woocommerce:guest:8001"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status": "cancelled"}, "already-ended"),
        ({"status": "wc-refunded"}, "already-ended"),
        ({"status": "failed"}, "already-ended"),
        ({"status": "trash"}, "already-ended"),
        ({"refunds": [{"total": "-30.00"}]}, "already-ended"),
        ({"status": "auto-draft"}, "not-placed-yet"),
        ({"status": "checkout-draft"}, "not-placed-yet"),
        ({"line_items": []}, "no-lines"),
        ({"line_items": [a_woo_line(quantity=0)]}, "no-lines"),
        ({"line_items": [a_woo_line(quantity=1.5)]}, "fractional-quantity"),
        ({"line_items": [a_woo_line(total="-20.00")]}, "negative-amount"),
        ({"date_created_gmt": "{{now}}"}, "malformed-field"),
        ({"total": "30.005"}, "amount-too-precise"),
        ({"total": "29.99"}, "total-mismatch"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_the_name_of_its_flaw(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_woocommerce(a_woo_order(**changes))

    assert refused.value.code == code
    assert refused.value.violations[0].pointer


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"id": 1, "note": "Hello", "customer_note": False}, "an order note"),
        ({"id": 1, "amount": "5.00", "reason": "", "line_items": []}, "a refund"),
        ({**a_woo_order(), "billing_period": "month"}, "a subscription"),
        ({"orders": []}, "a list of orders"),
        ({"order": {"id": 1}}, "something else"),
        ({"id": 1, "date_created_gmt": "", "date_modified_gmt": ""}, "dates and no content"),
    ],
)
def test_what_is_no_order_is_told_what_it_looks_like(payload: object, words: str) -> None:
    with pytest.raises(Refusal, match="not-an-order") as refused:
        read_woocommerce(payload)

    assert words in refused.value.detail


@pytest.mark.parametrize(("total", "tax", "rate"), [("4.95", "0.35", "0.07"), ("19.99", "1.45", "0.0725")])
def test_a_tax_without_a_rate_has_the_simplest_one_that_explains_it(total: str, tax: str, rate: str) -> None:
    line = a_woo_line(quantity=1, subtotal=total, total=total, total_tax=tax, taxes=[{"id": 7, "total": tax}])
    sum_ = f"{Decimal(total) + Decimal(tax):f}"
    (read_line,) = read_woocommerce(a_woo_order(line_items=[line], shipping_lines=[], tax_lines=[], total=sum_)).lines
    assert [each.rate for each in read_line.taxes] == [Decimal(rate)]


VAT = {"name": "VAT", "rate": Decimal("0.2")}
TWO_RATES = [
    {"rate_id": 1, "label": "VAT", "rate_percent": 20},
    {"rate_id": 2, "label": "Less", "rate_percent": 10},
]


def shipped_by(*lines: Json, **order: Any) -> Shipping:
    return read_woocommerce(a_woo_order(shipping_lines=list(lines), **order)).shipping


def a_shipping_line(total: str, tax: str, rate_id: int = 1) -> Json:
    return {"method_title": "Post", "total": total, "total_tax": tax, "taxes": [{"id": rate_id, "total": tax}]}


def test_shipping_has_the_rates_of_its_tax_lines() -> None:
    shipping = shipped_by(a_shipping_line("3.00", "0.60"), a_shipping_line("2.00", "0.40"))
    assert (shipping.taxes, shipping.unrated) == ((Tax(**VAT, amount=100),), 0)


def test_shipping_taxed_at_several_rates_or_without_any_has_an_amount_only() -> None:
    lines = (a_shipping_line("3.00", "0.60"), a_shipping_line("2.00", "0.20", 2))
    mixed = shipped_by(*lines, tax_lines=TWO_RATES, total="29.80")
    assert (mixed.taxes, mixed.unrated) == ((), 80)
    unknown = shipped_by({"method_title": "Post", "total": "5.00", "total_tax": "1.00"}, tax_lines=TWO_RATES)
    assert (unknown.taxes, unknown.unrated) == ((), 100)


def without_tax(*marks: Json) -> Json:
    lines = [a_woo_line(total_tax="0.00", taxes=[])]
    shipping = [{"method_title": "Post", "total": "5.00", "total_tax": "0.00"}]
    return a_woo_order(line_items=lines, shipping_lines=shipping, tax_lines=[], total="25.00", meta_data=list(marks))


def test_an_order_without_vat_for_an_exempt_customer_is_exempt() -> None:
    mark = {"key": "is_vat_exempt", "value": "yes"}
    assert read_woocommerce(without_tax(mark)).tax_exemption == TaxExemption(kind="exempt", reason="is_vat_exempt")
    assert read_woocommerce(without_tax({"key": "is_vat_exempt", "value": "no"})).tax_exemption is None
    assert read_woocommerce(a_woo_order(meta_data=[mark, {"key": 1, "value": []}])).tax_exemption is None
