"""Steps of the approval machine: ask for the decision, or expire what nobody decided."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.usecases.ask_for_decision import ask_for_decision
from shared.usecases.expire_changes import expire_change


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    services, change_id = bootstrap.services(), event["change_id"]
    if event["step"] == "ask":
        ask_for_decision(services.changes, bootstrap.workflows(), change_id, event["round"], event["task_token"])
    elif event["step"] == "expire":
        expire_change(services, change_id, event["round"])
    else:
        raise ValueError(f"unknown step {event['step']}")
    return {}
