"""Reads WooCommerce orders: the REST API's Order (wc/v1 to wc/v3), and the legacy API 1–3 (`{"order": {...}}`,
`created_at`).

**Choice of the total.** It is `total` and what gift cards paid, less what was given back: WooCommerce never lowers it
for refunds, and takes gift cards off it. We take an order to change the part that is still to come, so what a refund
names comes off the order (`refunds.py`). An order whose refunds have reached its total has ended.

Dates come as `date_created_gmt` (UTC); if there is only `date_created`, the shop's clock counts as UTC. Fulfilment is
the whole order's: "completed" means that everything has left.
"""

from decimal import Decimal

from shared.adapters.channels.reading.addresses import AddressShape, name_of, read_address
from shared.adapters.channels.reading.bounds import MAX_TITLE
from shared.adapters.channels.reading.kinds import Marks, not_an_order
from shared.adapters.channels.reading.payload import Fields
from shared.adapters.channels.reading.strict_json import parse
from shared.adapters.channels.reading.sums import checked
from shared.adapters.channels.reading.texts import email_in, sku_in
from shared.adapters.channels.woocommerce.discounts import Coupons, read_coupons
from shared.adapters.channels.woocommerce.groups import grouped
from shared.adapters.channels.woocommerce.lines import Amounts, Reading, read_amounts
from shared.adapters.channels.woocommerce.payments import gift_cards, read_payments
from shared.adapters.channels.woocommerce.refunds import Refunds, less_refunds, read_refunds
from shared.domain import money
from shared.domain.intake.new_order import NewLine, NewOrder, NewTax
from shared.domain.order.exemption import TaxExemption
from shared.domain.order.party import Customer, Source
from shared.domain.order.progress import Progress

_ADDRESS = AddressShape(line1="address_1", line2="address_2", region="state", postal_code="postcode", country="country")

_ENVELOPES = {
    "orders": "a list of orders; orders come one at a time",
    "order_note": "an order note",
    "order_notes": "a list of order notes",
    "order_refund": "a refund",
    "order_refunds": "a list of refunds",
    "order_statuses": "a list of statuses",
}

_MARKS: Marks = (
    (("customer_note", "note"), "an order note"),
    (("refunded_by",), "a refund"),
    (("amount", "reason"), "a refund"),
    (("error",), "an error message"),
    (("code", "message"), "an error message"),
    (("message",), "a message about something deleted"),
    (("slug", "total"), "a report of how many orders have a status"),
    (("count",), "a count"),
    (("billing_period",), "a subscription"),
    (("date_created_gmt", "date_modified_gmt"), "an entry of a list of changed orders, with dates and no content"),
    (("order_id",), "a request that names an order"),
)

_ENDED = {
    "cancelled": "WooCommerce has cancelled this order.",
    "refunded": "All that was paid for this order has been given back.",
    "failed": "Payment of this order failed.",
    "trash": "This order is in WooCommerce's bin.",
}
_TIMES = (
    *("date_created_gmt", "date_created", "created_at", "date_modified_gmt", "date_modified", "updated_at"),
    *("date_paid_gmt", "date_paid", "date_completed_gmt", "date_completed", "completed_at"),
)
_NOT_PLACED = frozenset({"auto-draft", "checkout-draft", "draft"})


def read(raw: bytes) -> NewOrder:
    """Returns the order in a WooCommerce payload.

    Raises:
        Refusal: `not-an-order`, `already-ended`, `not-placed-yet`, `no-lines`, `total-mismatch`, or the flaw of a field
        with its pointer.
    """
    order = _order_in(parse(raw))
    _check_placed(order)
    order.check_times(*_TIMES)
    order = order.in_currency("currency")
    due, refunds = order.amount("total"), read_refunds(order)
    total = due + gift_cards(order)
    _check_live(order, total, refunds)
    reading = _reading(order, total)
    new = NewOrder(
        channel="woocommerce",
        channel_order_id=order.id("id"),
        source=Source(type="shop", reference=order.text_or_none("number") or order.text_or_none("order_number")),
        customer=_customer(order),
        currency=order.currency,
        placed_at=order.time(_first(order, "date_created_gmt", "date_created", "created_at")),
        shipping_address=read_address(order, _first(order, "shipping_address", "shipping"), _ADDRESS),
        billing_address=read_address(order, _first(order, "billing_address", "billing"), _ADDRESS),
        lines=_lines(order, reading),
        shipping=reading.shipping,
        fees=reading.fees,
        payments=read_payments(order, due, refunds.total),
        tax_exemption=_exemption(order, reading),
        declared_total=total,
        lines_at=order.at("line_items"),
    )
    whole = checked(new, order.at("total"))
    return checked(less_refunds(order, whole, refunds), order.at("refunds"))


