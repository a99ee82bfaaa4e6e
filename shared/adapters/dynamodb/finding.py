"""Finds orders by words, in two reads: places by an index of words or of a customer, then the orders' heads.

A customer's search walks their own orders, so that nothing of it, and not how long it takes, tells of anybody else's.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from shared.adapters.dynamodb import rows
from shared.adapters.dynamodb.codec import joined
from shared.adapters.dynamodb.find_rows import as_beside, find_key, hash_of
from shared.adapters.dynamodb.items import Item, item, values
from shared.adapters.dynamodb.listing import BATCH, rows_of_tables
from shared.adapters.dynamodb.order_write import Tables
from shared.domain.order.order import Order, Totals
from shared.domain.order.order_summary import OrderSummary, order_summary
from shared.domain.order.search_words import Kind, rarity, words_of
from shared.domain.order.states import OrderStatus
from shared.domain.refusal import Refusal
from shared.ports.paging import Filter, Page

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

EXAMINED = 2_000
"""Places of the rarest word that one page looks at, for those that have the other words too."""
_OF_A_HEAD = ("pk", "sk", "status", "sums", "backordered", "body")
_ID = re.compile(r"(ord|chg)_[0-9a-f]{4,24}")


class Finder:
    def __init__(self, client: "DynamoDBClient", tables: Tables, load: Callable[[str], Order | None]) -> None:
        self._client = client
        self._tables = tables
        self._load = load

    def find(self, wanted: Filter) -> Page[OrderSummary]:
        """The orders that have all words of `q`, newest first, and fit the other filters.

        Raises:
            Refusal: `malformed-cursor`.
        """
        terms = _terms(wanted)
        if len(terms) == 1 and _ID.fullmatch(terms[0]):
            return Page(items=tuple(self._summaries(self._named(terms[0]), wanted)))
        if customer := wanted.values.get("customer_id"):
            places, last = self._of_customer(customer, terms, wanted)
        else:
            places, last = self._with_words(terms, wanted)
        asked = self._hashes(terms) if customer else ()
        return Page(items=tuple(self._summaries(places, wanted, asked)), cursor=_encoded(last) if last else None)

    def _named(self, term: str) -> list[str]:
        """The order of an id: its own, or a change's."""
        if term.startswith("ord_"):
            return [f"#{term}"]
        named = item({"change_id": term, "part": "RECORD"})
        found = rows_of_tables(self._client, {self._tables.changes: [named]}, ("order_id",))[self._tables.changes]
        return [f"#{values(row)['order_id']}" for row in found]

    def _with_words(self, terms: Sequence[str], wanted: Filter) -> tuple[list[str], str | None]:
        """Places of the rarest word that have the others beside them."""
        first, *others = self._hashes(terms)
        reply = self._query(
            {"FilterExpression": " AND ".join(f"contains(words, :w{n})" for n in range(len(others)))} if others else {},
            {":pk": f"FIND#{first}"} | {f":w{n}": as_beside([each]) for n, each in enumerate(others)},
            KeyConditionExpression="pk = :pk",
            ProjectionExpression="sk",
            ConsistentRead=True,
            Limit=EXAMINED if others else wanted.limit,
            start=find_key(first, place) if (place := _decoded(wanted.cursor)) else None,
        )
        places = [values(row)["sk"] for row in reply["Items"]]
        more = reply.get("LastEvaluatedKey")
        if len(places) > wanted.limit:
            return places[: wanted.limit], places[wanted.limit - 1]
        return places, values(more)["sk"] if more else None

    def _of_customer(self, customer: str, terms: Sequence[str], wanted: Filter) -> tuple[list[str], str | None]:
        """Places of the customer's orders: as many as one read can ask for all words."""
        place = _decoded(wanted.cursor)
        reply = self._query(
            {"IndexName": "by_customer"},
            {":by": customer},
            KeyConditionExpression="customer_id = :by",
            Limit=min(wanted.limit, BATCH // (1 + len(terms))),
            start=_in_index(place, customer) if place else None,
        )
        found = [_place(values(row)) for row in reply["Items"]]
        return found, found[-1] if found and "LastEvaluatedKey" in reply else None

    def _query(self, more: Any, given: dict[str, str], *, start: Item | None, **asked: Any) -> Any:
        begun: Any = {"ExclusiveStartKey": start} if start else {}
        return self._client.query(
            TableName=self._tables.orders,
            ExpressionAttributeValues=item(given),
            ScanIndexForward=False,
            **asked,
            **more,
            **begun,
        )

    def _summaries(self, places: Sequence[str], wanted: Filter, asked: Sequence[str] = ()) -> Iterator[OrderSummary]:
        """The orders at these places that fit, of one read: each word that is `asked` must have them too."""
        ids = [place.rpartition("#")[2] for place in places]
        keys = [rows.key(order_id, rows.HEAD) for order_id in ids]
        keys += [find_key(each, place) for place in places for each in asked]
        found = rows_of_tables(self._client, {self._tables.orders: keys}, _OF_A_HEAD)[self._tables.orders]
        there = {(row["pk"]["S"], row["sk"]["S"]): row for row in found}
        for order_id, place in zip(ids, places, strict=True):
            head = there.get((rows.partition(order_id), rows.HEAD))
            if head and all((f"FIND#{each}", place) in there for each in asked):
                summary = self._summary(order_id, values(head))
                if summary and _fits(summary, wanted):
                    yield summary

    def _summary(self, order_id: str, row: dict[str, Any]) -> OrderSummary | None:
        """A head that was written before it had sums is read with its lines."""
        if "sums" not in row:
            order = self._load(order_id)
            return order_summary(order) if order else None
        return OrderSummary(
            head=joined(row["body"], (), {}),
            status=OrderStatus(row["status"]),
            totals=Totals(**json.loads(row["sums"])),
            backordered="backordered" in row,
        )

    def _hashes(self, terms: Sequence[str]) -> tuple[str, ...]:
        secret = self._tables.find_key()
        return tuple(hash_of(term, secret) for term in terms)


def _terms(wanted: Filter) -> list[str]:
    """The words that are asked for, the rarest first; a SKU is one of them."""
    sku = words_of(Kind.SKU, wanted.values.get("sku", ""))
    return sorted({*wanted.values["q"].split(), *sku[-1:]}, key=rarity)


def _fits(found: OrderSummary, wanted: Filter) -> bool:
    has = {"customer_id": found.head.customer.customer_id, "status": found.status, "channel": found.head.channel}
    return all(has[name] == given for name, given in wanted.values.items() if name in has)


def _place(row: dict[str, Any]) -> str:
    return f"{row['placed_at']}#{row['pk'].removeprefix(rows.partition(''))}"


def _in_index(place: str, customer: str) -> Item:
    placed_at, _, order_id = place.partition("#")
    return rows.key(order_id, rows.HEAD) | item({"customer_id": customer, "placed_at": placed_at})


def _encoded(place: str) -> str:
    return urlsafe_b64encode(place.encode()).decode()


def _decoded(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    try:
        place = urlsafe_b64decode(cursor.encode()).decode()
    except ValueError:
        place = ""
    if "#" not in place:
        raise Refusal("malformed-cursor", "This cursor belongs to another list, or to none.", pointer="/cursor")
    return place
