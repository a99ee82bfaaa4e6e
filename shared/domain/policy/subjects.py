"""The words that policy judges by: who asks, how far units came, and the case of one edit."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from shared.domain.order.line import LineStatus
from shared.domain.order.payment import PaymentState

Role = Literal["customer", "agent", "lead", "manager", "finance", "operator", "service"]
Approver = Literal["lead", "manager", "finance"]
"""Who may sign off a change, in the order in which they are asked."""
Outcome = Literal["allow", "deny", "approve"]
Stage = Literal["ordered", "in_warehouse", "shipped", "delivered", "running"]
"""How far a unit came: not begun, picked or packed, on its way, arrived; a subscription that has begun is running."""
CancelException = Literal["intercept", "return"]
"""What is asked for units that have left: `intercept` those on their way, `return` those that have arrived."""
Extent = Literal["whole", "partial"]
Cover = Literal["in_stock", "backordered", "untracked"]
Value: TypeAlias = str | int | bool | tuple[str, ...]
"""What a condition can compare."""
NEVER = 1_000_000
"""Hours since something that has not happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose order it is, and where it came from: what rules are tuned by. `account` is the customer's id."""

    channel: str = ""
    account: str = ""
    tier: str = ""
    segment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What eligibility is judged by: an edit of a line in some state (None: the edit concerns no line).

    The rest describes units that a cancellation takes: how far they came, what is asked for those that have left, what
    paid for them, and how long ago the order was placed and the units were delivered.
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
        """A condition's variable; `none` for what the case has not."""
        given: Value | None = getattr(self, name)
        return "none" if given is None else given
