"""Rows that were stored in an earlier shape read as what they meant."""

from typing import Any

import pytest

from shared.adapters.dynamodb.stored.kinds import ORDER
from shared.adapters.dynamodb.stored.upcast import upcast
from shared.domain.order.order import Shipping, ShippingBasis
from tests.fakes import an_order

PLAIN = ORDER.plain(ORDER.text(an_order().with_line("A", 1, 1000).build()))


@pytest.mark.parametrize(
    ("stored", "meant"),
    [
        ({"price": 500, "tax": 100}, Shipping(price=500, unrated=100)),
        ({"method": "post", "price": 500, "tax_included": True}, Shipping(method="post", price=500, tax_included=True)),
        ({"basis": [400, 80]}, Shipping(basis=ShippingBasis(price=400, unrated=80))),
        ({"spared": 7, "basis": None}, Shipping(spared=7)),
        (None, Shipping()),
    ],
)
def test_tax_on_shipping_of_shape_1_is_an_amount_without_a_rate(stored: Any, meant: Shipping) -> None:
    plain = {name: value for name, value in PLAIN.items() if name != "shipping"}
    old = plain if stored is None else {**plain, "shipping": stored}
    assert ORDER.valid(upcast("order", old, 1)).shipping == meant
