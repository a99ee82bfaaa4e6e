"""Makes an order of a new one: allocates order-wide discounts and deductions to the lines once, calculates taxes,
checks totals."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from shared.domain import money
from shared.domain.fields import fields_without
from shared.domain.intake.counts import check_counts
from shared.domain.intake.deductions import shared_out
from shared.domain.intake.exemptions import check_untaxed, exemption_of
from shared.domain.intake.new_order import NewLine, NewLineDiscount, NewOrder
from shared.domain.order.bounds import excess, size_of
from shared.domain.order.bundles import with_proportions
from shared.domain.order.carried import tax_amounts
from shared.domain.order.line import Line
from shared.domain.order.line_price import LineDiscount, Tax
from shared.domain.order.order import Order, display
from shared.domain.order.payment import Payment
from shared.domain.order.progress import Progress
from shared.domain.order.terms import gross_of
from shared.domain.refusal import Refusal


def accept(new: NewOrder, order_id: str, log_key: str) -> Order:
    """Returns the order that `new` becomes: version 1, not yet stored and without stock.

    Raises:
        Refusal: `no-lines`, `too-many-lines`, `too-many`, `order-too-large`, `duplicate-line`, `unknown-parent`,
        `other-bundle`, `parent-cycle`, `end-before-start`, `discount-over-price`, `negative-total`, `total-mismatch`,
        `duplicate-payment`, `overpaid-refund`, `exempt-order-taxed`: the channel sent what cannot be an order.
    """
    if not new.lines:
        raise Refusal("no-lines", "An order needs at least one line.", pointer=new.lines_at)
    check_counts(new)
    lines = tuple(_line(line, index) for index, line in enumerate(new.lines))
    _check_ids(lines)
    order = Order(
        order_id=order_id,
        channel=new.channel,
        channel_order_id=new.channel_order_id,
        source=new.source,
        customer=new.customer,
        currency=new.currency,
        placed_at=new.placed_at,
        shipping_address=new.shipping_address,
        billing_address=new.billing_address,
        lines=with_proportions(_taxed(_discounted(lines, new), new.lines)),
        shipping=new.shipping,
        discounts=new.discounts,
        fees=new.fees,
        payments=new.payments,
        progress={
            line.line_id: given.progress
            for line, given in zip(lines, new.lines, strict=True)
            if given.progress != Progress()
        },
        log_key=log_key,
    )
    order = replace(order, tax_exemption=exemption_of(new, order.lines))
    check_untaxed(order)
    _check_money(order, new)
    order = shared_out(order)
    _check_size(order, new.lines_at)
    return order


def _check_size(order: Order, pointer: str) -> None:
    if found := excess(size_of(order.lines), pointer):
        raise Refusal(found.code, found.detail, pointer=found.pointer)


_AS_GIVEN = fields_without(NewLine, ("line_id", "gross", "discounts", "taxes", "progress"))
"""What an order's line has as it was given: all but what is worked out, and its progress, which stands beside it."""


def _line(new: NewLine, index: int) -> Line:
    given = {name: getattr(new, name) for name in _AS_GIVEN}
    line = Line(line_id=new.line_id or f"l{index + 1}", gross=0, **given)
    gross = gross_of(line) if new.gross is None else new.gross
    left, discounts = gross, []
    for discount in new.discounts:
        amount = _amount(discount, left)
        left -= amount
        if left < 0:
            raise Refusal("discount-over-price", "A discount exceeds its line.", pointer=f"/lines/{index}/discounts")
        discounts.append(
            LineDiscount(
                type=discount.type, scope=discount.scope, code=discount.code, percent=discount.percent, amount=amount
            )
        )
    return replace(line, gross=gross, discounts=tuple(discounts))


def _amount(given: NewLineDiscount, left: int) -> int:
    if given.amount is not None:
        return given.amount
    return money.percent_of(left, given.percent) if given.percent is not None else 0


