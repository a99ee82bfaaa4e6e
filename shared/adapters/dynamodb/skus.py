"""Products and stock on DynamoDB: one row per SKU, its counters moved under conditions."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from shared.adapters.dynamodb.items import Item, item, values
from shared.adapters.dynamodb.listing import whole_rows
from shared.adapters.dynamodb.requests import put_record
from shared.adapters.dynamodb.transaction import Transaction
from shared.domain.product import Catalogue, Product, StockLevel
from shared.domain.step import StockMove
from shared.ports.stores import RequestRecord

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BUCKET = "0"
KEYS_OF_ONE_READ = 100


def sku_key(sku: str) -> Item:
    return item({"sku": sku, "bucket": BUCKET})


def catalogue_of(found: Iterable[Item], asked: Iterable[str]) -> Catalogue:
    """What the rows of these SKUs say."""
    rows = [values(row) for row in found]
    return Catalogue(
        products={row["sku"]: _product(row) for row in rows if "product" in row},
        stock={row["sku"]: _level(row) for row in rows if "on_hand" in row},
        asked=frozenset(asked),
    )


def move_stock(transaction: Transaction, table: str, move: StockMove) -> None:
    """Move the counters of one SKU together; whichever falls must have enough to fall by."""
    moves = {
        "on_hand": move.on_hand,
        "held": move.held,
        "allocated": move.allocated,
        "available": move.on_hand - move.held - move.allocated,
    }
    moving = {name: units for name, units in moves.items() if units}
    if not moving:
        return
    falling = {name: -units for name, units in moving.items() if units < 0}
    transaction.update(
        "stock",
        table,
        sku_key(move.sku),
        "ADD " + ", ".join(f"{name} :{name}" for name in moving),
        " AND ".join(f"{name} >= :least_{name}" for name in falling) or "attribute_exists(on_hand)",
        **moving,
        **{f"least_{name}": units for name, units in falling.items()},
    )


class DynamoSkus:
    def __init__(self, client: "DynamoDBClient", table: str, requests: str) -> None:
        self._client = client
        self._table = table
        self._requests = requests

    def load(self, skus: Iterable[str]) -> Catalogue:
        wanted = sorted(set(skus))
        found: list[Item] = []
        for start in range(0, len(wanted), KEYS_OF_ONE_READ):
            keys = [sku_key(sku) for sku in wanted[start : start + KEYS_OF_ONE_READ]]
            found += whole_rows(self._client, self._table, keys)
        return catalogue_of(found, wanted)

    def put_product(self, product: Product, record: RequestRecord | None) -> None:
        body = {
            "title": product.title,
            "list_price": product.list_price,
            "quantity_modifiable": product.quantity_modifiable,
            "in_flight_enabled": product.in_flight_enabled,
            "tax_category": product.tax_category,
        }
        transaction = Transaction()
        transaction.update(
            "product", self._table, sku_key(product.sku), "SET product = :product", product=json.dumps(body)
        )
        self._run(transaction, record)

    def put_stock(self, sku: str, on_hand: int, current: StockLevel | None, record: RequestRecord | None) -> None:
        transaction = Transaction()
        if current is None:
            transaction.update(
                "stock",
                self._table,
                sku_key(sku),
                "SET on_hand = :on_hand, available = :on_hand, held = :zero, allocated = :zero",
                "attribute_not_exists(on_hand)",
                on_hand=on_hand,
                zero=0,
            )
        else:
            transaction.update(
                "stock",
                self._table,
                sku_key(sku),
                "SET on_hand = :on_hand, available = available + :more",
                "on_hand = :current AND available >= :less",
                on_hand=on_hand,
                more=on_hand - current.on_hand,
                current=current.on_hand,
                less=current.on_hand - on_hand,
            )
        self._run(transaction, record)

    def _run(self, transaction: Transaction, record: RequestRecord | None) -> None:
        if record is not None:
            put_record(transaction, self._requests, record)
        transaction.run(self._client)


def _product(row: dict[str, Any]) -> Product:
    return Product(sku=row["sku"], **json.loads(row["product"]))


def _level(row: dict[str, Any]) -> StockLevel:
    return StockLevel(sku=row["sku"], on_hand=row["on_hand"], held=row["held"], allocated=row["allocated"])
