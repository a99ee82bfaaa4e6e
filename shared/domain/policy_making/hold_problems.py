"""Finds what makes no sense of the rules for stock that changes hold while they wait."""

from shared.domain.policy.documents.holds import HoldRule
from shared.domain.policy_making.findings import (
    Found,
    bad_percent,
    bad_seconds,
    for_products,
    overlaps,
    rules_problems,
)
from shared.domain.policy_making.vocabulary import OF_A_CHANGE
from shared.domain.refusal import Violation

MOST_UNITS = 1_000_000_000


def hold_problems(rules: tuple[HoldRule, ...]) -> Found:
    """Yields the problems of rules for holds."""
    yield from rules_problems(rules, "/holds", OF_A_CHANGE)
    yield from for_products(rules, "/holds")
    yield from overlaps(rules, "/holds", _alike)
    for index, rule in enumerate(rules):
        where = f"/holds/{index}"
        yield from bad_percent(rule.share_percent, 0, 100, f"{where}/share_percent")
        for name in ("per_line", "per_order", "per_customer"):
            units = getattr(rule, name)
            if units is not None and not 0 <= units <= MOST_UNITS:
                yield Violation("out-of-range", f"Between 0 and {MOST_UNITS:,} units.", f"{where}/{name}")
        if rule.seconds is not None:
            yield from bad_seconds(rule.seconds, f"{where}/seconds")


def _alike(first: HoldRule, second: HoldRule) -> bool:
    return (first.kinds, first.roles, first.waits) == (second.kinds, second.roles, second.waits)