def _discounted(lines: Sequence[Line], new: NewOrder) -> Sequence[Line]:
    """Returns the lines with each order discount, in turn, allocated over what is left of them, by largest
    remainder."""
    for index, discount in enumerate(new.discounts):
        weights = [line.net for line in lines]
        left = sum(weights)
        amount = money.percent_of(left, discount.percent) if discount.percent is not None else discount.amount
        if amount > left:
            raise Refusal("discount-over-price", "A discount exceeds the order.", pointer=f"/discounts/{index}")
        lines = [
            replace(
                line,
                discounts=(
                    *line.discounts,
                    LineDiscount(
                        type=discount.type, scope="order", code=discount.code, percent=discount.percent, amount=part
                    ),
                ),
            )
            for line, part in zip(lines, money.allocate(amount, weights), strict=True)
        ]
    return lines


def _taxed(lines: Sequence[Line], given: Sequence[NewLine]) -> tuple[Line, ...]:
    """Returns the lines with taxes as the channel charged them, or rate × net where it gave rates only."""
    taxed = []
    for line, new in zip(lines, given, strict=True):
        amounts = tax_amounts(line.net, [tax.rate for tax in new.taxes], included=line.tax_included)
        taxes = tuple(
            Tax(
                name=tax.name,
                rate=tax.rate,
                amount=amount if tax.amount is None else tax.amount,
                jurisdiction=tax.jurisdiction,
            )
            for tax, amount in zip(new.taxes, amounts, strict=True)
        )
        taxed.append(replace(line, taxes=taxes))
    return tuple(taxed)


def _check_ids(lines: Sequence[Line]) -> None:
    seen: set[str] = set()
    for index, line in enumerate(lines):
        if line.line_id in seen:
            raise Refusal(
                "duplicate-line", f"Two lines are called '{line.line_id}'.", pointer=f"/lines/{index}/line_id"
            )
        seen.add(line.line_id)
    by_id = {line.line_id: line for line in lines}
    for index, line in enumerate(lines):
        _check_parent(line, by_id, f"/lines/{index}")
        if line.start_date and line.end_date and line.end_date < line.start_date:
            raise Refusal("end-before-start", "A line ends before it starts.", pointer=f"/lines/{index}/end_date")


def _check_parent(line: Line, by_id: dict[str, Line], pointer: str) -> None:
    """Refuses a parent that is not in the order or is in another bundle, and a line that is its own ancestor."""
    if line.parent_line_id is None:
        return
    where = f"{pointer}/parent_line_id"
    parent = by_id.get(line.parent_line_id)
    if parent is None:
        raise Refusal("unknown-parent", "A line's parent is not in the order.", pointer=where)
    if line.bundle_id and parent.bundle_id and line.bundle_id != parent.bundle_id:
        raise Refusal("other-bundle", "A component stands in another bundle than its parent.", pointer=where)
    seen = {line.line_id}
    while parent is not None:
        if parent.line_id in seen:
            raise Refusal("parent-cycle", "These lines are each other's parents.", pointer=where)
        seen.add(parent.line_id)
        parent = by_id.get(parent.parent_line_id or "")


def _check_references(payments: Iterable[Payment]) -> None:
    """Refuses two payments that the gateway knows as one, because it could be refunded twice."""
    seen: set[tuple[str, str]] = set()
    for index, payment in enumerate(payments):
        known = payment.identity
        if known is None:
            continue
        if known in seen:
            words = f"Another payment here has the reference {payment.reference} at {payment.gateway} too."
            raise Refusal("duplicate-payment", words, pointer=f"/payments/{index}/reference")
        seen.add(known)


def _check_money(order: Order, new: NewOrder) -> None:
    total = order.totals.total
    if total < 0:
        raise Refusal("negative-total", "An order cannot come to less than nothing.", pointer="/lines")
    if new.declared_total is not None and new.declared_total != total:
        raise Refusal(
            "total-mismatch",
            f"Lines, shipping and fees come to {display(total, order.currency)}; "
            f"the payload says {display(new.declared_total, order.currency)}.",
        )
    if len({payment.payment_id for payment in order.payments}) < len(order.payments):
        raise Refusal("duplicate-payment", "Two payments have the same payment_id.", pointer="/payments")
    _check_references(order.payments)
    for index, payment in enumerate(order.payments):
        if payment.refunded > payment.captured:
            raise Refusal(
                "overpaid-refund", "A payment was refunded beyond what it captured.", pointer=f"/payments/{index}"
            )
