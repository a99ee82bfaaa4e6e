"""The one place where adapters meet ports. Each function asks for what it needs; clients are made at first use."""

import os
from functools import cache

from shared.adapters import clients
from shared.adapters.dynamodb.changes import DynamoChanges
from shared.adapters.dynamodb.deliveries import DynamoDeliveries
from shared.adapters.dynamodb.log import DynamoLog
from shared.adapters.dynamodb.orders import DynamoOrders, Tables
from shared.adapters.dynamodb.requests import DynamoRequests
from shared.adapters.dynamodb.skus import DynamoSkus
from shared.adapters.eventbridge import EventBridgeBus
from shared.adapters.gateways import KnownGateways
from shared.adapters.policy_file import ShippedPolicies
from shared.adapters.stepfunctions import StepFunctionsWorkflows
from shared.adapters.system import RandomIds, SystemClock
from shared.ports import Bus, Gateways, Services, Workflows


@cache
def services() -> Services:
    """The stores, the clock and the ids. A function that is not given a table's name cannot use that table."""
    client = clients.dynamodb()
    tables = Tables(
        orders=_name("ORDERS_TABLE"),
        changes=_name("CHANGES_TABLE"),
        log=_name("LOG_TABLE"),
        skus=_name("SKUS_TABLE"),
        requests=_name("REQUESTS_TABLE"),
    )
    return Services(
        orders=DynamoOrders(client, tables),
        changes=DynamoChanges(client, tables.changes, tables.skus),
        log=DynamoLog(client, tables.log),
        skus=DynamoSkus(client, tables.skus, tables.requests),
        requests=DynamoRequests(client, tables.requests),
        policies=ShippedPolicies(),
        clock=SystemClock(),
        ids=RandomIds(),
    )


@cache
def bus() -> Bus:
    return EventBridgeBus(clients.eventbridge(), _name("BUS_NAME"))


@cache
def workflows() -> Workflows:
    return StepFunctionsWorkflows(clients.stepfunctions(), _name("APPROVAL_MACHINE"), _name("REFUND_MACHINE"))


@cache
def gateways() -> Gateways:
    """The sandbox is connected only where the deployment names its address."""
    from shared.adapters.gateways.sandbox import SandboxGateway

    url = _name("SANDBOX_GATEWAY_URL")
    return KnownGateways({"sandbox": SandboxGateway(url)} if url else {})


@cache
def deliveries() -> DynamoDeliveries:
    return DynamoDeliveries(clients.dynamodb(), _name("DELIVERIES_TABLE"))


def _name(variable: str) -> str:
    return os.environ.get(variable, "")
