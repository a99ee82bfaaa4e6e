"""Does the steps of the approval and confirmation machines: looks after a change that waits, and asks for a
decision."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.usecases.approving.ask_for_decision import ask_for_decision
from shared.usecases.approving.lapse_approval import Waiting, lapse_approval
from shared.usecases.confirming.lapse_confirmation import Silent, lapse_confirmation
from shared.usecases.core.wait_result import Over

Given = dict[str, Any]


def handler(event: Given, context: LambdaContext) -> Given:
    step = _STEPS.get(event["step"])
    if step is None:
        raise ValueError(f"unknown step {event['step']}")
    return step(event)


def _look(event: Given) -> Given:
    """Returns what the machine goes on by, and what an operator reads in its console."""
    found = lapse_approval(bootstrap.services(), event["change_id"], event["round"])
    if isinstance(found, Over):
        words = f"This approval is waited for no more: {found.decision}."
        return {"waits": False, "seconds": 0, "words": words, "decision": found.decision}
    return {"waits": True, "seconds": found.seconds, "words": _words(found), "decision": "none"}


def _ask(event: Given) -> Given:
    services, workflows = bootstrap.services(), bootstrap.workflows()
    ask_for_decision(services.changes, workflows, event["change_id"], event["round"], event["task_token"])
    return {}


def _look_for_answer(event: Given) -> Given:
    """Returns the same for a confirmation, with the letter that the customer is to get."""
    found = lapse_confirmation(bootstrap.services(), event["change_id"], event["round"])
    if isinstance(found, Over):
        words = f"This confirmation is waited for no more: {found.decision}."
        return {"waits": False, "seconds": 0, "letter": "none", "words": words, "decision": found.decision}
    words = _words_of_silence(found)
    return {"waits": True, "seconds": found.seconds, "letter": found.letter, "words": words, "decision": "none"}


_STEPS: dict[str, Callable[[Given], Given]] = {"look": _look, "ask": _ask, "look_for_answer": _look_for_answer}


def _words(waiting: Waiting) -> str:
    return (
        f"Waits for a {waiting.role} to decide. If nobody has by {waiting.until:%Y-%m-%d %H:%M} UTC, they are "
        "reminded, the next level is asked, or the change expires, as policy says."
    )


def _words_of_silence(silent: Silent) -> str:
    done = "has been reminded" if silent.letter == "remind" else "has been asked"
    return (
        f"Waits for the customer, who {done}. If they have not answered by {silent.until:%Y-%m-%d %H:%M} UTC, they are "
        "reminded, or the change expires, as policy says."
    )
