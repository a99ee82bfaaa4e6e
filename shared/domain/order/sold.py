"""Tells at what price a line, or shipping, was sold, however often its price was changed since.

Floors and ceilings refer to that and never to the last edit, so no row of small steps walks round them (DESIGN.md,
"Money": control is measured on what nobody moves). A line that becomes another product is sold anew, at its price; the
discounts that it was given before count on.
"""

from dataclasses import replace

from shared.domain import money
from shared.domain.fields import changed
from shared.domain.order.line import Line
from shared.domain.order.line_history import Sold
from shared.domain.order.order import Shipping, SoldShipping


def sold_as(line: Line) -> Sold:
    """Returns what the line was sold at. A line from before this was kept tells what the customer accepted, if it is
    away from that, or else its present price."""
    if line.sold is not None:
        return line.sold
    accepted = line.basis.unit_price if line.basis else None
    return Sold(unit_price=line.unit_price if accepted is None else accepted)


def keeping_sold(line: Line, after: Line, *, discounted: bool) -> Line:
    """Returns `after`, which an edit of its price makes of the line, with what the line was sold at; without it where
    that is its price again. Another product is sold at its own price, with the share of that which the line's own
    discounts came to when it was sold. `discounted` says that the edit gives it other discounts."""
    sold = sold_as(line)
    if discounted and sold.own is None:
        sold = replace(sold, **_own(line))
    if after.sku != line.sku:
        sold = replace(sold, unit_price=after.unit_price)
    back = sold.own is None and after.unit_price == sold.unit_price
    kept = None if back else sold
    return after if after.sold == kept else changed(after, sold=kept)


def price_left(line: Line) -> int:
    """Returns the price of each unit less what the line's own discounts have grown by since it was sold."""
    given = given_since(line)
    return money.share(line.unit_price, line.gross - given, line.gross) if given and line.gross else line.unit_price


def shipping_sold_as(shipping: Shipping) -> SoldShipping:
    """Returns the method and the price that shipping came in with; a row from before this was kept tells its present
    method, and the price that was accepted."""
    return shipping.sold or SoldShipping(method=shipping.method, price=shipping.accepted.price)


def keeping_shipping_sold(shipping: Shipping, after: Shipping) -> Shipping:
    """Returns `after`, which an edit makes of shipping, with what it came in as; without it where it is that again."""
    sold = shipping_sold_as(shipping)
    back = (after.method, after.price) == (sold.method, sold.price)
    return replace(after, sold=None if back else sold)


def _own(line: Line) -> dict[str, int]:
    """Returns the line's own discounts as they were accepted, and the gross that they were taken off."""
    basis = line.basis
    if basis is None or not basis.quantity:
        return {"gross": line.gross, "own": line.own_discount}
    pairs = zip(line.discounts, basis.discounts, strict=False)
    return {"gross": basis.gross, "own": sum(amount for discount, amount in pairs if discount.scope == "line")}


def given_since(line: Line) -> int:
    """Returns the minor units of the line's own discounts beyond those that it was sold with."""
    own, sold = line.own_discount, line.sold
    if not own or sold is None or sold.own is None:
        return 0
    return max(0, own - (money.share(sold.own, line.gross, sold.gross) if sold.gross else 0))
