"""Every problem that a reply can name: code → status and title. The OpenAPI document lists them from here."""

from typing import NamedTuple

BASE = "https://inflight.example/problems/"


class ProblemType(NamedTuple):
    status: int
    title: str


def type_uri(code: str) -> str:
    """The stable URI of a problem type (RFC 9457 §3.1.1)."""
    return BASE + code


_BY_STATUS: dict[int, dict[str, str]] = {
    400: {
        "malformed-json": "The body is not JSON",
        "gateway-refused": "Request refused",
    },
    401: {
        "unauthenticated": "Not signed in",
        "bad-signature": "The signature does not hold",
    },
    403: {
        "forbidden": "Not allowed",
        "wrong-role": "Another role must decide",
        "own-change": "Somebody else must decide",
    },
    404: {
        "not-found": "Not found",
        "order-not-found": "No such order",
        "change-not-found": "No such change",
        "version-not-found": "No such version",
        "product-not-found": "No such product",
        "stock-not-found": "No stock record",
        "refund-not-found": "No such refund",
        "link-not-found": "No such link",
        "unknown-channel": "No such channel",
        "unknown-gateway": "No such gateway",
    },
    409: {
        "change-open": "Another change is open",
        "plan-changed": "The plan has changed",
        "illegal-transition": "The status of the change forbids it",
        "not-waiting": "The change does not wait for a decision",
        "change-expired": "The change has expired",
        "not-committed": "The change is not committed",
        "other-kind": "The change is of another kind",
        "not-fallen-out": "The change has not fallen out",
        "refund-settled": "The refund is settled",
        "refund-under-way": "The gateway is at it",
        "link-used": "The link has been used",
        "link-expired": "The link has expired",
        "link-of-another-order": "The link is of another order",
        "department-not-concerned": "The change does not concern this department",
        "stock-below-committed": "More is held and allocated",
        "captured-falls": "Captured amounts only rise",
        "payment-mismatch": "Another payment has this id",
        "payment-claimed": "Another order has this payment",
        "nothing-to-activate": "Nothing can be activated",
        "beyond-quantity": "More units than there are",
    },
    412: {"stale-version": "The order has changed"},
    413: {"body-too-large": "Body too large"},
    415: {"unsupported-media-type": "Unsupported media type"},
    422: {
        # what a field may hold
        "missing-field": "A field is missing",
        "missing-reason": "A reason is missing",
        "missing-amount": "An amount is missing",
        "missing-price": "A price is missing",
        "missing-period": "A period is missing",
        "missing-dates": "Dates are missing",
        "unknown-field": "There is no such field",
        "unknown-value": "There is no such value",
        "unknown-edit": "There is no such edit",
        "wrong-type": "A field has the wrong type",
        "empty-value": "A field is empty",
        "too-long": "A field is too long",
        "too-many": "Too many of these",
        "too-many-edits": "Too many edits",
        "change-too-large": "The change is too large",
        "too-many-lines": "Too many lines",
        "malformed-value": "A field holds other characters",
        "fractional-quantity": "The quantity must be whole",
        "malformed-field": "A field cannot be read",
        "malformed-parameter": "A parameter cannot be read",
        "malformed-cursor": "The cursor is not ours",
        "malformed-time": "Not a time",
        "malformed-date": "Not a date",
        "malformed-percent": "Not a percentage",
        "malformed-rate": "Not a rate",
        "malformed-idempotency-key": "Not an Idempotency-Key",
        "out-of-range": "Out of range",
        "key-reused": "The key came with another body",
        # quantities and money
        "quantity-not-positive": "The quantity must be at least 1",
        "quantity-not-whole": "The quantity must be whole",
        "quantity-negative": "The quantity is below 0",
        "quantity-too-large": "The quantity is too large",
        "malformed-amount": "Not an amount",
        "amount-too-precise": "Too many decimals",
        "amount-too-large": "The amount is too large",
        "negative-amount": "The amount is below 0",
        "unknown-currency": "No such currency",
        "other-currency": "Another currency than the order's",
        "duplicate-currency": "A currency stands twice",
        # what an amendment may do
        "unknown-reason": "No such reason",
        "unknown-line": "No such line",
        "line-not-named": "Which line?",
        "conflicting-edits": "Two edits disagree",
        "nothing-changes": "Nothing would change",
        "not-eligible": "Policy does not allow this",
        "in-flight-disabled": "This product cannot be changed once ordered",
        "quantity-below-shipped": "More has shipped",
        "quantity-not-modifiable": "The quantity is fixed",
        "more-than-left": "More than is left",
        "insufficient-stock": "Not enough stock",
        "price-unknown": "No list price",
        "tax-unknown": "No tax rate",
        "address-after-packing": "Goods are packed",
        "nothing-in-stock": "Stock covers none of it",
        "line-without-dates": "The line has no dates",
        "end-before-start": "The end is before the start",
        "subscription-ended": "The subscription has ended",
        "required-component": "The bundle needs it",
        "component-shipped": "A part of the bundle has shipped",
        "charge-fulfilled": "The charge is fulfilled",
        "sku-shipped": "Units have shipped as this product",
        "sku-has-charges": "The line has charges of its own",
        "shipping-unknown": "No price for this shipping",
        "shipping-after-shipment": "Goods have shipped",
        "changed-since": "It was changed since",
        "goods-moved-on": "Goods have moved on",
        "accept-not-here": "A draft is accepted on its own",
        # what a cancellation may do
        "already-cancelled": "It is cancelled already",
        "unit-shipped": "Units have left",
        "unit-delivered": "Units have arrived",
        "unit-not-delivered": "Units have not arrived yet",
        "logistics-constraint": "It cannot be called back",
        "too-late": "The time for it is over",
        "subscription-running": "The subscription is running",
        "credit-over-total": "More than the order costs",
        # what an order may be
        "no-lines": "An order needs a line",
        "duplicate-line": "Two lines with one id",
        "parent-cycle": "A line is its own parent",
        "other-bundle": "The parent is of another bundle",
        "duplicate-payment": "Two payments with one id",
        "unknown-parent": "No such parent line",
        "discount-over-price": "The discount exceeds the price",
        "negative-total": "The total is below 0",
        "total-mismatch": "The total does not add up",
        "overpaid-refund": "More refunded than captured",
        # what a channel may send
        "malformed-payload": "The payload cannot be read",
        "not-an-order": "The payload is no order",
        "not-placed-yet": "The order is not placed yet",
        "already-ended": "The order has ended",
        "foreign-payment": "A payment in another currency",
        "gift-card-payment": "Paid by gift card",
        "unmatched-transaction": "A transaction without its parent",
    },
    428: {"precondition-required": "If-Match is required"},
    429: {
        "too-busy": "Too busy",
        "too-many-requests": "Too many requests",
    },
    500: {"internal-error": "Something went wrong"},
    504: {"timeout": "No answer in time"},
}

PROBLEMS: dict[str, ProblemType] = {
    code: ProblemType(status, title) for status, titles in _BY_STATUS.items() for code, title in titles.items()
}
