"""Codes that several routes refuse with, by what they are about; statuses and titles are in problem_types."""

FIELDS = (
    *("missing-field", "unknown-field", "unknown-value", "wrong-type", "empty-value", "too-long", "too-many"),
    "malformed-value",
)
MONEY = ("malformed-amount", "amount-too-precise", "amount-too-large", "negative-amount", "unknown-currency")
UNITS = ("quantity-not-positive", "quantity-negative", "quantity-not-whole", "quantity-too-large")
ORDER = (
    *("no-lines", "too-many-lines", "duplicate-line", "unknown-parent", "duplicate-payment", "payment-claimed"),
    *("discount-over-price", "negative-total", "total-mismatch", "overpaid-refund", "other-currency"),
    *("other-bundle", "parent-cycle", "end-before-start"),
)
FIELDS_OF_ORDER = (
    *("missing-price", "missing-amount", "missing-period", "missing-dates"),
    *("malformed-time", "malformed-date", "out-of-range", "malformed-percent", "malformed-rate"),
)
EDITS = (
    *("missing-reason", "unknown-reason", "unknown-edit", "too-many-edits", "line-not-named", "missing-dates"),
    *("malformed-date", "out-of-range", "malformed-percent", *UNITS, *MONEY),
)
PLAN = (
    *("unknown-line", "other-currency", "conflicting-edits", "nothing-changes", "not-eligible", "in-flight-disabled"),
    *("quantity-below-shipped", "quantity-not-modifiable", "more-than-left", "insufficient-stock", "price-unknown"),
    *("tax-unknown", "address-after-packing", "shipping-unknown", "shipping-after-shipment", "discount-over-price"),
    *("nothing-in-stock", "line-without-dates", "end-before-start", "subscription-ended", "charge-fulfilled"),
    *("subscription-running", "logistics-constraint", "too-late"),
    *("required-component", "component-shipped", "sku-shipped", "sku-has-charges", "change-too-large"),
    "order-erased",
)
CANCELLATION = (
    *("missing-reason", "unknown-reason", "too-many-lines", *UNITS, *MONEY),
    *("unknown-line", "other-currency", "conflicting-edits", "nothing-changes", "not-eligible", "more-than-left"),
    *("quantity-not-modifiable", "already-cancelled", "unit-shipped", "unit-delivered", "unit-not-delivered"),
    *("logistics-constraint", "too-late", "subscription-running", "subscription-ended", "credit-over-total"),
    *("required-component", "change-too-large"),
)
LINK = ("link-not-found", "link-expired")
UNDO = ("changed-since", "goods-moved-on")
ENDED = ("illegal-transition", "change-expired", "other-kind")
