"""What the environment says of how tests run.

EFFORT=0.2 gives the slow tiers a fifth of their examples, seeds and requests, EFFORT=10 ten times as many.
PATIENCE=15 gives up after 15 s on what does not happen.
"""

import os

PATIENCE_SECONDS = float(os.environ.get("PATIENCE", "120"))
"""For how long tests wait for what processes and threads do. Longer than a slow and busy machine takes for anything:
only what never happens takes so long."""

EFFORT = float(os.environ.get("EFFORT", "1"))


def times(usual: int, least: int = 1) -> int:
    """The usual number of examples, seeds or requests, as the environment scales it."""
    return max(least, round(usual * EFFORT))
