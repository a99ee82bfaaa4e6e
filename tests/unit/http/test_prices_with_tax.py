"""A price that is said to contain tax, unlike those of the order, passes no floor unseen: somebody is asked."""

from typing import Any

import pytest

from tests.unit.http.cancelling import usd
from tests.unit.http.client import Client
from tests.unit.http.client import example as request
from tests.unit.http.test_walking_prices_down import amended, reasons

WORDS = "The price of MUG is to be with tax where others of this order are without, or without."


@pytest.fixture
def mugs(service: Client) -> str:
    """6 mugs of 10.00 USD and 20 % tax, which is added, paid; mugs are listed at 10.00."""
    service.put("/products/MUG", {"title": "Mug", "list_price": [usd("10.00")]})
    order = request("order-direct")
    tax = {"name": "VAT", "rate": "0.20", "amount": usd("12.00")}
    line = {"line_id": "l1", "sku": "MUG", "title": "Mug", "quantity": 6, "unit_price": usd("10.00"), "taxes": [tax]}
    paid = {**order["payments"][0], "authorised": usd("72.00"), "captured": usd("72.00")}
    body = order | {"channel_order_id": "T-1", "lines": [line], "discounts": [], "payments": [paid]}
    reply = service.post("/orders", body)
    assert reply.status == 201, reply.body
    return str(reply.body["order_id"])


def more(**given: Any) -> dict[str, Any]:
    return {"op": "add_line", "sku": "MUG", "quantity": 6, **given}


@pytest.mark.parametrize("price", [{"unit_price": usd("7.00")}, {}])
def test_a_price_with_tax_where_the_order_s_are_without_asks(agent: Client, mugs: str, price: dict[str, Any]) -> None:
    gone = {"op": "cancel_line", "line_id": "l1"}
    change = amended(agent, mugs, gone, more(tax_included=True, **price))
    assert (change["status"], WORDS in reasons(change)) == ("pending_approval", True)


@pytest.mark.parametrize("given", [{}, {"tax_included": False}])
def test_a_price_like_the_order_s_asks_nobody(agent: Client, mugs: str, given: dict[str, Any]) -> None:
    assert WORDS not in reasons(amended(agent, mugs, more(**given)))
