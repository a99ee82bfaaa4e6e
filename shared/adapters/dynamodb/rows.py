"""An order as rows: head, packed lines with single rows over them, progress, and what versions were before.

    ORDER#<id>  LIVE#HEAD            header, version, revision, sums; every write is conditional on its log_seq
                LIVE#LINE#<line>     one line as a change left it
                LIVE#PACK#<n>        many lines together, compressed
                LIVE#PROGRESS        how far units have come
                LIVE#ASSETS          what an activated order's subscriptions became
                PAST#<version>#<n>   header and changed lines as they were before the next version
                OUT#<sequence>       events not yet, or lately, published
                FOUND#<sequence>     which words have rows that lead here (`find_rows.py`)

A line may stand in a pack and in a row of its own: the one of the later version holds. So a change rewrites only the
lines it touches, and reading the live order is one query of `LIVE#`, whatever its history.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from shared.adapters.dynamodb.codec import header, packs_of, stamp
from shared.adapters.dynamodb.items import Item, item
from shared.adapters.dynamodb.stored.kinds import ASSETS, LINE, LINES, PROGRESS
from shared.domain.canonical import canonical
from shared.domain.order.assets import total_entries
from shared.domain.order.line import Line
from shared.domain.order.order import Order
from shared.domain.order.order_summary import OrderSummary, order_summary
from shared.domain.order.progress import Progress

HEAD = "LIVE#HEAD"
PACK_ROW = "LIVE#PACK#"
PROGRESS_ROW = "LIVE#PROGRESS"
ASSETS_ROW = "LIVE#ASSETS"


def partition(order_id: str) -> str:
    return f"ORDER#{order_id}"


def key(order_id: str, sort: str) -> Item:
    return item({"pk": partition(order_id), "sk": sort})


def head_row(order: Order) -> Item:
    refundable = {payment.payment_id: payment.refundable for payment in order.payments}
    summary = order_summary(order)
    return key(order.order_id, HEAD) | item(
        {
            "order_id": order.order_id,
            "customer_id": order.customer.customer_id,
            "channel": order.channel,
            "status": summary.status,
            "placed_at": stamp(order.placed_at),
            "version": order.version,
            "revision": order.revision,
            "log_seq": order.ledger.log_seq,
            "fresh_lines": fresh_lines(order),
            "progressed": progressed(order.progress),
            "asset_entries": total_entries(order.assets),
            "refundable": refundable,
            **summed(summary),
            "body": header(order),
        }
    )


def summed(summary: OrderSummary) -> dict[str, Any]:
    """Attributes with what lists show of an order's lines, so that they read the head alone."""
    return {"sums": canonical(asdict(summary.totals)), "backordered": 1 if summary.backordered else None}


def line_rows(order: Order, lines: Iterable[Line]) -> list[Item]:
    return [key(order.order_id, f"LIVE#LINE#{line.line_id}") | item({"body": LINE.text(line)}) for line in lines]


def pack_rows(order: Order) -> list[Item]:
    """All lines of the order, packed: for a new order, and for a change of more lines than rows fit."""
    return [
        key(order.order_id, f"{PACK_ROW}{index:04}") | item({"body": pack})
        for index, pack in enumerate(packs_of(order.lines))
    ]


def progress_row(order: Order) -> Item:
    return key(order.order_id, PROGRESS_ROW) | item({"body": PROGRESS.pack(order.progress)})


def assets_row(order: Order) -> Item:
    return key(order.order_id, ASSETS_ROW) | item({"body": ASSETS.pack(order.assets)})


def past_rows(before: Order, changed: Sequence[Line]) -> list[Item]:
    """Returns the rows of a replaced version: its header, and the changed lines as they were."""
    known = {line.line_id: line for line in before.lines}
    replaced = [known[line.line_id] for line in changed if line.line_id in known]
    packs = list(packs_of(replaced)) if replaced else [LINES.pack(())]
    return [
        key(before.order_id, f"PAST#{before.version:08}#{index:04}")
        | item({"body": pack, "head": header(before) if index == 0 else None})
        for index, pack in enumerate(packs)
    ]


def changed_lines(before: Order | None, after: Order) -> list[Line]:
    """The lines that the write's new version brings."""
    if before is None or before.version == after.version:
        return []
    return [line for line in after.lines if line.since == after.version]


def fresh_lines(order: Order) -> int:
    """Counts the lines whose content dates from the order's version."""
    return sum(line.since == order.version for line in order.lines)


def progressed(progress: Mapping[str, Progress]) -> int:
    """Rises with every report, so it tells one state of progress from another."""
    return sum(
        each.picked + each.packed + each.shipped + each.delivered + each.returned + each.recalled
        for each in progress.values()
    )
