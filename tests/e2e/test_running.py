"""`make run`: as many as one likes beside each other, each with its own parameters, and nothing left afterwards."""

from pathlib import Path

import pytest

from tests.e2e.portal import Portal, a_line, eventually
from tests.e2e.service import Service, alive, listens, running


def test_a_second_run_knows_nothing_of_the_first(
    service: Service, portal: Portal, hasty: Service, hasty_portal: Portal
) -> None:
    order = portal.places(a_line(sku=portal.a_sku(), quantity=1, price="1.00"))

    there, here = (each.http("GET", order.path, None, "agent").status for each in (hasty, service))

    assert (here, there) == (200, 404)
    assert set(service.ports).isdisjoint(hasty.ports)
    assert hasty_portal.reads("/orders?limit=1")["items"]
    assert hasty.http("GET", "/orders", headers={"Authorization": f"Bearer {service.tokens['agent']}"}).status == 401


def test_a_run_is_reached_from_this_machine_only(service: Service) -> None:
    """Somebody who listens on all addresses listens on this one too (Linux: all of 127/8 is this machine)."""
    assert [port for port in service.ports if listens(port, "127.0.0.2")] == []


def test_a_run_begins_with_demo_orders_in_different_states(service: Service, portal: Portal) -> None:
    orders = portal.lists("/orders?limit=100")

    seeded = [order for order in orders if not order["channel_order_id"].startswith("E2E")]
    assert len(seeded) >= 12
    assert {"pending", "in_fulfillment", "partially_fulfilled", "fulfilled"} <= {order["status"] for order in seeded}
    assert {order["customer"]["customer_id"] for order in seeded} >= {"cus-1", "cus-2"}
    assert set(service.tokens) >= {"agent", "agent_2", "lead", "manager", "manager_2", "finance", "operator"}


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_an_interrupt_stops_all_that_was_started() -> None:
    with running() as service:
        assert service.http("GET", "/orders", None, "agent").status == 200
        started = service.processes
        assert len(started) > 2

        service.interrupt()

        eventually(lambda: not alive(started), "its processes are gone")
        assert [port for port in service.ports if listens(port)] == []
