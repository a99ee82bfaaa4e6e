"""Reads Shopify orders: the REST Admin API's Order resource, from the API (`{"order": {...}}`) or from a webhook.

**Choice of the total.** An order changes after it is placed. `total_price` is its total "before returns"; its present
total is `current_total_price`, which "reflects order edits, returns, and refunds" (REST Admin API: Order). We take an
order to change the part that is still to come, so we read its present state: quantities are `current_quantity` (older
versions: `quantity` less the refunded units), removed units are counted as cancelled, their discounts and taxes are
gone, and the total is `current_total_price`. Versions before 2020-10 don't have it: there it is `total_price` less the
sums that refunds name. All amounts are in the shop's currency, `currency`.

What was given back beyond the goods that a refund names, or kept of them (`order_adjustments`), is a fee of its own, be
it that the total counts it or that only the payments do.
"""

from dataclasses import replace

from shared.adapters.channels.reading.addresses import AddressShape, name_of, read_address
from shared.adapters.channels.reading.kinds import Marks, not_an_order
from shared.adapters.channels.reading.payload import Fields
from shared.adapters.channels.reading.refunded import ADJUSTMENT, given_back, unnamed
from shared.adapters.channels.reading.strict_json import parse
from shared.adapters.channels.reading.sums import checked, comes_to
from shared.adapters.channels.reading.texts import email_in
from shared.adapters.channels.shopify.exemptions import read_exemption
from shared.adapters.channels.shopify.extras import read_fees, read_shipping
from shared.adapters.channels.shopify.fields import id_of
from shared.adapters.channels.shopify.groups import with_groups
from shared.adapters.channels.shopify.legacy import with_order_discount, with_order_taxes
from shared.adapters.channels.shopify.lines import read_lines
from shared.adapters.channels.shopify.payments import read_payments
from shared.adapters.channels.shopify.refunds import Refunds, read_refunds
from shared.domain.intake.new_order import NewLine, NewOrder
from shared.domain.order.order import Fee, Shipping
from shared.domain.order.party import Customer, Source

_ADDRESS = AddressShape(
    line1="address1", line2="address2", region="province_code", postal_code="zip", country="country_code"
)

_ENVELOPES = {
    "orders": "a list of orders; orders come one at a time",
    "draft_order": "a draft order",
    "draft_orders": "a list of draft orders",
    "draft_order_invoice": "a draft order's invoice",
    "order_edit": "an order edit",
    "refund": "a refund",
    "fulfillment": "a fulfilment",
    "fulfillment_order": "a fulfilment order",
    "original_fulfillment_order": "a fulfilment order that was split or moved",
    "fulfillment_order_merges": "fulfilment orders that were merged",
    "fulfillment_event": "a fulfilment event",
    "fulfillment_events": "a list of fulfilment events",
    "fulfillment_service": "a fulfilment service",
    "fulfillment_services": "a list of fulfilment services",
    "transaction": "a transaction",
    "transactions": "a list of transactions",
    "gift_card": "a gift card",
    "gift_cards": "a list of gift cards",
    "adjustment": "an adjustment of a gift card",
    "events": "a list of events",
    "properties": "the properties of a line",
}

_MARKS: Marks = (
    (("abandoned_checkout_url",), "a checkout"),
    (("invoice_url",), "a draft order"),
    (("invoice_sent_at",), "a draft order"),
    (("refund_line_items",), "a refund"),
    (("evidence_due_by",), "a dispute"),
    (("shipment_status",), "a fulfilment"),
    (("fulfillment_id", "happened_at"), "a fulfilment event"),
    (("kind", "gateway"), "a transaction"),
    (("risk_level",), "a risk assessment"),
    (("eligibility",), "a Shopify Protect eligibility"),
    (("billing_policy",), "a subscription contract"),
    (("payment_terms_type",), "payment terms"),
    (("return_line_items",), "a return"),
    (("decline",), "a declined return"),
    (("dispositions",), "a reverse fulfilment order"),
    (("shipping_deliverable",), "a reverse delivery"),
    (("inventory_item_id",), "a stock level"),
    (("harmonized_system_code",), "an inventory item"),
    (("fulfillable_quantity", "price"), "an order line"),
    (("order_id", "status"), "a note of what happened to an order, perhaps its return"),
)

_TIMES = ("created_at", "processed_at", "updated_at", "cancelled_at", "closed_at")
_DELETED = "an id alone, as for something deleted"


