"""Checks decimals in policy documents: they are no finer and no larger than a percentage or a rate needs."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal

from shared.domain.refusal import Violation

PLACES = 8
DIGITS = 6
"""Before the point."""


def wild_decimals(node: object, pointer: str = "") -> Iterator[Violation]:
    """Yields a finding for each decimal in a document that would break arithmetic, such as 1E-9999999."""
    if isinstance(node, Decimal):
        if not _tame(node):
            words = f"At most {DIGITS} digits before the point and {PLACES} after it."
            yield Violation("out-of-range", words, pointer)
    elif is_dataclass(node):
        for field in fields(node):
            yield from wild_decimals(getattr(node, field.name), f"{pointer}/{field.name}")
    elif isinstance(node, tuple):
        for index, each in enumerate(node):
            yield from wild_decimals(each, f"{pointer}/{index}")


def _tame(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -PLACES and number.adjusted() < DIGITS
