"""Turns Medusa's cart totals into orders that come in through our intake.

Medusa counts in whole units and keeps fractions of a cent (9.0909…); its numbers are compared in cents, half-up, line
by line, the way we round. Shipping comes to an order as amounts: `_shipping` calculates them with our own rounding.
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from shared.domain.intake.new_order import NewLine, NewLineDiscount, NewTax
from shared.domain.intake.to_order import accept
from shared.domain.order import pricing
from shared.domain.order.carried import tax_amounts
from shared.domain.order.line import Line
from shared.domain.order.order import Order, Shipping
from tests.contract.vectors import Case, Facts, loaded
from tests.fakes.builders import an_order

FILE = "medusa_cart_totals.json"


def medusa() -> Iterator[Case]:
    for index, case in enumerate(loaded(FILE)["cases"]):
        given, expected = case["input"], case["expected"]
        yield Case(
            FILE,
            f"#{index} {case['name'].removeprefix('should calculate ')}",
            _theirs(given, expected),
            lambda given=given: _ours(given),
        )


def _theirs(given: Any, expected: Any) -> Facts:
    facts: dict[str, object] = {"total": _cents(expected["total"]), "items": _cents(expected["item_total"])}
    for number, item in enumerate(expected["items"]):
        facts[f"line {number} total"] = _cents(item["total"])
        facts[f"line {number} tax"] = _cents(item["tax_total"])
    taxes = [*expected["items"], *expected.get("shipping_methods", [])]
    facts["tax"] = sum(_cents(part["tax_total"]) for part in taxes)
    if not any(item.get("is_tax_inclusive") for item in given["items"]):
        facts["discount"] = _cents(expected["discount_subtotal"])
    for name in _PARTS:
        if name in expected:
            facts[name] = _cents(expected[name])
    return facts


_PARTS = {
    "fulfilled_total": "fulfilled_quantity",
    "shipped_total": "shipped_quantity",
    "return_received_total": "return_received_quantity",
    "return_dismissed_total": "return_dismissed_quantity",
    "write_off_total": "written_off_quantity",
}
"""Totals of some units of an order, by the field that counts the units."""


def _ours(given: Any) -> Facts:
    order = _order(given)
    shipping_discount = sum(_less(method) for method in _methods(given))
    facts: dict[str, object] = {
        "total": order.totals.total,
        "items": sum(line.total for line in order.lines),
        "tax": sum(line.tax for line in order.lines) + order.shipping.tax,
        "discount": order.totals.discount + shipping_discount,
    }
    for number, line in enumerate(order.lines):
        facts |= {f"line {number} total": line.total, f"line {number} tax": line.tax}
    for name, count in _PARTS.items():
        units = [item.get("detail", {}).get(count, 0) for item in given["items"]]
        facts[name] = sum(_carried(line, some) for line, some in zip(order.lines, units, strict=True))
    return facts


def _carried(line: Line, units: int) -> int:
    """Returns the part of a line's total that `units` of it carry: the fall of its total without them."""
    return line.total - pricing.with_quantity(line, line.quantity - units).total


def _order(given: Any) -> Order:
    lines = tuple(_line(item, number) for number, item in enumerate(given["items"]))
    new = replace(an_order().new, lines=lines, shipping=_shipping(_methods(given)))
    return accept(new, "ord_1", "key")


def _line(item: Any, number: int) -> NewLine:
    return NewLine(
        line_id=f"l{number}",
        sku=f"S{number}",
        quantity=item["quantity"],
        unit_price=_cents(item["unit_price"]),
        tax_included=item.get("is_tax_inclusive", False),
        discounts=(NewLineDiscount(type="amount", amount=_less(item)),),
        taxes=tuple(NewTax(name="Tax", rate=_rate(each)) for each in item["tax_lines"]),
    )


def _methods(given: Any) -> list[Any]:
    return given.get("shipping_methods", [])


def _shipping(methods: list[Any]) -> Shipping:
    """Returns all methods of a cart as the one that an order has."""
    price = tax = 0
    for method in methods:
        net = _cents(method["amount"]) - _less(method)
        included = method.get("is_tax_inclusive", False)
        amounts = tax_amounts(net, [_rate(each) for each in method["tax_lines"]], included=included)
        price += net - sum(amounts) if included else net
        tax += sum(amounts)
    return Shipping(price=price, unrated=tax)


def _less(part: Any) -> int:
    return sum(_cents(each["amount"]) for each in part.get("adjustments", ()))


def _rate(tax_line: Any) -> Decimal:
    return Decimal(tax_line["rate"]) / 100


def _cents(amount: Any) -> int:
    return int((Decimal(amount) * 100).quantize(Decimal(1), ROUND_HALF_UP))
