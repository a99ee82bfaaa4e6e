"""Finds mistakes that policy documents of every kind can make: a finding for each, with its place in the document."""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any, Protocol

from shared.domain import money
from shared.domain.policy.conditions import Vocabulary
from shared.domain.policy.documents.approvals import Amounts
from shared.domain.policy.policy import Policy
from shared.domain.policy.scope import Only, Scoped
from shared.domain.policy_making import try_conditions
from shared.domain.refusal import Refusal, Violation, escaped

Found = Iterator[Violation]
MAX_RULES = 500
LONGEST = 31 * 86_400
"""Seconds that anybody may be waited for: the state machines count on it."""


class Ruled(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def only(self) -> Only: ...


def rules_problems(rules: Sequence[Ruled], where: str, vocabulary: Vocabulary) -> Found:
    """Yields the mistakes that rules of every kind can make: ids used twice, conditions without a meaning, too many
    rules."""
    if len(rules) > MAX_RULES:
        yield Violation("too-many-rules", f"At most {MAX_RULES} rules.", where)
        return
    yield from duplicates([rule.id for rule in rules], where, "id")
    for index, rule in enumerate(rules):
        for problem in try_conditions.problems(getattr(rule, "when", ""), vocabulary):
            yield Violation("invalid-condition", problem, f"{where}/{index}/when")


def all_sound(rules: Sequence[Any], vocabulary: Vocabulary) -> bool:
    return not any(try_conditions.problems(rule.when, vocabulary) for rule in rules)


def duplicates(names: Sequence[str], where: str, field: str) -> Found:
    for index, name in enumerate(names):
        if not name or len(name) > 100:
            yield Violation("out-of-range", "1 to 100 characters.", f"{where}/{index}/{field}")
        elif names.index(name) != index:
            yield Violation("duplicate-id", f"'{name}' stands here twice.", f"{where}/{index}/{field}")


def overlaps(rules: Sequence[Any], where: str, alike: Callable[[Any, Any], bool] = lambda first, second: True) -> Found:
    """Yields two rules that are equally specific and mean the same cases: nobody could say which one decides."""
    for (_, first), (index, second) in combinations(enumerate(rules), 2):
        if first.only.meets(second.only) and alike(first, second):
            words = f"'{second.id}' and '{first.id}' are equally specific and mean the same; which one decides?"
            yield Violation("overlapping-rules", words, f"{where}/{index}")


def for_products(rules: Sequence[Scoped], where: str) -> Found:
    """Yields rules for some products where a rule is asked for of an order, not of its lines: it would never be
    found."""
    for index, rule in enumerate(rules):
        if rule.only.products:
            words = "This is about orders as a whole: a rule for some products would never decide."
            yield Violation("contradicts-itself", words, f"{where}/{index}/only/products")


def unknown_approvers(policy: Policy, roles: Sequence[str], where: str) -> Found:
    levels = {level.role for level in policy.approvals.levels}
    for role in roles:
        if role not in levels:
            words = f"approvals.levels doesn't say how long {role} has to decide."
            yield Violation("unknown-name", words, where)
    if len(set(roles)) != len(roles):
        yield Violation("contradicts-itself", "The same role stands here twice.", where)


def bad_amounts(amounts: Amounts, where: str) -> Found:
    for currency, amount in amounts.items():
        yield from bad_amount(amount, currency, f"{where}/{escaped(currency)}")


def bad_amount(amount: str, currency: str, where: str) -> Found:
    try:
        if money.parse(amount, currency) < 0:
            yield Violation("out-of-range", "Not below 0.", where)
    except Refusal as refusal:
        yield Violation(refusal.code, refusal.detail, where)


def bad_seconds(seconds: int, where: str) -> Found:
    if not 1 <= seconds <= LONGEST:
        yield Violation("out-of-range", "Between 1 second and 31 days.", where)


def bad_percent(percent: Any, least: int, most: int, where: str) -> Found:
    if not least <= percent <= most:
        yield Violation("out-of-range", f"Between {least} and {most} per cent.", where)
