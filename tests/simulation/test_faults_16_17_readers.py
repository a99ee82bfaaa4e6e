"""Faults 16 and 17: what readers see of indexes that lag and of writes under way."""

from collections.abc import Callable

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from shared.domain.change.states import ChangeStatus
from tests.fakes.builders import AGENT, AGENT_2, CUSTOMER, MANAGER, MANAGER_2
from tests.simulation.deeds import (
    FIVE,
    THREE,
    Json,
    _refunded,
    commits,
    deciding,
    submitting,
    waits_for_manager,
)
from tests.simulation.scenarios import (
    Scene,
    Sent,
    a_scene,
    lagging,
    paged,
    quantity,
)
from tests.support.clients import REGION


def test_fault_16_stale_indexes_and_eventually_consistent_reads() -> None:
    """Fault 16, V A: every index, and every read that does not ask to be consistent, shows a change waiting, an
    order at its first version, and stock untouched, while all that is over: lists show nothing that no longer fits,
    deciding again is refused, an edit is refused with the fresh ETag, the sweeper expires nothing. 5 seeds."""
    for seed in FIVE:
        with a_scene(seed) as scene:
            change = waits_for_manager(scene)
            stale = scene.etag()
            scene.bring()
            with lagging(scene):
                assert scene.sends_in_peace(deciding(scene, change)).body["status"] == "committed"
                scene.simulation.clock.passes(hours=25)  # by the stale index, the change has expired
                inbox = scene.asks("reads", MANAGER, "GET", "/changes?waiting_for=manager")
                own = scene.asks("owner", CUSTOMER, "GET", "/changes?status=pending_approval")
                orders = scene.asks("lists", CUSTOMER, "GET", "/orders")
                order = scene.asks("looks", CUSTOMER, "GET", f"/orders/{scene.orders[0]}")
                late = scene.sends("decides", deciding(scene, change, MANAGER_2, "reject"))
                body = {"reason_code": "customer_request", "edits": [quantity("l1", 2)]}
                path = f"/orders/{scene.orders[0]}/amendments"
                edit = scene.asks("edits", AGENT, "POST", path, body, if_match=stale, idempotency_key="k")
                scene.runs("sweep", "SweepFunction")
                scene.plays()
            assert inbox.answer.body["items"] == own.answer.body["items"] == []
            assert [each["version"] for each in orders.answer.body["items"]] == [2] == [order.answer.body["version"]]
            assert (late.answer.status, late.answer.code) == (409, "not-waiting")
            assert edit.answer.status == 412
            assert edit.answer.body["etag"].startswith('"2.')
            evidence = scene.ends()
            assert [each.status for each in evidence.changes] == [ChangeStatus.COMPLETED]


def test_fault_16_stale_index_rows_behind_the_systems_back() -> None:
    """Fault 16, V N: index rows say that a committed change is open, due and waiting, and that its events are
    unpublished: the sweeper looks at the rows themselves, and does nothing twice that shows. 3 seeds."""
    for seed in THREE:
        with a_scene(seed) as scene:
            commits(scene)
            scene.bring()
            rows = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["ChangesTable"]
            (row,) = [row for row in rows.all_items() if row.attrs["part"].value == "RECORD"]
            for name, value in (("open", "open"), ("expires_at", "2026-01-01"), ("waiting_for", "manager"),
                                ("status", "pending_approval")):  # fmt: skip
                row.attrs[name] = type(row.attrs["part"])({"S": value})
            scene.simulation.clock.passes(hours=1)
            inbox = scene.asks("reads", MANAGER, "GET", "/changes?waiting_for=manager")
            scene.runs("sweep", "SweepFunction")
            scene.ends()
            assert inbox.answer.body["items"] == []
            _refunded(scene)


WRITES: dict[str, Callable[[Scene], Sent]] = {
    "amend": lambda scene: scene.amending(AGENT, quantity("l1", 2), quantity("l2", 1)),
    "ship": lambda scene: scene.shipping("l1", 2),
    "cancel": lambda scene: scene.cancelling(CUSTOMER),
    "hold": lambda scene: submitting(scene, units=5),
}


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("rows", [1, 2])
def test_fault_17_a_read_torn_between_two_pages(name: str, rows: int) -> None:
    """Fault 17, T: a reader's query comes in pages of one row, or two, and a whole transaction happens between two of
    them: what is read is the order before or after it, whole, never a mixture. 1 seed for each page it can come after,
    for four kinds of writes."""
    for page in (1, 2):
        with a_scene(page) as scene:
            commits(scene, AGENT, quantity("l1", 4))  # so that it has a line in a row of its own
            sent = WRITES[name](scene)
            before = scene.order()

            def between(at: int, page: int = page, scene: Scene = scene, sent: Sent = sent) -> None:
                if at == page:
                    scene.sends("writes", sent)
                    scene.simulation.scheduler.block("waits between two pages", scene.ended("writes"))

            with paged(scene, "client reads", rows, between):
                read = scene.asks("reads", AGENT, "GET", f"/orders/{scene.orders[0]}")
                scene.plays()
            after = scene.order()
            assert after != before
            assert _shown(read.answer.body) in (_shown(before), _shown(after))
            scene.ends()


def _shown(order: Json) -> Json:
    """What a torn read mixes; a refund that is booked in the meantime is none of it."""
    return {name: order[name] for name in ("version", "status", "lines")} | {"total": order["totals"]["total"]}


def test_fault_17_a_change_planned_on_a_torn_read() -> None:
    """Fault 17, T: an agent's own read is torn by another's commit: the amendment is planned on no mixture, but
    refused as stale. 3 seeds."""
    for seed in THREE:
        with a_scene(seed) as scene:
            sent, rival = scene.amending(AGENT, quantity("l2", 1)), scene.amending(AGENT_2, quantity("l1", 5))

            def between(at: int, scene: Scene = scene, rival: Sent = rival) -> None:
                if at == 1:
                    scene.sends("rival", rival)
                    scene.simulation.scheduler.block("waits between two pages", scene.ended("rival"))

            with paged(scene, "client who", 1, between):
                asked = scene.sends("who", sent)
                scene.plays()
            assert asked.answer.status == 412
            scene.ends()
            assert [line["quantity"] for line in scene.order()["lines"]] == [5, 2]
