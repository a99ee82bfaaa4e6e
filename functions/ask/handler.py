"""Steps of the approval and confirmation machines: look after an approval, ask for a decision, expire what nobody
decided."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.usecases.ask_for_decision import ask_for_decision
from shared.usecases.expire_change import expire_change
from shared.usecases.lapse_approval import Over, Waiting, lapse_approval

Given = dict[str, Any]


def handler(event: Given, context: LambdaContext) -> Given:
    step = _STEPS.get(event["step"])
    if step is None:
        raise ValueError(f"unknown step {event['step']}")
    return step(event)


def _look(event: Given) -> Given:
    """What the machine goes on by, and what an operator reads in its console."""
    found = lapse_approval(bootstrap.services(), event["change_id"], event["round"])
    if isinstance(found, Over):
        words = f"This approval is waited for no more: {found.decision}."
        return {"waits": False, "seconds": 0, "words": words, "decision": found.decision}
    return {"waits": True, "seconds": found.seconds, "words": _words(found), "decision": "none"}


def _ask(event: Given) -> Given:
    services, workflows = bootstrap.services(), bootstrap.workflows()
    ask_for_decision(services.changes, workflows, event["change_id"], event["round"], event["task_token"])
    return {}


def _expire(event: Given) -> Given:
    expire_change(bootstrap.services(), event["change_id"], event["round"])
    return {}


_STEPS: dict[str, Callable[[Given], Given]] = {"look": _look, "ask": _ask, "expire": _expire}


def _words(waiting: Waiting) -> str:
    return (
        f"Waits for a {waiting.role} to decide. If nobody has by {waiting.until:%Y-%m-%d %H:%M} UTC, they are "
        "reminded, the next level is asked, or the change expires, as policy says."
    )
