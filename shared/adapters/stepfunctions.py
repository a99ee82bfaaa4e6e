"""Runs workflows on Step Functions: executions have telling names, and each token is answered once."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_SPENT = {"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"}


class StepFunctionsWorkflows:
    """Starts the machines with these ARNs; an ARN is empty in a function that starts no such machine."""

    def __init__(self, client: "SFNClient", *, approval: str, confirmation: str, refund: str, collection: str) -> None:
        self._client = client
        self._approval = approval
        self._confirmation = confirmation
        self._refund = refund
        self._collection = collection

    def start_approval(self, change_id: str, order_id: str, round_: int) -> None:
        self._start_round(self._approval, change_id, order_id, round_)

    def start_confirmation(self, change_id: str, order_id: str, round_: int, attempt: int = 0) -> None:
        self._start_round(self._confirmation, change_id, order_id, round_, attempt)

    def start_collection(self, change_id: str, order_id: str, round_: int, attempt: int = 0) -> None:
        self._start_round(self._collection, change_id, order_id, round_, attempt)

    def start_refund(self, refund_id: str, change_id: str, order_id: str, payment_id: str) -> None:
        given = {"refund_id": refund_id, "change_id": change_id, "order_id": order_id, "payment_id": payment_id}
        self._start(self._refund, refund_id, given)

    def start_question(self, refund_id: str, change_id: str, order_id: str, payment_id: str, number: int) -> None:
        given = {"refund_id": refund_id, "change_id": change_id, "order_id": order_id, "payment_id": payment_id}
        self._start(self._refund, f"{refund_id}-ask-{number}", given | {"ask": number})

    def start_letter(self, change_id: str, order_id: str, attempt: int = 0) -> None:
        given = {"change_id": change_id, "order_id": order_id}
        self._start(self._refund, f"{change_id}-letter{_further(attempt)}", given)

    def answer(self, token: str, decision: str) -> None:
        try:
            self._client.send_task_success(taskToken=token, output=json.dumps({"decision": decision}))
        except ClientError as error:
            if error.response["Error"]["Code"] not in _SPENT:
                raise

    def _start_round(self, machine: str, change_id: str, order_id: str, round_: int, attempt: int = 0) -> None:
        given = {"change_id": change_id, "order_id": order_id, "round": round_}
        self._start(machine, f"{change_id}-{round_}{_further(attempt)}", given)

    def _start(self, machine: str, name: str, given: Mapping[str, object]) -> None:
        try:
            self._client.start_execution(stateMachineArn=machine, name=name, input=json.dumps(given))
        except ClientError as error:
            if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
                raise


def _further(attempt: int) -> str:
    return f"-again-{attempt}" if attempt else ""
