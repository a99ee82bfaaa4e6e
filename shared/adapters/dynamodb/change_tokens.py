"""Keeps the task tokens of executions that wait on a change or a refund, and notes which letters went out."""

from typing import TYPE_CHECKING

from shared.adapters.dynamodb.change_rows import RECORD, key_of
from shared.adapters.dynamodb.items import item, values
from shared.adapters.dynamodb.transaction import Transaction
from shared.domain.change.states import ChangeStatus
from shared.ports.stores import Conflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoTokens:
    """Rows of the changes table beside a change's record."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def keep_token(self, change_id: str, round_: int, token: str) -> bool:
        waiting = Transaction()
        waiting.check(
            "change",
            self._table,
            key_of(change_id, RECORD),
            "#status IN (:approval, :confirmation, :payment) AND #round = :round",
            approval=ChangeStatus.PENDING_APPROVAL,
            confirmation=ChangeStatus.PENDING_CONFIRMATION,
            payment=ChangeStatus.PENDING_PAYMENT,
            round=round_,
        )
        waiting.name("#status", "status")
        waiting.name("#round", "round")
        waiting.put("token", self._table, key_of(change_id, _token_part(round_)) | item({"token": token}))
        try:
            waiting.run(self._client)
        except Conflict as conflict:
            if not conflict.lost:
                raise
            return False
        return True

    def token(self, change_id: str, round_: int) -> str | None:
        reply = self._client.get_item(
            TableName=self._table, Key=key_of(change_id, _token_part(round_)), ConsistentRead=True
        )
        return str(values(reply["Item"])["token"]) if "Item" in reply else None

    def keep_refund_token(self, change_id: str, refund_id: str, token: str) -> None:
        self._client.put_item(
            TableName=self._table, Item=key_of(change_id, _refund_token_part(refund_id)) | item({"token": token})
        )

    def refund_token(self, change_id: str, refund_id: str) -> str | None:
        reply = self._client.get_item(
            TableName=self._table, Key=key_of(change_id, _refund_token_part(refund_id)), ConsistentRead=True
        )
        return str(values(reply["Item"])["token"]) if "Item" in reply else None

    def mailed(self, change_id: str, occasion: str) -> bool:
        key = key_of(change_id, _mail_part(occasion))
        return "Item" in self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)

    def keep_mailed(self, change_id: str, occasion: str) -> None:
        self._client.put_item(TableName=self._table, Item=key_of(change_id, _mail_part(occasion)))


def _token_part(round_: int) -> str:
    return f"TOKEN#{round_:04}"


def _refund_token_part(refund_id: str) -> str:
    return f"TOKEN#{refund_id}"


def _mail_part(occasion: str) -> str:
    return f"MAIL#{occasion}"
