"""`python -m tests.simulation soak`: as many seeds as asked for; `replay`: one seed, with its trace."""

import argparse
import sys

from tests.simulation.simulation import engine
from tests.simulation.soak import soaked
from tests.simulation.worlds import WORLDS, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    commands = parser.add_subparsers(dest="command", required=True)
    soaking = commands.add_parser("soak", help="run many seeds; ends with `N seeds, V violations`")
    soaking.add_argument("--seeds", type=int, default=20_000)
    soaking.add_argument("--first", type=int, default=0)
    replaying = commands.add_parser("replay", help="run one seed and print its trace")
    replaying.add_argument("--seed", type=int, required=True)
    replaying.add_argument("--world", choices=tuple(WORLDS))
    given = parser.parse_args()
    if given.command == "replay":
        return _replay(given.seed, given.world)
    return _soak(given.first, given.seeds)


def _replay(seed: int, world: str | None) -> int:
    with engine():
        result = run(seed, world)
    print("\n".join((*result.trace, *result.violations)))
    return 1 if result.violations else 0


def _soak(first: int, seeds: int) -> int:
    done = found = 0
    for done, broken in soaked(first, seeds):
        found += len(broken)
        for result in broken:
            print(f"seed {result.seed}: {'; '.join(result.violations)}\n  {result.replay}", flush=True)
        if done % 1000 == 0:
            print(f"… {done} seeds, {found} violations", file=sys.stderr, flush=True)
    print(f"{done} seeds, {found} violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
