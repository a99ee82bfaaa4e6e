"""Defines the cancellation document: its fees, the agreement that it needs, and the way its money goes back."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from shared.domain.order.order import ChangeKind
from shared.domain.policy.documents.document import Document
from shared.domain.policy.scope import EVERYWHERE, Only
from shared.domain.policy.subjects import Extent, Fault, Role, Stage

Lapse: TypeAlias = Literal["when_nothing_shipped", "always", "never"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestockingRule(Document):
    """A fee on units cancelled at one of `stages`: `percent` of the customer's charge for them.

    The first rule that fits decides, the most specific first; `when` is CEL (`vocabulary.OF_UNITS`). The fee is not
    taken for a reason that is the fault of one of `except_faults`, nor for one of `except_reasons`; then no fee is made
    up for either that an earlier cancellation could not take.
    """

    id: str
    only: Only = EVERYWHERE
    stages: tuple[Stage, ...]
    when: str = ""
    percent: Decimal
    except_faults: tuple[Fault, ...] = ()
    except_reasons: tuple[str, ...] = ()
    words: str

    def spares(self, reason: str, fault: Fault) -> bool:
        """Tells if a change of this reason costs no fee."""
        return fault in self.except_faults or reason in self.except_reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCostRule(Document):
    """A rule that tells if shipping and the order's own fees lapse when nothing of the order is left.

    It is for changes whose reason is one of `reasons` or the fault of one of `faults`, and which cancel units at one of
    `stages`; a selector that is left out fits everything. The first rule that fits decides, the most specific first,
    and without one `order_costs`.
    """

    id: str
    only: Only = EVERYWHERE
    stages: tuple[Stage, ...] = ()
    reasons: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    lapse: Lapse
    words: str

    def concerns(self, reason: str, fault: Fault, stages: frozenset[Stage]) -> bool:
        """Tells if the rule is for a change of this reason that cancels units at these stages."""
        if self.stages and stages.isdisjoint(self.stages):
            return False
        return not (self.reasons or self.faults) or reason in self.reasons or fault in self.faults


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodwillRule(Document):
    """A rule that tells what goodwill does to taxes: it lowers them `in_proportion`, or, as a payment without tax
    effect, lowers `none`.

    It is for changes whose reason is one of `reasons` or the fault of one of `faults`; a selector that is left out fits
    everything. The first rule that fits decides, the most specific first, and without one tax falls in proportion.
    """

    id: str
    only: Only = EVERYWHERE
    reasons: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    tax: Literal["in_proportion", "none"]
    words: str

    def concerns(self, reason: str, fault: Fault) -> bool:
        """Tells if the rule is for a change of this reason."""
        return not (self.reasons or self.faults) or reason in self.reasons or fault in self.faults


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
    order is left and none of `order_cost_rules` fits. `subscription_ends` is the last day of a cancelled subscription.
    `refund_days` are the days that a payment method takes to show a refund, `other` for the rest. Refunds go to the
    payments in `refund_methods_first` before the others. Goodwill lowers taxes unless a rule of `goodwill` says no."""

    order_costs: Lapse = "when_nothing_shipped"
    order_cost_rules: tuple[OrderCostRule, ...] = ()
    subscription_ends: Literal["today"] = "today"
    refund_days: dict[str, int]
    refund_methods_first: tuple[str, ...] = ()
    restocking: tuple[RestockingRule, ...] = ()
    confirmations: tuple[ConfirmationRule, ...] = ()
    goodwill: tuple[GoodwillRule, ...] = ()

    def days_for(self, method: str) -> int:
        return self.refund_days.get(method, self.refund_days["other"])
