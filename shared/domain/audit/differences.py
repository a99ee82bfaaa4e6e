"""Tells in which commercial content two versions of an order differ, field by field, as the log keeps it.

What the log does not tell is named in `line_fields`; every other field is told, a new one under its own name. Personal
values are told as keyed hashes.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from typing import Any

from shared.domain.audit.log import FieldChange
from shared.domain.canonical import canonical, personal
from shared.domain.fields import Others, values_of
from shared.domain.order.line import Line
from shared.domain.order.line_fields import left_out
from shared.domain.order.line_price import LineDiscount, Tax
from shared.domain.order.order import Fee, Order, Shipping, display

Values = dict[str, object]

_PLAIN = ("sku", "quantity", "cancelled_quantity", "start_date", "end_date")
_AMOUNTS = ("unit_price", "discount", "tax", "total")
"""Told in the order's currency; `discount` and `tax` are the sums of the line's."""


def _others(kind: type[Any], *told: str) -> Others:
    return Others(kind, (*told, *left_out(kind, "log")))


_TOLD_OF_LINE = (*_PLAIN, *_AMOUNTS)
_of_line = values_of(_TOLD_OF_LINE)
_OF_LINE = _others(Line, *_PLAIN, "unit_price", "discounts", "taxes")
_OF_DISCOUNT, _OF_TAX = _others(LineDiscount), _others(Tax)
_LINES_HAVE_NO_MORE = _OF_LINE.none and _OF_DISCOUNT.none and _OF_TAX.none
_OF_ORDER = _others(Order, "lines", "shipping_address", "shipping", "fees")
_OF_SHIPPING, _OF_FEE = _others(Shipping, "method"), _others(Fee)


def differences(before: Order, after: Order) -> tuple[FieldChange, ...]:
    """Returns the commercial differences between two versions of an order, field by field, personal values as keyed
    hashes."""
    key = after.log_key
    return (
        *_line_differences(before, after),
        *_changes("/shipping_address", _address(before, key), _address(after, key)),
        *_changes("/shipping", _shipping(before, key), _shipping(after, key)),
        *_changes("/fees", _fees(before, key), _fees(after, key)),
        *_changes("/totals", _totals(before), _totals(after)),
        *_changes("", _OF_ORDER.of(before, key), _OF_ORDER.of(after, key)),
    )


def _line_differences(before: Order, after: Order) -> Iterator[FieldChange]:
    """Compares amounts as numbers and words only those that differ, because wording takes most of the time."""
    known = {line.line_id: line for line in before.lines}
    for line in after.lines:
        old = known.get(line.line_id)
        if old is not line:
            was = _line(old, after.log_key) if old else {}
            yield from _changes(f"/lines/{line.line_id}", was, _line(line, after.log_key), after.currency)


def _line(line: Line, key: str) -> Values:
    told = dict(zip(_TOLD_OF_LINE, _of_line(line), strict=True))
    if _LINES_HAVE_NO_MORE:
        return told
    discounts, taxes = _each("discounts/", line.discounts, _OF_DISCOUNT, key), _each("taxes/", line.taxes, _OF_TAX, key)
    return {**told, **_OF_LINE.of(line, key), **discounts, **taxes}


def _each(path: str, values: Iterable[object], others: Others, key: str) -> Values:
    """Tells values of a list by their place in it, beside what is told as their sum."""
    if others.none:
        return {}
    return {
        f"{path}{index}/{name}": value
        for index, each in enumerate(values)
        for name, value in others.of(each, key).items()
    }


def _shipping(order: Order, key: str) -> Values:
    shipping = order.shipping
    total = display(shipping.total, order.currency)
    return {"method": shipping.method, "total": total, **_OF_SHIPPING.of(shipping, key)}


def _fees(order: Order, key: str) -> Values:
    """Sums the order's fees by code."""
    sums: dict[str, int] = {}
    for fee in order.fees:
        sums[fee.code] = sums.get(fee.code, 0) + fee.total
    told = {code: display(amount, order.currency) for code, amount in sums.items()}
    return {**told, **_each("", order.fees, _OF_FEE, key)}


def _totals(order: Order) -> Values:
    return {"total": display(order.totals.total, order.currency)}


def _address(order: Order, key: str) -> Values:
    address = order.shipping_address
    if address is None:
        return {}
    values = {field.name: getattr(address, field.name) for field in fields(address)}
    return {name: personal(str(value), key) for name, value in values.items() if value}


def _changes(path: str, before: Values, after: Values, currency: str = "") -> Iterator[FieldChange]:
    """Tells the fields that differ; `currency` is that of a line's amounts, where `path` is a line."""
    if before.keys() != after.keys():
        names = dict.fromkeys([*before, *after])
        before, after = ({name: told.get(name) for name in names} for told in (before, after))
    for name, was in before.items():
        becomes = after[name]
        if was != becomes:
            text = _amount(currency) if currency and name in _AMOUNTS else _text
            yield FieldChange(path=f"{path}/{name}", before=text(was), after=text(becomes))


def _amount(currency: str) -> Callable[[Any], str | None]:
    return lambda amount: None if amount is None else display(amount, currency)


def _text(value: object) -> str | None:
    """Returns None for a missing value, and one JSON text for a list or an object."""
    if value is None:
        return None
    return canonical(value) if isinstance(value, list | dict) else str(value)
