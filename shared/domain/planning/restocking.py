"""Charges restocking fees: a percentage of what was charged for the units cancelled, on all of them together.

The fee of a rule is worked out on the sum of everything cancelled under it so far, so that cancelling units one by one
ends where cancelling them together ends. It is a part of what was really paid: what the units cost after all
deductions, and never more than what would come back to the customer without it (DESIGN.md, "Money").
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shared.domain import money
from shared.domain.order.order import Fee, Order, display
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


def restocked(after: Order, cancelled: Sequence[CancelledUnits], judge: Judge, spare: int) -> Restocking:
    """Returns the fees of the order after a change, each rule's fee raised by what is cancelled under it now. Amounts
    are in minor units; `spare` is what comes back to the customer, of which fees are a part. What a fee could not take
    of an earlier cancellation, it takes as far as more comes back now, unless that is by the merchant's fault or for a
    reason that its rule spares."""
    if not cancelled:
        return Restocking(fees=after.fees, planned=())
    rules = {rule.id: (rule, value) for rule, value in _values(cancelled, judge)}
    kept, planned = [], []
    for fee in _with_bases(after.fees, rules.values()):
        takes = fee.code == CODE and (fee.rule in rules or not _spares(fee, judge))
        added = min(max(0, _due(fee) - fee.amount), spare) if takes else 0
        spare -= added
        kept.append(replace(fee, amount=fee.amount + added))
        if added:
            planned.append(_planned(fee, added, rules.get(fee.rule or ""), judge))
    return Restocking(fees=tuple(kept), planned=tuple(planned))


def _due(fee: Fee) -> int:
    return money.percent_of(fee.basis, fee.percent) if fee.percent is not None else 0


def _with_bases(fees: Iterable[Fee], cancelled: Iterable[tuple[RestockingRule, int]]) -> Iterable[Fee]:
    """Returns the fees, those of these rules with what is cancelled now in their basis, and new ones of nothing yet."""
    known = list(fees)
    for rule, value in cancelled:
        place = next((place for place, fee in enumerate(known) if _is_of(fee, rule)), None)
        if place is None:
            known.append(Fee(code=CODE, amount=0, rule=rule.id, percent=rule.percent, basis=value))
        else:
            known[place] = replace(known[place], basis=known[place].basis + value)
    return known


def _planned(fee: Fee, added: int, asked: tuple[RestockingRule, int] | None, judge: Judge) -> PlannedFee:
    """Returns what the change adds to a fee, in the words of the rule that asks for it."""
    rule, value = asked or (None, fee.basis)
    words = rule.words if rule else "Restocking of units that were cancelled before:"
    percent = f"{fee.percent.normalize():f} %" if fee.percent is not None else ""
    words = f"{words} {percent} of {display(value, judge.order.currency)}."
    if rule:
        judge.rule("restocking fee", rule.id, "fee", words)
    return PlannedFee(code=CODE, amount=added, because=words, rule=fee.rule)


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
        and not rule.spares(judge.reason_code, judge.fault)
        and rule.only.admits_product(units.sku)
        and holds(rule.when, {**judge.whose, "sku": units.sku, "stage": units.stage}, unanswered=False)
    )


def _spares(fee: Fee, judge: Judge) -> bool:
    """Tells if a change that cancels nothing under the fee's rule makes up for nothing either."""
    rule = next((rule for rule in judge.policy.cancellation.restocking if rule.id == fee.rule), None)
    return judge.fault == "merchant" or (rule is not None and rule.spares(judge.reason_code, judge.fault))


def _is_of(fee: Fee, rule: RestockingRule) -> bool:
    return (fee.code, fee.rule, fee.percent) == (CODE, rule.id, rule.percent)
