"""Restocking fees: a percentage of what was charged for the units cancelled, on all of them together.

The fee of a rule is worked out on the sum of everything cancelled under it so far, so that cancelling units one by one
ends where cancelling them together ends (DESIGN.md, "Money").
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shared.domain import money
from shared.domain.order import Fee, display
from shared.domain.plan import CancelledUnits, PlannedFee
from shared.domain.policy import CancellationPolicy, RestockingRule

CODE = "restocking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restocking:
    """The order's fees with the restocking fees due, and what this change adds to them."""

    fees: tuple[Fee, ...]
    planned: tuple[PlannedFee, ...]


def restocked(
    fees: Sequence[Fee],
    cancelled: Iterable[CancelledUnits],
    reason_code: str,
    policy: CancellationPolicy,
    currency: str,
) -> Restocking:
    """`fees`, each rule's fee raised by what is cancelled under it now. Amounts in minor units."""
    kept, planned = list(fees), []
    for rule, value in _values(cancelled, reason_code, policy):
        known = next((fee for fee in kept if _is_of(fee, rule)), None)
        basis = (known.basis if known else 0) + value
        fresh = Fee(
            code=CODE, amount=money.percent_of(basis, rule.percent), rule=rule.id, percent=rule.percent, basis=basis
        )
        added = fresh.amount - (known.amount if known else 0)
        kept = [replace(fresh, tax=fee.tax) if fee is known else fee for fee in kept] if known else [*kept, fresh]
        if added:
            words = f"{rule.words} {rule.percent.normalize():f} % of {display(value, currency)}."
            planned.append(PlannedFee(code=CODE, amount=added, because=words, rule=rule.id))
    return Restocking(fees=tuple(kept), planned=tuple(planned))


def _values(
    cancelled: Iterable[CancelledUnits], reason_code: str, policy: CancellationPolicy
) -> Iterable[tuple[RestockingRule, int]]:
    """What was charged for the units cancelled under each rule."""
    sums: dict[str, tuple[RestockingRule, int]] = {}
    for units in cancelled:
        rule = policy.restocking_rule(units.stage, reason_code)
        if rule is not None and units.amount:
            sums[rule.id] = (rule, units.amount + (sums[rule.id][1] if rule.id in sums else 0))
    return sums.values()


def _is_of(fee: Fee, rule: RestockingRule) -> bool:
    return (fee.code, fee.rule, fee.percent) == (CODE, rule.id, rule.percent)
