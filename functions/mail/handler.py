"""Does the letter steps of the confirmation, collection and refund machines: asks the customer, reminds them, sends
them a payment link, tells them of a refund or, where none follows, of a cancellation."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from shared import bootstrap
from shared.usecases.cancelling.tell_cancelled import tell_cancelled
from shared.usecases.collecting.ask_to_pay import ask_to_pay
from shared.usecases.collecting.payment_links import CollectionAddress
from shared.usecases.confirming.ask_customer import Post, WaitingExecution, ask_customer, remind_customer
from shared.usecases.refunding.settle_refund import RefundAddress
from shared.usecases.refunding.tell_refunded import tell_refunded


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    services, step = bootstrap.services(), event["step"]
    if step == "ask":
        ask_customer(services, bootstrap.workflows(), _post(), _wait(event))
    elif step == "remind":
        remind_customer(services, bootstrap.workflows(), _post(), _wait(event))
    elif step == "pay":
        ask_to_pay(services, bootstrap.workflows(), bootstrap.mail(), _payment(event), event["task_token"])
    elif step == "tell":
        address = RefundAddress(refund_id=event["refund_id"], change_id=event["change_id"], order_id=event["order_id"])
        tell_refunded(services, bootstrap.mail(), address)
    elif step == "tell_cancelled":
        tell_cancelled(services, bootstrap.mail(), event["change_id"], event["order_id"])
    else:
        raise ValueError(f"unknown step {step}")
    return {}


def _post() -> Post:
    return Post(mail=bootstrap.mail(), links=bootstrap.links(), base_url=bootstrap.portal_url())


def _payment(event: dict[str, Any]) -> CollectionAddress:
    return CollectionAddress(change_id=event["change_id"], order_id=event["order_id"], round=event["round"])


def _wait(event: dict[str, Any]) -> WaitingExecution:
    return WaitingExecution(change_id=event["change_id"], round=event["round"], token=event["task_token"])
