"""The rules that a business changes weekly, as data: who may change what, when approval is needed, what tax applies.

A `Policy` is one version of all of them. The defaults stand in `shared/policies/default.json`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from shared.domain import money
from shared.domain.line import LineStatus, Tax
from shared.domain.order import ChangeKind
from shared.domain.party import Address
from shared.domain.proration import DayCount

Role = Literal["customer", "agent", "lead", "manager", "finance", "operator", "service"]
Outcome = Literal["allow", "deny", "approve"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCode:
    code: str
    title: str
    kinds: tuple[ChangeKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityRule:
    """The first rule that fits decides. An empty list of edits, line statuses or roles fits all of them.

    `outcome` approve allows it with an approval; `words` are what the user reads.
    """

    id: str
    edits: tuple[str, ...] = ()
    line_status: tuple[LineStatus, ...] = ()
    roles: tuple[Role, ...] = ()
    outcome: Outcome
    words: str
    code: Literal["not-eligible", "charge-fulfilled"] = "not-eligible"

    def fits(self, edit: str, status: LineStatus | None, role: Role) -> bool:
        return (
            (not self.edits or edit in self.edits)
            and (not self.line_status or status in self.line_status)
            and (not self.roles or role in self.roles)
        )


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
    day_count: DayCount = "periods_then_days"

    def reason(self, code: str, kind: ChangeKind) -> ReasonCode | None:
        return next((reason for reason in self.reason_codes if reason.code == code and kind in reason.kinds), None)

    def shipping_rule(self, method: str | None, currency: str) -> ShippingRule | None:
        return next((rule for rule in self.shipping if (rule.method, rule.currency) == (method, currency)), None)

    def judge(self, edit: str, status: LineStatus | None, role: Role) -> EligibilityRule:
        """The rule that decides an edit of `role` on a line of `status` (None: the edit concerns no line)."""
        for rule in self.eligibility:
            if rule.fits(edit, status, role):
                return rule
        return _NOTHING_FITS

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
