"""The stores on moto, with the tables exactly as the template defines them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from moto import mock_aws

from shared.adapters.dynamodb.changes import DynamoChanges
from shared.adapters.dynamodb.log import DynamoLog
from shared.adapters.dynamodb.order_write import Tables
from shared.adapters.dynamodb.orders import DynamoOrders
from shared.adapters.dynamodb.requests import DynamoRequests
from shared.adapters.dynamodb.skus import DynamoSkus
from tests.fakes import World, a_world
from tests.support.clients import CREDENTIALS, client, events_of_its_own
from tests.support.moto_transactions import atomic_and_quick
from tests.support.template import resources

TABLES = Tables(
    orders="OrdersTable",
    changes="ChangesTable",
    log="LogTable",
    skus="SkusTable",
    requests="RequestsTable",
    rules="RulesTable",
)


@dataclass
class Dynamo:
    """A client on moto, and what it was asked: calls by operation, and consumed write capacity."""

    client: Any
    calls: Counter[str]

    def counted(self) -> Counter[str]:
        """What was asked since the last time."""
        counted, fresh = Counter(self.calls), Counter[str]()
        self.calls.clear()
        self.calls.update(fresh)
        return counted


@pytest.fixture
def dynamo(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dynamo]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    dynamodb = client("dynamodb")
    with mock_aws(), atomic_and_quick(), events_of_its_own(dynamodb):
        for name, properties in resources("AWS::DynamoDB::Table").items():
            dynamodb.create_table(TableName=name, **_definition(properties))
        calls: Counter[str] = Counter()
        dynamodb.meta.events.register("before-call.dynamodb", lambda model, **_: calls.update([model.name]))
        yield Dynamo(dynamodb, calls)


@pytest.fixture
def world(dynamo: Dynamo) -> World:
    """The world of the unit tests, with its stores on DynamoDB."""
    world, client = a_world(), dynamo.client
    world.services = replace(
        world.services,
        orders=DynamoOrders(client, TABLES),
        changes=DynamoChanges(client, TABLES.changes, TABLES.skus, TABLES.requests),
        log=DynamoLog(client, TABLES.log),
        skus=DynamoSkus(client, TABLES.skus, TABLES.requests),
        requests=DynamoRequests(client, TABLES.requests),
    )
    return world


def _definition(properties: dict[str, Any]) -> dict[str, Any]:
    names = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")
    definition = {name: properties[name] for name in names if name in properties}
    if "StreamSpecification" in properties:
        definition["StreamSpecification"] = {**properties["StreamSpecification"], "StreamEnabled": True}
    return definition
