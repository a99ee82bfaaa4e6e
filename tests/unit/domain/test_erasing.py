"""Of every text that an order or a change can hold, whether an erasure takes it; a new one is decided on here."""

import re

from shared.domain.audit.erasing import erased_change, erased_order
from shared.domain.change.change import Change
from shared.domain.order.order import Order
from tests.support.full import AT, full


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
    "SetShippingMethod.method", "Shipping.method", "SoldShipping.method", "Tax.jurisdiction", "Tax.name",
    "TaxExemption.jurisdiction", "TaxExemption.reason", "Upgrade.title",
}  # fmt: skip
"""What LEFT names: the words of whoever sold it."""
IDS = {
    "Acknowledgement.tracking", "Actor.id", "Approval.by", "Approval.on_behalf_of", "Change.authors", "Change.channel",
    "Change.decided_by", "Change.holds key", "Change.progress key", "Change.tier", "Consent.by", "Customer.tier",
    "Order.channel", "Order.progress key", "Order.unapproved key", "OpenChange.skus", "OpenChange.asker",
    "OpenChange.status", "OpenChange.waits_for",
    "Payment.gateway", "Payment.reference", "PlannedCollection.gateway", "Progress.tracking", "Refund.credit_memo",
    "Refund.gateway", "Refund.reference", "Restore.recalled", "Restore.returning", "Ruling.decides", "Source.reference",
    "TimelineEntry.by", "Change.undoes", "Address.country", "Ledger.log_hash", "SetDiscount.value",
    "Collection.gateway", "Collection.reference", "Collection.url", "Refund.also_settled_as",
    "Payment.told_as",
}  # fmt: skip
"""Ids, lists and numbers, with every field whose name says so: `_IS_ID`."""
POLICY = {
    "Change.reason_code", "ChangePlan.warnings", "NeededApproval.because", "NeededConfirmation.because",
    "PlannedCollection.because", "PlannedFee.because", "ProratedCharge.periods_after", "ProratedCharge.periods_before",
    "Ruling.words", "Violation.code", "Violation.detail", "Violation.pointer",
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
