"""CPU of the real handlers, with the emulator's own share taken off: parsing, planning, writing, rendering."""

import time
from collections.abc import Callable
from typing import Any

from tests.bench import orders
from tests.bench.clock import rounded, without_emulator
from tests.support.cloud import Cloud, a_cloud

RUNS = 25
SIZES = (2, 500)


def handler_cpu() -> dict[str, Any]:
    """Median ms of a call, by the order's lines; one line is changed."""
    with a_cloud() as cloud:
        orders.tracked(cloud, 1)
        return {f"{size}_lines": _measured(cloud, size) for size in SIZES}


def _measured(cloud: Cloud, size: int) -> dict[str, float]:
    """Each run amends another order of that size, so that every one is like the first."""
    edits = orders.to_quantity(1, 1)
    runs: dict[str, list[float]] = {"preview": [], "amend": [], "read": []}
    with without_emulator() as elsewhere:
        for _ in range(RUNS):
            order = orders.placed(cloud, size)
            plan = _timed(runs["preview"], elsewhere, lambda order=order: orders.previewed(cloud, order, edits))
            digest = plan.body["digest"]
            _timed(runs["amend"], elsewhere, lambda order=order, d=digest: orders.amended(cloud, order, edits, d))
            _timed(runs["read"], elsewhere, lambda order=order: orders.read(cloud, order))
    return {name: rounded(taken[2:]) for name, taken in runs.items()}


def _timed(taken: list[float], elsewhere: Callable[[], float], work: Callable[[], Any]) -> Any:
    started, before = time.process_time(), elsewhere()
    result = work()
    taken.append((time.process_time() - started) * 1000 - (elsewhere() - before))
    return result
