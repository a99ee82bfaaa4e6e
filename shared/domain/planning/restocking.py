"""Charges restocking fees: a percentage of what was charged for the units cancelled, on all of them together.

The fee of a rule is worked out on the sum of everything cancelled under it so far, so that cancelling units one by one
ends where cancelling them together ends (DESIGN.md, "Money").
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shared.domain import money
from shared.domain.order.order import Fee, display
from shared.domain.planning.plan import CancelledUnits, PlannedFee
from shared.domain.policy.conditions import holds
from shared.domain.policy.documents.cancellation import RestockingRule
from shared.domain.policy.evaluation import Judge
from shared.domain.policy.scope import by_rank

CODE = "restocking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restocking:
    """Holds the order's fees with the restocking fees due, and the amounts that this change adds to them."""

    fees: tuple[Fee, ...]
    planned: tuple[PlannedFee, ...]


def restocked(
    fees: Sequence[Fee],
    cancelled: Iterable[CancelledUnits],
    judge: Judge,
) -> Restocking:
    """Returns `fees`, each rule's fee raised by what is cancelled under it now. Amounts are in minor units."""
    kept, planned = list(fees), []
    for rule, value in _values(cancelled, judge):
        known = next((fee for fee in kept if _is_of(fee, rule)), None)
        basis = (known.basis if known else 0) + value
        fresh = Fee(
            code=CODE, amount=money.percent_of(basis, rule.percent), rule=rule.id, percent=rule.percent, basis=basis
        )
        added = fresh.amount - (known.amount if known else 0)
        kept = [replace(fresh, tax=fee.tax) if fee is known else fee for fee in kept] if known else [*kept, fresh]
        if added:
            words = f"{rule.words} {rule.percent.normalize():f} % of {display(value, judge.order.currency)}."
            judge.rule("restocking fee", rule.id, "fee", words)
            planned.append(PlannedFee(code=CODE, amount=added, because=words, rule=rule.id))
    return Restocking(fees=tuple(kept), planned=tuple(planned))


def _values(cancelled: Iterable[CancelledUnits], judge: Judge) -> Iterable[tuple[RestockingRule, int]]:
    """Yields the amount that was charged for the units cancelled under each rule."""
    rules = by_rank(judge.policy.cancellation.restocking, judge.subject)
    sums: dict[str, tuple[RestockingRule, int]] = {}
    for units in cancelled:
        rule = next((rule for rule in rules if units.amount and _concerns(rule, units, judge)), None)
        if rule is not None:
            sums[rule.id] = (rule, units.amount + (sums[rule.id][1] if rule.id in sums else 0))
    return sums.values()


def _concerns(rule: RestockingRule, units: CancelledUnits, judge: Judge) -> bool:
    return (
        units.stage in rule.stages
        and judge.reason_code not in rule.except_reasons
        and judge.fault not in rule.except_faults
        and rule.only.admits_product(units.sku)
        and holds(rule.when, {**judge.whose, "sku": units.sku, "stage": units.stage}, unanswered=False)
    )


def _is_of(fee: Fee, rule: RestockingRule) -> bool:
    return (fee.code, fee.rule, fee.percent) == (CODE, rule.id, rule.percent)
