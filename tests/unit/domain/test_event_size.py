"""An event fits on the bus whatever it lists: rows are left out, and it says so."""

import json
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.change import events
from shared.domain.change.event_size import bounded
from shared.domain.change.events import Fact
from shared.domain.order.order import Order
from tests.fakes import a_world, an_order
from tests.unit.usecases.stories import taken

ROOM = 240_000
"""Bytes of a fact on the wire: an entry of 256 KB holds its envelope and its names besides."""


def order_of(count: int, sku: str) -> Order:
    """One with as many lines, each of a SKU that begins like this."""
    order = taken(a_world(), an_order().with_line("MUG", 1, 100).paid())
    (line,) = order.lines
    lines = tuple(replace(line, line_id=f"l{number}", sku=f"{sku}{number}") for number in range(count))
    return replace(order, lines=lines)


def size(fact: Fact) -> int:
    return len(json.dumps(fact.data, separators=(",", ":")).encode())


@pytest.mark.parametrize(("count", "sku"), [(301, "S" * 1500), (2, "S" * 300_000), (200, "ü" * 1000)])
def test_an_event_of_long_rows_is_cut_to_what_the_bus_takes(count: int, sku: str) -> None:
    fact = events.received(order_of(count, sku))
    assert size(fact) <= ROOM
    assert fact.data["truncated"] is True
    assert len(fact.data["lines"]) < min(count, 200)


def test_an_event_keeps_as_many_rows_as_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    fact = events.received(order_of(301, "S" * 1500))
    assert size(fact) > ROOM / 4


@pytest.mark.parametrize(("count", "listed"), [(200, 200), (201, 200)])
def test_an_event_of_short_rows_lists_two_hundred(count: int, listed: int) -> None:
    data = events.received(order_of(count, "MUG")).data
    assert (len(data["lines"]), data.get("truncated", False)) == (listed, count != listed)


def test_every_list_of_an_event_is_cut_not_only_the_first_that_is_too_long() -> None:
    rows: list[Any] = [{"line_id": f"l{number}", "sku": "S" * 1500} for number in range(300)]
    data = bounded({"lines": rows, "cancelled": rows, "taxes_reversed": rows, "link": "/orders/1"})
    assert len(json.dumps(data)) <= ROOM
    assert all(0 < len(data[name]) < 200 for name in ("lines", "cancelled", "taxes_reversed"))
