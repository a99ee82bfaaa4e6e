"""Step-up and velocity add up over changes: per order, per customer's day, and per day of whoever asks."""

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.policy.documents.checks import Velocity
from tests.fakes import World
from tests.fakes.builders import AGENT, AGENT_2, MANAGER
from tests.unit.http.client import Client, Reply, example

TOGETHER = "With what was refunded before, this refund needs a sign-in by more than one factor"


@pytest.fixture
def weak(world: World) -> Client:
    """An agent who signed in by a password alone."""
    return Client(replace(AGENT, strong=False))


@pytest.fixture
def weak_2(world: World) -> Client:
    return Client(replace(AGENT_2, strong=False))


def an_order(service: Client, number: int, customer: str = "cus-1", currency: str = "USD") -> str:
    """10 mugs of 400.00, untaxed and paid."""
    order, money = example("order-direct"), {"amount": "400.00", "currency": currency}
    line = {"line_id": "l1", "sku": "MUG", "title": "Mug", "quantity": 10, "unit_price": money, "taxes": []}
    paid = {**order["payments"][0], "captured": {"amount": "4000.00", "currency": currency}, "reference": f"R-{number}"}
    paid.pop("authorised", None)
    body = order | {"channel_order_id": f"D-{number}", "currency": currency, "lines": [line], "discounts": []}
    body.pop("shipping", None)
    body |= {"customer": order["customer"] | {"customer_id": customer}, "payments": [paid]}
    return str(service.post("/orders", body).body["order_id"])


def less(client: Client, order_id: str, quantity: int) -> Reply:
    """So many units are left; each one less gives 400.00 back."""
    path = f"/orders/{order_id}/amendments"
    body = {"reason_code": "customer_request", "edits": [{"op": "set_quantity", "line_id": "l1", "quantity": quantity}]}
    digest = client.post(f"{path}?dry_run=true", body).body["digest"]
    etag = client.get(f"/orders/{order_id}").headers["ETag"]
    return client.post(path, body | {"accept": {"digest": digest}}, if_match=etag)


def approved(change: dict[str, Any]) -> None:
    decision = {"decision": "approve", "digest": change["plan"]["digest"]}
    decided = Client(MANAGER).post(f"/changes/{change['change_id']}/decisions", decision)
    assert decided.body["status"] == "committed"


def test_small_refunds_of_one_agent_s_day_add_up_to_a_step_up(service: Client, weak: Client) -> None:
    orders = [an_order(service, number, f"cus-{number}") for number in range(3)]
    assert [less(weak, order, 9).status for order in orders[:2]] == [201, 201]
    third = less(weak, orders[2], 9)
    assert (third.code, third.body["max_age"], TOGETHER in third.body["detail"]) == ("step-up-required", 43200, True)


def test_whoever_has_stepped_up_goes_on(service: Client, weak: Client, agent: Client) -> None:
    orders = [an_order(service, number, f"cus-{number}") for number in range(3)]
    assert [less(weak, order, 9).status for order in orders[:2]] == [201, 201]
    assert less(agent, orders[2], 9).status == 201


def test_refunds_of_one_customer_s_day_add_up_whoever_asks(service: Client, weak: Client, weak_2: Client) -> None:
    first, second = (an_order(service, number) for number in range(2))
    assert (less(weak, first, 9).status, less(weak_2, second, 9).status) == (201, 201)
    assert less(weak_2, first, 8).code == "step-up-required"


def test_refunds_of_one_order_add_up_from_day_to_day(world: World, service: Client, weak: Client) -> None:
    world.policies.policy = _older_sign_ins(world)
    order = an_order(service, 1)
    assert less(weak, order, 9).status == 201
    world.clock.passes(days=1)
    approved(less(weak, order, 8).body)
    world.clock.passes(days=1)
    assert less(weak, order, 7).code == "step-up-required"


