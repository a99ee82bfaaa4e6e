"""Of every text that an order or a change can hold, whether an erasure takes it; a new one is decided on here."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from shared.domain.audit.erasing import erased_change, erased_order
from shared.domain.change.change import Change
from shared.domain.order.order import Order

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
PLAIN: Mapping[type, object] = {
    int: 1, bool: True, float: 1.0, Decimal: Decimal(1), date: AT.date(), datetime: AT, type(None): None,
}  # fmt: skip


def full(kind: Any, name: str = "") -> Any:
    """A value of this type with every part that it may have, and in every text its own name."""
    if kind is str:
        return f"<{name}>"
    if kind in PLAIN:
        return PLAIN[kind]
    if is_dataclass(kind):
        hints, own = get_type_hints(kind), kind.__name__  # type: ignore[union-attr]
        return kind(**{each.name: full(hints[each.name], f"{own}.{each.name}") for each in fields(kind)})  # type: ignore[operator]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    return _of_several(get_origin(kind), get_args(kind), name)


def _of_several(origin: Any, args: tuple[Any, ...], name: str) -> Any:
    if origin is Literal:
        return args[0]
    if origin in (Union, UnionType):
        return full(args[0], name)
    if origin is dict:
        return {full(args[0], f"{name} key"): full(args[1], name)}
    if len(args) == 2 and args[1] is Ellipsis:
        each = get_args(args[0]) if get_origin(args[0]) in (Union, UnionType) else args[:1]
        return tuple(full(variant, name) for variant in each)
    return tuple(full(each, name) for each in args)


def texts(value: object) -> set[str]:
    return set(re.findall(r"<(\w+\.\w+(?: key)?)>", repr(value)))


ERASED_CHANGE = {
    "Change.note", "Change.sub_code", "TimelineEntry.note", "Acknowledgement.note", "Address.name", "Address.line1",
    "Address.line2", "Address.city", "Address.region", "Address.postal_code",
}  # fmt: skip
ERASED_ORDER = {
    "Customer.name", "Customer.email", "Customer.segment", "Order.log_key", "Address.name", "Address.line1",
    "Address.line2", "Address.city", "Address.region", "Address.postal_code",
}  # fmt: skip
SOLD = {
    "AddLine.title", "Discount.code", "Fee.code", "Line.constraints", "Line.title", "LineDiscount.code",
    "Payment.method", "PlannedFee.code", "PlannedRefund.method", "ReversedTax.jurisdiction", "ReversedTax.name",
    "SetShippingMethod.method", "Shipping.method", "Tax.jurisdiction", "Tax.name",
}  # fmt: skip
"""What LEFT names: the words of whoever sold it."""
IDS = {
    "Acknowledgement.tracking", "Actor.id", "Approval.by", "Approval.on_behalf_of", "Change.authors", "Change.channel",
    "Change.decided_by", "Change.holds key", "Change.progress key", "Change.tier", "Consent.by", "Customer.tier",
    "Order.channel", "Order.progress key", "Order.unapproved key", "OpenChange.skus", "OpenChange.status",
    "Payment.gateway", "Payment.reference", "Progress.tracking", "Refund.credit_memo", "Refund.gateway",
    "Refund.reference", "Restore.recalled", "Ruling.decides", "Source.reference", "TimelineEntry.by", "Change.undoes",
    "Address.country", "Ledger.log_hash", "SetDiscount.value",
}  # fmt: skip
"""Ids, lists and numbers, with every field whose name says so: `_IS_ID`."""
POLICY = {
    "Change.reason_code", "ChangePlan.warnings", "NeededApproval.because", "NeededConfirmation.because",
    "PlannedFee.because", "ProratedCharge.periods_after", "ProratedCharge.periods_before", "Ruling.words",
    "Violation.code", "Violation.detail", "Violation.pointer",
}  # fmt: skip
"""Our words, and those of policy."""
_IS_ID = re.compile(r"\.(\w*_id|sku|with_sku|rule|\w*digest|currency|policy_version)$")


def unnamed(left: set[str]) -> set[str]:
    """What stays and is on no list above."""
    return {each for each in left - SOLD - IDS - POLICY if not _IS_ID.search(each)}


def test_of_a_change_all_that_people_write_goes_and_whatever_stays_is_named() -> None:
    change = full(Change)
    left = texts(erased_change(change))
    assert texts(change) - left == ERASED_CHANGE
    assert unnamed(left) == set()


def test_of_an_order_whatever_says_who_and_where_goes_and_whatever_stays_is_named() -> None:
    order = full(Order)
    left = texts(erased_order(order, AT))
    assert texts(order) - left == ERASED_ORDER
    assert unnamed(left) == set()
