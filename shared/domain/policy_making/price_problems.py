"""Checks the documents of prices and taxes beyond their types."""

from collections.abc import Sequence

from shared.domain.policy.documents.prices import PriceBounds, TermBounds
from shared.domain.policy.policy import Policy
from shared.domain.policy_making.findings import Found, bad_percent, overlaps, rules_problems
from shared.domain.policy_making.vocabulary import OF_A_CHANGE
from shared.domain.refusal import Violation

LONGEST_TERM = 36_525
"""Days, a century: what bounds nothing is no bound."""


def price_problems(policy: Policy) -> Found:
    """Yields the problems of bounds, margin floors and terms."""
    prices = policy.prices
    yield from bounds_problems(prices.bounds)
    if not any(bounds.only.rank == 0 for bounds in prices.bounds):
        yield Violation("contradicts-itself", "Some bounds must be for every price.", "/bounds")
    yield from rules_problems(prices.margin_floors, "/margin_floors", OF_A_CHANGE)
    yield from overlaps(prices.margin_floors, "/margin_floors")
    for index, floor in enumerate(prices.margin_floors):
        yield from bad_percent(floor.percent, -100, 100, f"/margin_floors/{index}/percent")
    yield from _terms(prices.terms)


def bounds_problems(rules: Sequence[PriceBounds]) -> Found:
    """Yields the problems of bounds of prices, be they of goods or of shipping."""
    yield from rules_problems(rules, "/bounds", OF_A_CHANGE)
    yield from overlaps(rules, "/bounds")
    for index, bounds in enumerate(rules):
        yield from bad_percent(bounds.floor_percent, 0, 100, f"/bounds/{index}/floor_percent")
        yield from bad_percent(bounds.ceiling_percent, 100, 10_000, f"/bounds/{index}/ceiling_percent")


def _terms(terms: Sequence[TermBounds]) -> Found:
    yield from rules_problems(terms, "/terms", OF_A_CHANGE)
    yield from overlaps(terms, "/terms")
    for index, each in enumerate(terms):
        for name, least in (("longest_days", 1), ("start_ahead_days", 0), ("start_back_days", 0)):
            if not least <= getattr(each, name) <= LONGEST_TERM:
                words = f"Between {least} and {LONGEST_TERM:,} days."
                yield Violation("out-of-range", words, f"/terms/{index}/{name}")


def tax_problems(policy: Policy) -> Found:
    """Yields the problems of rates and exemptions."""
    seen = [(rule.jurisdiction, rule.category, rule.name) for rule in policy.taxes.rates]
    for index, rule in enumerate(policy.taxes.rates):
        if not 0 <= rule.rate <= 1:
            yield Violation("out-of-range", "A rate is a fraction: 0.19 for 19 per cent.", f"/rates/{index}/rate")
        if seen.index(seen[index]) != index:
            words = f"{rule.name} of {rule.jurisdiction} stands here twice."
            yield Violation("overlapping-rules", words, f"/rates/{index}")
        if rule.jurisdiction in policy.taxes.untaxed_jurisdictions:
            words = f"{rule.jurisdiction} is listed as untaxed too."
            yield Violation("contradicts-itself", words, f"/rates/{index}/jurisdiction")
    yield from _exemptions(policy)


def _exemptions(policy: Policy) -> Found:
    decided: set[tuple[str, str]] = set()
    for index, rule in enumerate(policy.taxes.exemptions):
        cases = {(rule.jurisdiction, kind) for kind in rule.kinds}
        if cases <= decided:
            yield Violation("overlapping-rules", "Earlier rules decide all of it.", f"/exemptions/{index}")
        decided |= cases
