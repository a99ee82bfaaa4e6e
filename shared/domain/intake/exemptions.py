"""Makes the exemption of a new order a fact: as its channel gives it, or as all its tax lines name it."""

import re
from collections.abc import Iterable
from dataclasses import replace

from shared.domain.intake.new_order import NewOrder
from shared.domain.order.exemption import TaxExemption
from shared.domain.order.line import Line
from shared.domain.order.order import Order
from shared.domain.refusal import Refusal

_REVERSE_CHARGE = re.compile(r"reverse[\s_-]?charge", re.IGNORECASE)
"""Matches the names that channels without a field for it give a tax of nothing that the customer owes."""


def exemption_of(new: NewOrder, lines: Iterable[Line]) -> TaxExemption | None:
    """Returns why no tax is due on the order, with the place where that holds; None if tax is due."""
    found = new.tax_exemption or _named(lines)
    place = new.shipping_address.jurisdiction if new.shipping_address else None
    return replace(found, jurisdiction=place) if found else None


def check_untaxed(order: Order) -> None:
    """Refuses an exempt order with a tax on it.

    Raises:
        Refusal: `exempt-order-taxed`.
    """
    if order.tax_exemption is None:
        return
    taxed = any(line.tax for line in order.lines) or order.shipping.tax or any(fee.tax for fee in order.fees)
    if taxed:
        raise Refusal("exempt-order-taxed", "An order that is exempt has no tax.", pointer="/tax_exemption")


def _named(lines: Iterable[Line]) -> TaxExemption | None:
    taxes = [line.taxes for line in lines if line.quantity]
    if not taxes or not all(taxes) or any(tax.rate or tax.amount for each in taxes for tax in each):
        return None
    name = taxes[0][0].name
    return TaxExemption(kind="reverse_charge", reason=name) if _REVERSE_CHARGE.search(name) else None
