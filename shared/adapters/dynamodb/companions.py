"""Rows that are read along with others, so that whoever needs them soon pays no round trip of their own."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from shared.adapters.dynamodb.items import Item
from shared.adapters.dynamodb.listing import BATCH, rows_of_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Keys = Sequence[tuple[str, Item]]


class Companion(Protocol):
    """Somebody who wants rows of one table, from time to time."""

    @property
    def table(self) -> str: ...

    def wanted(self) -> Sequence[Item]:
        """The keys that are due now; none: nothing is."""

    def take(self, rows: Sequence[Item]) -> None:
        """The rows of those keys that there are."""


def rows_along(
    client: "DynamoDBClient", keys: Mapping[str, Sequence[Item]], companions: Sequence[Companion]
) -> dict[str, list[Item]]:
    """The rows of `keys`, table by table, in one strongly consistent read of up to 100 keys, more for each 100.

    Companions get the rows that are due for them in the same reads; no companion's table may be one of `keys`.
    """
    due = [(companion, wanted) for companion in companions if (wanted := companion.wanted())]
    pairs = [(table, key) for table, asked in keys.items() for key in asked]
    pairs += [(companion.table, key) for companion, wanted in due for key in wanted]
    found: dict[str, list[Item]] = {table: [] for table in (*keys, *(companion.table for companion, _ in due))}
    for start in range(0, len(pairs), BATCH):
        for table, rows in rows_of_tables(client, _by_table(pairs[start : start + BATCH])).items():
            found[table] += rows
    for companion, _ in due:
        companion.take(found[companion.table])
    return {table: found[table] for table in keys}


def _by_table(pairs: Keys) -> dict[str, list[Item]]:
    by_table: dict[str, list[Item]] = {}
    for table, key in pairs:
        by_table.setdefault(table, []).append(key)
    return by_table
