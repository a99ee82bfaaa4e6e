"""Says which permissions a recorded call needs: action, resource, and the keys that conditions read.

Source: Service Authorization Reference, "Amazon DynamoDB" and the other services; DynamoDB developer guide, "Using IAM
with DynamoDB transactions" (a transaction needs the permission of each of its parts).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]
HashKeys = Mapping[str, str]
"""The name of the partition key of each table, and of each index as `table/index/name`."""


@dataclass(frozen=True)
class Need:
    """One permission that a call needs. `resource` is an ARN or its last part (`table/orders`), or None where only AWS
    knows it."""

    action: str
    resource: str | None
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def needs_of(call: Json, hash_keys: HashKeys) -> list[Need]:
    """Returns what a recorded call needs.

    Raises:
        KeyError: nobody has said yet what this operation needs.
    """
    operation, given = call["operation"], call["parameters"]
    if call["service"] == "dynamodb":
        return list(_of_table(operation, given, hash_keys))
    return list(_OTHERS[call["service"], operation](given))


def _of_table(operation: str, given: Json, hash_keys: HashKeys) -> Iterator[Need]:
    if operation in ("TransactWriteItems", "TransactGetItems"):
        for part in given["TransactItems"]:
            ((kind, one),) = part.items()
            yield _on_row(_PARTS[kind], one, hash_keys, enclosed=operation)
    elif operation in ("BatchGetItem", "BatchWriteItem"):
        for table, asked in given["RequestItems"].items():
            rows = asked["Keys"] if operation == "BatchGetItem" else [_written(each) for each in asked]
            yield _need(operation, table, tuple(_key(row, hash_keys[table]) for row in rows))
    elif operation == "Query":
        place = _place(given)
        yield _need(operation, place, (_queried(given, hash_keys[place]),))
    elif operation == "Scan":
        yield _need(operation, _place(given), ())
    else:
        yield _on_row(operation, given, hash_keys)


_PARTS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}


def _on_row(action: str, given: Json, hash_keys: HashKeys, enclosed: str | None = None) -> Need:
    table = given["TableName"]
    row = given["Item"] if "Item" in given else given["Key"]
    return _need(action, table, (_key(row, hash_keys[table]),), enclosed)


def _need(action: str, place: str, keys: tuple[str, ...], enclosed: str | None = None) -> Need:
    context = {"dynamodb:LeadingKeys": keys} if keys else {}
    if enclosed:
        context["dynamodb:EnclosingOperation"] = (enclosed,)
    return Need(f"dynamodb:{action}", f"table/{place}", context)


def _place(given: Json) -> str:
    return f"{given['TableName']}/index/{given['IndexName']}" if "IndexName" in given else str(given["TableName"])


def _written(request: Json) -> Json:
    return request["PutRequest"]["Item"] if "PutRequest" in request else request["DeleteRequest"]["Key"]  # type: ignore[no-any-return]


def _key(row: Json, name: str) -> str:
    (value,) = row[name].values()
    return str(value)


def _queried(given: Json, name: str) -> str:
    """The value that the partition key must equal; a query that names none is no query."""
    names = given.get("ExpressionAttributeNames", {})
    for attribute, placeholder in re.findall(r"([#\w]+) = (:\w+)", given["KeyConditionExpression"]):
        if names.get(attribute, attribute) == name:
            (value,) = given["ExpressionAttributeValues"][placeholder].values()
            return str(value)
    raise KeyError(f"no value for {name} in {given['KeyConditionExpression']}")


def _letter(given: Json) -> Iterator[Need]:
    sender = given["FromEmailAddress"]
    yield Need("ses:SendEmail", f"identity/{sender}")
    if name := given.get("ConfigurationSetName"):
        yield Need("ses:SendEmail", f"configuration-set/{name}")


_OTHERS: Mapping[tuple[str, str], Callable[[Json], Any]] = {
    ("events", "PutEvents"): lambda given: [
        Need("events:PutEvents", f"event-bus/{bus}") for bus in {each["EventBusName"] for each in given["Entries"]}
    ],
    ("stepfunctions", "StartExecution"): lambda given: [Need("states:StartExecution", given["stateMachineArn"])],
    ("stepfunctions", "SendTaskSuccess"): lambda given: [Need("states:SendTaskSuccess", None)],
    ("sesv2", "SendEmail"): _letter,
    ("secretsmanager", "GetSecretValue"): lambda given: [Need("secretsmanager:GetSecretValue", given["SecretId"])],
    ("s3", "PutObject"): lambda given: [Need("s3:PutObject", f"{given['Bucket']}/{given['Key']}")],
    ("s3", "ListObjectVersions"): lambda given: [Need("s3:ListBucketVersions", given["Bucket"])],
}
