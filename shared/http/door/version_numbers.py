"""Reads the number of a version, of an order or of a policy, in a path."""

import re

from shared.domain.refusal import Refusal

_NUMBER = re.compile("[1-9][0-9]{0,7}")


def version_number(given: str) -> int:
    """Returns the number; each version has one path, so its digits are plain ones, and no zero leads them.

    Raises:
        Refusal: `version-not-found`.
    """
    if not _NUMBER.fullmatch(given):
        raise Refusal("version-not-found", "Versions are numbered from 1.")
    return int(given)
