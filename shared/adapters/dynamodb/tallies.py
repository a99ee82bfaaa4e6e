"""Tallies on DynamoDB: rows of the requests table, moved in the transaction of what they count, gone after two days."""

from collections.abc import Iterable
from typing import Any

from shared.adapters.dynamodb.items import Item, item, values
from shared.adapters.dynamodb.transaction import Transaction
from shared.domain.change.tally import Tally, units_key
from shared.domain.order.counted import NOTHING_COUNTED, Counted

PREFIX = "TALLY#"
AMOUNT = "sum_"
"""Before the currency, in the name of the attribute that holds its minor units."""


def tally_key(key: str) -> Item:
    return item({"request_key": PREFIX + key})


def tally_keys(keys: Iterable[str]) -> list[Item]:
    """To read tallies by."""
    return [tally_key(key) for key in keys]


def counted_of(rows: Iterable[Item], keys: Iterable[str]) -> dict[str, Counted]:
    """Returns what stands under each of the keys, nothing where there is no row."""
    found = {row["request_key"].removeprefix(PREFIX): row for row in map(values, rows)}
    return {key: _counted(found[key]) if key in found else NOTHING_COUNTED for key in keys}


def _counted(row: dict[str, Any]) -> Counted:
    amounts = {name.removeprefix(AMOUNT): int(each) for name, each in row.items() if name.startswith(AMOUNT)}
    return Counted(count=int(row["count"]), amounts=amounts)


def count(transaction: Transaction, table: str, tally: Tally) -> None:
    """One more, provided nobody else has counted since the plan was judged."""
    transaction.update(
        "tally",
        table,
        tally_key(tally.key),
        "SET #count = :next, #ttl = :until" + (" ADD #amount :amount" if tally.amount else ""),
        "#count = :seen" if tally.seen else "attribute_not_exists(request_key)",
        **({"seen": tally.seen} if tally.seen else {}),
        **({"amount": tally.amount} if tally.amount else {}),
        next=tally.seen + 1,
        until=int(tally.until.timestamp()),
    )
    transaction.name("#count", "count")
    transaction.name("#ttl", "ttl")
    if tally.amount:
        transaction.name("#amount", AMOUNT + tally.currency)


def count_units(transaction: Transaction, table: str, customer_id: str, units: int, seen: int | None) -> None:
    """More units that a customer's waiting changes hold, provided they are no more than was `seen`; or fewer of them,
    whatever they are by now."""
    bounded = units > 0 and seen is not None
    transaction.update(
        "units",
        table,
        tally_key(units_key(customer_id)),
        "ADD #count :units",
        "attribute_not_exists(request_key) OR #count <= :seen" if bounded else None,
        units=units,
        **({"seen": seen} if bounded else {}),
    )
    transaction.name("#count", "count")
