"""Keeps delegations on DynamoDB: each stands there twice, so that both sides find it in one query.

    DELEGATED-BY#<user>  <role>             what this user has delegated: one a role
    DELEGATED-TO#<user>  <role>#<of>        what this user may do in the place of another

Both are written together, provided that the first still names who was read: else, of two who replace one delegation,
the slower would leave the other's second row behind, and somebody could decide whom nobody asked to.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from shared.adapters.dynamodb.codec import stamp
from shared.adapters.dynamodb.items import Item, item, values
from shared.adapters.dynamodb.requests import put_record
from shared.adapters.dynamodb.transaction import Transaction
from shared.domain.change.delegation import Delegation
from shared.ports.requests import RequestRecord

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BY, TO = "DELEGATED-BY#", "DELEGATED-TO#"


class DynamoDelegations:
    def __init__(self, client: "DynamoDBClient", table: str, requests: str) -> None:
        self._client = client
        self._table = table
        self._requests = requests

    def to(self, user: str) -> Sequence[Delegation]:
        return self._found(TO + user)

    def of(self, user: str) -> Sequence[Delegation]:
        return self._found(BY + user)

    def put(self, delegation: Delegation, record: RequestRecord | None = None) -> None:
        former = self._former(delegation.of, delegation.role)
        transaction, content = Transaction(), _content(delegation)
        row = _by(delegation.of, delegation.role) | content
        if former is None:
            transaction.put("delegation", self._table, row, "attribute_not_exists(version)")
        else:
            transaction.put("delegation", self._table, row, "#to = :to", to=former.to)
            transaction.name("#to", "to")
        transaction.put("stand-in", self._table, _to(delegation) | content)
        if former is not None and former.to != delegation.to:
            transaction.delete("former", self._table, _to(former))
        self._run(transaction, record)

    def remove(self, user: str, role: str, record: RequestRecord | None = None) -> None:
        former, transaction = self._former(user, role), Transaction()
        if former is not None:
            transaction.delete("delegation", self._table, _by(user, role), "#to = :to", to=former.to)
            transaction.name("#to", "to")
            transaction.delete("former", self._table, _to(former))
        self._run(transaction, record)

    def _run(self, transaction: Transaction, record: RequestRecord | None) -> None:
        if record is not None:
            put_record(transaction, self._requests, record)
        if len(transaction):
            transaction.run(self._client)

    def _former(self, user: str, role: str) -> Delegation | None:
        return next((each for each in self.of(user) if each.role == role), None)

    def _found(self, name: str) -> Sequence[Delegation]:
        reply = self._client.query(
            TableName=self._table,
            KeyConditionExpression="#name = :name",
            ExpressionAttributeNames={"#name": "name"},
            ExpressionAttributeValues=item({":name": name}),
            ConsistentRead=True,
        )
        return [_delegation(row) for row in reply["Items"]]


def check_holds(transaction: Transaction, table: str, delegation: Delegation, at: datetime) -> None:
    """Let everything else happen only if it has not been ended, given to another or moved to another time meanwhile."""
    condition = "#since <= :at AND #until > :at"
    transaction.check("delegation", table, _to(delegation), condition, at=stamp(at))
    transaction.name("#since", "since")
    transaction.name("#until", "until")


def _content(delegation: Delegation) -> Item:
    return item(
        {
            "role": delegation.role,
            "of": delegation.of,
            "to": delegation.to,
            "since": stamp(delegation.since),
            "until": stamp(delegation.until),
        }
    )


def _by(user: str, role: str) -> Item:
    return item({"name": BY + user, "version": role})


def _to(delegation: Delegation) -> Item:
    return item({"name": TO + delegation.to, "version": f"{delegation.role}#{delegation.of}"})


def _delegation(row: Item) -> Delegation:
    found = values(row)
    return Delegation(
        role=found["role"],
        of=found["of"],
        to=found["to"],
        since=datetime.fromisoformat(found["since"]),
        until=datetime.fromisoformat(found["until"]),
    )
