"""Names the codes that a plan can be refused for, whichever route makes it."""

CHECKS = ("check-failed", "authorisation-expired", "authorisation-insufficient", "credit-exceeded")
"""Names the codes of checks of a change as a whole, which policy chooses."""

PLAN = (
    *("order-status", "unknown-parent"),
    *("unknown-line", "other-currency", "conflicting-edits", "nothing-changes", "not-eligible", "in-flight-disabled"),
    "product-withheld",
    *("quantity-below-shipped", "quantity-not-modifiable", "more-than-left", "insufficient-stock", "price-unknown"),
    *("charges-unknown", "missing-dates", "term-out-of-bounds"),
    *("tax-unknown", "tax-inclusion-unknown", "address-after-packing"),
    *("shipping-unknown", "shipping-after-shipment", "discount-over-price"),
    *("nothing-in-stock", "line-without-dates", "end-before-start", "subscription-ended", "charge-fulfilled"),
    *("subscription-running", "logistics-constraint", "too-late"),
    *("required-component", "component-shipped", "sku-shipped", "sku-has-charges", "change-too-large"),
    *("too-many-lines", "too-many", "order-too-large"),
    *("sku-taxed-otherwise", "changed-too-often", "order-erased", "outcome-below-zero", "address-unclear"),
    *CHECKS,
)
