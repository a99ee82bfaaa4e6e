"""Reads money that a shop gave back before the order came here.

What was given back for goods takes the goods with it. What names no goods lowers the prices in proportion, and their
tax with them (DESIGN.md, "Money"), so that the order is worth what the shop kept of it, and nobody owes the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.adapters.channels.reading.sums import comes_to
from shared.domain import money
from shared.domain.intake.new_order import NewLine, NewLineDiscount, NewOrder
from shared.domain.order.order import Fee
from shared.domain.order.progress import Progress
from shared.domain.refusal import Refusal

ADJUSTMENT = "refund_adjustment"
"""The fee of what was given back beyond the goods that it names (below zero) or kept of them (above)."""
UNNAMED_REFUND = "unnamed_refund"
"""The constraint of the lines of an order of which money was given back, and the shop does not say for what. Policy
`eligibility` has a person look at what is still to be given back for them."""


@dataclass(frozen=True, slots=True)
class Returned:
    """Counts units given back of one line (none of shipping), and minor units of the net and of the tax."""

    units: int = 0
    net: int = 0
    tax: int = 0

    def __add__(self, other: "Returned") -> "Returned":
        return Returned(self.units + other.units, self.net + other.net, self.tax + other.tax)

    @property
    def total(self) -> int:
        return self.net + self.tax


NOTHING = Returned()


def given_back(order: NewOrder, amount: int) -> Fee:
    """Returns what `amount` minor units without goods take off the order, its tax in proportion."""
    taxes = sum(tax.amount or 0 for line in order.lines for tax in line.taxes)
    taxes += order.shipping.tax + sum(fee.tax for fee in order.fees)
    total = comes_to(order)
    tax = money.divide(amount * taxes, total) if total > 0 else 0
    return Fee(code=ADJUSTMENT, amount=tax - amount, tax=-tax)


def unnamed(lines: Sequence[NewLine]) -> tuple[NewLine, ...]:
    """Returns the lines of an order of which nobody knows what was given back for them."""
    return tuple(replace(line, constraints=(*line.constraints, UNNAMED_REFUND)) for line in lines)


def less_returned(line: NewLine, returned: Returned, pointer: str) -> tuple[NewLine, Fee]:
    """Returns what is left of a line whose tax is added to its price, and what the shop kept of the units taken back.

    The units that are left keep their share of net and tax. What came back beyond the share of the others lowers them,
    and what was kept of it is a fee. A minor unit is the shop's rounding, and stays in the line.

    Raises:
        Refusal: `overpaid-refund` at `pointer`, if more of the line came back than there was.
    """
    if not returned.units and not returned.total:
        return line, Fee(code=ADJUSTMENT, amount=0)
    units, whole = line.quantity - returned.units, max(1, line.quantity)
    gross, tax = _gross(line), sum(_amounts(line))
    net = gross - sum(discount.amount or 0 for discount in line.discounts)
    if units < 0 or net < returned.net or tax < returned.tax:
        words = "More of a line was given back than there was of it."
        raise Refusal("overpaid-refund", words, pointer=pointer)
    kept = _kept(net - returned.net, money.share(net, units, whole), units)
    kept_tax = _kept(tax - returned.tax, money.share(tax, units, whole), units)
    left, left_tax = net - returned.net - kept, tax - returned.tax - kept_tax
    price = max(left, money.share(gross, units, whole))
    rest = replace(
        line,
        quantity=units,
        cancelled_quantity=line.cancelled_quantity + returned.units,
        gross=None if price == line.unit_price * units else price,
        discounts=_coming_to(price - left, [_share(each, units, whole) for each in line.discounts]),
        taxes=tuple(
            replace(each, amount=part)
            for each, part in zip(line.taxes, money.allocate(left_tax, _amounts(line)), strict=True)
        ),
        progress=_of_units(line.progress, units),
    )
    return rest, Fee(code=ADJUSTMENT, amount=kept, tax=kept_tax)


def _of_units(progress: Progress, units: int) -> Progress:
    """Returns the progress of the units that the order still stands for."""
    return replace(
        progress,
        picked=min(units, progress.picked),
        packed=min(units, progress.packed),
        shipped=min(units, progress.shipped),
        delivered=min(units, progress.delivered),
    )


def _gross(line: NewLine) -> int:
    return line.unit_price * line.quantity if line.gross is None else line.gross


def _amounts(line: NewLine) -> list[int]:
    return [tax.amount or 0 for tax in line.taxes]


def _kept(left: int, share: int, units: int) -> int:
    """Returns what is left beyond the share of the units that are left."""
    beyond = left - share
    return beyond if beyond > (1 if units else 0) else 0


def _share(discount: NewLineDiscount, units: int, whole: int) -> NewLineDiscount:
    return replace(discount, amount=money.share(discount.amount or 0, units, whole))


def _coming_to(amount: int, discounts: Sequence[NewLineDiscount]) -> tuple[NewLineDiscount, ...]:
    """Returns the discounts so that they come to `amount` minor units, with one more if they are too small."""
    amounts = [discount.amount or 0 for discount in discounts]
    more = amount - sum(amounts)
    if more > 1 or (more > 0 and not any(amounts)):
        return (*discounts, NewLineDiscount(type="amount", code=ADJUSTMENT, amount=more))
    parts = money.allocate(amount, amounts)
    return tuple(replace(each, amount=part) for each, part in zip(discounts, parts, strict=True))
