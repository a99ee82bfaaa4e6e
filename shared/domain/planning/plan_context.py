"""Holds what a plan is judged by, beside the order and the edits."""

from dataclasses import dataclass, field
from datetime import date, datetime

from shared.domain.order.order import ChangeKind
from shared.domain.order.product import Catalogue
from shared.domain.planning.sums import NOTHING_BEFORE, Sums
from shared.domain.policy.policy import Policy
from shared.domain.policy.subjects import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContext:
    """Holds the kind, role, policy and reason that a plan is judged by. `held` is the stock that this very change
    already holds, by SKU; `now` decides what has run out, what ends and what arrives; `sums` is what was refunded
    before."""

    kind: ChangeKind = "amendment"
    role: Role
    policy: Policy
    reason_code: str = ""
    catalogue: Catalogue = field(default_factory=Catalogue)
    held: dict[str, int] = field(default_factory=dict)
    now: datetime | None = None
    sums: Sums = NOTHING_BEFORE

    @property
    def today(self) -> date | None:
        return self.now.date() if self.now else None
