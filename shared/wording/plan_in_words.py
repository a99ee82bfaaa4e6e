"""Puts a plan into plain words, one line for each change and its money. It is pure."""

from collections.abc import Iterator
from typing import NamedTuple

from shared.domain.order.line import Line
from shared.domain.order.order import Order, display
from shared.domain.order.party import Address
from shared.domain.plain_text import for_people
from shared.domain.planning.plan import ChangePlan, LineChange


class Verbs(NamedTuple):
    """Says how lines come and go."""

    comes: str
    goes: str


_PLAIN = Verbs("Added", "Cancelled")
_VERBS = {"exchange": Verbs("You get", "You give back")}


def changes_in_words(order: Order, plan: ChangePlan) -> Iterator[str]:
    """Yields words for lines that go, come or change, and for units that have left the warehouse."""
    for change in plan.lines:
        said = list(_line_changes(change, order.currency, _VERBS.get(plan.kind, _PLAIN)))
        yield from said or _sums(change, order.currency)
    if plan.address_after != plan.address_before:
        yield f"Delivery address: {_moved(plan.address_before, plan.address_after)}"
    before, after = plan.shipping_before, plan.shipping_after
    if after.method != before.method:
        yield f"Shipping: {words(after.method or 'to be agreed')}"
    elif after.total != before.total:
        yield f"Shipping: {display(after.total, order.currency)} instead of {display(before.total, order.currency)}"
    titles = {line.line_id: _title(line) for line in order.lines}
    for units in plan.cancelled:
        if units.stage == "shipped":
            yield f"Stopped on the way to you: {units.quantity} × {titles[units.line_id]}"
        elif units.stage == "delivered":
            yield f"To be sent back by you: {units.quantity} × {titles[units.line_id]}"


def _line_changes(change: LineChange, currency: str, verbs: Verbs) -> Iterator[str]:
    before, after = change.before, change.after
    title = _title(after)
    if before is None:
        yield f"{verbs.comes}: {after.quantity} × {title} at {display(after.unit_price, currency)}"
        return
    if after.quantity < before.quantity:
        left = f", {after.quantity} of {before.quantity} left" if after.quantity else ""
        yield f"{verbs.goes}: {before.quantity - after.quantity} × {title}{left}"
    elif after.quantity > before.quantity:
        yield f"More of: {title}, {after.quantity} instead of {before.quantity}"
    if after.sku != before.sku:
        yield f"Replaced: {_title(before)} by {title}"
    if after.unit_price != before.unit_price and after.quantity:
        yield f"{title}: {display(after.unit_price, currency)} each instead of {display(before.unit_price, currency)}"
    if (after.start_date, after.end_date) != (before.start_date, before.end_date):
        yield f"{title}: runs {_span(after)} instead of {_span(before)}"


def _sums(change: LineChange, currency: str) -> Iterator[str]:
    """Yields words for a line whose discount, tax or charges alone have changed."""
    before, after = change.before, change.after
    if before is not None and after.total != before.total:
        yield f"{_title(after)}: {display(after.total, currency)} in all instead of {display(before.total, currency)}"


def money_in_words(order: Order, plan: ChangePlan) -> Iterator[str]:
    """Yields words for fees, for refunds by their payment's method, and for the new total."""
    currency = order.currency
    for fee in plan.fees:
        kind = "Credit" if fee.amount < 0 else "Fee"
        yield f"{kind}: {display(abs(fee.amount), currency)} ({words(fee.code)}). {fee.because}"
    for refund in plan.refunds:
        yield f"Refund: {display(refund.amount, currency)} to your {words(refund.method)}"
    for reduced in plan.authorisations:
        released = display(reduced.before - reduced.after, currency)
        yield f"No longer reserved: {released} on your {method_of(order, reduced.payment_id)}"
    if plan.cancelled and not plan.refunds and not plan.authorisations and plan.kind != "exchange":
        yield "Refund: none"
    if plan.amount_due > 0:
        yield f"You still pay: {display(plan.amount_due, currency)}"
    yield f"New total of the order: {display(plan.totals_after.total, currency)}"


def method_of(order: Order, payment_id: str) -> str:
    """Returns the method of a payment, as people say it."""
    return next((words(each.method) for each in order.payments if each.payment_id == payment_id), "payment")


def _moved(before: Address | None, after: Address | None) -> str:
    """Returns the town that goods go to and the one before, and whether the name and the street are others. It tells
    who agrees where their goods go, and whoever else reads it neither name nor street."""
    was, becomes = before or _NOWHERE, after or _NOWHERE
    others = [
        "another name" if was.name != becomes.name else "",
        "another street" if (was.line1, was.line2) != (becomes.line1, becomes.line2) else "",
    ]
    place = _place(becomes) if _place(was) == _place(becomes) else f"{_place(becomes)} instead of {_place(was)}"
    return ", ".join([place, *filter(None, others)])


_NOWHERE = Address(country="")


def _place(address: Address) -> str:
    town = " ".join(filter(None, (address.postal_code, address.city)))
    return one_line(", ".join(filter(None, (town, address.region, address.country)))) or "none"


def _title(line: Line) -> str:
    return one_line(line.title or line.sku)


def _span(line: Line) -> str:
    return f"{line.start_date or 'from now'} to {line.end_date or 'open end'}"


def words(code: str) -> str:
    """Returns a code of ours or of a channel, such as `gift_card`, as people say it."""
    return one_line(code.replace("_", " ").replace("-", " "))


def one_line(given: str) -> str:
    """Returns the text in one line, in which nothing is a link: text from others must not add lines to our letter, nor
    a header to its subject, nor lead anybody elsewhere."""
    return for_people(given)
