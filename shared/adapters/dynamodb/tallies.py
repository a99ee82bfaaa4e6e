"""Tallies on DynamoDB: rows of the requests table, moved in the transaction of what they count, gone after two days."""

from collections.abc import Sequence

from shared.adapters.dynamodb.items import Item, item, values
from shared.adapters.dynamodb.transaction import Transaction
from shared.domain.change.tally import Tally

PREFIX = "TALLY#"


def tally_key(key: str) -> Item:
    return item({"request_key": PREFIX + key})


def tally_keys(key: str | None) -> list[Item]:
    """To read a tally by; none where nobody asks."""
    return [] if key is None else [tally_key(key)]


def count_of(rows: Sequence[Item]) -> int:
    """Returns the count in the rows of one tally's key; 0 if there is no row."""
    return int(values(rows[0])["count"]) if rows else 0


def count(transaction: Transaction, table: str, tally: Tally) -> None:
    """One more, provided nobody else has counted since the plan was judged."""
    transaction.update(
        "tally",
        table,
        tally_key(tally.key),
        "SET #count = :next, #ttl = :until",
        "#count = :seen" if tally.seen else "attribute_not_exists(request_key)",
        **({"seen": tally.seen} if tally.seen else {}),
        next=tally.seen + 1,
        until=int(tally.until.timestamp()),
    )
    transaction.name("#count", "count")
    transaction.name("#ttl", "ttl")
