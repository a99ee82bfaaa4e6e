"""Runs the checks of a change as a whole: the first that denies it is a violation; others ask for approval, or warn."""

from collections.abc import Iterable

from shared.domain.planning.condition_inputs import Facts
from shared.domain.policy.conditions import holds
from shared.domain.policy.documents.checks import CheckRule, Velocity
from shared.domain.policy.evaluation import Judge
from shared.domain.policy.scope import by_rank
from shared.domain.refusal import Violation


def failed_checks(judge: Judge, facts: Facts) -> tuple[tuple[Violation, ...], tuple[str, ...]]:
    """Returns what forbids the change, and the warnings; approvals are asked for on the judge."""
    violations: list[Violation] = []
    warnings: list[str] = []
    for rule in _that_hold(judge, facts):
        judge.rule("check", rule.id, rule.outcome, rule.words)
        if rule.outcome == "deny":
            violations.append(Violation(rule.code, rule.words))
        elif rule.outcome == "approve":
            judge.ask(rule.words, rule.id, rule.approvers)
        else:
            warnings.append(rule.words)
    return tuple(violations), tuple(warnings)


def _that_hold(judge: Judge, facts: Facts) -> Iterable[CheckRule | Velocity]:
    yield from _conditions_that_hold(judge, facts)
    if facts.refunded:
        yield from _passed(judge, facts)


def _passed(judge: Judge, facts: Facts) -> Iterable[Velocity]:
    for rule in by_rank(judge.policy.checks.velocity, facts.subject):
        if rule.passed(facts.role, facts.sums.of(rule.per) + facts.refunded, facts.currency):
            yield rule


def _conditions_that_hold(judge: Judge, facts: Facts) -> Iterable[CheckRule]:
    for rule in by_rank(judge.policy.checks.rules, facts.subject):
        if rule.only.products and not facts.skus & set(rule.only.products):
            continue
        if holds(rule.when, facts.values):
            yield rule
