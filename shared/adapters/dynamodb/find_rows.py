"""Rows by which orders are found: a partition for each word, and what of an order stands in which.

    FIND#<hash of a word>   <placed at>#<order>   `words`: the beginnings of the hashes of all words beside it
    ORDER#<id>              FOUND#<log sequence>  the hashes that a write has put rows for, personal words apart

Words are hashed with a key of the deployment, so that no row says what somebody is called. An erasure finds the rows by
the order's own, whatever the key was when they were written.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from secrets import token_bytes
from typing import Any

from shared.adapters.dynamodb.codec import stamp
from shared.adapters.dynamodb.items import Item, item
from shared.adapters.dynamodb.rows import key
from shared.adapters.dynamodb.transaction import Transaction
from shared.domain.change.found_by import FoundBy
from shared.domain.order.order import Order

Key = Callable[[], bytes]
"""Gives the key of the hashes when one is made, for most writes bring no new word."""

Put = Callable[[Transaction], None]

FOUND = "FOUND#"
HASH = 22
BEGINNING = 8
"""Characters of a hash (132 bits), and of its beginning (48), which tells one word of an order from another."""
WRITTEN_AT_ONCE = 40
"""Words of one write that get rows; an order of more SKUs is found by the others after the next reconciliation."""
BESIDE = 40
"""Words that stand beside each."""


@cache
def own_key() -> bytes:
    """Returns a key that only this process knows: what it writes, it alone finds."""
    return token_bytes(32)


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of an order that lists hashes: those of words that say who somebody is, and the others."""

    sort: str
    personal: tuple[str, ...]
    others: tuple[str, ...]


def hash_of(word: str, secret: bytes) -> str:
    return urlsafe_b64encode(hmac.digest(secret, f"find:{word}".encode(), "sha256")).decode()[:HASH]


def place_of(order: Order) -> str:
    """Returns where an order stands in each partition: text order is the order of time."""
    return f"{stamp(order.placed_at)}#{order.order_id}"


def find_key(hashed: str, place: str) -> Item:
    return item({"pk": f"FIND#{hashed}", "sk": place})


def as_beside(hashes: Iterable[str]) -> str:
    """Returns hashes as they stand beside each other: every one with a blank before it."""
    return "".join(f" {each[:BEGINNING]}" for each in hashes)


def rows_of(order: Order, found: FoundBy, secret: Key, sort: str, most: int = WRITTEN_AT_ONCE) -> list[Item]:
    """Returns the rows for the first `most` words, and the order's own that lists them; none without words."""
    if not found.words or most < 1:
        return []
    given = secret()
    hashes = {hash_of(word, given): personal for word, personal in islice(found.words.items(), most)}
    beside = as_beside(hash_of(word, given) for word in found.beside[:BESIDE])
    place = place_of(order)
    own = listed_row(order.order_id, Listed(sort, *_apart(hashes)))
    return [own, *(find_key(each, place) | item({"words": beside}) for each in hashes)]


def listed_row(order_id: str, listed: Listed) -> Item:
    said = {"personal": " ".join(listed.personal) or None, "others": " ".join(listed.others) or None}
    return key(order_id, listed.sort) | item(said)


def listed_of(row: Mapping[str, Any]) -> Listed:
    personal, others = (tuple(row.get(name, "").split()) for name in ("personal", "others"))
    return Listed(row["sk"], personal, others)


def take_out(table: str, order: Order, listed: Sequence[Listed]) -> list[Put]:
    """Returns the writes that leave of an order's rows only those of words that say nothing of a person, beside no
    others."""
    gone = dict.fromkeys(each for row in listed for each in row.personal)
    stay = dict.fromkeys(each for row in listed for each in row.others if each not in gone)
    place, beside = place_of(order), as_beside(islice(stay, BESIDE))
    puts = [find_key(each, place) | item({"words": beside}) for each in stay]
    puts += [listed_row(order.order_id, Listed(row.sort, (), row.others)) for row in listed]
    return [*(_deleting(table, find_key(each, place)) for each in gone), *(_putting(table, row) for row in puts)]


def _deleting(table: str, where: Item) -> Put:
    return lambda transaction: transaction.delete("found", table, where)


def _putting(table: str, row: Item) -> Put:
    return lambda transaction: transaction.put("found", table, row)


def _apart(hashes: Mapping[str, bool]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    personal = tuple(each for each, is_personal in hashes.items() if is_personal)
    return personal, tuple(each for each in hashes if not hashes[each])
