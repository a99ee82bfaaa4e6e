"""Does the steps of the collection machine: looks after a change that waits for a payment, has its link made, and
closes the link. An error that a gateway raises keeps its name: the machine retries and catches by it."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.ports.outcomes import failure_of
from shared.usecases.collecting.lapse_collection import lapse_collection
from shared.usecases.collecting.payment_links import CollectionAddress, close_link, give_up, make_link
from shared.usecases.core.wait_result import Over

Given = dict[str, Any]


def handler(event: Given, context: LambdaContext) -> Given:
    step = _STEPS.get(event["step"])
    if step is None:
        raise ValueError(f"unknown step {event['step']}")
    return step(event)


def _look(event: Given) -> Given:
    """Returns what the machine goes on by, and what an operator reads in its console."""
    found = lapse_collection(bootstrap.services(), bootstrap.gateways(), event["change_id"], event["round"])
    if isinstance(found, Over):
        words = f"This payment is waited for no more: {found.decision}."
        return {"waits": False, "seconds": 0, "words": words, "decision": found.decision}
    words = f"Waits for the customer to pay by the link. Without that it expires at {found.until:%Y-%m-%d %H:%M} UTC."
    return {"waits": True, "seconds": found.seconds, "words": words, "decision": "none"}


def _make(event: Given) -> Given:
    make_link(bootstrap.services(), bootstrap.gateways(), _address(event))
    return {}


def _close(event: Given) -> Given:
    close_link(bootstrap.services(), bootstrap.gateways(), _address(event))
    return {}


def _give_up(event: Given) -> Given:
    give_up(bootstrap.services(), _address(event), failure_of(event["failure"]))
    return {}


_STEPS: dict[str, Callable[[Given], Given]] = {"look": _look, "make": _make, "close": _close, "give_up": _give_up}


def _address(event: Given) -> CollectionAddress:
    return CollectionAddress(change_id=event["change_id"], order_id=event["order_id"], round=event["round"])
