"""Many seeds in as many processes as there are cores, each with an engine of its own."""

import multiprocessing
import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.simulation import engine
from tests.simulation.worlds import Result, run

CHUNK = 50


def _quiet() -> None:
    """A worker's functions print their metrics, as Lambda has them; nobody reads them here."""
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115 (it is as long as the process)


def soaked(first: int, seeds: int) -> Iterator[tuple[int, list[Result]]]:
    """After each chunk: how many seeds are done, and which of the chunk showed a violation (without their traces)."""
    chunks = [range(start, min(start + CHUNK, first + seeds)) for start in range(first, first + seeds, CHUNK)]
    done = 0
    # a process that dies ends the pool, and hangs nothing
    with ProcessPoolExecutor(
        os.cpu_count(), mp_context=multiprocessing.get_context("spawn"), initializer=_quiet
    ) as pool:
        for chunk, broken in zip(chunks, pool.map(_chunk, chunks), strict=True):
            done += len(chunk)
            yield done, broken


def _chunk(seeds: Iterable[int]) -> list[Result]:
    with engine():
        results = (run(seed) for seed in seeds)
        return [Result(each.seed, each.world, each.violations, ()) for each in results if each.violations]
