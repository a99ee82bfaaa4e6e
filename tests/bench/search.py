"""What a search costs among very many orders: reads, and CPU of the real handler without the emulator's own share."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from shared.adapters.dynamodb import rows
from shared.adapters.dynamodb.find_rows import FOUND, rows_of
from shared.domain.change.found_by import found_by_all
from shared.domain.order.order import Order
from shared.domain.order.party import Customer
from tests.bench.clock import rounded, without_emulator
from tests.bench.meter import Meter
from tests.fakes import an_order
from tests.fakes.builders import AGENT, CUSTOMER, HOME
from tests.fakes.world import NOW
from tests.support.clients import REGION
from tests.support.cloud import TABLES, Cloud, a_cloud

Json = dict[str, Any]

ROWS = 100_000
SECONDS = 60
"""Filling stops after so long, and what there is then is told."""
RUNS = 8
SAME_NAME, SAME_SKU = 100, 10
"""One order in so many has the common name, and the SKU."""
CHICAGO = replace(HOME, postal_code="60601")
SEARCHES = {
    "order_number": "S-400", "email": "buyer400@example.com", "common_name_50_rows": "Müller",
    "name_and_postal_code": "muller 60601", "sku_and_name": "SKU-0 Mueller", "nobody": "nobody",
}  # fmt: skip


def search() -> Json:
    """By search: the calls of one page, rows that it has, and the median CPU ms."""
    with a_cloud() as cloud:
        orders, written = _filled()
        found = {name: _searched(cloud, query) for name, query in SEARCHES.items()}
        own = _searched(cloud, "S-0", CUSTOMER)
    return {"orders": orders, "rows": written, **found, "of_a_customer": own}


def _filled() -> tuple[int, int]:
    """Puts orders' heads and the rows that find them straight into the emulator, which takes a minute by its API for a
    tenth: it is the reading that is measured."""
    table, orders, written = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[TABLES.orders], 0, 0
    until = time.monotonic() + SECONDS
    while written < ROWS and time.monotonic() < until:
        order = _order(orders)
        fresh = rows_of(order, found_by_all(order, ()), TABLES.find_key, f"{FOUND}00000001")
        for row in (rows.head_row(order), *fresh):
            table.put_item(row)
        orders, written = orders + 1, written + len(fresh) - 1
    return orders, written


def _order(number: int) -> Order:
    name = f"Jörg {'Müller' if number % SAME_NAME == 0 else f'Buyer{number}'}"
    who = Customer(customer_id=f"cus-{number + 1}", email=f"buyer{number}@example.com", name=name)
    builder = an_order(f"S-{number}").with_line(f"SKU-{number % SAME_SKU}", 2, 1000)
    place = HOME if number % 2 else CHICAGO
    placed = NOW - timedelta(minutes=number)
    order = builder._with(customer=who, placed_at=placed, shipping_address=place).build()
    return replace(order, order_id=f"ord_{number:024x}")


def _searched(cloud: Cloud, query: str, user: Any = AGENT) -> Json:
    meter = Meter(cloud)
    with meter.reading() as bill:
        reply = _asked(cloud, query, user)
    assert reply.status == 200, (query, reply.body)
    taken: list[float] = []
    with without_emulator() as elsewhere:
        for _ in range(RUNS):
            started, before = time.process_time(), elsewhere()
            _asked(cloud, query, user)
            taken.append((time.process_time() - started) * 1000 - (elsewhere() - before))
    return {"calls": dict(bill.calls), "items": len(reply.body["items"]), "cpu_ms": rounded(taken[2:])}


def _asked(cloud: Cloud, query: str, user: Any) -> Any:
    """The query as API Gateway passes it on: decoded."""
    return cloud.http(user, "GET", f"/orders?q={query}")
