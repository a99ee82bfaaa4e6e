"""Puts an order together from its rows: the live one of one query, an earlier version of the live one and of the past.

Rows look as `rows.py` says. Whether those of one query are of one moment is checked here.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from shared.adapters.dynamodb.codec import joined
from shared.adapters.dynamodb.rows import ASSETS_ROW, HEAD, PACK_ROW, PROGRESS_ROW, fresh_lines, progressed
from shared.adapters.dynamodb.stored.kinds import ASSETS, LINE, LINES, PROGRESS
from shared.domain.order.assets import total_entries
from shared.domain.order.line import Line
from shared.domain.order.order import Asset, Order
from shared.domain.order.progress import Progress

READS = 4
"""A torn read is read again; a transaction is over long before the fourth."""


class TornRead(Exception):
    """A query saw a part of a transaction: read again."""


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
        or fresh_lines(order) != head["fresh_lines"]
        or progressed(progress) != head["progressed"]
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
