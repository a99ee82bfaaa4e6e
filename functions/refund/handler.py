"""Steps of the refund machine. What a gateway raises keeps its name: the machine retries and catches by it."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.usecases.settle_refund import NamedRefund, fail_refund, pay_refund, settle_refund


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    services = bootstrap.services()
    named = NamedRefund(refund_id=event["refund_id"], change_id=event["change_id"], order_id=event["order_id"])
    if event["step"] == "pay":
        return {"reference": pay_refund(services, bootstrap.gateways(), named)}
    if event["step"] == "settle":
        settle_refund(services, named, event["paid"]["reference"])
    elif event["step"] == "fall_out":
        fail_refund(services, named, event["error"])
    else:
        raise ValueError(f"unknown step {event['step']}")
    return {}
