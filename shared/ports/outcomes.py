"""Names what is known of a call to the outside once it is over, whatever was called: a gateway, the mail, a bus."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Outcome = Literal["done", "declined", "unknown"]
"""`done`: it happened. `declined`: the other side said that it did not happen, and will not. `unknown`: nobody here can
tell, so it is asked about, and nobody is told to do it again (DESIGN.md, "Money")."""

DECLINES = frozenset({"GatewayDeclined"})
"""Names of the errors by which the other side declines. Every other error leaves open what happened."""
_OURS = DECLINES | {"GatewayUnavailable", "GatewayUnknown"}
"""Errors whose words are our own, made for operators. What others say may quote what nobody should read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Tells how a call ended that was not done, with words for an operator."""

    outcome: Literal["declined", "unknown"]
    words: str


def failure_of(caught: Mapping[str, Any]) -> Failure:
    """Returns the failure that a state machine has caught: `{Error, Cause?}` as Step Functions gives them, the cause of
    a function's error being JSON with `errorMessage`. This is the only place where an error becomes an outcome."""
    name = str(caught["Error"])
    try:
        said = json.loads(caught.get("Cause") or "{}").get("errorMessage")
    except (ValueError, AttributeError):
        said = None
    words = f"{name}: {said}" if said and name in _OURS else name
    return Failure(outcome="declined" if name in DECLINES else "unknown", words=words)
