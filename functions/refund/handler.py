"""Does the steps of the refund machine. An error that a gateway raises keeps its name: the machine retries and catches
by it."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.ports.gateways import GatewayRefund
from shared.ports.outcomes import failure_of
from shared.ports.services import Services
from shared.usecases.refunding.ask_again import ask_again
from shared.usecases.refunding.pay_refund import look_for_refund, pay_refund
from shared.usecases.refunding.settle_refund import RefundAddress, fail_refund, leave_unknown, settle_refund
from shared.usecases.refunding.take_callback import await_report


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    services = bootstrap.services()
    address = RefundAddress(refund_id=event["refund_id"], change_id=event["change_id"], order_id=event["order_id"])
    match event["step"]:
        case "pay":
            again = event.get("attempt", 0) > 0
            return _told(pay_refund(services, bootstrap.gateways(), address, again=again))
        case "look":
            return _told(look_for_refund(services, bootstrap.gateways(), address))
        case "ask":
            return {"status": ask_again(services, bootstrap.gateways(), address).status}
        case "wait":
            await_report(services, bootstrap.workflows(), address, event["task_token"])
        case "settle":
            _settle(services, address, event["paid"])
        case "fall_out":
            _fall_out(services, address, event.get("failure") or {"Error": event["error"]})
        case step:
            raise ValueError(f"unknown step {step}")
    return {}


def _settle(services: Services, address: RefundAddress, paid: dict[str, Any]) -> None:
    """Books a settled refund. An execution that began under the machine's first definition comes here also with a
    refund that is only under way: the gateway's report books that one. Its `fall_out` brings the name of an `error`
    alone."""
    if paid.get("status") != "pending":
        settle_refund(services, address, paid["reference"])


def _told(said: GatewayRefund) -> dict[str, Any]:
    return {"reference": said.reference, "status": said.status}


def _fall_out(services: Services, address: RefundAddress, caught: dict[str, Any]) -> None:
    """Books what the gateway declined as failed. Whatever else the machine has caught leaves open what happened."""
    failure = failure_of(caught)
    book = fail_refund if failure.outcome == "declined" else leave_unknown
    book(services, address, failure.words)
