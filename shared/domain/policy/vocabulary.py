"""Lists the variables that conditions of rules may compare, for edits, for units and for a change as a whole."""

from typing import get_args

from shared.domain.order.line import LineStatus
from shared.domain.order.order import ChangeKind
from shared.domain.order.payment import PaymentState
from shared.domain.policy.conditions import Flag, Number, Vocabulary, Words
from shared.domain.policy.subjects import CancelException, Cover, Extent, Role, Stage

EDITS: dict[ChangeKind, tuple[str, ...]] = {
    "amendment": (
        "set_quantity",
        "fit_to_stock",
        "set_unit_price",
        "set_discount",
        "set_dates",
        "replace_sku",
        "cancel_line",
        "set_shipping_address",
        "set_shipping_method",
        "set_shipping_method.price",
        "add_line",
        "add_line.unit_price",
        "restore",
    ),
    "cancellation": ("cancel_units", "credit"),
}
"""The edits that eligibility decides on; a dot names a part of an edit that needs a right of its own."""

NEVER = 1_000_000
"""The value of hours since something that has not happened."""


def _words(*known: str, and_none: bool = False) -> Words:
    return Words((*known, "none") if and_none else known)


_WHOSE: Vocabulary = {
    "kind": _words(*get_args(ChangeKind)),
    "role": _words(*get_args(Role)),
    "reason": Words(open=True),
    "channel": Words(open=True),
    "account": Words(open=True),
    "tier": Words(open=True),
    "segment": Words(open=True),
    "currency": Words(open=True),
}

OF_AN_EDIT: Vocabulary = {
    **_WHOSE,
    "edit": _words(*EDITS["amendment"], *EDITS["cancellation"]),
    "sku": Words(open=True),
    "line_status": _words(*(status.value for status in LineStatus), and_none=True),
    "stage": _words(*get_args(Stage), and_none=True),
    "exception": _words(*get_args(CancelException), and_none=True),
    "payment_state": _words(*get_args(PaymentState), and_none=True),
    "payment_methods": Words(open=True, many=True),
    "constraints": Words(open=True, many=True),
    "cover": _words(*get_args(Cover), and_none=True),
    "hours_since_placed": Number(),
    "days_since_delivered": Number(),
}
"""Variables for eligibility: `line_status` and `stage` are `none` if an edit concerns no line."""

OF_UNITS: Vocabulary = {**_WHOSE, "sku": Words(open=True), "stage": _words(*get_args(Stage))}
"""Variables for fees on the units that a cancellation takes, at the stage that they had reached."""

OF_A_CHANGE: Vocabulary = {
    **_WHOSE,
    "edits": Words((*EDITS["amendment"], *EDITS["cancellation"], "cancel_order"), many=True),
    "extent": _words(*get_args(Extent)),
    "stage": _words(*get_args(Stage), and_none=True),
    "refunds": Flag(),
    "raises_total": Flag(),
    "authorisation": _words("none", "valid", "expired", "insufficient"),
    "credit": _words("none", "within", "exceeded"),
    "refunds_today": Number(),
    "moves_address": Flag(),
    "expedites": Flag(),
    "hours_since_address_change": Number(),
}
"""Variables for approvals, confirmations and checks. `stage` is the stage of the units that a cancellation takes."""
