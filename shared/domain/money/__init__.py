"""Money in minor units: amounts, how they are shared out, and how periods prorate them."""

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
