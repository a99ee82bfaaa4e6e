"""Writes the rows that search lacks of one order, some at a time, each provided that the order is as it was read."""

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from shared.adapters.dynamodb import rows
from shared.adapters.dynamodb.find_rows import FOUND, hash_of, rows_of
from shared.adapters.dynamodb.order_write import Tables
from shared.adapters.dynamodb.transaction import MAX_ITEMS, Transaction
from shared.domain.audit.reconciliation import Books
from shared.domain.change.found_by import FoundBy, found_by_all
from shared.domain.order.order import Order
from shared.domain.order.order_summary import order_summary

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_OF_ONE_WRITE = MAX_ITEMS - 2
"""Words beside which there is room for the head and for the row that lists them."""


def make_findable(client: "DynamoDBClient", tables: Tables, books: Books) -> int:
    """Returns how many words the order was not found by.

    Raises:
        Conflict: it is no longer as it was read.
    """
    found, secret = found_by_all(books.order, books.changes), tables.find_key()
    hashed = {word: hash_of(word, secret) for word in found.words}
    missing = [word for word in found.words if hashed[word] not in books.found_by]
    left = iter(missing)
    while batch := tuple(islice(left, _OF_ONE_WRITE)):
        some = FoundBy({word: found.words[word] for word in batch}, found.beside)
        _write(client, tables, books.order, some, f"#{hashed[batch[0]]}")
    return len(missing)


def _write(client: "DynamoDBClient", tables: Tables, order: Order, found: FoundBy, apart: str) -> None:
    transaction = Transaction()
    _sum_up(transaction, tables.orders, order)
    sort = f"{FOUND}{order.ledger.log_seq:08}{apart}"
    for row in rows_of(order, found, tables.find_key, sort, _OF_ONE_WRITE):
        transaction.put("found", tables.orders, row)
    transaction.run(client)


def _sum_up(transaction: Transaction, table: str, order: Order) -> None:
    """The head with what lists show of its lines, which it lacks if it is old; its revision stays."""
    given = {name: value for name, value in rows.summed(order_summary(order)).items() if value is not None}
    given |= {"version": order.version, "revision": order.revision, "seq": order.ledger.log_seq}
    transaction.update("head", table, rows.key(order.order_id, rows.HEAD), _setting(given), _AS_READ, **given)


_AS_READ = "version = :version AND revision = :revision AND log_seq = :seq"


def _setting(given: Iterable[str]) -> str:
    named = (name for name in given if name in ("sums", "backordered"))
    return "SET " + ", ".join(f"{name} = :{name}" for name in named)
