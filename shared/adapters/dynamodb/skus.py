"""Products and stock on DynamoDB: one row per SKU, its counters moved under conditions."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from shared.adapters.dynamodb.companions import Companion, rows_along
from shared.adapters.dynamodb.items import Item, item, values
from shared.adapters.dynamodb.requests import put_record
from shared.adapters.dynamodb.stored.kinds import PRODUCT
from shared.adapters.dynamodb.tallies import counted_of, tally_keys
from shared.adapters.dynamodb.transaction import Transaction
from shared.domain.change.step import StockMove
from shared.domain.order.product import Catalogue, Product, StockLevel
from shared.ports.requests import RequestRecord

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BUCKET = "0"


def sku_key(sku: str) -> Item:
    return item({"sku": sku, "bucket": BUCKET})


def catalogue_of(
    found: Iterable[Item], asked: Iterable[str], tallies: Sequence[Item] = (), keys: Sequence[str] = ()
) -> Catalogue:
    """Makes the catalogue of the rows of these SKUs and of the tallies under `keys`."""
    rows = [values(row) for row in found]
    return Catalogue(
        products={row["sku"]: _product(row) for row in rows if "product" in row},
        stock={row["sku"]: _level(row) for row in rows if "on_hand" in row},
        asked=frozenset(asked),
        counted=counted_of(tallies, keys),
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
    conditions = [f"{name} >= :least_{name}" for name in falling]
    exact = {} if move.available is None else {"seen": move.available}
    conditions += ["available = :seen"] if exact else []
    transaction.update(
        "stock",
        table,
        sku_key(move.sku),
        "ADD " + ", ".join(f"{name} :{name}" for name in moving),
        " AND ".join(conditions) or "attribute_exists(on_hand)",
        **moving,
        **exact,
        **{f"least_{name}": units for name, units in falling.items()},
    )


class DynamoSkus:
    """`along` are read with the SKUs, also where none are asked for."""

    def __init__(self, client: "DynamoDBClient", table: str, requests: str, along: Sequence[Companion] = ()) -> None:
        self._client = client
        self._table = table
        self._requests = requests
        self._along = along

    def load(self, skus: Iterable[str], tallies: Sequence[str] = ()) -> Catalogue:
        wanted = sorted(set(skus))
        keys = {self._table: [sku_key(sku) for sku in wanted], self._requests: tally_keys(tallies)}
        found = rows_along(self._client, keys, self._along)
        return catalogue_of(found[self._table], wanted, found[self._requests], tallies)

    def put_product(self, product: Product, record: RequestRecord | None) -> None:
        transaction, body = Transaction(), PRODUCT.text(product, {"sku"}, sparse=False)
        transaction.update("product", self._table, sku_key(product.sku), "SET product = :product", product=body)
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
    return PRODUCT.valid({"sku": row["sku"], **PRODUCT.plain(row["product"])})


def _level(row: dict[str, Any]) -> StockLevel:
    return StockLevel(sku=row["sku"], on_hand=row["on_hand"], held=row["held"], allocated=row["allocated"])
