"""Keeps pointers in what was sent: a caller who follows one must get somewhere (RFC 6901)."""

from dataclasses import replace

from shared.domain.refusal import Refusal, Violation, escaped
from shared.http.door.call import Call

_LISTS = frozenset({"edits", "lines", "payments", "discounts", "fees"})
"""Lists of requests: where one was not sent, a rule has found its fault in what we keep."""


def keep_in_sent(refusal: Refusal, call: Call) -> None:
    """Shortens the refusal's pointers to where the request's body ends, for a rule deep inside may have found its fault
    in what we made of it. A pointer may lead to a field that should be there and is not, in our own shape."""
    sent = call.sent
    if sent is None:
        return
    in_our_shape = call.path.get("channel", "direct") == "direct"

    def kept(found: Violation) -> str:
        steps = found.pointer.split("/")[1:]
        reached = _reached(sent, steps)
        if steps[:1] and steps[0] in {escaped(name) for name in (*call.query, *call.repeated)}:
            return found.pointer
        is_missing = found.code.startswith("missing-") or (steps[-1:] and steps[-1] not in _LISTS)
        if in_our_shape and reached == len(steps) - 1 and is_missing:
            return found.pointer
        return "".join(f"/{step}" for step in steps[:reached])

    refusal.violations = tuple(replace(each, pointer=kept(each)) for each in refusal.violations)


def _reached(value: object, steps: list[str]) -> int:
    """Returns how many of the steps, from the first on, lead somewhere in the value."""
    for number, step in enumerate(steps):
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            return number
    return len(steps)
