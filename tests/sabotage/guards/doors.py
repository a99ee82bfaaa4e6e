"""What is bounded at every door, and what runs by itself in bounded time and memory."""

from tests.sabotage.guard import Guard, guard

_ISOLATED = "shared/usecases/core/isolate_failures.py"

GUARDS: tuple[Guard, ...] = (
    guard("a sweep ends before its time is up", _ISOLATED, "if until.is_up:", "if False:"),
    guard(
        "a job of a sweep leaves the others their share of the time",
        "shared/usecases/core/time_left.py",
        "self.kept + left * (parts - 1) / parts",
        "self.kept",
    ),
    guard(
        "what failed keeps nothing alive",
        _ISOLATED,
        "[without_frames(error)] if len(troubles)",
        "[error] if len(troubles)",
    ),
    guard(
        "what runs by itself reads no bodies",
        "shared/adapters/dynamodb/changes.py",
        ", keys, OF_A_REFERENCE)",
        ", keys)",
    ),
)
