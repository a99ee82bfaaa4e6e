"""Defines the cancellation document: its fees, the agreement that it needs, and the way its money goes back."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from shared.domain.order.order import ChangeKind
from shared.domain.policy.documents.document import Document
from shared.domain.policy.scope import EVERYWHERE, Only
from shared.domain.policy.subjects import Extent, Role, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class RestockingRule(Document):
    """A fee on units cancelled at one of `stages`: `percent` of the customer's charge for them.

    The first rule that fits decides, the most specific first; `when` is CEL (`vocabulary.OF_UNITS`), and reasons that
    are the merchant's fault are listed in `except_reasons`.
    """

    id: str
    only: Only = EVERYWHERE
    stages: tuple[Stage, ...]
    when: str = ""
    percent: Decimal
    except_reasons: tuple[str, ...] = ()
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationRule(Document):
    """A rule that the customer must agree before anything happens, beyond what they requested themselves. A rule for
    amendments without `roles` also asks customers who amend their own orders."""

    id: str
    only: Only = EVERYWHERE
    kinds: tuple[ChangeKind, ...]
    roles: tuple[Role, ...] = ()
    extent: Extent | None = None
    when: str = ""
    words: str

    def concerns(self, kind: ChangeKind, role: Role, extent: Extent) -> bool:
        return (
            kind in self.kinds and (not self.roles or role in self.roles) and (not self.extent or self.extent == extent)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationPolicy(Document):
    """The cancellation document. `order_costs` tells if shipping and the order's own fees lapse when nothing of the
    order is left. `subscription_ends` is the last day of a cancelled subscription. `refund_days` are the days that a
    payment method takes to show a refund, `other` for the rest. Refunds go to the payments in `refund_methods_first`
    before the others."""

    order_costs: Literal["when_nothing_shipped", "always", "never"] = "when_nothing_shipped"
    subscription_ends: Literal["today"] = "today"
    refund_days: dict[str, int]
    refund_methods_first: tuple[str, ...] = ()
    restocking: tuple[RestockingRule, ...] = ()
    confirmations: tuple[ConfirmationRule, ...] = ()

    def days_for(self, method: str) -> int:
        return self.refund_days.get(method, self.refund_days["other"])
