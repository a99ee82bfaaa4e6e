"""Seeds through all worlds: eight clients, faults at every call, every invariant afterwards. `make soak` runs more."""

import pytest

from tests.simulation.worlds import WORLDS, run, world_of
from tests.support.effort import times

SEEDS = times(300, 24)
CHUNK = 25


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_no_seed_breaks_an_invariant(first: int) -> None:
    results = [run(seed) for seed in range(first, min(first + CHUNK, SEEDS))]
    broken = [f"{result.violations}\n{result.replay}" for result in results if result.violations]
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("seed", range(3))
def test_the_same_seed_gives_the_same_trace(seed: int) -> None:
    assert run(seed, "rough").trace == run(seed, "rough").trace


def test_seeds_take_turns_among_the_worlds() -> None:
    assert {world_of(seed) for seed in range(len(WORLDS))} == set(WORLDS)
