"""`python -m tests.sabotage`: every guard removed in turn; ends with `N guards, U unnoticed`, and fails if any is."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from tests.sabotage.bench import Bench, Outcome, bench
from tests.sabotage.guard import Guard
from tests.sabotage.guards import all_guards
from tests.sabotage.witnesses import remember, witnesses


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sabotage")
    parser.add_argument("only", nargs="*", help="parts of names; without any, all guards")
    parser.add_argument("--search", action="store_true", help="ask all tests, not first the one that noticed last")
    parser.add_argument("--remember", action="store_true", help="keep which test noticed in witnesses.json")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    guards = [each for each in all_guards() if not given.only or any(part in each.name for part in given.only)]
    outcomes = []
    with bench(given.jobs) as place:
        known = {} if given.search else _known(place, guards)
        if known and (failing := place.failing(*sorted(set(known.values())))):
            print(f"a test that should notice fails on the code as it is: mend that first\n  {failing}")
            return 1
        for outcome in _tried(place, guards, known, given.jobs):
            print(_told(outcome), flush=True)
            outcomes.append(outcome)
    if given.remember:
        remember({each.guard.name: each.test for each in outcomes if each.test}, {each.name for each in all_guards()})
    return _summed_up(outcomes)


def _known(place: Bench, guards: Sequence[Guard]) -> dict[str, str]:
    """The witness of each guard, where there is one still. All tests are searched for another where it is gone."""
    named = {each.name: test for each in guards if (test := witnesses().get(each.name)) and not each.redundant}
    there = place.existing(named.values())
    for guard, test in named.items():
        if test not in there:
            print(f"searching  {guard}\n           its witness is gone: {test}", flush=True)
    return {guard: test for guard, test in named.items() if test in there}


def _tried(place: Bench, guards: Sequence[Guard], known: dict[str, str], jobs: int) -> Iterator[Outcome]:
    """Asks the witnesses of all guards, which is quick, and then searches for those that none of them noticed."""
    left = []
    with ThreadPoolExecutor(jobs) as pool:
        asked = [pool.submit(place.tried, each, known.get(each.name), searching=False) for each in guards]
        for outcome in (each.result() for each in as_completed(asked)):
            if outcome.test or outcome.guard.redundant:
                yield outcome
            else:
                left.append(outcome.guard)
        print(f"{len(guards) - len(left)} are settled; searching all tests for {len(left)}", flush=True)
        for done in as_completed([pool.submit(place.tried, each) for each in left]):
            yield done.result()


def _summed_up(outcomes: Sequence[Outcome]) -> int:
    in_depth = sum(bool(each.guard.redundant) for each in outcomes)
    unnoticed = sum(not each.test and not each.guard.redundant for each in outcomes)
    print(f"{in_depth} more in depth, whose absence nothing can show")
    print(f"{len(outcomes) - in_depth} guards, {unnoticed} unnoticed")
    return 1 if unnoticed else 0


def _told(outcome: Outcome) -> str:
    if outcome.test:
        return f"noticed    {outcome.guard.name}\n           {outcome.test}"
    if outcome.guard.redundant:
        return f"in depth   {outcome.guard.name}\n           {outcome.guard.redundant}"
    doubts = "".join(f"\n           unfair: {doubt}" for doubt in outcome.doubts)
    return f"UNNOTICED  {outcome.guard.name} ({outcome.guard.path}){doubts}"


if __name__ == "__main__":
    sys.exit(main())
