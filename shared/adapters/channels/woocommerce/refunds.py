"""Reads the refunds of a WooCommerce order.

An order lists its refunds by their sums (REST API: Order, refunds: id, reason, total). A sender that asks for them
gives each whole: the lines taken back, with quantities and totals below zero, and the line of the order that each is
of in `_refunded_item_id` (REST API: Order refunds). What names a line, a fee or shipping comes off it; the rest of the
sum lowers the prices in proportion, and a person is asked before more is given back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from shared.adapters.channels.reading.payload import Fields
from shared.adapters.channels.reading.refunded import NOTHING, Returned, given_back, less_returned, unnamed
from shared.domain.intake.deductions import shipping_less
from shared.domain.intake.new_order import NewOrder
from shared.domain.order.order import Fee, Shipping
from shared.domain.refusal import Refusal

ROUNDING = 1
"""Minor units for each part that a refund names, by which its sum may miss them."""


@dataclass(frozen=True, slots=True)
class Refunds:
    """All refunds of an order, in minor units. `lines` and `fees` go by the id of the order's line; `rest` is what the
    sums have beyond all that is named."""

    total: int = 0
    rest: int = 0
    shipping: Returned = NOTHING
    lines: Mapping[str, Returned] = field(default_factory=dict)
    fees: Mapping[str, Returned] = field(default_factory=dict)


def read_refunds(order: Fields) -> Refunds:
    refunds = order.objects("refunds")
    total = sum(map(_sum, refunds))
    lines, fees = _by_line(refunds, "line_items"), _by_line(refunds, "fee_lines")
    shipping = sum((_part(part) for each in refunds for part in each.objects("shipping_lines")), NOTHING)
    named = [*lines.values(), *fees.values(), shipping]
    rest = total - sum(part.total for part in named)
    return Refunds(total=total, rest=rest, shipping=shipping, lines=lines, fees=fees)


def _sum(refund: Fields) -> int:
    """Returns what a refund gave back; sums are below zero in an order, and above it in a refund."""
    return abs(refund.amount_or_zero("total" if refund.has("total") else "amount", negative=True))


def _by_line(refunds: Iterable[Fields], key: str) -> dict[str, Returned]:
    lines: dict[str, Returned] = {}
    for refund in refunds:
        for item in refund.objects(key):
            line_id = _refunded_item(item)
            lines[line_id] = lines.get(line_id, NOTHING) + _part(item)
    return lines


def _part(item: Fields) -> Returned:
    units = abs(item.decimal("quantity")) if item.has("quantity") else 0
    if units != int(units):
        raise item.refusal("fractional-quantity", "Only whole units can be taken back.", "quantity")
    net, tax = (abs(item.amount_or_zero(key, negative=True)) for key in ("total", "total_tax"))
    return Returned(int(units), net, tax)


def _refunded_item(item: Fields) -> str:
    for meta in item.objects("meta_data"):
        if meta.values.get("key") == "_refunded_item_id":
            return meta.text("value")
    return item.text("refunded_item_id")


def less_refunds(order: Fields, new: NewOrder, refunds: Refunds) -> NewOrder:
    """Returns the order without what was given back of it: its parts less what names them, and a total lower by all
    refunds. `new.fees` are those of `fee_lines`, one each.

    Raises:
        Refusal: `overpaid-refund`, if more of a part was given back than there was; `unmatched-refund`, if a refund is
            of a part that the order does not have; `no-lines`, if no goods are left.
    """
    if not refunds.total:
        return new
    left = [
        less_returned(line, refunds.lines.get(str(line.line_id), NOTHING), order.at("refunds")) for line in new.lines
    ]
    if refunds.lines.keys() - {str(line.line_id) for line in new.lines}:
        raise _unmatched(order)
    if not any(line.quantity for line, _ in left):
        raise order.refusal("no-lines", "Every unit of the order has been taken back.", "line_items")
    kept = tuple(fee for _, fee in left if fee.total)
    rest = replace(
        new,
        lines=tuple(line for line, _ in left),
        fees=(*_fees(order, new.fees, refunds), *kept),
        shipping=_shipping(order, new.shipping, refunds.shipping),
        declared_total=(new.declared_total or 0) - refunds.total,
    )
    return _less_the_rest(order, rest, refunds)


def _less_the_rest(order: Fields, left: NewOrder, refunds: Refunds) -> NewOrder:
    if not refunds.rest:
        return left
    named = len(refunds.lines) + len(refunds.fees) + bool(refunds.shipping.total)
    if abs(refunds.rest) <= ROUNDING * named:
        return replace(left, fees=(*left.fees, Fee(code="rounding", amount=-refunds.rest)))
    if refunds.rest < 0:
        raise _overpaid(order)
    return replace(left, lines=unnamed(left.lines), fees=(*left.fees, given_back(left, refunds.rest)))


def _fees(order: Fields, fees: Sequence[Fee], refunds: Refunds) -> tuple[Fee, ...]:
    if not refunds.fees:
        return tuple(fees)
    by_id = dict(zip((each.id("id") for each in order.objects("fee_lines")), fees, strict=True))
    if refunds.fees.keys() - by_id.keys():
        raise _unmatched(order)
    left = []
    for fee_id, fee in by_id.items():
        part = refunds.fees.get(fee_id, NOTHING)
        if part.total and (part.net > fee.amount or part.tax > fee.tax):
            raise _overpaid(order)
        left.append(replace(fee, amount=fee.amount - part.net, tax=fee.tax - part.tax))
    return tuple(left)


def _shipping(order: Fields, shipping: Shipping, returned: Returned) -> Shipping:
    if returned.net > shipping.price or returned.tax > shipping.tax:
        raise _overpaid(order)
    return shipping_less(shipping, returned.net, returned.tax) if returned.total else shipping


def _overpaid(order: Fields) -> Refusal:
    return order.refusal("overpaid-refund", "More of a part was given back than there was of it.", "refunds")


def _unmatched(order: Fields) -> Refusal:
    return order.refusal("unmatched-refund", "A refund is of a line that the order does not have.", "refunds")
