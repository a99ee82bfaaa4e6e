"""Small orders of our own making in the shapes of Shopify and WooCommerce, to be varied by the tests."""

import json
from typing import Any

from shared.adapters.channels import read
from shared.domain.intake.new_order import NewOrder

Json = dict[str, Any]


def read_shopify(order: object) -> NewOrder:
    return read("shopify", json.dumps(order).encode())


def read_woocommerce(order: object) -> NewOrder:
    return read("woocommerce", json.dumps(order).encode())


def a_shopify_order(**changes: Any) -> Json:
    """Two mugs at 10.00 with 20 % tax, shipping 5.00 with 1.00 tax: 30.00 in all."""
    order: Json = {
        "id": 7001,
        "admin_graphql_api_id": "gid://shopify/Order/7001",
        "name": "#42",
        "created_at": "2026-03-01T10:00:00+02:00",
        "currency": "EUR",
        "financial_status": "pending",
        "taxes_included": False,
        "total_price": "30.00",
        "current_total_price": "30.00",
        "customer": {"id": 9, "first_name": "Ada", "last_name": "Example", "email": "ada@example.com"},
        "shipping_address": {
            "name": "Ada Example",
            "first_name": "Ada",
            "last_name": "Example",
            "address1": "1 Main Street",
            "city": "Springfield",
            "province_code": "IL",
            "zip": "62701",
            "country_code": "US",
        },
        "line_items": [a_shopify_line()],
        "shipping_lines": [{"title": "Post", "price": "5.00", "tax_lines": [a_tax("1.00")]}],
    }
    return {key: value for key, value in {**order, **changes}.items() if value is not ...}


def a_shopify_line(**changes: Any) -> Json:
    line: Json = {
        "id": 501,
        "sku": "MUG",
        "title": "Mug",
        "variant_id": 33,
        "product_id": 3,
        "quantity": 2,
        "current_quantity": 2,
        "price": "10.00",
        "discount_allocations": [],
        "tax_lines": [a_tax("4.00")],
    }
    return {key: value for key, value in {**line, **changes}.items() if value is not ...}


def a_tax(price: str, rate: float = 0.2) -> Json:
    return {"title": "VAT", "rate": rate, "price": price}


def a_refund(quantity: int, subtotal: str, tax: str, **more: Any) -> Json:
    """Units of line 501 taken off a Shopify order."""
    item = {"line_item_id": 501, "quantity": quantity, "subtotal": subtotal, "total_tax": tax}
    return {"refund_line_items": [item], "order_adjustments": [], "transactions": [], **more}


def a_transaction(number: int, kind: str, amount: str, **changes: Any) -> Json:
    return {
        "id": number,
        "kind": kind,
        "amount": amount,
        "currency": "EUR",
        "gateway": "stripe",
        "status": "success",
        **changes,
    }


def a_woo_order(**changes: Any) -> Json:
    """Two mugs at 10.00 with 20 % tax, shipping 5.00 with 1.00 tax: 30.00 in all."""
    order: Json = {
        "id": 8001,
        "number": "42",
        "status": "processing",
        "currency": "EUR",
        "date_created_gmt": "2026-03-01T08:00:00",
        "prices_include_tax": False,
        "customer_id": 9,
        "total": "30.00",
        "billing": {"first_name": "Ada", "last_name": "Example", "email": "ada@example.com", "country": "DE"},
        "shipping": {"first_name": "Ada", "address_1": "1 Main Street", "city": "Springfield", "country": "DE"},
        "line_items": [a_woo_line()],
        "shipping_lines": [{"method_title": "Post", "total": "5.00", "total_tax": "1.00"}],
        "tax_lines": [{"rate_id": 1, "label": "VAT", "rate_percent": 20}],
    }
    return {key: value for key, value in {**order, **changes}.items() if value is not ...}


def a_woo_line(**changes: Any) -> Json:
    line: Json = {
        "id": 601,
        "name": "Mug",
        "sku": "MUG",
        "product_id": 3,
        "variation_id": 0,
        "quantity": 2,
        "price": 10,
        "subtotal": "20.00",
        "total": "20.00",
        "total_tax": "4.00",
        "taxes": [{"id": 1, "total": "4.00"}],
    }
    return {key: value for key, value in {**line, **changes}.items() if value is not ...}
