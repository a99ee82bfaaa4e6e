"""Defines the words that policy compares: roles, the stage of units, and the case of one edit."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from shared.domain.order.line import LineStatus
from shared.domain.order.payment import PaymentState

Role = Literal["customer", "agent", "lead", "manager", "finance", "operator", "service"]
Approver = Literal["lead", "manager", "finance"]
"""The roles that may approve a change, in the order in which they are asked."""
Outcome = Literal["allow", "deny", "approve"]
Stage = Literal["ordered", "in_warehouse", "shipped", "delivered", "running"]
"""The stage of a unit: not begun, picked or packed, on its way, arrived; a subscription that has begun is running."""
CancelException = Literal["intercept", "return"]
"""The request for units that have left: `intercept` those on their way, `return` those that have arrived."""
Extent = Literal["whole", "partial"]
Fault = Literal["merchant", "customer", "nobody"]
"""Whose fault the reason of a change is."""
Cover = Literal["in_stock", "backordered", "untracked"]
Scope = Literal["order", "customer", "agent"]
"""Says over what sums add up: one order, whatever the day; one customer's day; the day of the one who asks."""
Wait = Literal["approval", "acceptance", "confirmation", "payment"]
"""Says what a submitted change waits for: approvals, to be accepted once approved, agreement from outside, or money."""
Value: TypeAlias = str | int | bool | tuple[str, ...]
"""A value that a condition can compare."""
NEVER = 1_000_000
"""Hours since something that has not happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The account (a customer id), channel, tier and segment of an order; rules are tuned by them."""

    channel: str = ""
    account: str = ""
    tier: str = ""
    segment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The case that eligibility decides: an edit of a line in some state (None: the edit concerns no line).

    The other fields describe the units that a cancellation takes: their stage, the exception asked for those that have
    left, their payments, and the time since the order was placed and the units were delivered.
    """

    line_status: LineStatus | None = None
    stage: Stage | None = None
    exception: CancelException | None = None
    payment_state: PaymentState | None = None
    payment_methods: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    cover: Cover | None = None
    hours_since_placed: int = 0
    days_since_delivered: int = 0

    def value(self, name: str) -> Value:
        """Returns the value of a condition's variable; `none` for a field that the case does not have."""
        given: Value | None = getattr(self, name)
        return "none" if given is None else given
