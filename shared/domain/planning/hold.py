"""Holds the stock that a change may hold while it waits."""

from collections.abc import Mapping
from typing import NamedTuple

from shared.domain.policy.subjects import Wait


class Hold(NamedTuple):
    """Holds so many units by SKU, for so many seconds; None is as long as the change waits."""

    units: dict[str, int]
    seconds: int | None = None


Holds = Mapping[Wait, Hold]
"""Rules say what is held during a wait; during a wait without a rule it is all that the change takes."""
