"""Finds what makes no sense of the sums of refunds that policy allows."""

from shared.domain import money
from shared.domain.policy.documents.checks import StepUp, Velocity
from shared.domain.policy.policy import Policy
from shared.domain.policy_making.findings import (
    Found,
    bad_amounts,
    bad_seconds,
    for_products,
    rules_problems,
    unknown_approvers,
)
from shared.domain.policy_making.vocabulary import OF_A_CHANGE
from shared.domain.refusal import Violation


def step_up_problems(rules: tuple[StepUp, ...]) -> Found:
    """Yields the problems of step-up rules."""
    yield from rules_problems(rules, "/step_up", OF_A_CHANGE)
    yield from for_products(rules, "/step_up")
    for index, step in enumerate(rules):
        yield from bad_amounts(step.above, f"/step_up/{index}/above")
        yield from bad_seconds(step.max_age_seconds, f"/step_up/{index}/max_age_seconds")


def velocity_problems(policy: Policy) -> Found:
    """Yields the problems of rules of velocity. One that would deny every refund must be for some roles or orders."""
    rules = policy.checks.velocity
    yield from rules_problems(rules, "/velocity", OF_A_CHANGE)
    yield from for_products(rules, "/velocity")
    for index, rule in enumerate(rules):
        amounts = list(bad_amounts(rule.above, f"/velocity/{index}/above"))
        yield from amounts
        yield from unknown_approvers(policy, rule.approvers, f"/velocity/{index}/approvers")
        if not amounts and _denies_all(rule):
            words = f"'{rule.id}' would deny every refund: name some roles or orders, or an amount for each currency."
            yield Violation("locks-everyone-out", words, f"/velocity/{index}")


def _denies_all(rule: Velocity) -> bool:
    nothing = not any(money.parse(amount, currency) for currency, amount in rule.above.items())
    return nothing and rule.outcome == "deny" and not rule.roles and rule.only.rank == 0
