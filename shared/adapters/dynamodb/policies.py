"""Policy on DynamoDB, in the rules table: a row for each version, and one row that says how all documents stand.

    <name>    <version, 8 digits>   one version, kept for good
    IN_FORCE  NOW                   the register: what is in force and what will be; written with each version

So whoever rules reads one row, however many documents there are.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from shared.adapters.dynamodb.codec import ITEM_LIMIT
from shared.adapters.dynamodb.items import Item, item, values
from shared.adapters.dynamodb.requests import put_record
from shared.adapters.dynamodb.stored.kind import Kind
from shared.adapters.dynamodb.stored.kinds import POLICY_VERSION, REGISTER
from shared.adapters.dynamodb.transaction import Transaction
from shared.adapters.policy_documents import read_document, shipped_version
from shared.domain.policy.documents.document import Document
from shared.domain.policy.documents.registry import SHIPPED, PolicyName
from shared.domain.policy.versions import PolicyVersion, Register
from shared.domain.refusal import Refusal
from shared.ports.requests import RequestRecord
from shared.ports.stores import Conflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")

REGISTER_KEY = item({"name": "IN_FORCE", "version": "NOW"})


def register_of(rows: Sequence[Item]) -> Register:
    """The register in the rows read by its key; none: all documents are as they were shipped.

    Raises:
        Unreadable, zlib.error
    """
    return REGISTER.unpack(values(rows[0])["body"]) if rows else Register()


class DynamoPolicyHistory:
    def __init__(self, client: "DynamoDBClient", table: str, requests: str) -> None:
        self._client = client
        self._table = table
        self._requests = requests

    def register(self) -> Register:
        return register_of(self._get(REGISTER_KEY))

    def version(self, name: PolicyName, version: int) -> PolicyVersion | None:
        if version == SHIPPED:
            return shipped_version(name)
        return next((_version(row) for row in self._get(_key(name, version))), None)

    def versions(self, name: PolicyName, below: int | None, limit: int) -> Sequence[PolicyVersion]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="#name = :name AND #version BETWEEN :first AND :last",
            ExpressionAttributeNames={"#name": "name", "#version": "version"},
            ExpressionAttributeValues=item(
                {":name": name, ":first": _sort(SHIPPED), ":last": _sort((below or 10**8) - 1)}
            ),
            ScanIndexForward=False,
            ConsistentRead=True,
            PaginationConfig={"MaxItems": limit, "PageSize": limit},
        )
        found = [_version(row) for page in pages for row in page["Items"]]
        whole = [*found, shipped_version(name)] if below is None or below > SHIPPED else found
        return whole[:limit]

    def write(
        self, register: Register, before: PolicyVersion | None, after: PolicyVersion, record: RequestRecord | None
    ) -> None:
        transaction = Transaction()
        self._put_version(transaction, before, after)
        self._put_register(transaction, register, register.including(after, after.written_at))
        if record is not None:
            put_record(transaction, self._requests, record)
        try:
            transaction.run(self._client)
        except Conflict:
            if self.version(after.name, after.version) != after:  # else it was ours, and only its answer was lost
                raise

    def read(self, name: PolicyName, text: str | None) -> Document:
        return read_document(name, text)

    def _put_version(self, transaction: Transaction, before: PolicyVersion | None, after: PolicyVersion) -> None:
        """Once, and again when it is decided, by somebody else than who proposed it, or withdrawn, by anybody."""
        if before is None:
            transaction.put("version", self._table, _row(after), "attribute_not_exists(version)")
            return
        condition, given = "#status = :was", {"was": str(before.status)}
        if after.status != "withdrawn":
            condition += " AND proposed_by <> :decider"
            given |= {"decider": str(after.decided_by)}
        transaction.put("version", self._table, _row(after), condition, **given)
        transaction.name("#status", "status")

    def _put_register(self, transaction: Transaction, before: Register, after: Register) -> None:
        row = REGISTER_KEY | item({"revision": after.revision, "body": _fitting(REGISTER, after)})
        if before.revision:
            transaction.put("register", self._table, row, "revision = :revision", revision=before.revision)
        else:
            transaction.put("register", self._table, row, "attribute_not_exists(revision)")

    def _get(self, key: Item) -> Sequence[Item]:
        reply = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return [reply["Item"]] if "Item" in reply else []


def _row(version: PolicyVersion) -> Item:
    return _key(version.name, version.version) | item(
        {"status": version.status, "proposed_by": version.by, "body": _fitting(POLICY_VERSION, version)}
    )


def _version(row: Any) -> PolicyVersion:
    return POLICY_VERSION.unpack(values(row)["body"])


def _fitting(kind: Kind[T], value: T) -> bytes:
    """Raises:
    Refusal: `policy-too-large`.
    """
    data = kind.pack(value)
    if len(data) > ITEM_LIMIT:
        words = "All documents in force and scheduled together must fit into 350 KB, compressed; shorten this one."
        raise Refusal("policy-too-large", words, pointer="/document")
    return data


def _key(name: PolicyName, version: int) -> Item:
    return item({"name": name, "version": _sort(version)})


def _sort(version: int) -> str:
    return f"{version:08}"
