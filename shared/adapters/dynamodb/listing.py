"""Pages of rows by whichever index fits a filter best; without one, by a scan of the first index that has every row."""

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.adapters.dynamodb.codec import stamp
from shared.adapters.dynamodb.items import Item, item, value
from shared.adapters.dynamodb.patience import Patience
from shared.domain.canonical import canonical, sha256
from shared.domain.refusal import Refusal
from shared.ports.paging import Filter

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BATCH = 100
"""Keys of one BatchGetItem."""


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index: its name, what it is by, and what it is sorted by; `soonest` first instead of newest. A
    `sparse` one leaves out rows that lack what it is by, so only who asks for a value of that may read it."""

    name: str
    by: str
    sorted_by: str
    soonest: bool = False
    sparse: bool = False


def page_of(
    client: "DynamoDBClient",
    table: str,
    indexes: Sequence[Index],
    wanted: Filter,
    key: tuple[str, ...],
    only: Sequence[str] = (),
) -> tuple[list[Item], str | None]:
    """Rows of one page, whole or `only` these attributes, and the cursor to the next: in the order of the index that
    serves the filter, in none where none serves it. The page may hold fewer rows than `wanted.limit`, and what the
    filter leaves out besides.

    Raises:
        Refusal: `malformed-cursor`.
    """
    index = next((index for index in indexes if index.by in wanted.values), None)
    start: Any = {"ExclusiveStartKey": _decoded(wanted.cursor, wanted)} if wanted.cursor else {}
    limit = min(wanted.limit, BATCH)
    if index is None:
        reply: Any = client.scan(TableName=table, IndexName=scanned(indexes).name, Limit=limit, **start)
    else:
        reply = client.query(
            TableName=table,
            IndexName=index.name,
            **_condition(index, wanted),
            ScanIndexForward=index.soonest,
            Limit=limit,
            **start,
        )
    found = whole_rows(client, table, [{name: row[name] for name in key} for row in reply["Items"]], only)
    last = reply.get("LastEvaluatedKey")
    return found, _encoded(last, wanted) if last else None


def scanned(indexes: Sequence[Index]) -> Index:
    """The one to walk where none serves the filter. It is the first, so that must be by what never changes: a row that
    moved within the index while its pages are read would come twice, or not at all."""
    return next(index for index in indexes if not index.sparse)


def _condition(index: Index, wanted: Filter) -> Any:
    """The rows of one value; of a period, where the index is sorted by time of creation. A sort key takes one
    condition, hence BETWEEN; it includes its end, which the caller's own look at the rows leaves out."""
    expression, given = "#by = :by", {":by": value(wanted.values[index.by])}
    if index.sorted_by == "created_at" and (wanted.since or wanted.until):
        expression += " AND created_at BETWEEN :since AND :until"
        given[":since"] = value(stamp(wanted.since) if wanted.since else "0")
        given[":until"] = value(stamp(wanted.until) if wanted.until else "9")
    return {
        "KeyConditionExpression": expression,
        "ExpressionAttributeNames": {"#by": index.by},
        "ExpressionAttributeValues": given,
    }


def whole_rows(client: "DynamoDBClient", table: str, keys: Sequence[Item], only: Sequence[str] = ()) -> list[Item]:
    """The rows of up to 100 keys, in the keys' order, whole or `only` these attributes (the key's among them); rows
    that are gone are left out."""
    if not keys:
        return []
    names = tuple(keys[0])
    found = rows_of_tables(client, {table: keys}, only)[table]
    by_key = {json.dumps([row[name] for name in names]): row for row in found}
    order = [json.dumps([key[name] for name in names]) for key in keys]
    return [by_key[each] for each in order if each in by_key]


def all_whole_rows(client: "DynamoDBClient", table: str, keys: Sequence[Item]) -> list[Item]:
    """The rows of any number of keys, a read for each 100."""
    batches = (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))
    return [row for batch in batches for row in whole_rows(client, table, batch)]


def rows_of_tables(
    client: "DynamoDBClient",
    keys: Mapping[str, Sequence[Item]],
    only: Sequence[str] = (),
    patience: Patience | None = None,
) -> dict[str, list[Item]]:
    """The rows of up to 100 keys in all, table by table, in one strongly consistent read; whole, or `only` these
    attributes.

    Raises:
        Conflict: a table had no room for some of the keys, for longer than anybody waits.
    """
    found: dict[str, list[Item]] = {table: [] for table in keys}
    asked = {"ConsistentRead": True} | _projected(only)
    pending: Any = {table: {"Keys": list(each), **asked} for table, each in keys.items() if each}
    patience = patience or Patience()
    while pending:
        reply = client.batch_get_item(RequestItems=pending)
        for table, rows in reply["Responses"].items():
            found[table] += rows
        if pending := reply.get("UnprocessedKeys"):
            patience.wait()
    return found


def _projected(only: Sequence[str]) -> dict[str, Any]:
    names = {f"#{index}": name for index, name in enumerate(only)}
    return {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names} if names else {}


def _encoded(last: Any, wanted: Filter) -> str:
    """Returns a cursor that is bound to its filter: a customer's filter holds their id."""
    return base64.urlsafe_b64encode(zlib.compress(canonical([_scope(wanted), last]).encode())).decode()


def _decoded(cursor: str, wanted: Filter) -> Item:
    try:
        scope, last = json.loads(zlib.decompress(base64.urlsafe_b64decode(cursor.encode())))
        if scope != _scope(wanted):
            raise ValueError("a cursor of another list")
        return item({name: next(iter(typed.values())) for name, typed in last.items()})
    except (ValueError, zlib.error, AttributeError, StopIteration, TypeError) as error:
        raise Refusal(
            "malformed-cursor", "This cursor belongs to another list, or to none.", pointer="/cursor"
        ) from error


def _scope(wanted: Filter) -> str:
    return sha256(canonical([dict(wanted.values), str(wanted.since), str(wanted.until)]))[:16]
