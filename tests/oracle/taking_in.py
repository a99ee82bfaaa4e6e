"""Takes a new order into the oracle's book: discounts shared out, taxes worked out, once."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from shared.domain.intake.new_order import NewLine, NewOrder
from shared.domain.order.order import Discount
from shared.domain.order.order import Shipping as GivenShipping
from shared.domain.order.payment import Payment, PaymentStatus
from tests.oracle.book import NOTHING, Book, Discounts, Fee, Grant, Line, Paid, Price, Rate, Shipping, Sold, Taxes
from tests.oracle.deductions import shared_out
from tests.oracle.exact import by_largest_remainder, half_up
from tests.oracle.lines import by_rates, extent_of, gross_of, priced, with_discounts_agreed, with_taxes_agreed
from tests.oracle.rules import rates

NO_DISCOUNTS = Discounts(0, NOTHING, 0, (), ())
NO_TAXES = Taxes(0, NOTHING, 0, (), ())


def taken_in(new: NewOrder, place: str) -> Book:
    """Returns the book of an order that comes in."""
    lines = [with_own_discounts(bare_line(line), line) for line in new.lines]
    lines = share_out(lines, new.discounts)
    lines = [with_own_taxes(line, given) for line, given in zip(lines, new.lines, strict=True)]
    given = [Fee(fee.code, fee.amount, fee.tax) for fee in new.fees]
    lines, fees = shared_out(lines, given)
    percentages = (Fraction(each.percent) / 100 for each in new.discounts if each.percent is not None)
    return Book(
        currency=new.currency,
        place=place,
        lines=tuple(with_proportions(lines)),
        shipping=shipping_of(new.shipping, lines, place),
        fees=tuple(fees),
        payments=tuple(paid(each) for each in new.payments),
        percentages=tuple(percentages),
        exempt=new.tax_exemption is not None,
    )


def bare_line(given: NewLine) -> Line:
    """Returns the line with its price alone."""
    gross = given.unit_price * given.quantity if given.gross is None else given.gross
    return Line(
        line_id=given.line_id or "",
        sku=given.sku,
        quantity=given.quantity,
        price=given.unit_price,
        sold=Sold(given.quantity, given.unit_price, gross),
        discounts=NO_DISCOUNTS,
        taxes=NO_TAXES,
        included=given.tax_included,
        start=given.start_date,
        end=given.end_date,
        charges=tuple(Price(charge.type, charge.price, charge.period or "month") for charge in given.charges),
        parent=given.parent_line_id,
        required=given.required,
    )


def with_own_discounts(line: Line, given: NewLine) -> Line:
    """Agrees the line's own discounts: amounts as given, percentages of what those before leave."""
    extent = extent_of(line, line.price)
    grants = [
        Grant(each.amount or 0, extent, None if each.percent is None else Fraction(each.percent) / 100)
        for each in given.discounts
    ]
    return with_discounts_agreed(line, grants)


def share_out(lines: Sequence[Line], discounts: Sequence[Discount]) -> list[Line]:
    """Shares the order's discounts out over its lines, one after the other, by what is left of each line's price."""
    for discount in discounts:
        left = [gross_of(line) - sum(line.discounts.amounts) for line in lines]
        percent = None if discount.percent is None else Fraction(discount.percent) / 100
        whole = discount.amount if percent is None else half_up(sum(left) * percent)
        shares = by_largest_remainder(min(whole, sum(left)), left)
        lines = [_granted(line, share, percent, discount) for line, share in zip(lines, shares, strict=True)]
    return list(lines)


def _granted(line: Line, share: int, percent: Fraction | None, discount: Discount) -> Line:
    grant = Grant(share, extent_of(line, line.price), percent, of_order=True)
    agreed = line.discounts
    more = replace(agreed, grants=(*agreed.grants, grant), amounts=(*agreed.amounts, share))
    return replace(line, discounts=more)


def with_own_taxes(line: Line, given: NewLine) -> Line:
    """Agrees the line's taxes: as the channel charged them, else by their rates."""
    rates = [Rate(tax.name, Fraction(tax.rate)) for tax in given.taxes]
    return with_taxes_agreed(line, rates, [tax.amount for tax in given.taxes])


def with_proportions(lines: Sequence[Line]) -> list[Line]:
    """Notes how many units of each component were sold for each unit of its parent."""
    units = {line.line_id: line.quantity for line in lines}
    return [
        replace(line, proportion=Fraction(line.quantity, units[line.parent])) if line.parent else line for line in lines
    ]


def shipping_of(given: GivenShipping, lines: Sequence[Line], place: str) -> Shipping:
    """Returns shipping as it came in."""
    found = [Rate(tax.name, Fraction(tax.rate)) for tax in given.taxes]
    amounts = tuple(tax.amount for tax in given.taxes)
    if given.unrated:
        found, amounts = explained(given, lines, place)
    taxes = Taxes(given.price, NOTHING, given.price, tuple(found), amounts)
    return Shipping(given.method, given.price, taxes, given.tax_included)


def explained(given: GivenShipping, lines: Sequence[Line], place: str) -> tuple[list[Rate], tuple[int, ...]]:
    """Returns the rates that explain a tax that came as an amount: of a line, or of the place; else its proportion."""
    for candidate in (*(line.taxes.rates for line in lines), rates(place)):
        due = by_rates(candidate, given.price, included=given.tax_included)
        if sum(due) == given.unrated:
            return list(candidate), tuple(due)
    untaxed = given.price - given.unrated if given.tax_included else given.price
    rate = Fraction(given.unrated, untaxed) if untaxed else Fraction(0)
    return [Rate("tax", rate)], (given.unrated,)


def paid(payment: Payment) -> Paid:
    """Returns a payment: what it captured, what went back of it, and what it could still capture."""
    open_ = payment.authorised - payment.captured if payment.status == PaymentStatus.AUTHORISED else 0
    back = payment.refunded + payment.refunding
    return Paid(payment.payment_id, payment.captured, back, open_, method=payment.method)


def goods_of(book: Book) -> int:
    """Returns what the goods come to after discounts; added taxes don't count."""
    return sum(priced(line).net for line in book.lines)
