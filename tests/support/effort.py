"""How much the slow tiers do: EFFORT=0.2 for a fifth of their examples, seeds and requests, EFFORT=10 for ten times."""

import os

EFFORT = float(os.environ.get("EFFORT", "1"))


def times(usual: int, least: int = 1) -> int:
    """The usual number of examples, seeds or requests, as the environment scales it."""
    return max(least, round(usual * EFFORT))
