"""The rules that a business changes weekly, as data: who may change what, when approval is needed, what tax applies.

A `Policy` is one version of all of them. The defaults stand in `shared/policies/default.json`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from shared.domain import money
from shared.domain.edits import CancelException
from shared.domain.line import LineStatus, Tax
from shared.domain.order import ChangeKind
from shared.domain.party import Address
from shared.domain.payment import PaymentState
from shared.domain.proration import DayCount

Role = Literal["customer", "agent", "lead", "manager", "finance", "operator", "service"]
Outcome = Literal["allow", "deny", "approve"]
Stage = Literal["ordered", "in_warehouse", "shipped", "delivered", "running"]
"""How far a unit came: not begun, picked or packed, on its way, arrived; a subscription that has begun is running."""
Extent = Literal["whole", "partial"]
Cover = Literal["in_stock", "backordered", "untracked"]
EligibilityCode = Literal[
    "not-eligible",
    "charge-fulfilled",
    "already-cancelled",
    "unit-shipped",
    "unit-delivered",
    "unit-not-delivered",
    "logistics-constraint",
    "too-late",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCode:
    code: str
    title: str
    kinds: tuple[ChangeKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What eligibility is judged by: an edit of a role, on a line in some state (None: the edit concerns no line).

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


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityRule:
    """The first rule that fits decides. A condition that is left out fits everything.

    `outcome` approve allows it with an approval; `words` are what the user reads. `exceptions` lists what was asked for
    units that have left, `none` for nothing; `constraints` and `payment_methods` fit if one of them is there.
    """

    id: str
    kinds: tuple[ChangeKind, ...] = ()
    edits: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    line_status: tuple[LineStatus, ...] = ()
    stages: tuple[Stage, ...] = ()
    exceptions: tuple[CancelException | Literal["none"], ...] = ()
    payment_states: tuple[PaymentState, ...] = ()
    payment_methods: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    cover: tuple[Cover, ...] = ()
    placed_hours_over: int | None = None
    delivered_days_over: int | None = None
    outcome: Outcome
    words: str
    code: EligibilityCode = "not-eligible"

    def concerns(self, kind: ChangeKind, edit: str, role: Role) -> bool:
        return (
            (not self.kinds or kind in self.kinds)
            and (not self.edits or edit in self.edits)
            and (not self.roles or role in self.roles)
        )

    def fits(self, case: Case) -> bool:
        return (
            (not self.line_status or case.line_status in self.line_status)
            and (not self.stages or case.stage in self.stages)
            and (not self.exceptions or (case.exception or "none") in self.exceptions)
            and (not self.payment_states or case.payment_state in self.payment_states)
            and (not self.payment_methods or any(method in self.payment_methods for method in case.payment_methods))
            and (not self.constraints or any(each in self.constraints for each in case.constraints))
            and (not self.cover or case.cover in self.cover)
            and (self.placed_hours_over is None or case.hours_since_placed > self.placed_hours_over)
            and (self.delivered_days_over is None or case.days_since_delivered > self.delivered_days_over)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RestockingRule:
    """A fee on units cancelled at one of `stages`: `percent` of what the customer was charged for them. The first rule
    that fits decides; reasons that are the merchant's fault are listed in `except_reasons`."""

    id: str
    stages: tuple[Stage, ...]
    percent: Decimal
    except_reasons: tuple[str, ...] = ()
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationRule:
    """When the customer must agree before anything happens, beside what they asked for themselves."""

    id: str
    kinds: tuple[ChangeKind, ...]
    roles: tuple[Role, ...] = ()
    extent: Extent | None = None
    words: str

    def fits(self, kind: ChangeKind, role: Role, extent: Extent) -> bool:
        return (
            kind in self.kinds and (not self.roles or role in self.roles) and (not self.extent or self.extent == extent)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationPolicy:
    """`lifetime_seconds`: how long a confirmation is waited for. `order_costs`: whether shipping and the order's own
    fees lapse when nothing of the order is left. `subscription_ends`: when a running subscription that is cancelled
    stops, that day included. `refund_days`: how long a payment method takes to show a refund, `other` for the rest."""

    lifetime_seconds: int
    order_costs: Literal["when_nothing_shipped", "always", "never"] = "when_nothing_shipped"
    subscription_ends: Literal["today"] = "today"
    refund_days: dict[str, int]
    restocking: tuple[RestockingRule, ...] = ()
    confirmations: tuple[ConfirmationRule, ...] = ()

    def restocking_rule(self, stage: Stage, reason_code: str) -> RestockingRule | None:
        return next(
            (rule for rule in self.restocking if stage in rule.stages and reason_code not in rule.except_reasons), None
        )

    def days_for(self, method: str) -> int:
        return self.refund_days.get(method, self.refund_days["other"])


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceBounds:
    """How far a unit price may move from its reference, in per cent of it, before someone must approve."""

    floor_percent: Decimal
    ceiling_percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalPolicy:
    """`thresholds`: decimal strings by currency. A change above its currency's threshold, or in a currency without
    one, needs `role`'s approval within `deadline_seconds`."""

    role: Role
    thresholds: dict[str, str]
    deadline_seconds: int

    def threshold(self, currency: str) -> int | None:
        """Minor units of the threshold, None where the currency has none."""
        amount = self.thresholds.get(currency)
        return None if amount is None else money.parse(amount, currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRule:
    """The taxes of a product category in a jurisdiction, for lines added and addresses moved in flight."""

    jurisdiction: str
    category: str
    name: str
    rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingRule:
    """What a shipping method costs in a currency (decimal strings), and how many days it takes.

    `recalculate`: after a change of lines the price is worked out anew; otherwise the accepted one stays.
    """

    method: str
    currency: str
    price: str
    free_from: str | None = None
    recalculate: bool = False
    delivery_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    version: str
    reason_codes: tuple[ReasonCode, ...]
    eligibility: tuple[EligibilityRule, ...]
    price_bounds: PriceBounds
    approval: ApprovalPolicy
    change_lifetime_seconds: int
    acknowledgement_deadline_seconds: int
    taxes: tuple[TaxRule, ...]
    untaxed_jurisdictions: tuple[str, ...] = ()
    shipping: tuple[ShippingRule, ...] = ()
    refund_methods_first: tuple[str, ...] = ()
    cancellation: CancellationPolicy
    day_count: DayCount = "periods_then_days"

    def reason(self, code: str, kind: ChangeKind) -> ReasonCode | None:
        return next((reason for reason in self.reason_codes if reason.code == code and kind in reason.kinds), None)

    def shipping_rule(self, method: str | None, currency: str) -> ShippingRule | None:
        return next((rule for rule in self.shipping if (rule.method, rule.currency) == (method, currency)), None)

    def rules_for(self, kind: ChangeKind, edit: str, role: Role) -> Sequence[EligibilityRule]:
        """The rules that may decide an edit of `role`, in their order; the last one denies whatever no other fits."""
        return [*(rule for rule in self.eligibility if rule.concerns(kind, edit, role)), _NOTHING_FITS]

    def tax_rates(self, address: Address | None, category: str) -> Sequence[Tax] | None:
        """The taxes due at `address`, with amounts still 0; None where policy knows no rate: never a guess."""
        place = address.jurisdiction if address else None
        rules = [rule for rule in self.taxes if rule.jurisdiction == place and rule.category == category]
        if not rules and place not in self.untaxed_jurisdictions:
            return None
        return tuple(Tax(name=rule.name, rate=rule.rate, amount=0, jurisdiction=place) for rule in rules)


_NOTHING_FITS = EligibilityRule(
    id="nothing-fits", outcome="deny", words="No policy rule allows this; ask a manager whether it should."
)
