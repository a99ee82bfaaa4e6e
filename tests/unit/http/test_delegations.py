"""PUT /delegations/{role}, its end, and the list: an approver is away, and somebody else decides."""

from typing import Any

import pytest

from shared.usecases.core.access import Principal
from tests.fakes import World
from tests.fakes.builders import AGENT_2, MANAGER
from tests.unit.http.client import Client

PATH = "/delegations/manager"
AWAY = {"to": AGENT_2.id, "until": "2026-12-01T00:00:00Z"}
GIVEN = {"role": "manager", "of": MANAGER.id, "since": "2026-11-20T12:00:00Z", **AWAY}


@pytest.fixture
def stand_in(world: World) -> Client:
    return Client(AGENT_2)


@pytest.fixture
def waiting(agent: Client, order_id: str) -> Any:
    """A change that waits for a manager."""
    path = f"/orders/{order_id}/amendments"
    edit = {"op": "set_unit_price", "line_id": "l1", "unit_price": {"amount": "300.00", "currency": "USD"}}
    body = {"reason_code": "price_correction", "edits": [edit]}
    digest = agent.post(f"{path}?dry_run=true", body).body["digest"]
    return agent.post(path, body | {"accept": {"digest": digest}}, if_match='"1.0"').body


def test_both_sides_see_who_stands_in_until_it_is_ended(manager: Client, stand_in: Client) -> None:
    reply = manager.put(PATH, AWAY)
    assert (reply.status, reply.body) == (200, GIVEN)
    assert manager.get("/delegations").body == {"given": [GIVEN], "received": []}
    assert stand_in.get("/delegations").body == {"given": [], "received": [GIVEN]}
    for _ in range(2):
        ended = manager.post(f"{PATH}/end")
        assert (ended.status, ended.body) == (200, {"given": [], "received": []})
    assert stand_in.get("/delegations").body == {"given": [], "received": []}


def test_a_stand_in_finds_the_inbox_and_decides(manager: Client, stand_in: Client, agent: Client, waiting: Any) -> None:
    manager.put(PATH, AWAY)
    (found,) = stand_in.get("/changes?waiting_for=manager").body["items"]
    assert found["change_id"] == waiting["change_id"]
    decision = {"decision": "approve", "digest": found["plan"]["digest"]}
    reply = stand_in.post(f"/changes/{waiting['change_id']}/decisions", decision)
    assert (reply.status, reply.body["approvals"]) == (
        200,
        [{"role": "manager", "at": "2026-11-20T12:00:00Z", "stood_in": True, "waited_seconds": 0}],
    )
    assert "asked" not in reply.body
    log = agent.get(f"/orders/{waiting['order_id']}/log").body["items"]
    assert f"given by {AGENT_2.id} in the place of {MANAGER.id}" in log[-1]["approvals"][-1]


def test_a_waiting_change_says_who_is_asked_until_when_and_why(waiting: Any) -> None:
    asked, plan = waiting["asked"], waiting["plan"]
    assert (asked["role"], asked["since"], asked["passed_over"]) == ("manager", "2026-11-20T12:00:00Z", [])
    assert asked["since"] < asked["remind_at"] < asked["deadline"]
    assert waiting["approvals"] == []
    assert all(needed["rule"] for needed in plan["approvals"])
    assert {"decides": "approval", "outcome": "approve"}.items() <= plan["rulings"][-1].items()
    assert all(ruling["words"] for ruling in plan["rulings"])


def test_a_customer_is_not_told_who_stood_in_for_whom(
    manager: Client, stand_in: Client, customer: Client, waiting: Any
) -> None:
    manager.put(PATH, AWAY)
    change = f"/changes/{waiting['change_id']}"
    stand_in.post(f"{change}/decisions", {"decision": "approve", "digest": waiting["plan"]["digest"]})
    assert MANAGER.id not in str(customer.get(change).body)


def test_a_service_or_a_customer_has_nothing_to_delegate(service: Client, customer: Client, agent: Client) -> None:
    for client in (service, customer, agent):
        assert client.put(PATH, AWAY).code == "forbidden"


def test_each_delegates_the_role_that_they_hold(manager: Client, finance: Client, stand_in: Client) -> None:
    assert finance.put(PATH, AWAY).code == "role-not-held"
    assert finance.post(f"{PATH}/end").code == "role-not-held"
    assert finance.put("/delegations/finance", AWAY).status == 200
    manager.put(PATH, {**AWAY, "to": "usr-lead"})
    lead = Client(Principal(id="usr-lead", roles=frozenset({"lead"})))
    assert lead.put(PATH, AWAY).code == "role-not-held"


def test_a_role_that_approves_nothing_is_not_there(manager: Client) -> None:
    assert (manager.put("/delegations/agent", AWAY).status, manager.post("/delegations/king/end").status) == (404, 404)


def test_whose_role_it_is_is_checked_before_the_body(finance: Client) -> None:
    assert finance.put(PATH, "{nope").code == "role-not-held"


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"),
    [
        ("{nope", 400, "malformed-json", ""),
        ({"until": AWAY["until"]}, 422, "missing-field", "/to"),
        ({"to": AGENT_2.id}, 422, "missing-field", "/until"),
        (AWAY | {"to": ""}, 422, "empty-value", "/to"),
        (AWAY | {"to": "x" * 101}, 422, "too-long", "/to"),
        (AWAY | {"to": ["usr-x"]}, 422, "wrong-type", "/to"),
        (AWAY | {"to": MANAGER.id}, 422, "delegated-to-oneself", "/to"),
        (AWAY | {"until": "tomorrow"}, 422, "malformed-time", "/until"),
        (AWAY | {"until": "2026-12-01"}, 422, "malformed-time", "/until"),
        (AWAY | {"until": "2026-11-20T12:00:00Z"}, 422, "end-before-start", "/until"),
        (AWAY | {"since": "2026-12-02T00:00:00Z"}, 422, "end-before-start", "/until"),
        (AWAY | {"until": "2026-12-21T12:00:01Z"}, 422, "out-of-range", "/until"),
        (AWAY | {"of": "usr-other"}, 422, "unknown-field", "/of"),
        (AWAY | {"role": "finance"}, 422, "unknown-field", "/role"),
    ],
)
def test_a_bad_delegation_is_refused_and_nobody_stands_in(
    manager: Client, world: World, body: Any, status: int, code: str, pointer: str
) -> None:
    reply = manager.put(PATH, body)
    assert (reply.status, reply.code, reply.pointers) == (status, code, [pointer])
    assert not world.memory.delegations


def test_the_end_takes_no_fields(manager: Client) -> None:
    reply = manager.post(f"{PATH}/end", {"role": "manager"})
    assert (reply.code, reply.pointers) == ("unknown-field", ["/role"])


def test_a_repeated_request_gets_its_first_answer_and_another_body_none(manager: Client, world: World) -> None:
    first = manager.put(PATH, AWAY, idempotency_key="k1")
    world.clock.passes(hours=1)
    assert manager.put(PATH, AWAY, idempotency_key="k1").body == first.body
    for other in (AWAY | {"to": "usr-lead"}, {"nonsense": 1}, "{nope"):
        assert manager.put(PATH, other, idempotency_key="k1").code == "key-reused"
    ended = manager.post(f"{PATH}/end", idempotency_key="k2")
    manager.put(PATH, AWAY)
    assert manager.post(f"{PATH}/end", idempotency_key="k2").body == ended.body
    assert world.memory.delegations
