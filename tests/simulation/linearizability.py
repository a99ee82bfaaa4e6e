"""Is there an order of the operations, each at one moment between its call and its answer, that explains all answers?

Wing and Gong's search, with states already tried remembered (Wing & Gong, "Testing and Verifying Concurrent Objects",
1993; Lowe, "Testing for linearizability", 2017). An operation without an answer may have happened at any moment after
its call, or never.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

State = Hashable
Model = Callable[[Any, "Operation"], tuple[bool, Any]]
"""From a state and an operation: whether its answer is right there, and the state that it leaves."""


@dataclass(frozen=True)
class Operation:
    """What one client asked, between which moments, and what it was answered (None: nothing)."""

    client: str
    kind: str
    asked: Hashable
    began: float
    ended: float = inf
    answer: Hashable | None = None


def linearizable(history: Sequence[Operation], start: State, model: Model) -> bool:
    """Whether some sequential order explains the history."""
    tried: set[tuple[int, State]] = set()
    everything = (1 << len(history)) - 1
    stack: list[tuple[int, State]] = [(0, start)]
    answered = sum(1 << number for number, each in enumerate(history) if each.answer is not None)
    while stack:
        done, state = stack.pop()
        if done & answered == answered:
            return True
        if (done, state) in tried:
            continue
        tried.add((done, state))
        left = [number for number in range(len(history)) if not done & (1 << number)]
        earliest = min(history[number].ended for number in left)
        for number in left:
            each = history[number]
            if each.began > earliest:
                continue  # another one was over before this one began
            right, after = model(state, each)
            if right:
                stack.append((done | 1 << number, after))
            if each.answer is None:
                stack.append((done | 1 << number, state))  # it never happened
    return everything == 0


def register(state: tuple[str, int], operation: Operation) -> tuple[bool, tuple[str, int]]:
    """One order: its ETag, and the quantity of one line. `read` answers both; `set` (ETag, quantity) answers the ETag
    that it makes, or `stale`."""
    etag = state[0]
    if operation.kind == "read":
        return operation.answer == state, state
    seen, wanted = operation.asked  # type: ignore[misc]
    if operation.answer == "stale":
        return seen != etag, state
    version = int(etag.strip('"').partition(".")[0]) + 1
    made = f'"{version}.{etag.strip(chr(34)).partition(".")[2]}"'
    fits = seen == etag and operation.answer in (None, made)
    return fits, (made, wanted)


def counter(state: int, operation: Operation) -> tuple[bool, int]:
    """One SKU: the units that are available. `buy` n answers how many were covered; `give` n returns them; `look`
    answers what is available."""
    if operation.kind == "look":
        return operation.answer == state, state
    if operation.kind == "give":
        return True, state + int(operation.asked)  # type: ignore[call-overload]
    covered = min(int(operation.asked), state)  # type: ignore[call-overload]
    return operation.answer in (None, covered), state - covered
