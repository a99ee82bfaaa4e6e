"""Finds rules that can never decide, because an earlier one always does: mostly two that contradict each other."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from shared.domain.policy.conditions import holds, variables
from shared.domain.policy.documents.eligibility import EligibilityRule
from shared.domain.policy.subjects import Value
from shared.domain.policy_making.try_conditions import ever
from shared.domain.policy_making.vocabulary import OF_AN_EDIT
from shared.domain.refusal import Violation


def unreachable(rules: Sequence[EligibilityRule]) -> Iterator[Violation]:
    """Yields a finding for each rule that another one, asked before it, leaves nothing to decide."""
    for index, rule in enumerate(rules):
        before = [other for other in rules[:index] if other.only.rank == rule.only.rank]
        hiding = next((other for other in before if _hides(other, rule)), None)
        if hiding is not None:
            words = f"'{rule.id}' can never decide: '{hiding.id}' stands before it and fits whenever it does."
            yield Violation("overlapping-rules", words, f"/rules/{index}")


def _hides(first: EligibilityRule, second: EligibilityRule) -> bool:
    if not first.covers(second):
        return False
    if not first.when or first.when == second.when:
        return True
    if not second.when or not variables(first.when) <= variables(second.when):
        return False
    example = _example(second.when)
    if example is None or not holds(first.when, example, unanswered=False):
        return False
    return all(holds(first.when, values, unanswered=False) for values in ever(second.when, OF_AN_EDIT, first.when))


@lru_cache(maxsize=1000)
def _example(source: str) -> Mapping[str, Value] | None:
    """Returns values under which the condition holds: most pairs of rules are told apart by them."""
    return next(ever(source, OF_AN_EDIT), None)
