"""Declares where a field of a line, or of its order, does not count, and why.

A field without a row counts everywhere: the digest of a plan covers it, the log tells its differences, an edit of it
alone is a change that the warehouse and billing hear of, an undo is refused if somebody changed it since, and a reply
shows it. A row names the exceptions, each with its reason. Personal is said where the field is declared (`erased_as`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shared.domain.fields import fields_without
from shared.domain.order.line import Line
from shared.domain.order.line_price import LineDiscount, Tax
from shared.domain.order.order import Fee, Order, Shipping

Aspect = Literal["quantity", "price", "dates", "address", "shipping"]
"""Names the kind of change that a field is a part of; the routing says which departments hear of each."""
Place = Literal["digest", "log", "departments", "undo", "reply"]


@dataclass(frozen=True, slots=True, kw_only=True)
class But:
    """Names the exceptions of one field: a reason for each place where it does not count. `aspect` says who hears of
    it."""

    digest: str | None = None
    log: str | None = None
    departments: str | None = None
    undo: str | None = None
    reply: str | None = None
    aspect: Aspect = "quantity"

    def in_place(self, place: Place) -> str | None:
        """Returns the reason why the field does not count there; None if it does."""
        reason: str | None = getattr(self, place)
        return reason


_ID = "it names the line and never changes"
_FIXED = "no edit changes it"
_AS_ADDED = "no edit changes it; an added line has it from its product, its parent or the order's other lines"
_TOLD_BY_PLAN = "it stays with its line, or follows the SKU; of an added line the change's plan tells it"
_COVER = "it is the line's stock cover, which moves without a change; a plan tells stock by SKU"
_FROM_PRICE = "it follows from price, quantity and dates"
_SUM = "the log tells the sum"
_LATER = "only later changes are worked out by it"
_OF_PARENT = "it follows from the parent line"
_PROPORTION = "it follows from the quantities of the line and its parent; only later changes are worked out by it"

_BOUNDS = "it is what it came in at; only the bounds of later prices are worked out by it"
_GUARDED = "the change that took it tells it; only whether later changes may give it back is judged by it"
_GOODWILL = "the price, its taxes and the order's fees tell it"
_GIVEN = "billing hears of what is given as of a price, and not of the share that is left"
_ON_TOP = "it lies on top of a price, and an undo leaves it there"

LINE_FIELDS: Mapping[str, But] = {
    "line_id": But(digest="the plan's own line tells it; an added line has none yet", log=_ID, departments=_ID),
    "title": But(log=_TOLD_BY_PLAN, departments="it follows the SKU"),
    "cancelled_quantity": But(departments="the quantity moves with it"),
    "unit_price": But(aspect="price"),
    "gross": But(log="total and discount tell it", departments=_FROM_PRICE, reply="total and discounts tell it"),
    "discounts": But(aspect="price"),
    "taxes": But(aspect="price"),
    "tax_included": But(digest=_AS_ADDED, log=_AS_ADDED, departments=_FIXED),
    "quantity_modifiable": But(digest=_AS_ADDED, log=_AS_ADDED, departments=_FIXED),
    "start_date": But(aspect="dates"),
    "end_date": But(aspect="dates"),
    "charges": But(digest="the plan tells those of a line that gets others", aspect="price"),
    "joined": But(aspect="dates"),
    "ended": But(aspect="dates"),
    "formerly": But(aspect="price"),
    "bundle_id": But(digest=_OF_PARENT, log=_OF_PARENT, departments=_OF_PARENT),
    "parent_line_id": But(log=_TOLD_BY_PLAN, departments=_FIXED),
    "required": But(digest=_FIXED, log=_FIXED, departments=_FIXED),
    "constraints": But(digest=_FIXED, log=_FIXED, departments=_FIXED),
    "allocated": But(digest=_COVER, log=_COVER, departments=_COVER, undo=_COVER, reply="stock levels are not shown"),
    "backordered": But(digest=_COVER, log=_COVER, departments=_COVER, undo=_COVER),
    "upgrade": But(digest=_LATER, log=_LATER, departments=_LATER, undo=_LATER, reply=_LATER),
    **{
        name: But(digest=_FROM_PRICE, log=_FROM_PRICE, departments=_FROM_PRICE, undo=_LATER, reply=_LATER)
        for name in ("basis", "taxed")
    },
    **{
        name: But(digest=_PROPORTION, log=_PROPORTION, departments=_PROPORTION, undo=_PROPORTION, reply=_PROPORTION)
        for name in ("sold_as", "moves_as")
    },
    "sold": But(digest=_BOUNDS, log=_BOUNDS, departments=_BOUNDS, undo=_BOUNDS, reply=_BOUNDS),
    "withheld": But(digest=_GUARDED, log=_GUARDED, departments=_GUARDED, reply=_GUARDED),
    "goodwill": But(digest=_GOODWILL, log=_GOODWILL, departments=_GIVEN, undo=_ON_TOP),
    "since": But(
        digest="a version is no outcome",
        log="each entry names its version",
        departments="a version is no content",
        undo="a version is no content",
        reply="the order tells its version",
    ),
}

DISCOUNT_FIELDS: Mapping[str, But] = {
    "type": But(log=_SUM, aspect="price"),
    "scope": But(digest="no edit moves a discount between scopes", log=_SUM, departments="shares follow their order's"),
    "code": But(digest="a code moves no money", log=_SUM, departments="a code moves no money"),
    "percent": But(log=_SUM, aspect="price"),
    "amount": But(log=_SUM, aspect="price"),
    "after_tax": But(digest=_FIXED, log=_SUM, departments=_FIXED),
}

TAX_FIELDS: Mapping[str, But] = {
    "name": But(log=_SUM, aspect="price"),
    "rate": But(log=_SUM, aspect="price"),
    "amount": But(log=_SUM, departments="it follows from rate and price"),
    "jurisdiction": But(log=_SUM, aspect="price"),
}

_PROGRESS = "it is progress, not commercial content: it raises the revision, not the version"
_BOOKS = "it is the books of the order, not its content"

ORDER_FIELDS: Mapping[str, But] = {
    **{name: But(log=_FIXED, departments=_FIXED) for name in (
        "order_id", "channel", "channel_order_id", "source", "customer", "currency", "placed_at", "billing_address",
        "discounts", "tax_exemption",
    )},
    **{name: But(log=_BOOKS, departments=_BOOKS) for name in (
        "version", "revision", "unapproved", "address_changed_at", "ledger", "log_key", "erased_at",
    )},
    **{name: But(log=_PROGRESS, departments=_PROGRESS) for name in ("payments", "progress", "assets", "open_change")},
    "lines": But(departments="each line is asked by itself"),
    "shipping_address": But(aspect="address"),
    "shipping": But(aspect="shipping"),
    "fees": But(aspect="price"),
}  # fmt: skip

_TAX_SUM = "an undo compares the sum of taxes"

SHIPPING_FIELDS: Mapping[str, But] = {
    "price": But(log=_SUM),
    "taxes": But(log=_SUM, undo=_TAX_SUM),
    "unrated": But(digest="the sum of taxes tells it", log=_SUM, undo=_TAX_SUM),
    "tax_included": But(digest=_FIXED, log=_SUM),
    "basis": But(digest="it is what shipping cost before", log="it is what shipping cost before", undo=_LATER),
    "spared": But(digest=_LATER, log=_LATER, departments=_LATER, undo=_LATER),
    "goodwill": But(digest=_GOODWILL, log=_GOODWILL, departments="billing hears of it as a price", undo=_ON_TOP),
    "sold": But(digest=_BOUNDS, log=_BOUNDS, departments=_BOUNDS, undo=_BOUNDS),
}

FEE_FIELDS: Mapping[str, But] = {
    "code": But(log="the log tells the sum under it"),
    "amount": But(log=_SUM),
    "tax": But(log=_SUM),
    "rule": But(digest="policy is no outcome", log="the plan names the rule"),
    "percent": But(digest="the amount tells it", log=_SUM),
    "basis": But(digest="the amount tells it", log=_SUM),
}

_ROWS: Mapping[type[Any], Mapping[str, But]] = {
    Line: LINE_FIELDS,
    LineDiscount: DISCOUNT_FIELDS,
    Tax: TAX_FIELDS,
    Order: ORDER_FIELDS,
    Shipping: SHIPPING_FIELDS,
    Fee: FEE_FIELDS,
}


def left_out(kind: type[Any], place: Place) -> dict[str, str]:
    """Returns the fields of `kind` that do not count in a place, with the reasons."""
    rows = _ROWS[kind]
    return {name: reason for name, row in rows.items() if (reason := row.in_place(place)) is not None}


def counting(kind: type[Any], place: Place) -> tuple[str, ...]:
    """Returns the fields of `kind` that count in a place, in their order.

    Raises:
        ValueError: a row names a field that is no more.
    """
    return fields_without(kind, left_out(kind, place))


def aspects(kind: type[Any]) -> dict[Aspect, tuple[str, ...]]:
    """Returns the fields that departments hear of, by the kind of change that they are a part of."""
    found: dict[Aspect, tuple[str, ...]] = {}
    for name, aspect in _aspects(kind):
        found[aspect] = (*found.get(aspect, ()), name)
    return found


def _aspects(kind: type[Any]) -> Iterator[tuple[str, Aspect]]:
    for name in counting(kind, "departments"):
        yield name, _ROWS[kind].get(name, But()).aspect
