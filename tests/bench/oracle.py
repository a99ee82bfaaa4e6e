"""The oracle in full: 20,000 random histories, each planned by the planner and worked out by the oracle."""

import time
from multiprocessing import Pool
from typing import Any

from tests.oracle.histories import history

HISTORIES = 20_000


def oracle() -> dict[str, Any]:
    """Counts the histories and changes that were compared, and lists the seeds in which some figure differs."""
    began = time.perf_counter()
    with Pool() as pool:
        found = pool.map(_tried, range(HISTORIES), chunksize=250)
    seeds = [seed for seed, (_, differs) in enumerate(found) if differs]
    return {
        "histories": HISTORIES,
        "changes": sum(changes for changes, _ in found),
        "differences": len(seeds),
        "seeds": seeds[:100],
        "seconds": round(time.perf_counter() - began, 1),
    }


def _tried(seed: int) -> tuple[int, bool]:
    found = history(seed)
    return len(found.steps) - 1, bool(found.differences)
