"""Stock is not held for nothing: what waits holds no more, and no longer, than policy lets it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.domain.change.tally import units_key
from shared.domain.policy.documents.checks import CheckRule
from shared.domain.policy.documents.collection import CollectionPolicy, CollectionRule
from shared.domain.policy.documents.holds import HoldRule
from shared.usecases.sweeping.mind_deadlines import mind_deadlines
from tests.fakes import World
from tests.fakes.builders import MANAGER
from tests.unit.http.cancelling import usd
from tests.unit.http.client import Client, Reply, example

PLENTY = 5000


@pytest.fixture(autouse=True)
def stock(service: Client) -> None:
    service.put("/stock/MUG", {"on_hand": PLENTY})
    service.put("/stock/CUP", {"on_hand": PLENTY})


def an_order(service: Client, number: int = 1, *skus: str) -> str:
    """One unit of each, at 1.00 and paid."""
    order, skus = example("order-direct"), skus or ("MUG",)
    lines = [
        {"line_id": f"l{index}", "sku": sku, "title": sku, "quantity": 1, "unit_price": usd("1.00"), "taxes": []}
        for index, sku in enumerate(skus, start=1)
    ]
    paid = {**order["payments"][0], "captured": usd(f"{len(skus)}.00"), "reference": f"R-{number}"}
    body = order | {"channel_order_id": f"D-{number}", "lines": lines, "discounts": [], "payments": [paid]}
    return str(service.post("/orders", body).body["order_id"])


def more(client: Client, order_id: str, *quantities: int, accept: bool = True) -> Reply:
    path, edits = f"/orders/{order_id}/amendments", []
    for index, quantity in enumerate(quantities, start=1):
        edits.append({"op": "set_quantity", "line_id": f"l{index}", "quantity": quantity})
    body = {"reason_code": "customer_request", "edits": edits}
    plan = client.post(f"{path}?dry_run=true", body).body
    etag = client.get(f"/orders/{order_id}").headers["ETag"]
    return client.post(path, body | ({"accept": {"digest": plan["digest"]}} if accept else {}), if_match=etag)


def held(service: Client, sku: str = "MUG") -> int:
    return int(service.get(f"/stock/{sku}").body["held"])


def bounded(world: World, *rules: dict[str, Any]) -> None:
    given = tuple(HoldRule(**({"id": f"r{index}", "words": "Bounded."} | rule)) for index, rule in enumerate(rules))
    checks = replace(world.policies.policy.checks, holds=given)
    world.policies.policy = replace(world.policies.policy, checks=checks)


def decided(change: dict[str, Any]) -> Reply:
    decision = {"decision": "approve", "digest": change["plan"]["digest"]}
    return Client(MANAGER).post(f"/changes/{change['change_id']}/decisions", decision)


def test_without_a_rule_a_change_holds_all_that_it_takes(service: Client, customer: Client) -> None:
    assert more(customer, an_order(service), PLENTY).body["status"] == "pending_approval"
    assert held(service) == PLENTY - 1


@pytest.mark.parametrize(
    ("rule", "units"),
    [
        ({"per_line": 20}, 20),
        ({"per_order": 30}, 30),
        ({"per_customer": 40}, 40),
        ({"share_percent": Decimal(10)}, 499),
        ({"share_percent": Decimal(0)}, 0),
        ({"per_line": 20, "per_order": 10, "per_customer": 40}, 10),
        ({"per_line": 20, "roles": ("agent",)}, PLENTY - 1),
        ({"per_line": 20, "kinds": ("exchange",)}, PLENTY - 1),
        ({"per_line": 20, "waits": ("payment",)}, PLENTY - 1),
    ],
)
def test_a_customer_s_change_that_waits_holds_within_bounds(
    world: World, service: Client, customer: Client, rule: dict[str, Any], units: int
) -> None:
    bounded(world, rule)
    assert more(customer, an_order(service), PLENTY).body["status"] == "pending_approval"
    assert (held(service), world.memory.tallies.get(units_key("cus-1"), 0)) == (units, units)


def test_bounds_of_an_order_are_for_all_its_products_together(world: World, service: Client, customer: Client) -> None:
    bounded(world, {"per_line": 20, "per_order": 30})
    more(customer, an_order(service, 1, "MUG", "CUP"), 1000, 1000)
    assert held(service) + held(service, "CUP") == 30


def test_bounds_of_a_line_are_for_each_line_of_a_product(world: World, service: Client, customer: Client) -> None:
    bounded(world, {"per_line": 20})
    more(customer, an_order(service, 1, "MUG", "MUG"), 1000, 1000)
    assert held(service) == 40


def test_bounds_of_a_customer_are_for_all_orders_together(world: World, service: Client, customer: Client) -> None:
    bounded(world, {"per_line": 30, "per_customer": 50})
    first = more(customer, an_order(service, 1), 1000).body
    more(customer, an_order(service, 2), 1000)
    more(customer, an_order(service, 3), 1000)
    assert held(service) == 50
    undo = f"/orders/{first['order_id']}/amendments/{first['change_id']}/undo"
    assert customer.post(undo, if_match='"1.0"').body["status"] == "undone"
    assert (held(service), world.memory.tallies[units_key("cus-1")]) == (20, 20)


def test_of_two_changes_at_once_the_second_is_bounded_by_the_first(
    world: World, service: Client, customer: Client
) -> None:
    bounded(world, {"per_customer": 50})
    first, second = an_order(service, 1), an_order(service, 2)
    world.memory.before_write = lambda: _waits(customer, first)
    more(customer, second, 1000)
    assert (held(service), world.memory.tallies[units_key("cus-1")]) == (50, 50)


def _waits(client: Client, order_id: str) -> None:
    assert more(client, order_id, 41).status == 201


def test_an_approved_change_that_held_a_part_takes_all_of_it(world: World, service: Client, agent: Client) -> None:
    bounded(world, {"per_line": 20})
    change = more(agent, an_order(service), 1000).body
    assert decided(change).body["status"] == "committed"
    level = service.get("/stock/MUG").body
    assert (level["held"], level["allocated"]) == (0, 1000)
    assert world.memory.tallies[units_key("cus-1")] == 0


def test_what_was_not_held_and_is_gone_refuses_the_approval(world: World, service: Client, agent: Client) -> None:
    bounded(world, {"per_line": 20})
    change = more(agent, an_order(service), 1000).body
    service.put("/stock/MUG", {"on_hand": 500})
    assert decided(change).code == "plan-changed"
    service.put("/stock/MUG", {"on_hand": PLENTY})
    assert decided(change).body["status"] == "committed"


def test_a_plan_warns_of_what_it_will_not_hold(world: World, service: Client, agent: Client) -> None:
    bounded(world, {"per_line": 20})
    plan = more(agent, an_order(service), 1000).body["plan"]
    assert plan["warnings"] == [
        "While it waits, 20 of 999 units of MUG are held for it; the rest must still be there then."
    ]


def test_the_digest_tells_nothing_of_holds(world: World, service: Client, agent: Client) -> None:
    order = an_order(service)
    edits = [{"op": "set_quantity", "line_id": "l1", "quantity": 1000}]
    body, path = {"reason_code": "customer_request", "edits": edits}, f"/orders/{order}/amendments?dry_run=true"
    before = agent.post(path, body).body["digest"]
    bounded(world, {"per_line": 20})
    assert agent.post(path, body).body["digest"] == before


def test_stock_is_free_again_when_its_time_is_over_and_the_change_waits_on(
    world: World, service: Client, agent: Client
) -> None:
    bounded(world, {"seconds": 3600})
    change = more(agent, an_order(service), 1000).body
    world.clock.passes(minutes=59)
    mind_deadlines(world.services)
    assert held(service) == 999
    world.clock.passes(minutes=2)
    mind_deadlines(world.services)
    assert (held(service), world.memory.tallies[units_key("cus-1")]) == (0, 0)
    assert [event.type for event in world.memory.events][-1] == "StockReleased"
    waiting = agent.get(f"/changes/{change['change_id']}").body
    assert (waiting["status"], "free again" in waiting["timeline"][-1]["note"]) == ("pending_approval", True)
    assert mind_deadlines(world.services) == 0
    assert decided(change).body["status"] == "committed"


def test_a_change_is_due_when_its_stock_is_and_its_approval_only_when_that_is(
    world: World, service: Client, agent: Client
) -> None:
    bounded(world, {"seconds": 60})
    change = world.memory.changes[more(agent, an_order(service), 1000).body["change_id"]]
    assert change.due_at == world.clock.now() + timedelta(minutes=1)
    assert change.lapses_at is not None
    assert change.asked is not None
    assert change.lapses_at == change.asked.due_at > change.due_at


def test_each_wait_holds_by_a_rule_of_its_own(world: World, service: Client, customer: Client) -> None:
    bounded(world, {"waits": ("approval",), "share_percent": Decimal(0)}, {"waits": ("payment",), "per_line": 30})
    first = CollectionRule(id="first", mode="before_commit", words="Pay first.")
    collection = CollectionPolicy(rules=(first,))
    world.policies.policy = replace(world.policies.policy, collection=collection)
    change = more(customer, an_order(service), 1000).body
    assert (change["status"], held(service)) == ("pending_approval", 0)
    assert decided(change).body["status"] == "pending_payment"
    assert (held(service), world.memory.tallies[units_key("cus-1")]) == (30, 30)


def test_what_is_submitted_and_never_accepted_holds_by_the_rule_of_that(
    world: World, service: Client, agent: Client
) -> None:
    bounded(world, {"waits": ("acceptance",), "per_line": 5})
    order = an_order(service)
    draft = more(agent, order, 100, accept=False).body
    assert held(service) == 0
    path = f"/orders/{order}/amendments/{draft['change_id']}/submit"
    submitted = agent.post(path, {"digest": draft["plan"]["digest"]}, if_match='"1.0"').body
    assert (submitted["status"], held(service)) == ("approved", 5)


def test_other_edits_free_what_was_held(world: World, service: Client, agent: Client) -> None:
    bounded(world, {"per_line": 20})
    order = an_order(service)
    change = more(agent, order, 1000).body
    body = {"reason_code": "customer_request", "edits": [{"op": "set_quantity", "line_id": "l1", "quantity": 900}]}
    assert agent.put(f"/orders/{order}/amendments/{change['change_id']}", body, if_match='"1.0"').status == 200
    assert (held(service), world.memory.tallies[units_key("cus-1")]) == (0, 0)


def test_a_change_from_before_units_were_counted_is_freed_without_a_count(
    world: World, service: Client, agent: Client
) -> None:
    change = world.memory.changes[more(agent, an_order(service), 1000).body["change_id"]]
    world.memory.changes[change.change_id] = replace(change, holds_counted=False)
    world.memory.tallies.clear()
    undo = f"/orders/{change.order_id}/amendments/{change.change_id}/undo"
    assert agent.post(undo, if_match='"1.0"').body["status"] == "undone"
    assert (held(service), world.memory.tallies) == (0, {})


@pytest.mark.parametrize(
    ("when", "quantity", "status"),
    [
        ("units_added > 50", 52, "pending_approval"),
        ("units_added > 50", 51, "committed"),
        ("units_taken >= 1", 2, "committed"),
        ("units_waiting >= 1", 3, "committed"),
    ],
)
def test_conditions_know_quantities(
    world: World, service: Client, agent: Client, when: str, quantity: int, status: str
) -> None:
    rule = CheckRule(id="many", when=when, outcome="approve", words="Many units.")
    checks = replace(world.policies.policy.checks, rules=(rule,))
    world.policies.policy = replace(world.policies.policy, checks=checks)
    assert more(agent, an_order(service), quantity).body["status"] == status


def test_conditions_know_what_a_customer_s_other_changes_hold(world: World, service: Client, customer: Client) -> None:
    rule = CheckRule(id="more", when="units_waiting >= 500", outcome="deny", words="Let the others be decided first.")
    checks = replace(world.policies.policy.checks, rules=(rule,))
    world.policies.policy = replace(world.policies.policy, checks=checks)
    more(customer, an_order(service, 1), 600)
    order = an_order(service, 2)
    body = {"reason_code": "customer_request", "edits": [{"op": "set_quantity", "line_id": "l1", "quantity": 2}]}
    plan = customer.post(f"/orders/{order}/amendments?dry_run=true", body).body
    assert [each["code"] for each in plan["violations"]] == ["check-failed"]
