"""Parses, writes, rounds (half-up) and shares out (largest remainder) money in whole minor units.

Amounts are `int` minor units everywhere inside (ISO 4217 exponents: USD 2, JPY 0, KWD 3) and decimal strings with their
currency outside. No float ever touches them.
"""

import re
from collections.abc import Sequence
from decimal import Decimal, localcontext
from functools import cache, lru_cache

from iso4217 import Currency

from shared.domain.refusal import Refusal

MAX_MINOR = 10**18
"""No single amount may reach this: sums of 100,000 lines still fit the 38 digits of a DynamoDB number."""

_CODE = re.compile(r"[A-Za-z]{3}")
"""A refusal quotes only texts that look like a code, because any other text may be somebody's name."""
_AMOUNT = re.compile(r"-?\d{1,19}(\.\d{1,19})?", re.ASCII)


@cache
def exponent(currency: str) -> int:
    """Returns the number of digits after the point in `currency` (ISO 4217).

    Raises:
        Refusal: `unknown-currency`, if ISO 4217 has no such code or gives it no minor unit.
    """
    try:
        digits = Currency(currency).exponent
    except ValueError:
        digits = None
    if digits is None:
        shown = f"'{currency}'" if _CODE.fullmatch(currency) else "This"
        raise Refusal("unknown-currency", f"{shown} is not a currency of ISO 4217 that has minor units.")
    return digits


def parse(amount: str, currency: str, *, spare_zeros: bool = False) -> int:
    """Returns the minor units of a decimal string such as "12.34" or "12.3".

    `spare_zeros` also takes zeros beyond the currency's decimals ("1000.00" JPY), as shop systems send them.

    Raises:
        Refusal: `malformed-amount`, `unknown-currency`, `amount-too-precise` or `amount-too-large`.
    """
    if not _AMOUNT.fullmatch(amount):
        raise Refusal("malformed-amount", 'This is not a decimal amount such as "12.34".')
    digits = exponent(currency)
    with localcontext(prec=60):
        number = Decimal(amount)
        minor = number.scaleb(digits)
        if minor != minor.to_integral_value() or (_scale(number) > digits and not spare_zeros):
            raise Refusal("amount-too-precise", f"{currency} has {digits} decimals; '{amount}' has more.")
        if abs(minor) >= MAX_MINOR:
            raise Refusal("amount-too-large", f"'{amount}' is larger than any order may be.")
        return int(minor)


def text(minor: int, currency: str) -> str:
    """Returns the decimal string of minor units: `text(-1234, "USD") == "-12.34"`, `text(5, "JPY") == "5"`."""
    digits = exponent(currency)
    if digits == 0:
        return str(minor)
    sign, digits_of = ("-" if minor < 0 else ""), str(abs(minor)).rjust(digits + 1, "0")
    return f"{sign}{digits_of[:-digits]}.{digits_of[-digits:]}"


def divide(numerator: int, denominator: int) -> int:
    """Returns `numerator / denominator` rounded half-up (halves go away from zero), exact for any size."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    quotient, remainder = divmod(abs(numerator), denominator)
    quotient += 2 * remainder >= denominator
    return quotient if numerator >= 0 else -quotient


def percent_of(minor: int, percent: Decimal) -> int:
    """Returns `percent` per cent of an amount, half-up: `percent_of(3000, Decimal("10")) == 300`."""
    return _times(minor, percent, 100)


def rate_of(minor: int, rate: Decimal) -> int:
    """Returns a rate such as 0.20 of an amount, half-up: the tax that is added to a price."""
    return _times(minor, rate, 1)


def rate_within(minor: int, rate: Decimal, all_rates: Decimal) -> int:
    """Returns the part of a tax-inclusive amount that is tax at `rate`, where `all_rates` apply together, half-up."""
    scale = max(_scale(rate), _scale(all_rates))
    unit = 10**scale
    return divide(minor * int(rate * unit), unit + int(all_rates * unit))


def share(amount: int, part: int, whole: int) -> int:
    """Returns the share of `amount` that `part` of `whole` units carry, half-up; all of it when part = whole.

    It depends on the units left alone, so that cancelling one by one ends exactly where cancelling together ends
    (DESIGN.md, "Money").
    """
    return amount if part == whole else divide(amount * part, whole)


def allocate(amount: int, weights: Sequence[int]) -> list[int]:
    """Shares `amount` out by `weights`: largest remainder, ties to the first, zero weights get nothing.

    The parts always sum to `amount`, which may be negative. With no positive weight at all nothing can be shared: all
    parts are 0 if the amount is 0.

    Raises:
        ValueError: if a weight is negative, or the amount is not 0 and no weight is positive.
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("weights must not be negative")
    total = sum(weights)
    if total == 0:
        if amount:
            raise ValueError("an amount cannot be shared out among nobody")
        return [0] * len(weights)
    sign, size = (-1 if amount < 0 else 1), abs(amount)
    parts = [size * weight // total for weight in weights]
    by_remainder = sorted(
        (index for index, weight in enumerate(weights) if weight),
        key=lambda index: -(size * weights[index] % total),
    )
    for index in by_remainder[: size - sum(parts)]:
        parts[index] += 1
    return [sign * part for part in parts]


def _times(minor: int, factor: Decimal, per: int) -> int:
    times, unit = _ratio(factor)
    return divide(minor * times, per * unit)


@lru_cache(maxsize=1024)
def _ratio(factor: Decimal) -> tuple[int, int]:
    """Returns a decimal factor as two whole numbers; cached, because the same few rates and percentages come again and
    again."""
    scale = _scale(factor)
    return int(factor.scaleb(scale)), 10**scale


def _scale(number: Decimal) -> int:
    exponent_ = number.as_tuple().exponent
    return max(0, -exponent_) if isinstance(exponent_, int) else 0
