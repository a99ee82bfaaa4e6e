"""Checks a term by policy: how long it has to run, and how far from today it starts."""

from datetime import date
from typing import TypeAlias

from shared.domain.policy.policy import Policy
from shared.domain.policy.subjects import Subject

Term: TypeAlias = tuple[date, date]
"""A first and a last day, both inclusive."""


def out_of_bounds(
    policy: Policy, subject: Subject, sku: str, term: Term, today: date | None, was: Term | None = None
) -> str | None:
    """Returns in plain words what policy has against a term of a product; None if nothing.

    What has run already does not count towards its length, so that it can be renewed for ever, each time for so long. A
    term that `was` before is judged only as far as it grows longer, or starts on another day; without a clock, by its
    whole length alone.
    """
    bounds = policy.prices.term_bounds_of(subject, sku)
    if bounds is None:
        return None
    days = _days(term, today)
    if days > max(bounds.longest_days, _days(was, today) if was else 0):
        return f"{sku} may run for {bounds.longest_days:,} days at most; this would be {days:,}."
    if today is None or (was and term[0] == was[0]):
        return None
    ahead = (term[0] - today).days
    if ahead > bounds.start_ahead_days:
        return f"{sku} may start {bounds.start_ahead_days:,} days after {today} at the latest, not on {term[0]}."
    if -ahead > bounds.start_back_days:
        return f"{sku} may start {bounds.start_back_days:,} days before {today} at the earliest, not on {term[0]}."
    return None


def _days(term: Term, today: date | None) -> int:
    """Returns the days that are left of a term."""
    start, end = term
    return (end - (max(start, today) if today else start)).days + 1
