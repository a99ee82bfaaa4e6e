"""Calculates with money in minor units: amounts, sharing out, and proration by periods."""

from shared.domain.money.amounts import (
    MAX_MINOR,
    allocate,
    divide,
    exponent,
    parse,
    percent_of,
    rate_of,
    rate_within,
    share,
    text,
)

__all__ = [
    "MAX_MINOR",
    "allocate",
    "divide",
    "exponent",
    "parse",
    "percent_of",
    "rate_of",
    "rate_within",
    "share",
    "text",
]
