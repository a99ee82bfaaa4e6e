"""CPU time of a piece of work: the median of many runs, so that a busy machine does not count."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from statistics import median
from typing import Any
from unittest.mock import patch

from moto.core.botocore_stubber import BotocoreStubber


def cpu_ms(work: Callable[[], object], runs: int, *, warm_up: int = 3) -> float:
    """Median CPU ms of `work`, without the garbage collector's."""
    for _ in range(warm_up):
        work()
    gc.collect()
    gc.disable()
    try:
        return rounded([_once(work) for _ in range(runs)])
    finally:
        gc.enable()


def in_references(milliseconds: float) -> float:
    """The same as a multiple of `reference_ms`, which machines of any speed can be compared by."""
    return round(milliseconds / reference_ms(), 2)


@cache
def reference_ms() -> float:
    """CPU ms that this process takes for a piece of plain Python, about 1 on a quick machine."""
    return cpu_ms(lambda: sorted(str(number * number % 997) for number in range(5_000)), 50)


def rounded(milliseconds: list[float]) -> float:
    return round(median(milliseconds), 2)


@contextmanager
def without_emulator() -> Iterator[Callable[[], float]]:
    """How many CPU ms were spent inside moto so far: what AWS would have done elsewhere."""
    spent, answer = [0.0], BotocoreStubber.__call__

    def timed(stubber: BotocoreStubber, *args: Any, **kwargs: Any) -> Any:
        started = time.process_time()
        try:
            return answer(stubber, *args, **kwargs)
        finally:
            spent[0] += (time.process_time() - started) * 1000

    with patch.object(BotocoreStubber, "__call__", timed):
        yield lambda: spent[0]


def _once(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000
