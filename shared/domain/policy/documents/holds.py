"""Defines rules for the stock that changes hold while they wait; they stand in the checks document."""

from dataclasses import dataclass
from decimal import Decimal

from shared.domain.order.order import ChangeKind
from shared.domain.policy.documents.document import Document
from shared.domain.policy.scope import EVERYWHERE, Only
from shared.domain.policy.subjects import Role, Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRule(Document):
    """Tells how many units of what a change takes are held while it waits: `share_percent` of each product (rounded
    down; 0 holds none), and no more than `per_line`, `per_order`, and `per_customer` together with the customer's other
    changes that wait. After `seconds` they are free again, though the change may wait on.

    It is for changes of some `kinds`, asked for in one of `roles`, that wait for one of `waits`; a selector that is
    left out fits everything, and a bound that is left out bounds nothing. What is not held must still be there at the
    commit.
    """

    id: str
    only: Only = EVERYWHERE
    kinds: tuple[ChangeKind, ...] = ()
    roles: tuple[Role, ...] = ()
    waits: tuple[Wait, ...] = ()
    share_percent: Decimal = Decimal(100)
    per_line: int | None = None
    per_order: int | None = None
    per_customer: int | None = None
    seconds: int | None = None
    words: str

    def concerns(self, kind: ChangeKind, role: Role, wait: Wait) -> bool:
        return (
            (not self.kinds or kind in self.kinds)
            and (not self.roles or role in self.roles)
            and (not self.waits or wait in self.waits)
        )
