"""Attributes of rows are named in the stores: those of golden rows are still written, and no others unnoticed."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from tests.golden.files import ROWS, Json, read
from tests.golden.stored import kind_of, told

SOMETIMES = {("RequestsTable", "request"): {"answer: B"}, ("RequestsTable", "TALLY"): {"ttl: N"}}
"""Attributes that some rows of today leave out: nobody is answered behind a queue, and what is held has no day."""
SINCE = {
    ("RequestsTable", "TALLY"): {"sum_USD: N"},
    ("ChangesTable", "RECORD"): {"head: B", "edits: N", "lines: N"},
    ("OrdersTable", "LIVE#HEAD"): {"sums: S", "backordered: N"},
}
"""Attributes that rows have gained since the golden ones were written, and that are done without where they lack: a sum
counts as none then, and the summary of a change or an order is made of its whole."""
NEWER = {
    ("OrdersTable", "FIND"): {"pk: S", "sk: S", "words: S"},
    ("OrdersTable", "FOUND"): {"pk: S", "sk: S", "personal: S", "others: S"},
}
"""Kinds of rows that came later, with all of their attributes: reconciliation writes those that lack."""

Attributes = dict[tuple[str, str], list[set[str]]]


def test_every_kind_of_row_has_the_attributes_that_golden_rows_have() -> None:
    written, golden = attributes(told()), attributes(read(ROWS))
    assert written.keys() == {*golden, *NEWER}
    for kind, names in NEWER.items():
        assert set.union(*written[kind]) == names, kind
    for kind, rows in golden.items():
        assert set.intersection(*rows) - SOMETIMES.get(kind, set()) <= set.intersection(*written[kind]), kind
        assert set.union(*written[kind]) - SINCE.get(kind, set()) <= set.union(*rows), kind


def attributes(tables: Mapping[str, Mapping[str, Json]]) -> Attributes:
    """By kind of row, for each row: its attributes with the types of their values."""
    found: Attributes = defaultdict(list)
    for table, rows in tables.items():
        for row in rows.values():
            found[kind_of(table, row)].append({f"{name}: {_type(typed)}" for name, typed in row.items()})
    return found


def _type(typed: Mapping[str, Any]) -> str:
    return next(iter(typed))