def test_the_next_day_begins_at_nothing(world: World, service: Client, weak: Client) -> None:
    orders = [an_order(service, number) for number in range(3)]
    assert [less(weak, order, 9).status for order in orders[:2]] == [201, 201]
    world.clock.passes(days=1)
    assert less(weak, orders[2], 9).status == 201


def test_a_change_that_waits_counts_as_asked_for(service: Client, weak: Client) -> None:
    first, second = (an_order(service, number, f"cus-{number}") for number in range(2))
    waiting = less(weak, first, 8)
    assert waiting.body["status"] == "pending_approval"
    assert less(weak, second, 9).code == "step-up-required"


def test_a_change_counts_once_however_often_it_waits(world: World, service: Client, weak: Client) -> None:
    waiting = less(weak, an_order(service, 1), 8).body
    approved(waiting)
    assert set(world.memory.tallies.values()) == {1}
    assert [each["USD"] for each in world.memory.sums.values()] == [80_000, 80_000]


def test_a_draft_counts_when_it_is_submitted(world: World, service: Client, weak: Client) -> None:
    order = an_order(service, 1)
    body = {"reason_code": "customer_request", "edits": [{"op": "set_quantity", "line_id": "l1", "quantity": 9}]}
    draft = weak.post(f"/orders/{order}/amendments", body, if_match='"1.0"').body
    assert world.memory.tallies == {}
    path, digest = f"/orders/{order}/amendments/{draft['change_id']}", {"digest": draft["plan"]["digest"]}
    assert weak.post(f"{path}/submit", digest, if_match='"1.0"').status == 200
    assert weak.post(f"{path}/accept", digest, if_match='"1.0"').body["status"] == "committed"
    assert sorted(world.memory.tallies.values()) == [1, 1]


def test_a_colleague_who_submits_a_draft_is_judged_by_the_day_of_its_author(
    service: Client, weak: Client, weak_2: Client
) -> None:
    orders = [an_order(service, number, f"cus-{number}") for number in range(3)]
    body = {"reason_code": "customer_request", "edits": [{"op": "set_quantity", "line_id": "l1", "quantity": 9}]}
    draft = weak.post(f"/orders/{orders[2]}/amendments", body, if_match='"1.0"').body
    assert [less(weak, order, 9).status for order in orders[:2]] == [201, 201]
    path, digest = f"/orders/{orders[2]}/amendments/{draft['change_id']}", {"digest": draft["plan"]["digest"]}
    assert weak_2.post(f"{path}/submit", digest, if_match='"1.0"').code == "step-up-required"


def test_other_edits_count_anew(world: World, service: Client, weak: Client) -> None:
    order = an_order(service, 1)
    waiting = less(weak, order, 8).body
    path = f"/orders/{order}/amendments/{waiting['change_id']}"
    body = {"reason_code": "customer_request", "edits": [{"op": "set_quantity", "line_id": "l1", "quantity": 7}]}
    assert weak.put(path, body, if_match='"1.0"').body["status"] == "draft"
    edited = world.services.changes.get(waiting["change_id"])
    assert edited is not None
    assert edited.counted is None
    digest = weak.get(f"/changes/{waiting['change_id']}").body["plan"]["digest"]
    assert weak.post(f"{path}/submit", {"digest": digest}, if_match='"1.0"').code == "step-up-required"


def test_currencies_are_never_added_up_together(service: Client, weak: Client) -> None:
    for number, currency in enumerate(("USD", "EUR", "GBP")):
        assert less(weak, an_order(service, number, currency=currency), 9).status == 201


def test_a_preview_warns_of_what_comes_together(service: Client, weak: Client) -> None:
    orders = [an_order(service, number) for number in range(3)]
    for order in orders[:2]:
        less(weak, order, 9)
    body = {"reason_code": "customer_request", "edits": [{"op": "set_quantity", "line_id": "l1", "quantity": 9}]}
    plan = weak.post(f"/orders/{orders[2]}/amendments?dry_run=true", body).body
    assert TOGETHER in plan["warnings"][0]


