"""The property of partial cancellations in full: 10,000 random orders, each cancelled piece by piece and together."""

import time
from typing import Any

from tests.support.cancellations import broken, case

CASES = 10_000


def cancellation_property() -> dict[str, Any]:
    """How many orders were tried, and the seeds of those whose refunds do not add up, with the words for it."""
    began = time.perf_counter()
    found = {seed: words for seed in range(CASES) if (words := broken(case(seed)))}
    return {"orders": CASES, "wrong": len(found), "found": found, "seconds": round(time.perf_counter() - began, 1)}
