"""Counts what a piece of work asks of AWS: round trips by operation, and the capacity that DynamoDB would charge."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from shared.adapters import clients
from tests.bench.capacity import TRANSACTIONAL, Item, index_units, read_units, write_units
from tests.support.cloud import Cloud, tables

Params = dict[str, Any]


@dataclass
class Bill:
    """What was asked. Units of tables and of their indexes apart: transactions double the former only."""

    calls: Counter[str] = field(default_factory=Counter)
    read_units: int = 0
    write_units: int = 0
    index_write_units: int = 0
    items_written: int = 0

    def shown(self) -> dict[str, Any]:
        return {
            "round_trips": sum(self.calls.values()),
            "calls": dict(self.calls),
            "read_units": self.read_units,
            "write_units": self.write_units,
            "index_write_units": self.index_write_units,
            "items_written": self.items_written,
        }


class Meter:
    """Reads along at the functions' own DynamoDB client."""

    def __init__(self, cloud: Cloud) -> None:
        self._aside = cloud.aws("dynamodb")
        self._keys = {name: _key_names(table["KeySchema"]) for name, table in tables().items()}
        self._indexes = {
            name: [_key_names(index["KeySchema"]) for index in table.get("GlobalSecondaryIndexes", [])]
            for name, table in tables().items()
        }

    @contextmanager
    def reading(self) -> Iterator[Bill]:
        """What happens inside is on the bill."""
        bill, client = Bill(), clients.dynamodb()
        asked: list[tuple[Params, list[Item]]] = []

        def before(params: Params, model: Any, **_: Any) -> None:
            actions = _actions(model.name, params)
            asked.append((params, [self._stored(action) for action in actions]))

        def after(parsed: Params, model: Any, **_: Any) -> None:
            params, were = asked.pop()
            bill.calls[model.name] += 1
            bill.read_units += _read(model.name, params, parsed)
            for action, was in zip(_actions(model.name, params), were, strict=True):
                self._charge(bill, model.name, action, was)

        client.meta.events.register("provide-client-params.dynamodb", before)
        client.meta.events.register("after-call.dynamodb", after)
        try:
            yield bill
        finally:
            client.meta.events.unregister("provide-client-params.dynamodb", before)
            client.meta.events.unregister("after-call.dynamodb", after)

    def _charge(self, bill: Bill, operation: str, action: Params, was: Item) -> None:
        stored, table = self._stored(action), action["TableName"]
        factor = TRANSACTIONAL if operation == "TransactWriteItems" else 1
        bill.write_units += factor * write_units(was, stored)
        bill.index_write_units += index_units(was, stored, self._indexes[table], self._keys[table])
        bill.items_written += 1

    def _stored(self, action: Params) -> Item:
        table = action["TableName"]
        key = action.get("Key") or {name: action["Item"][name] for name in self._keys[table]}
        stored: Item = self._aside.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item", {})
        return stored


def _actions(operation: str, params: Params) -> list[Params]:
    """The writes of a call, each with its table."""
    if operation == "TransactWriteItems":
        return [next(iter(action.values())) for action in params["TransactItems"]]
    return [params] if operation in ("PutItem", "UpdateItem", "DeleteItem") else []


def _read(operation: str, params: Params, reply: Params) -> int:
    if operation == "Query":
        return read_units(reply["Items"], one_by_one=False)
    if operation == "GetItem":
        return read_units([reply.get("Item", {})], one_by_one=True)
    if operation == "BatchGetItem":
        asked = sum(len(table["Keys"]) for table in params["RequestItems"].values())
        found = [item for items in reply["Responses"].values() for item in items]
        return read_units(found, one_by_one=True) + asked - len(found)
    return 0


def _key_names(schema: list[dict[str, str]]) -> tuple[str, ...]:
    return tuple(part["AttributeName"] for part in schema)