def test_two_refunds_at_once_are_judged_one_after_the_other(world: World, service: Client, weak: Client) -> None:
    orders = [an_order(service, number, f"cus-{number}") for number in range(3)]
    assert less(weak, orders[0], 9).status == 201
    world.memory.before_write = lambda: _refund(weak, orders[1])
    assert less(weak, orders[2], 9).code == "step-up-required"


def _refund(client: Client, order: str) -> None:
    assert less(client, order, 9).status == 201


def _older_sign_ins(world: World) -> Any:
    checks = world.policies.policy.checks
    month = tuple(replace(rule, max_age_seconds=30 * 86_400) for rule in checks.step_up)
    return replace(world.policies.policy, checks=replace(checks, step_up=month))


# ------------------------------------------------------------------------------------------------------------ velocity


def bounded(world: World, **rule: Any) -> None:
    """No more than 1,000.00 of refunds together."""
    given = {"id": "fast", "per": "agent", "above": {"USD": "1000.00"}, "outcome": "approve", "words": "It adds up."}
    checks = replace(world.policies.policy.checks, velocity=(Velocity(**(given | rule)),))
    world.policies.policy = replace(world.policies.policy, checks=checks)


@pytest.mark.parametrize("per", ["agent", "customer"])
def test_beyond_a_sum_of_a_day_somebody_approves(world: World, service: Client, agent: Client, per: str) -> None:
    bounded(world, per=per)
    orders = [an_order(service, number) for number in range(3)]
    assert [less(agent, order, 9).body["status"] for order in orders] == ["committed", "committed", "pending_approval"]


def test_beyond_a_sum_of_one_order_somebody_approves(world: World, service: Client, agent: Client) -> None:
    bounded(world, per="order", above={"USD": "400.00"})
    order = an_order(service, 1)
    assert less(agent, order, 9).body["status"] == "committed"
    world.clock.passes(days=3)
    waiting = less(Client(replace(AGENT, authenticated_at=world.clock.now())), order, 8).body
    assert waiting["plan"]["approvals"][0]["because"].startswith("It adds up.")


def test_beyond_a_sum_a_rule_denies(world: World, service: Client, agent: Client) -> None:
    bounded(world, outcome="deny", above={"USD": "400.00"})
    first, second = (an_order(service, number) for number in range(2))
    assert less(agent, first, 9).body["status"] == "committed"
    assert [error["code"] for error in less(agent, second, 9).body["errors"]] == ["check-failed"]


def test_a_rule_of_other_roles_or_of_an_unpassed_sum_says_nothing(world: World, service: Client, agent: Client) -> None:
    bounded(world, roles=("customer",), above={"USD": "1.00"})
    assert less(agent, an_order(service, 1), 9).body["status"] == "committed"
    bounded(world, above={"USD": "800.00"})
    assert less(agent, an_order(service, 2), 9).body["status"] == "committed"


def test_in_a_currency_that_no_sum_names_somebody_always_approves(world: World, service: Client, agent: Client) -> None:
    bounded(world, above={"EUR": "1000.00"})
    assert less(agent, an_order(service, 1), 9).body["status"] == "pending_approval"


def test_what_was_asked_for_in_time_is_not_judged_by_what_came_after(
    world: World, service: Client, agent: Client
) -> None:
    bounded(world, above={"USD": "1000.00"})
    first, second = (an_order(service, number, f"cus-{number}") for number in range(2))
    waiting = less(agent, first, 8).body
    assert less(agent, second, 9).body["status"] == "pending_approval"
    approved(waiting)


def test_a_condition_knows_how_many_refunds_somebody_has_asked_for_today(
    world: World, service: Client, agent: Client
) -> None:
    checks = world.policies.policy.checks
    rule = replace(checks.rules[0], id="busy", when="refunds_asked_today >= 2", outcome="approve")
    world.policies.policy = replace(world.policies.policy, checks=replace(checks, rules=(rule,)))
    orders = [an_order(service, number, f"cus-{number}") for number in range(3)]
    assert [less(agent, order, 9).body["status"] for order in orders] == ["committed", "committed", "pending_approval"]
