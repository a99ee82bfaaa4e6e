"""Keeps the progress of reconciliations in the orders table.

    RECONCILE#<walk>  WALK         how far it has come; every write of it is conditional on its rev
                      TALLY#<n>    what it has counted, packed

Tallies whose walk has ended are read by nobody, and go by the table's TTL.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from shared.adapters.dynamodb.codec import ITEM_LIMIT
from shared.adapters.dynamodb.items import Item, item, values
from shared.adapters.dynamodb.stored.kinds import TALLIES, WALK
from shared.adapters.dynamodb.transaction import Transaction
from shared.domain.audit.stock_count import StockCount
from shared.ports.walks import Walk

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def read(client: "DynamoDBClient", table: str, walk_id: str) -> Walk | None:
    pages = client.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues=item({":pk": _partition(walk_id)}),
        ConsistentRead=True,
    )
    kept = {row["sk"]: row for page in pages for row in map(values, page["Items"])}
    if "WALK" not in kept:
        return None
    head, counted = kept["WALK"], {}
    for number in range(head["packs"]):
        counted.update(TALLIES.unpack(kept[f"TALLY#{number:04}"]["body"]))
    return replace(WALK.unpack(head["body"]), rev=head["rev"], counted=counted)


def keep(client: "DynamoDBClient", table: str, walk: Walk, until: datetime) -> Walk:
    packs, transaction, ttl = _packs(walk.counted), Transaction(), {"ttl": int(until.timestamp())}
    kept = {"rev": walk.rev + 1, "packs": len(packs), "body": WALK.pack(replace(walk, counted={}))}
    row = _key(walk.walk_id, "WALK") | item(kept | ttl)
    if walk.rev:
        transaction.put("walk", table, row, "rev = :rev", rev=walk.rev)
    else:
        transaction.put("walk", table, row, "attribute_not_exists(pk)")
    for number, pack in enumerate(packs):
        transaction.put("tally", table, _key(walk.walk_id, f"TALLY#{number:04}") | item({"body": pack} | ttl))
    transaction.run(client)
    return replace(walk, rev=walk.rev + 1)


def end(client: "DynamoDBClient", table: str, walk: Walk) -> None:
    client.delete_item(TableName=table, Key=_key(walk.walk_id, "WALK"))


def _packs(counted: Mapping[str, StockCount]) -> list[bytes]:
    """Packs the counts into as few items as hold them."""
    if not counted:
        return []
    pack = TALLIES.pack(dict(counted))
    if len(pack) <= ITEM_LIMIT:
        return [pack]
    skus, middle = list(counted.items()), len(counted) // 2
    return [*_packs(dict(skus[:middle])), *_packs(dict(skus[middle:]))]


def _partition(walk_id: str) -> str:
    return f"RECONCILE#{walk_id}"


def _key(walk_id: str, sort: str) -> Item:
    return item({"pk": _partition(walk_id), "sk": sort})
