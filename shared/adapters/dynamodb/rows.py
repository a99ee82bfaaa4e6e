"""An order as rows: head, packed lines with single rows over them, progress, and what versions were before.

    ORDER#<id>  LIVE#HEAD            header, version, revision; every write is conditional on its log_seq
                LIVE#LINE#<line>     one line as a change left it
                LIVE#PACK#<n>        many lines together, compressed
                LIVE#PROGRESS        how far units have come
                LIVE#ASSETS          what an activated order's subscriptions became
                PAST#<version>#<n>   header and changed lines as they were before the next version
                OUT#<sequence>       events not yet, or lately, published

A line may stand in a pack and in a row of its own: the one of the later version holds. So a change rewrites only the
lines it touches, and reading the live order is one query of `LIVE#`, whatever its history.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from shared.adapters.dynamodb.codec import header, joined, packs_of, stamp
from shared.adapters.dynamodb.items import Item, item
from shared.adapters.dynamodb.stored.kinds import ASSETS, LINE, LINES, PROGRESS
from shared.domain.order.assets import total_entries
from shared.domain.order.line import Line, Progress
from shared.domain.order.order import Asset, Order
from shared.domain.order.states import order_status

HEAD = "LIVE#HEAD"
PACK_ROW = "LIVE#PACK#"
PROGRESS_ROW = "LIVE#PROGRESS"
ASSETS_ROW = "LIVE#ASSETS"


class TornRead(Exception):
    """A query saw a part of a transaction: read again."""


def partition(order_id: str) -> str:
    return f"ORDER#{order_id}"


def key(order_id: str, sort: str) -> Item:
    return item({"pk": partition(order_id), "sk": sort})


def head_row(order: Order) -> Item:
    refundable = {payment.payment_id: payment.refundable for payment in order.payments}
    return key(order.order_id, HEAD) | item(
        {
            "order_id": order.order_id,
            "customer_id": order.customer.customer_id,
            "channel": order.channel,
            "status": order_status(order),
            "placed_at": stamp(order.placed_at),
            "version": order.version,
            "revision": order.revision,
            "log_seq": order.ledger.log_seq,
            "fresh_lines": _fresh(order),
            "progressed": _progressed(order.progress),
            "asset_entries": total_entries(order.assets),
            "refundable": refundable,
            "body": header(order),
        }
    )


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
    """What a new version replaces: the header, and the changed lines as they were."""
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


def order_from(rows: Iterable[dict[str, Any]]) -> Order | None:
    """The live order of the rows of one query.

    Raises:
        TornRead: lines or progress are of another moment than the head.
    """
    head: dict[str, Any] | None = None
    packed_lines: list[Line] = []
    single_lines: list[Line] = []
    progress: dict[str, Progress] = {}
    assets: tuple[Asset, ...] = ()
    for row in rows:
        if row["sk"] == HEAD:
            head = row
        elif row["sk"] == PROGRESS_ROW:
            progress = PROGRESS.unpack(row["body"])
        elif row["sk"] == ASSETS_ROW:
            assets = ASSETS.unpack(row["body"])
        elif row["sk"].startswith(PACK_ROW):
            packed_lines += LINES.unpack(row["body"])
        else:
            single_lines.append(LINE.read(row["body"]))
    if head is None:
        return None
    order = joined(head["body"], _overlaid(packed_lines, single_lines), progress, assets)
    if (
        any(line.since > order.version for line in order.lines)
        or _fresh(order) != head["fresh_lines"]
        or _progressed(progress) != head["progressed"]
        or total_entries(assets) != head["asset_entries"]
    ):
        raise TornRead
    return order


def version_from(live: Order, pasts: Sequence[dict[str, Any]]) -> Order | None:
    """An earlier version: the live lines, with those changed since put back, newest first; None if it is missing."""
    lines = {line.line_id: line for line in live.lines}
    head: str | None = None
    for row in reversed(pasts):
        for line in LINES.unpack(row["body"]):
            lines[line.line_id] = line
        head = row.get("head", head)
    if head is None:
        return None
    past = joined(head, (), live.progress)
    kept = tuple(line for line in lines.values() if line.since <= past.version)
    return joined(head, kept, live.progress)


def _overlaid(packed_lines: Iterable[Line], single_lines: Iterable[Line]) -> Iterable[Line]:
    """Packed lines in their order, each in its latest content, then those added since, as they were added."""
    lines = {line.line_id: line for line in packed_lines}
    for line in sorted(single_lines, key=_added_at):
        if line.line_id not in lines or lines[line.line_id].since < line.since:
            lines[line.line_id] = line
    return lines.values()


def _added_at(line: Line) -> tuple[int, ...]:
    """Numbers of a line's id, `v<version>-<count>` for added ones, so that v10 comes after v9."""
    return tuple(int(number) for number in re.findall(r"\d+", line.line_id)[:2] if len(number) < 10)


def _fresh(order: Order) -> int:
    return sum(line.since == order.version for line in order.lines)


def _progressed(progress: dict[str, Progress]) -> int:
    """Rises with every report, so it tells one state of progress from another."""
    return sum(
        each.picked + each.packed + each.shipped + each.delivered + each.returned + each.recalled
        for each in progress.values()
    )