def read(raw: bytes) -> NewOrder:
    """Returns the order in a Shopify payload.

    Raises:
        Refusal: `not-an-order`, `already-ended`, `no-lines`, `total-mismatch`, or the flaw of a field with its pointer.
    """
    order = _order_in(parse(raw))
    order.check_times(*_TIMES)
    _check_live(order)
    order = order.in_currency("currency")
    refunds = read_refunds(order)
    total_field, total = _total(order, refunds)
    shipping = read_shipping(order, refunds)
    new = NewOrder(
        channel="shopify",
        channel_order_id=id_of(order),
        source=Source(type="shop", reference=order.text_or_none("name")),
        customer=_customer(order),
        currency=order.currency,
        placed_at=order.time("processed_at" if order.has("processed_at") else "created_at"),
        shipping_address=read_address(order, "shipping_address", _ADDRESS),
        billing_address=read_address(order, "billing_address", _ADDRESS),
        lines=_lines(order, refunds, shipping),
        shipping=shipping,
        fees=read_fees(order),
        declared_total=total,
        lines_at=order.at("line_items"),
    )
    new = replace(new, tax_exemption=read_exemption(order, new))
    new = _adjusted(new, refunds)
    payments = read_payments(order, refunds, total, new.declared_total or 0)
    return checked(replace(new, payments=payments), order.at(total_field))


def _order_in(payload: object) -> Fields:
    pointer = ""
    if isinstance(payload, dict) and set(payload) == {"order"} and isinstance(payload["order"], dict):
        payload, pointer = payload["order"], "/order"
    if not isinstance(payload, dict) or not _is_order(payload):
        marks = (*_MARKS, (("id",), _DELETED)) if isinstance(payload, dict) and len(payload) == 1 else _MARKS
        raise not_an_order("Shopify", payload, _ENVELOPES, marks)
    return Fields(payload, pointer)


def _is_order(payload: dict[str, object]) -> bool:
    """Tells an order from checkouts, drafts and fulfilments, which have lines and totals too: only an order has a
    financial status or a number."""
    return ("financial_status" in payload or "order_number" in payload) and (
        "line_items" in payload or "total_price" in payload
    )


def _check_live(order: Fields) -> None:
    if order.has("cancelled_at"):
        reason = order.text_or_none("cancel_reason")
        raise order.refusal(
            "already-ended", "Shopify has cancelled this order" + (f" ({reason})." if reason else "."), "cancelled_at"
        )
    if order.text_or_none("financial_status") == "refunded":
        raise order.refusal(
            "already-ended", "All that was paid for this order has been given back.", "financial_status"
        )


def _total(order: Fields, refunds: Refunds) -> tuple[str, int]:
    if order.has("current_total_price"):
        return "current_total_price", order.amount("current_total_price")
    taxes_included = order.flag("taxes_included")
    return "total_price", order.amount("total_price") - refunds.value(taxes_included=taxes_included)


def _lines(order: Fields, refunds: Refunds, shipping: Shipping) -> tuple[NewLine, ...]:
    lines = read_lines(order, refunds)
    if not any(line.quantity for line in lines):
        why = "Every unit has been removed from the order." if lines else "The order has no lines."
        raise order.refusal("no-lines", why, "line_items")
    return with_groups(order, with_order_taxes(order, with_order_discount(order, lines), shipping))


def _customer(order: Fields) -> Customer:
    """Returns the customer, or a guest who is known by the order alone: an e-mail address is nobody's id."""
    customer = order.object("customer")
    known = customer is not None and customer.has("id")
    return Customer(
        customer_id=f"shopify:{id_of(customer)}" if customer and known else f"shopify:guest:{id_of(order)}",
        email=email_in(order) or (email_in(customer) if customer else None),
        name=name_of(customer) or name_of(order.object("billing_address")),
    )


def _adjusted(new: NewOrder, refunds: Refunds) -> NewOrder:
    """Returns the order with what refunds gave back beyond the goods, or kept of them. Where Shopify's total does not
    count it, the order comes to that much less, or more: else it would seem that somebody owes it."""
    told = Fee(code=ADJUSTMENT, amount=refunds.adjustments, tax=refunds.adjustments_tax)
    counted = new.declared_total or 0
    if told.total and comes_to(new) + told.total == counted:
        return replace(new, fees=(*new.fees, told))
    goods = refunds.value(taxes_included=any(line.tax_included for line in new.lines))
    beyond = refunds.repaid - goods if refunds.repaid else 0
    if comes_to(new) != counted or (not 0 < beyond <= counted and not 0 < told.total <= -beyond):
        return new
    if told.total == -beyond or beyond < 0:
        return replace(new, fees=(*new.fees, told), declared_total=counted + told.total)
    fee = given_back(new, beyond)
    return replace(new, fees=(*new.fees, fee), lines=unnamed(new.lines), declared_total=counted - beyond)
