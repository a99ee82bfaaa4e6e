"""Keeps store credit on DynamoDB. Each key has one entry, put if absent, so that giving twice gives once."""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from shared.adapters.dynamodb.codec import stamp
from shared.adapters.dynamodb.items import Item, item, values
from shared.adapters.gateways.common.no_links import NoLinks
from shared.ports.gateways import GatewayDeclined, GatewayRefund, GatewayUnavailable, GatewayUnknown, RefundOrder
from shared.ports.system import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class StoreCredit(NoLinks):
    """Gives refunds as credit. A row is one credit: customer_id, entry (the refund's key), amount in minor units,
    currency, and its origin."""

    def __init__(self, client: "DynamoDBClient", table: str, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def find(self, order: RefundOrder) -> GatewayRefund | None:
        credited = self._entry(order)
        return _settled(order) if credited else None

    def refund(self, order: RefundOrder) -> GatewayRefund:
        credit = {
            "amount": order.amount,
            "currency": order.currency,
            "order_id": order.order_id,
            "change_id": order.change_id,
            "payment_id": order.payment_id,
            "at": stamp(self._clock.now()),
        }
        try:
            self._client.put_item(
                TableName=self._table,
                Item=_key(order) | item(credit),
                ConditionExpression="attribute_not_exists(entry)",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            self._check_same(order)
        except (ClientError, BotoCoreError) as error:
            raise GatewayUnknown("the ledger of credits did not answer") from error
        return _settled(order)

    def _check_same(self, order: RefundOrder) -> None:
        credited = self._entry(order)
        if (credited.get("amount"), credited.get("currency")) != (order.amount, order.currency):
            raise GatewayDeclined("another amount has been credited under this refund's key")

    def _entry(self, order: RefundOrder) -> dict[str, Any]:
        try:
            reply = self._client.get_item(TableName=self._table, Key=_key(order), ConsistentRead=True)
        except (ClientError, BotoCoreError) as error:
            raise GatewayUnavailable("the ledger of credits does not answer") from error
        return values(reply.get("Item", {}))

    def release(self, order: RefundOrder) -> GatewayRefund:
        """Returns a settled release without writing anything, because credit is never reserved."""
        return _settled(order)

    def balance(self, customer_id: str) -> Mapping[str, int]:
        """Returns a customer's credit, in minor units per currency."""
        total: Counter[str] = Counter()
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="customer_id = :customer",
            ExpressionAttributeValues=item({":customer": customer_id}),
            ConsistentRead=True,
        )
        for page in pages:
            for row in page["Items"]:
                credit = values(row)
                total[credit["currency"]] += credit["amount"]
        return total


def _key(order: RefundOrder) -> Item:
    return item({"customer_id": order.customer_id, "entry": order.key})


def _settled(order: RefundOrder) -> GatewayRefund:
    return GatewayRefund(reference=order.key)
