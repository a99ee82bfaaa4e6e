"""A query may see a part of a transaction: rows of two moments are no order, and are read again."""

from dataclasses import replace
from typing import Any

import pytest

from shared.adapters.dynamodb import order_reading, rows
from shared.adapters.dynamodb.items import values
from shared.domain.order.order import Asset, AssetEntry, Order
from shared.domain.order.progress import Progress
from tests.fakes import an_order
from tests.fakes.world import NOW

ORDER = an_order().with_lines(2).paid().build()
ADDED = replace(ORDER, version=2, lines=(*ORDER.lines, replace(ORDER.lines[0], line_id="v2-1", since=2)))
CHANGED = replace(ORDER, version=2, lines=(replace(ORDER.lines[0], since=2), ORDER.lines[1]))
PICKED = replace(ORDER, progress={"l1": Progress(picked=1)})
ACTIVATED = replace(
    ORDER,
    assets=(
        Asset(
            asset_id="ast_1",
            line_id="l1",
            sku="SKU-1",
            quantity=2,
            history=(AssetEntry(at=NOW, action="activated", quantity=2),),
        ),
    ),
)


def read(head: Order, rest: Order) -> Order | None:
    """The order as a query sees it, its head of one moment and the rest of another."""
    seen: list[Any] = [
        rows.head_row(head),
        *rows.pack_rows(rest),
        rows.progress_row(rest),
        rows.assets_row(rest),
    ]
    return order_reading.order_from(map(values, seen))


@pytest.mark.parametrize("order", [ORDER, ADDED, CHANGED, PICKED, ACTIVATED])
def test_rows_of_one_moment_are_the_order(order: Order) -> None:
    assert read(order, order) == order


@pytest.mark.parametrize(
    ("head", "rest"),
    [(ORDER, ADDED), (CHANGED, ORDER), (PICKED, ORDER), (ORDER, PICKED), (ACTIVATED, ORDER), (ORDER, ACTIVATED)],
    ids=["lines to come", "lines gone", "progress to come", "progress gone", "assets to come", "assets gone"],
)
def test_rows_of_two_moments_are_read_again(head: Order, rest: Order) -> None:
    with pytest.raises(order_reading.TornRead):
        read(head, rest)
