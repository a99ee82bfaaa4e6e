"""Gathers the values that conditions compare of a change as a whole, once it is priced."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.domain.order.order import ChangeKind, Order
from shared.domain.order.payment import Payment, PaymentStatus
from shared.domain.planning.address_doubts import is_doubtful, moves_to_lower_tax
from shared.domain.planning.plan import CancelledUnits, extent_of, furthest
from shared.domain.planning.sums import NOTHING_BEFORE, Sums
from shared.domain.policy.evaluation import Judge
from shared.domain.policy.policy import Policy
from shared.domain.policy.subjects import NEVER, Role, Subject, Value

HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Describes a change in the words of `vocabulary.OF_A_CHANGE`. `order_value` is the larger total, before or after,
    in minor units; `skus` are those of the lines it touches. It refunds `refunded` minor units, after `sums` before
    it."""

    subject: Subject
    kind: ChangeKind
    role: Role
    currency: str
    order_value: int
    skus: frozenset[str]
    values: dict[str, Value]
    refunded: int = 0
    sums: Sums = NOTHING_BEFORE


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """Holds what is known of a change when it is priced: the order before and after it, the `units` that come to lines
    and go from them, and its money (minor units; the totals are given, because adding up an order of 1,000 lines takes
    longer than everything asked here)."""

    before: Order
    after: Order
    total_before: int
    total_after: int
    edits: tuple[str, ...]
    skus: frozenset[str]
    cancelled: tuple[CancelledUnits, ...]
    units: tuple[int, int]
    balance_due: int
    refunded: int
    sums: Sums = NOTHING_BEFORE
    refunds_today: int = 0
    now: datetime | None = None


def facts_of(priced: Priced, judge: Judge) -> Facts:
    came, gone = priced.units
    values: dict[str, Value] = {
        **judge.whose,
        "edits": tuple(dict.fromkeys(priced.edits)),
        "extent": extent_of(priced.after),
        "stage": furthest(priced.cancelled) or "none",
        "refunds": priced.refunded > 0,
        "raises_total": priced.total_after > priced.total_before,
        "authorisation": _authorisation(priced.after.payments, priced.balance_due, priced.now),
        "credit": _credit(priced, judge),
        "refunds_today": priced.refunds_today,
        "refunds_asked_today": priced.sums.asked_today,
        "units_added": came,
        "units_taken": gone,
        "units_waiting": priced.sums.units_waiting,
        "moves_to_lower_tax": moves_to_lower_tax(priced.before, priced.after),
        "address_doubtful": is_doubtful(priced.before, priced.after),
        "moves_address": priced.after.shipping_address != priced.before.shipping_address,
        "expedites": _expedites(priced.before, priced.after, judge.policy, judge.subject),
        "hours_since_address_change": _hours_since(priced.before.address_changed_at, priced.now),
    }
    return Facts(
        subject=judge.subject,
        kind=judge.kind,
        role=judge.role,
        currency=priced.before.currency,
        order_value=max(priced.total_before, priced.total_after),
        skus=priced.skus,
        values=values,
        refunded=priced.refunded,
        sums=priced.sums,
    )


def _authorisation(payments: Iterable[Payment], balance_due: int, now: datetime | None) -> str:
    """Tells if the authorised and not yet captured money is still good and covers what is due."""
    open_ = [payment for payment in payments if payment.status is PaymentStatus.AUTHORISED and payment.reserved]
    if not open_:
        return "none"
    valid = [payment for payment in open_ if not (now and payment.expires_at and payment.expires_at <= now)]
    if len(valid) < len(open_):
        return "expired"
    return "insufficient" if sum(payment.reserved for payment in valid) < balance_due else "valid"


def _credit(priced: Priced, judge: Judge) -> str:
    """Tells if the amount that nobody has paid or authorised is within the credit limit."""
    limit = judge.policy.checks.credit_limit(judge.subject, priced.before.currency)
    if limit is None:
        return "none"
    unpaid = priced.balance_due - sum(payment.reserved for payment in priced.after.payments)
    return "exceeded" if unpaid > limit else "within"


def _expedites(before: Order, after: Order, policy: Policy, subject: Subject) -> bool:
    """Returns True if the goods are to arrive sooner than was agreed."""
    if after.shipping.method == before.shipping.method:
        return False
    was = policy.shipping.rule(before.shipping.method, before.currency, subject)
    now = policy.shipping.rule(after.shipping.method, after.currency, subject)
    if was is None or now is None:
        return after.shipping.price > before.shipping.price
    return now.delivery_days < was.delivery_days


def _hours_since(at: datetime | None, now: datetime | None) -> int:
    return NEVER if at is None or now is None else int((now - at).total_seconds() // HOUR)
