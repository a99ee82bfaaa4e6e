"""Replays over the API: the contract's form, drafts refused as a proposal would be, and nothing kept."""

from typing import Any

import pytest

from tests.fakes import World
from tests.fakes.policies import as_shipped
from tests.unit.http.client import Client, Reply
from tests.unit.http.matrix.places import copied

PATH = "/policies/approvals/replay"


def a_limit_of(amount: str) -> dict[str, Any]:
    """A manager approves what moves more than this many dollars."""
    large, *others = as_shipped("approvals")["routes"]
    return as_shipped("approvals", routes=[large | {"above": large["above"] | {"USD": amount}}, *others])


@pytest.fixture
def waiting(agent: Client, order_id: str) -> Any:
    """Sixty mugs instead of three: more than 500.00, and less than 9,000.00."""
    path = f"/orders/{order_id}/amendments"
    edit = {"op": "set_quantity", "line_id": "l1", "quantity": 60}
    body: dict[str, Any] = {"reason_code": "quantity_correction", "edits": [edit]}
    digest = agent.post(f"{path}?dry_run=true", body).body["digest"]
    change = agent.post(path, body | {"accept": {"digest": digest}}, if_match='"1.0"').body
    assert change["status"] == "pending_approval"
    return change


def replay(operator: Client, **body: Any) -> Reply:
    reply = operator.post(PATH, body)
    assert reply.status == 200, reply.body
    return reply


def test_a_replay_tells_which_decisions_would_differ_and_what_that_costs(operator: Client, waiting: Any) -> None:
    body = replay(operator, document=a_limit_of("9000.00")).body
    assert (body["name"], body["judged"], body["differing"], body["drifted"], body["skipped"]) == (
        "approvals", 1, 1, 0, [],
    )  # fmt: skip
    assert (body["by_decision"]["approvals_fewer"], sum(body["by_decision"].values())) == (1, 1)
    assert body["approvals"] == {"before": 1, "after": 0}
    nothing = {"amount": "0.00", "currency": "USD"}
    assert body["cost"] == [{"currency": "USD", "refunds": nothing, "fees": nothing, "totals": nothing}]
    (item,) = body["items"]
    assert (item["change_id"], item["order_id"], item["kind"], item["status"], item["created_at"]) == (
        waiting["change_id"], waiting["order_id"], "amendment", "pending_approval", waiting["created_at"],
    )  # fmt: skip
    assert (item["before"]["approvals"], item["after"]["approvals"]) == (["manager"], [])
    assert item["before"]["total"] == waiting["plan"]["totals_after"]["total"]
    assert {"decides": "approval", "rule": "large"} in item["rules"]
    assert (body["to"], "next_cursor" in body) == ("2026-11-20T12:00:00Z", False)


def test_what_does_not_differ_is_listed_only_if_asked_for(operator: Client, waiting: Any) -> None:
    assert replay(operator, version=1).body["items"] == []
    (item,) = replay(operator, version=1, only_differing=False).body["items"]
    assert item["before"] == item["after"]
    assert replay(operator, version=1, only_differing=False, kinds=["cancellation"]).body["judged"] == 0
    since = {"from": "2026-11-20T12:00:01Z"}
    assert replay(operator, version=1, only_differing=False, **since).body["judged"] == 0


def test_a_draft_is_refused_where_its_proposal_would_be(operator: Client) -> None:
    for document in (
        as_shipped("approvals", routes=[{"id": "all", "above": {}, "approvers": ["manager"]}]),
        as_shipped("approvals", more=1, asked=["nobody"]),
    ):
        reply = operator.post(PATH, {"document": document})
        proposed = operator.put("/policies/approvals", {"why": "a trial", "document": document})
        assert (reply.status, reply.code, reply.pointers) == (422, proposed.code, proposed.pointers)
        assert reply.body["errors"] == proposed.body["errors"]


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "document-or-version", "/version"),
        ({"version": 1, "document": {}}, "document-or-version", "/version"),
        ({"version": 2}, "unknown-version", "/version"),
        ({"version": 0}, "out-of-range", "/version"),
        ({"version": 1, "limit": 2001}, "out-of-range", "/limit"),
        ({"version": 1, "limit": 0}, "out-of-range", "/limit"),
        ({"version": 1, "kinds": ["bulk"]}, "unknown-value", "/kinds/0"),
        ({"version": 1, "kinds": []}, "empty-value", "/kinds"),
        ({"version": 1, "from": "yesterday"}, "malformed-time", "/from"),
        ({"version": 1, "since": "2026-11-20T12:00:00Z"}, "unknown-field", "/since"),
        (
            {"version": 1, "from": "2026-11-20T12:00:00Z", "to": "2026-11-20T11:00:00Z"},
            "end-before-start",
            "/to",
        ),
        ({"version": 1, "cursor": "x"}, "malformed-cursor", "/cursor"),
        ({"version": 1, "only_differing": "no"}, "wrong-type", "/only_differing"),
        ({"version": 1, "why": "a trial"}, "unknown-field", "/why"),
    ],
)
def test_what_is_wrong_is_refused_where_it_is(operator: Client, body: Any, code: str, pointer: str) -> None:
    reply = operator.post(PATH, body)
    assert (reply.status, reply.code, reply.pointers) == (422, code, [pointer])


def test_there_is_nothing_to_replay_under_another_name(operator: Client) -> None:
    reply = operator.post("/policies/astrology/replay", {"version": 1})
    assert (reply.status, reply.code) == (404, "policy-not-found")


def test_a_page_leads_to_the_next_one(operator: Client, waiting: Any, world: World) -> None:
    change = world.memory.changes[waiting["change_id"]]
    world.memory.changes |= {"chg_a": change.__class__(**_fields(change) | {"change_id": "chg_a"})}
    first = replay(operator, version=1, only_differing=False, limit=1).body
    rest = replay(operator, version=1, only_differing=False, cursor=first["next_cursor"]).body
    assert ({first["items"][0]["change_id"], rest["items"][0]["change_id"]}, "next_cursor" in rest) == (
        {"chg_a", change.change_id}, False,
    )  # fmt: skip


def test_a_replay_keeps_nothing_whatever_key_comes_with_it(operator: Client, waiting: Any, world: World) -> None:
    before = copied(world.memory)
    first = operator.post(PATH, {"document": a_limit_of("9000.00")}, idempotency_key="k1")
    again = operator.post(PATH, {"version": 1}, idempotency_key="k1")
    assert ([first.body["differing"], again.body["differing"]], copied(world.memory)) == ([1, 0], before)
    assert world.policy_history.register().revision == 0


def _fields(change: Any) -> dict[str, Any]:
    return {name: getattr(change, name) for name in change.__dataclass_fields__}
