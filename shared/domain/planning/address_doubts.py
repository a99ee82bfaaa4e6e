"""Tells if a change moves an order to where less tax is due, and if its new address itself speaks against that."""

from decimal import Decimal

from shared.domain.order.line import Line
from shared.domain.order.order import Order, Shipping
from shared.domain.order.places import confirms_region
from shared.domain.planning.line_taxes import is_taxed_elsewhere


def moves_to_lower_tax(before: Order, after: Order) -> bool:
    """Returns True if some line, or shipping, is taxed at a lower rate because the address is in another place. More
    goods in the same change make up for nothing."""
    if not is_taxed_elsewhere(before.shipping_address, after.shipping_address):
        return False
    was = {line.line_id: line for line in before.lines}
    pairs = ((was.get(line.line_id), line) for line in after.lines)
    if any(old is not None and old.sku == line.sku and _rate(line) < _rate(old) for old, line in pairs):
        return True
    return after.shipping.price > 0 and _share(after.shipping) < _share(before.shipping)


def is_doubtful(before: Order, after: Order) -> bool:
    """Returns True if the postal code contradicts the new address, does not tell the region by which tax is due, or
    stays as it was although the place is another."""
    old, new = before.shipping_address, after.shipping_address
    if new is None or new == old:
        return False
    if not confirms_region(new):
        return True
    kept = bool(old and _plain(new.postal_code) and _plain(new.postal_code) == _plain(old.postal_code))
    return kept and is_taxed_elsewhere(old, new)


def _rate(line: Line) -> Decimal:
    return sum((tax.rate for tax in line.taxes), Decimal(0)) if line.quantity else Decimal(0)


def _share(shipping: Shipping) -> Decimal:
    """Returns the tax on shipping as a part of its price; 0 where it costs nothing."""
    return Decimal(shipping.tax) / shipping.price if shipping.price > 0 else Decimal(0)


def _plain(postal_code: str | None) -> str:
    return (postal_code or "").replace(" ", "").replace("-", "").upper()
