"""Fault 57: the largest order and change at every door, and thirty of them waiting."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType

from shared.domain.change.states import OPEN, ChangeStatus
from shared.domain.order.bounds import MAX_LINES
from shared.http.routes import ROUTES
from tests.fakes.builders import AGENT, CUSTOMER, MANAGER, OPERATOR, SERVICE
from tests.simulation import simulation
from tests.simulation.deeds import deciding, large
from tests.simulation.episodes import rows_of
from tests.simulation.faults import Fault
from tests.simulation.scenarios import Scene, Sent, a_scene, price
from tests.simulation.simulation import Weather
from tests.support.clients import REGION
from tests.unit.channels.shop_orders import a_shopify_line, a_shopify_order, a_woo_line, a_woo_order
from tests.unit.http.client import CONTEXT, Reply

Json = dict[str, Any]
REPLY, PAGE = 5_000_000, 1_000_000
LINES = 40
"""Of each of thirty orders: a change of so many lines of long titles is far more than a sweep needs to know of it."""
QUIET = Weather(duplicates=0)


def size(reply: Reply) -> int:
    return len(json.dumps(reply.body, ensure_ascii=False, separators=(",", ":")).encode())


def waits(scene: Scene, lines: int, number: int = 0) -> Json:
    """A change of every line of an order, for which a manager is asked."""
    path = f"/orders/{scene.orders[number]}/amendments"
    body: Json = {
        "reason_code": "price_correction",
        "edits": [price(f"l{line}", "0.10") for line in range(1, lines + 1)],
    }
    preview = scene.at_peace(AGENT, "POST", f"{path}?dry_run=true", body)
    body["accept"] = {"digest": preview.body["digest"]}
    reply = scene.sends_in_peace(Sent(AGENT, "POST", path, body, {"if_match": scene.etag(number)}))
    assert (reply.status, reply.body["status"]) == (201, "pending_approval"), reply.body
    assert max(size(preview), size(reply)) < REPLY
    return dict(reply.body)


def readable(**known: str) -> Iterator[str]:
    """The path of every route that reads, as far as what its place names is known."""
    for route in ROUTES:
        names = set(route.path.replace("{", "}").split("}")[1::2])
        if route.method == "GET" and names <= known.keys():
            yield route.path.format(**known)


def pages_of(scene: Scene, path: str, first: Reply) -> Iterator[Reply]:
    """The pages of a list after its first."""
    while isinstance(first.body, dict) and (cursor := first.body.get("next_cursor")):
        first = scene.at_peace(MANAGER, "GET", f"{path}{'&' if '?' in path else '?'}cursor={cursor}")
        yield first


def test_fault_57_the_largest_change_of_the_largest_order_is_bounded_at_every_door() -> None:
    """Each line of as many as an order may have changes, waits, is read by every route that reads, and is approved; 1
    seed. L N: no reply reaches 5 MB, no page of a list 1 MB, and the change ends as any other."""
    with a_scene(1, large(MAX_LINES, 1, title=60), stock={}, weather=QUIET) as scene:
        change = waits(scene, MAX_LINES)
        scene.bring()
        known = {"order_id": scene.orders[0], "change_id": change["change_id"], "n": "2", "part": "lines"}
        lists = ["/changes?waiting_for=manager", f"/changes?order_id={scene.orders[0]}", "/orders?customer_id=cus-1"]
        lists.append(f"/changes/{change['change_id']}/plan/lines?limit=1000")
        seen = 0
        for path in (*readable(**known), *lists):
            for who in (MANAGER, CUSTOMER, OPERATOR):
                reply = scene.at_peace(who, "GET", path)
                assert reply.status < 500, (path, reply.body)
                assert size(reply) < (PAGE if isinstance(reply.body, dict) and "items" in reply.body else REPLY), path
                if reply.status == 200 and who is MANAGER:
                    seen += 1
                    assert all(size(page) < PAGE for page in pages_of(scene, path, reply)), path
        assert seen > 10
        decided = scene.sends_in_peace(deciding(scene, change, MANAGER))
        assert (decided.status, decided.body["status"]) == (200, "committed")
        assert size(decided) < REPLY
        scene.ends()


OF_SHOPS: dict[str, Callable[[int], Json]] = {
    "shopify": lambda lines: a_shopify_order(line_items=[a_shopify_line(id=number) for number in range(lines)]),
    "woocommerce": lambda lines: a_woo_order(line_items=[a_woo_line(id=number) for number in range(lines)]),
}


@pytest.mark.parametrize("channel", ["direct", *OF_SHOPS])
def test_fault_57_no_door_takes_a_larger_order(channel: str) -> None:
    """One line more than may be, over each channel; 3 cases. L: refused in words, and nothing of it is kept."""
    with a_scene(1, weather=QUIET) as scene:
        path = "/orders" if channel == "direct" else f"/channels/{channel}/orders"
        order = large(MAX_LINES + 1, 1, number=2) if channel == "direct" else OF_SHOPS[channel](MAX_LINES + 1)
        before = len(rows_of("OrdersTable"))
        reply = scene.at_peace(SERVICE, "POST", path, order)
        assert reply.status == 422, reply.body
        assert "2,000 lines" in json.dumps(reply.body) or "too-many" in json.dumps(reply.body)
        assert len(rows_of("OrdersTable")) == before


class InAHurry:
    """What Lambda tells a function of its time: a sweep has twenty seconds; each look at the clock takes half a one."""

    def __init__(self) -> None:
        self.left = self.least = 20_000

    def get_remaining_time_in_millis(self) -> int:
        self.left -= 500
        self.least = min(self.least, self.left)
        return self.left

    def __getattr__(self, name: str) -> Any:
        return getattr(CONTEXT, name)


def read_by_sweeps(scene: Scene) -> list[int]:
    """How many bytes each reply of the database to a sweep has, from now on."""
    wire, found = scene.simulation.wire, list[int]()
    send, scheduler = wire.send, scene.simulation.scheduler

    def sends(service: str, operation: str, request: Any, moto: Callable[[], Any]) -> Any:
        reply = send(service, operation, request, moto)
        if scheduler.current is not None and "sweep" in scheduler.current.name:
            found.append(len(reply.content))
        return reply

    wire.send = sends  # type: ignore[method-assign]
    return found


@pytest.mark.parametrize("seed", range(2))
def test_fault_57_thirty_that_wait_are_listed_in_pages_and_ended_by_sweeps_of_bounded_time_and_memory(
    seed: int,
) -> None:
    """Thirty orders with a large change each, a row that cannot be read among them, and calls of the sweep that fail; 2
    seeds. L N: the inbox comes in pages; each sweep ends before its time is up, reads one change at a time, and goes on
    behind the bad row; in the end everything has ended."""
    weather = Weather(rates={Fault.ERROR: 0.01, Fault.CRASH_AFTER: 0.002}, duplicates=0)
    thirty = [large(LINES, 1, title=200, units=14, number=number) for number in range(30)]
    with a_scene(seed, *thirty, stock={}, weather=weather) as scene:
        changes = [waits(scene, LINES, number) for number in range(30)]
        first = scene.at_peace(MANAGER, "GET", "/changes?waiting_for=manager&limit=7")
        replies = [first, *pages_of(scene, "/changes?waiting_for=manager&limit=7", first)]
        listed = [each["change_id"] for reply in replies for each in reply.body["items"]]
        assert sorted(listed) == sorted(each["change_id"] for each in changes)
        assert max(map(size, replies)) < PAGE
        bad = record(changes[3]["change_id"]).attrs
        body, bad["body"] = bad["body"], DynamoType({"S": "{"})
        scene.simulation.clock.passes(hours=80)
        read, sweeps = read_by_sweeps(scene), list[InAHurry]()
        while len(left := still_open(changes)) > 1 and len(sweeps) < 30:
            sweeps.append(InAHurry())
            sweeps_alone(scene, sweeps[-1])
        assert left == [changes[3]["change_id"]]
        assert 2 < len(sweeps) < 30
        assert all(sweep.least > 0 for sweep in sweeps)
        assert max(read) * 4 < sum(row.size() for row in _records())
        bad["body"] = body
        scene.ends()
        assert {change.status for change in scene.changes} == {ChangeStatus.EXPIRED}


def sweeps_alone(scene: Scene, hurry: InAHurry) -> None:
    """The sweep runs, and nobody beside it: the machines that would end these changes have lost them."""

    def work() -> None:
        try:
            scene.simulation.invoke("SweepFunction", {})
        except Exception as error:  # noqa: BLE001 (the next minute it runs again)
            scene.simulation.scheduler.note(f"failed: {type(error).__name__}")

    scheduler = scene.simulation.scheduler
    sweep = scheduler.spawn("sweep", work)
    with patch.object(simulation, "CONTEXT", hurry):
        while sweep in scheduler.workers:
            scheduler.step(sweep)


def still_open(changes: list[Json]) -> list[str]:
    return [each["change_id"] for each in changes if record(each["change_id"]).attrs["status"].value in OPEN]


def record(change_id: str) -> Any:
    """The row of a change, behind the system's back."""
    return next(row for row in _records() if row.attrs["change_id"].value == change_id)


def _records() -> list[Any]:
    rows = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["ChangesTable"].all_items()
    return [row for row in rows if row.attrs["part"].value == "RECORD"]
