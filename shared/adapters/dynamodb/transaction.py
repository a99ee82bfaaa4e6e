"""One TransactWriteItems: everything of a write, or nothing, and what a cancellation means."""

import uuid
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared.adapters.dynamodb.items import Item, value
from shared.ports.requests import RequestKnown
from shared.ports.stores import Conflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MAX_ITEMS = 100
"""DynamoDB's limit on one transaction."""

_BUSY = {
    "TransactionConflict",
    "TransactionConflictException",
    "TransactionInProgressException",
    "ThrottlingError",
    "ThrottlingException",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
}


class Transaction:
    """Collects conditional writes; `REQUEST` marks the one whose failure means that the request is known."""

    REQUEST = "request"

    def __init__(self) -> None:
        self._actions: list[Any] = []
        self._labels: list[str] = []

    def __len__(self) -> int:
        return len(self._actions)

    def put(self, label: str, table: str, row: Item, condition: str | None = None, **given: Any) -> None:
        """Put a row, under a condition on what stands there; `given` are the condition's `:values`."""
        action: dict[str, Any] = {"TableName": table, "Item": row}
        self._add("Put", label, action, condition, given)

    def update(
        self, label: str, table: str, key: Item, expression: str, condition: str | None = None, **given: Any
    ) -> None:
        action: dict[str, Any] = {"TableName": table, "Key": key, "UpdateExpression": expression}
        self._add("Update", label, action, condition, given)

    def delete(self, label: str, table: str, key: Item, condition: str | None = None, **given: Any) -> None:
        self._add("Delete", label, {"TableName": table, "Key": key}, condition, given)

    def check(self, label: str, table: str, key: Item, condition: str, **given: Any) -> None:
        """Let everything else happen only if this holds."""
        self._add("ConditionCheck", label, {"TableName": table, "Key": key}, condition, given)

    def name(self, placeholder: str, name: str) -> None:
        """Give the last action an attribute name that cannot stand in an expression."""
        action = next(iter(self._actions[-1].values()))
        action.setdefault("ExpressionAttributeNames", {})[placeholder] = name

    def _add(self, kind: str, label: str, action: dict[str, Any], condition: str | None, given: dict[str, Any]) -> None:
        if condition:
            action["ConditionExpression"] = condition
        if given:
            action["ExpressionAttributeValues"] = {f":{name}": value(each) for name, each in given.items()}
        self._actions.append({kind: action})
        self._labels.append(label)

    def run(self, client: "DynamoDBClient") -> None:
        """Write all of it. A token of its own makes the SDK's retries of this call one call.

        Raises:
            RequestKnown: the request's row stands already.
            Conflict: another condition failed, or the store was busy; nothing is written.
        """
        try:
            client.transact_write_items(TransactItems=self._actions, ClientRequestToken=str(uuid.uuid4()))
        except ClientError as error:
            raise self._meaning(error) from error

    def _meaning(self, error: ClientError) -> Exception:
        code = error.response["Error"]["Code"]
        if code in _BUSY:
            return Conflict(code)
        if code != "TransactionCanceledException":
            return error
        reasons = [reason.get("Code", "None") for reason in error.response.get("CancellationReasons", [])]
        failed = {label: reason for label, reason in zip(self._labels, reasons, strict=False) if reason != "None"}
        if failed.get(self.REQUEST) == "ConditionalCheckFailed":
            return RequestKnown()
        lost = "ConditionalCheckFailed" in failed.values()
        if failed and all(reason == "ConditionalCheckFailed" or reason in _BUSY for reason in failed.values()):
            return Conflict(", ".join(sorted(failed)), lost=lost)
        return error
