"""Checks that an order adds up: its lines, shipping and fees against the total that the channel declares."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext

from shared.domain.intake.counts import check_counts
from shared.domain.intake.new_order import NewLine, NewOrder
from shared.domain.order.order import display
from shared.domain.refusal import Refusal


def comes_to(order: NewOrder) -> int:
    """Returns Σ (gross − discounts + added tax) + shipping and its added tax + Σ fees, in minor units.

    It expects that all amounts are the channel's own; every shop system sends them so.
    """
    return sum(map(_line, order.lines)) + order.shipping.total + sum(fee.total for fee in order.fees)


def checked(order: NewOrder, pointer: str) -> NewOrder:
    """Returns the same order, if it is no larger than one may be and its sum is its `declared_total`.

    Raises:
        Refusal: `too-many-lines`, `too-many`; `total-mismatch`, pointing at the payload's total.
    """
    check_counts(order)
    total = comes_to(order)
    if order.declared_total is not None and total != order.declared_total:
        raise Refusal(
            "total-mismatch",
            f"Lines, shipping and fees come to {display(total, order.currency)}; "
            f"the payload says {display(order.declared_total, order.currency)}.",
            pointer=pointer,
        )
    return order


def round_together(amounts: Sequence[Decimal]) -> list[int]:
    """Returns whole minor units with the rounded sum of `amounts`: largest remainder, ties to the first.

    Channels that calculate below the cent round once, at the end. Rounding each part half-up would lose their cents.
    """
    with localcontext(prec=80):
        parts = [int(amount.to_integral_value(ROUND_FLOOR)) for amount in amounts]
        spare = int(sum(amounts, Decimal(0)).to_integral_value(ROUND_HALF_UP)) - sum(parts)
        by_remainder = sorted(range(len(parts)), key=lambda index: parts[index] - amounts[index])
    for index in by_remainder[:spare]:
        parts[index] += 1
    return parts


def _line(line: NewLine) -> int:
    gross = line.unit_price * line.quantity if line.gross is None else line.gross
    added_tax = 0 if line.tax_included else sum(tax.amount or 0 for tax in line.taxes)
    return gross - sum(discount.amount or 0 for discount in line.discounts) + added_tax
