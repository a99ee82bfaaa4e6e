"""Round trips and consumed capacity of a preview, an amendment and a read, through the real handlers."""

from collections.abc import Callable
from typing import Any

from tests.bench import orders
from tests.bench.meter import Meter
from tests.support.cloud import Cloud, a_cloud

Json = dict[str, Any]
Edits = Callable[[int], list[Json]]

SIZES = (2, 500, 1000)
IN_STOCK = 500
VERSIONS = 1000


def round_trips() -> Json:
    """By case: what each of the three calls asked of AWS."""
    with a_cloud() as cloud:
        orders.tracked(cloud, 1)
        one_line = {f"{size}_lines_1_changed": _case(cloud, size, _one) for size in SIZES}
        aged = {f"2_lines_after_{VERSIONS}_versions": _case(cloud, 2, _one, versions=VERSIONS)}
        all_lines = {f"{size}_lines_all_changed": _case(cloud, size, _all) for size in SIZES}
        orders.tracked(cloud, *range(2, IN_STOCK + 1))
        tracked = {f"{IN_STOCK}_lines_all_changed_all_in_stock": _case(cloud, IN_STOCK, _all)}
    return {
        "how": "calls counted; capacity computed from item sizes by DynamoDB's rules (moto answers 1.0 to everything)",
        **one_line,
        **aged,
        **all_lines,
        **tracked,
    }


def _one(_: int) -> list[Json]:
    return orders.to_quantity(1, 1)


def _all(size: int) -> list[Json]:
    return orders.to_quantity(1, *range(1, size + 1))


def _case(cloud: Cloud, size: int, edits: Edits, versions: int = 1) -> Json:
    order, wanted, meter = orders.placed(cloud, size), edits(size), Meter(cloud)
    for version in range(1, versions):
        again = orders.to_quantity(3 + version % 2, 2)
        orders.amended(cloud, order, again, orders.previewed(cloud, order, again).body["digest"])
    with meter.reading() as preview:
        digest = orders.previewed(cloud, order, wanted).body["digest"]
    with meter.reading() as amendment:
        orders.amended(cloud, order, wanted, digest)
    with meter.reading() as read:
        orders.read(cloud, order)
    return {"preview": preview.shown(), "amendment": amendment.shown(), "read": read.shown()}
