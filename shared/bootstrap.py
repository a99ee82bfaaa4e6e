"""Joins adapters to ports, and is the only file that does. Each function asks for its ports; clients are made at first
use."""

import os
import secrets
from collections.abc import Mapping
from functools import cache, partial

from shared.adapters import clients
from shared.adapters.anchors import S3Anchors
from shared.adapters.dynamodb.changes import DynamoChanges
from shared.adapters.dynamodb.delegations import DynamoDelegations
from shared.adapters.dynamodb.deliveries import DynamoDeliveries
from shared.adapters.dynamodb.erasing import DynamoHistories
from shared.adapters.dynamodb.find_rows import own_key
from shared.adapters.dynamodb.ledgers import DynamoLedgers
from shared.adapters.dynamodb.links import DynamoLinks
from shared.adapters.dynamodb.log import DynamoLog
from shared.adapters.dynamodb.order_write import Tables
from shared.adapters.dynamodb.orders import DynamoOrders
from shared.adapters.dynamodb.policies import DynamoPolicyHistory
from shared.adapters.dynamodb.policy_cache import CachedPolicies
from shared.adapters.dynamodb.refusals import DynamoRefusals
from shared.adapters.dynamodb.requests import DynamoRequests
from shared.adapters.dynamodb.skus import DynamoSkus
from shared.adapters.eventbridge import EventBridgeBus
from shared.adapters.gateways import KnownGateways, Make, connections
from shared.adapters.policy_file import ShippedPolicies
from shared.adapters.secrets import Secret
from shared.adapters.ses import SesMail
from shared.adapters.stepfunctions import StepFunctionsWorkflows
from shared.adapters.system import RandomIds, SystemClock
from shared.ports.anchors import Anchors, NoAnchors
from shared.ports.bus import Bus
from shared.ports.deliveries import Deliveries
from shared.ports.erasing import Histories
from shared.ports.gateways import CallbackReader, Gateways
from shared.ports.mail import Links, Mail
from shared.ports.policies import PolicyHistory
from shared.ports.refusals import NoRefusals
from shared.ports.services import Services
from shared.ports.walks import Ledgers
from shared.ports.workflows import Workflows


@cache
def services() -> Services:
    """Returns the stores, the clock and the ids. A function that is not given a table's name cannot use that table."""
    client, tables, clock = clients.dynamodb(), _tables(), SystemClock()
    ruled = CachedPolicies(client, rules, clock) if (rules := _name("RULES_TABLE")) else None
    along = (ruled,) if ruled else ()
    return Services(
        orders=DynamoOrders(client, tables),
        changes=DynamoChanges(client, tables.changes, tables.skus, tables.requests, along),
        log=DynamoLog(client, tables.log),
        skus=DynamoSkus(client, tables.skus, tables.requests, along),
        requests=DynamoRequests(client, tables.requests),
        policies=ruled or ShippedPolicies(),
        delegations=DynamoDelegations(client, _name("RULES_TABLE"), tables.requests),
        clock=clock,
        ids=RandomIds(),
        refusals=DynamoRefusals(client, kept) if (kept := _name("REFUSALS_TABLE")) else NoRefusals(),
        anchors=anchors(),
    )


def _tables() -> Tables:
    return Tables(
        orders=_name("ORDERS_TABLE"),
        changes=_name("CHANGES_TABLE"),
        log=_name("LOG_TABLE"),
        skus=_name("SKUS_TABLE"),
        requests=_name("REQUESTS_TABLE"),
        rules=_name("RULES_TABLE"),
        find_key=find_key,
    )


def anchors() -> Anchors:
    return S3Anchors(clients.s3, bucket) if (bucket := _name("ANCHORS_BUCKET")) else NoAnchors()


def ledgers() -> Ledgers:
    return DynamoLedgers(clients.dynamodb(), _tables())


def histories() -> Histories:
    return DynamoHistories(clients.dynamodb(), _tables())


def policy_history() -> PolicyHistory:
    return DynamoPolicyHistory(clients.dynamodb(), _name("RULES_TABLE"), _name("REQUESTS_TABLE"))


@cache
def bus() -> Bus:
    return EventBridgeBus(clients.eventbridge(), _name("BUS_NAME"), _name("API_PATH"))


@cache
def workflows() -> Workflows:
    return StepFunctionsWorkflows(
        clients.stepfunctions(),
        approval=_name("APPROVAL_MACHINE"),
        confirmation=_name("CONFIRMATION_MACHINE"),
        refund=_name("REFUND_MACHINE"),
        collection=_name("COLLECTION_MACHINE"),
    )


@cache
def mail() -> Mail:
    return SesMail(clients.ses(), _name("MAIL_FROM"), _name("MAIL_CONFIGURATION_SET"))


@cache
def links() -> Links:
    return DynamoLinks(clients.dynamodb(), _name("CHANGES_TABLE"))


def portal_url() -> str:
    """Returns the address that links in letters lead to, without a slash at its end."""
    return _name("PORTAL_URL").rstrip("/")


@cache
def gateways() -> Gateways:
    """Returns the gateways that the deployment connects: by an address, a table or a secret. A person can always be
    asked."""
    makers: dict[str, Make] = {"manual": connections.by_hand, "bank_transfer": connections.by_hand}
    if url := _name("SANDBOX_GATEWAY_URL"):
        makers["sandbox"] = partial(connections.sandbox, url)
    if table := _name("CREDITS_TABLE"):
        makers["store_credit"] = partial(connections.store_credit, clients.dynamodb(), table, SystemClock())
    if arn := _name("STRIPE_SECRET_ARN"):
        makers["stripe"] = partial(connections.stripe, Secret(clients.secrets, arn), portal_url())
    if arn := _name("ADYEN_SECRET_ARN"):
        makers["adyen"] = partial(connections.adyen, Secret(clients.secrets, arn))
    return KnownGateways(makers)


@cache
def callback_readers() -> Mapping[str, CallbackReader]:
    """Returns the readers by gateway, for those that report how refunds ended."""
    readers: dict[str, CallbackReader] = {}
    if secret := _name("SANDBOX_CALLBACK_SECRET"):
        readers["sandbox"] = connections.sandbox_callbacks(secret)
    if arn := _name("STRIPE_SECRET_ARN"):
        readers["stripe"] = connections.stripe_callbacks(Secret(clients.secrets, arn))
    if arn := _name("ADYEN_SECRET_ARN"):
        readers["adyen"] = connections.adyen_callbacks(Secret(clients.secrets, arn))
    return readers


@cache
def deliveries() -> Deliveries:
    return DynamoDeliveries(clients.dynamodb(), _name("DELIVERIES_TABLE"))


def cursor_key() -> bytes:
    """Returns the key that signs the cursors of lists. Without a secret in the deployment it is this process's own."""
    arn = _name("CURSOR_SECRET_ARN")
    return _secret(arn)["key"].encode() if arn else _own_key()


def find_key() -> bytes:
    """Returns the key that hashes the words that orders are found by. Without a secret in the deployment it is this
    process's own."""
    arn = _name("FIND_SECRET_ARN")
    return _secret(arn)["key"].encode() if arn else own_key()


@cache
def _secret(arn: str) -> Secret:
    return Secret(clients.secrets, arn)


@cache
def _own_key() -> bytes:
    return secrets.token_bytes(32)


def _name(variable: str) -> str:
    return os.environ.get(variable, "")