def _order_in(payload: object) -> Fields:
    pointer = ""
    if isinstance(payload, dict) and set(payload) == {"order"} and isinstance(payload["order"], dict):
        payload, pointer = payload["order"], "/order"
    if not isinstance(payload, dict) or not _is_order(payload):
        raise not_an_order("WooCommerce", payload, _ENVELOPES, _MARKS)
    return Fields(payload, pointer)


def _is_order(payload: dict[str, object]) -> bool:
    """Tells an order from a refund, which has lines but no status, and from a subscription, which has a billing period
    too."""
    return {"status", "total", "currency"} <= set(payload) and "billing_period" not in payload


def _check_placed(order: Fields) -> None:
    status = order.text("status").removeprefix("wc-")
    if status in _ENDED:
        raise order.refusal("already-ended", _ENDED[status], "status")
    if status in _NOT_PLACED:
        raise order.refusal("not-placed-yet", f"The order is still a draft ('{status}').", "status")


def _check_live(order: Fields, total: int, refunds: Refunds) -> None:
    if not any(item.decimal("quantity") for item in order.objects("line_items") if item.has("quantity")):
        raise order.refusal("no-lines", "The order has no lines.", "line_items")
    if 0 < total <= refunds.total:
        raise order.refusal("already-ended", "Its refunds have given back all that it came to.", "refunds")


def _reading(order: Fields, declared: int) -> Reading:
    plain = read_amounts(order, fine=False)
    if plain.total == declared:
        return plain
    fine = read_amounts(order, fine=True)
    return fine if fine.total == declared else plain


def _exemption(order: Fields, reading: Reading) -> TaxExemption | None:
    """Returns the exemption of a customer whom the shop charged no VAT (`is_vat_exempt` in the meta data; WooCommerce,
    WC_Order::get_meta). A mark on an order that was taxed all the same is none."""
    marks = {meta.values.get("key"): meta.values.get("value") for meta in order.objects("meta_data") if _named(meta)}
    if marks.get("is_vat_exempt") not in ("yes", True, "1") or reading.tax:
        return None
    return TaxExemption(kind="exempt", reason="is_vat_exempt")


def _named(meta: Fields) -> bool:
    return isinstance(meta.values.get("key"), str)


def _lines(order: Fields, reading: Reading) -> tuple[NewLine, ...]:
    coupons = read_coupons(order)
    done = order.text("status").removeprefix("wc-") == "completed"
    items = order.objects("line_items")
    lines = [_line(item, own, coupons, done=done) for item, own in zip(items, reading.lines, strict=True)]
    return grouped(items, lines)


def _line(item: Fields, own: Amounts, coupons: Coupons, *, done: bool) -> NewLine:
    quantity, gross = item.count("quantity"), own.total + own.discount
    unit_price = money.divide(gross, max(1, quantity))
    return NewLine(
        line_id=item.id("id"),
        sku=_sku(item),
        title=item.text_or_none("name", MAX_TITLE) or "",
        quantity=quantity,
        unit_price=unit_price,
        gross=None if unit_price * quantity == gross else gross,
        discounts=coupons.on_line(gross, own.discount),
        taxes=tuple(NewTax(name=tax.name, rate=tax.rate_on(own.total), amount=amount) for tax, amount in own.taxes),
        progress=Progress(picked=quantity, packed=quantity, shipped=quantity) if done else Progress(),
    )


def _sku(item: Fields) -> str:
    if sku := sku_in(item):
        return sku
    ids = (item.decimal(key) for key in ("variation_id", "product_id") if item.has(key))
    product = next((number for number in ids if number), Decimal(0))
    return f"woocommerce:{product:f}" if product else f"woocommerce:line:{item.id('id')}"


def _customer(order: Fields) -> Customer:
    """Returns the customer; id 0 is a guest, who is known by the order alone."""
    customer_id = order.id_or_none("customer_id")
    billing = order.object(_first(order, "billing_address", "billing"))
    guest = customer_id in (None, "0")
    return Customer(
        customer_id=f"woocommerce:guest:{order.id('id')}" if guest else f"woocommerce:{customer_id}",
        email=email_in(billing) if billing else None,
        name=name_of(billing),
    )


def _first(order: Fields, *keys: str) -> str:
    """Returns the first of these keys whose field has a value; if none has, the first key."""
    return next((key for key in keys if order.has(key)), keys[0])
