"""`make smoke API=… TOKENS=… [STACK=…] [MAIL_TO=…]`: prints a line for each promise, and fails if one is not kept.

`USAGE_SECONDS` bounds the wait for the usage plans' counts (600).
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from infra.smoke.api import Api
from infra.smoke.walk import NotAsPromised, Walk

Step = tuple[str, Callable[[], str]]


def steps(walk: Walk, stack: str) -> list[Step]:
    """Returns the promises in the order in which they are tried; those of a stack's inside only if it is named."""
    walked: list[Step] = [
        ("says where it is", walk.says_where_it_is),
        ("keeps its door", walk.keeps_its_door),
        ("takes an order", walk.takes_an_order),
        ("amends at once", walk.amends_at_once),
        ("asks, and hears a stand-in", walk.asks_and_hears_a_stand_in),
        ("holds the log fast", walk.is_held_fast),
    ]
    return walked + (_inside(walk, stack) if stack else [])


def _inside(walk: Walk, name: str) -> list[Step]:
    from infra.smoke.aws import Stack

    stack = Stack(name, walk.api, usage_seconds=float(os.environ.get("USAGE_SECONDS", "600")))
    letters: list[Step] = [("writes letters", lambda: stack.writes_letters(walk))] if walk.mail_to else []
    return [
        ("firewall", stack.stops_what_looks_like_an_attack),
        ("usage plans", stack.counts_by_usage_plans),
        ("archive", stack.archives_its_events),
        ("the log refuses writers", lambda: stack.lets_nobody_write_the_log(walk)),
        ("anchors are locked", stack.locks_its_anchors),
        *letters,
    ]


def main() -> int:
    """Tries everything that does not need what failed before; returns 1 if a promise was not kept."""
    tokens = json.loads(Path(os.environ["TOKENS"]).read_text())
    walk = Walk(Api(os.environ["API"].rstrip("/"), tokens), mail_to=os.environ.get("MAIL_TO", ""))
    failed = 0
    for name, step in steps(walk, os.environ.get("STACK", "")):
        try:
            print(f"ok      {name}: {step()}", flush=True)
        except Exception as error:  # noqa: BLE001 (AWS refuses in many ways, and the next promise is another)
            failed += 1
            print(f"FAILED  {name}: {_told(error)}", flush=True)
    return int(failed > 0)


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, NotAsPromised) else f"{type(error).__name__}: {error}"[:600]


if __name__ == "__main__":
    sys.exit(main())
