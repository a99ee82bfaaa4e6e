"""Adds up what was refunded before a change, so that many small changes need what one large one needs."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.domain.policy.subjects import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Holds minor units of the order's currency that were asked for as refunds before, by scope, and how many refunds
    of a day: `refunds_today` of the customer, `asked_today` by the one who asks, if staff. Days are those of UTC.
    `units_waiting` are the units of stock that the customer's other changes hold while they wait."""

    order: int = 0
    customer: int = 0
    agent: int = 0
    refunds_today: int = 0
    asked_today: int = 0
    units_waiting: int = 0

    def of(self, scope: Scope) -> int:
        return {"order": self.order, "customer": self.customer, "agent": self.agent}[scope]

    def most(self, scopes: Iterable[Scope]) -> int:
        """Returns the highest sum of these scopes; 0 for none."""
        return max(map(self.of, scopes), default=0)


NOTHING_BEFORE = Sums()
