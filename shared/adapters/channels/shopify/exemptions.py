"""Reads why a Shopify order has no tax: `tax_exempt` of the order, and the customer's `tax_exemptions`, which are codes
such as `EU_REVERSE_CHARGE_EXEMPTION_RULE` (REST Admin API: Order, Customer)."""

from shared.adapters.channels.reading.payload import Fields
from shared.adapters.channels.reading.texts import listed
from shared.domain.intake.new_order import NewOrder
from shared.domain.order.exemption import TaxExemption


def read_exemption(order: Fields, new: NewOrder) -> TaxExemption | None:
    """Returns the exemption of an order that is marked as exempt; a mark on one that was taxed all the same is none."""
    if not order.flag("tax_exempt") or _is_taxed(new):
        return None
    customer = order.object("customer")
    codes = customer.texts("tax_exemptions") if customer else []
    reverse = any("REVERSE_CHARGE" in code for code in codes)
    return TaxExemption(kind="reverse_charge" if reverse else "exempt", reason=listed(codes, ", "))


def _is_taxed(new: NewOrder) -> bool:
    lines = any(tax.amount for line in new.lines for tax in line.taxes)
    return lines or bool(new.shipping.tax) or any(fee.tax for fee in new.fees)
