"""Finds the outside parties that must agree: the customer where policy asks for it, the carrier for goods on their
way."""

from collections.abc import Sequence

from shared.domain.planning.condition_inputs import Facts
from shared.domain.planning.plan import CancelledUnits, NeededConfirmation
from shared.domain.policy.conditions import holds
from shared.domain.policy.documents.cancellation import ConfirmationRule
from shared.domain.policy.evaluation import Judge
from shared.domain.policy.scope import by_rank
from shared.domain.policy.subjects import Extent


def needed_confirmations(
    judge: Judge, facts: Facts, cancelled: Sequence[CancelledUnits]
) -> tuple[NeededConfirmation, ...]:
    """Returns each party once, with the first reason that policy has for it. A cancellation that takes nothing, a
    goodwill credit, has no terms to agree to; of one for a reason of fraud or law the customer is not asked."""
    found: list[NeededConfirmation] = []
    asks = (cancelled or facts.kind == "amendment") and not judge.policy.reasons.guards(judge.reason_code)
    rule = _rule(judge, facts) if asks else None
    if rule is not None:
        judge.rule("confirmation", rule.id, "confirm", rule.words)
        found.append(NeededConfirmation(party="customer", because=rule.words, rule=rule.id))
    moving = sum(units.quantity for units in cancelled if units.stage == "shipped")
    if moving:
        those = "1 unit is on its way" if moving == 1 else f"{moving} units are on their way"
        words = f"{those}; the carrier must stop {'it' if moving == 1 else 'them'} first."
        found.append(NeededConfirmation(party="carrier", because=words))
    return tuple(found)


def _rule(judge: Judge, facts: Facts) -> ConfirmationRule | None:
    for rule in by_rank(judge.policy.cancellation.confirmations, facts.subject):
        extent: Extent = "whole" if facts.values["extent"] == "whole" else "partial"
        meant = not rule.only.products or bool(facts.skus & set(rule.only.products))
        if meant and rule.concerns(facts.kind, facts.role, extent) and holds(rule.when, facts.values):
            return rule
    return None
