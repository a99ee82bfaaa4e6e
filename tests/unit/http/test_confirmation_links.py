"""A confirmation link shows the terms to whoever holds it, and decides once; nothing personal is told or logged."""

import copy
import json
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.canonical import sha256
from shared.ports.mail import Link
from tests.fakes import World
from tests.unit.http.cancelling import asked, cancel, one, preview, usd
from tests.unit.http.client import Client, Reply

TOKEN = "a-token-of-32-random-bytes"
PATH = f"/confirmations/{TOKEN}"
CONFIRM = {"decision": "confirm"}


@pytest.fixture
def anybody(world: World) -> Client:
    """Without a token of ours."""
    return Client(None)


@pytest.fixture
def change(world: World, agent: Client, order_id: str) -> dict[str, Any]:
    """An agent's partial cancellation that waits for the customer, who has a link for it."""
    change = cancel(agent, order_id, one(note="a difficult customer", sub_code="x-17")).body
    kept = world.memory.changes[change["change_id"]]
    assert kept.expires_at is not None
    link = Link(
        token_hash=sha256(TOKEN),
        change_id=kept.change_id,
        order_id=order_id,
        digest=kept.plan.digest,
        round=kept.round,
        expires_at=kept.expires_at,
    )
    world.memory.links[link.token_hash] = link
    return dict(change)


@pytest.mark.parametrize(
    ("seconds", "words"), [(120, "2 minutes"), (5400, "1 hour and 30 minutes"), (172_800, "2 days")]
)
def test_the_terms_tell_how_long_there_is_to_agree(
    world: World, agent: Client, order_id: str, seconds: int, words: str
) -> None:
    policy = world.policies.policy
    (rule,) = policy.deadlines.rules
    world.policies.policy = replace(
        policy, deadlines=replace(policy.deadlines, rules=(replace(rule, confirmation_seconds=seconds),))
    )
    told = preview(agent, order_id, one())["terms"]["how_long"]["words"]
    assert told == [f"The customer has {words} to agree.", "The money is back within 5 days of the cancellation."]


def refused(reply: Reply) -> tuple[int, str]:
    return reply.status, reply.code


def test_a_link_shows_the_terms_and_changes_nothing_however_often(
    world: World, anybody: Client, change: dict[str, Any], order_id: str
) -> None:
    before = copy.deepcopy(world.memory)
    shown = [anybody.get(PATH) for _ in range(3)][-1]
    assert (shown.status, shown.headers["Cache-Control"]) == (200, "no-store")
    assert shown.body | {"expires_at": "", "terms": {}} == {
        "order_id": order_id,
        "change_id": change["change_id"],
        "kind": "cancellation",
        "status": "pending_confirmation",
        "waiting": True,
        "expires_at": "",
        "reason": "The customer asked for it",
        "changes": ["Cancelled: 1 × Red mug, 2 of 3 left"],
        "cancelled": [
            {
                "line_id": "l1",
                "sku": "MUG-RED",
                "title": "Red mug",
                "stage": "ordered",
                "quantity": 1,
                "amount": usd("10.80"),
            }
        ],
        "terms": {},
        "digest": change["plan"]["digest"],
    }
    assert shown.body["terms"] == change["plan"]["terms"]
    assert world.memory == before


def test_a_link_tells_nothing_personal_and_nothing_of_staff(anybody: Client, change: dict[str, Any]) -> None:
    told = json.dumps([anybody.get(PATH).body, anybody.post(PATH, CONFIRM).body])
    assert not [word for word in ("Ada", "@", "Main Street", "difficult", "x-17", "usr-", "cus-1") if word in told]


def test_confirming_by_the_link_commits_and_uses_it_up(
    world: World, anybody: Client, agent: Client, change: dict[str, Any], order_id: str
) -> None:
    pinned = CONFIRM | {"digest": change["plan"]["digest"], "order_id": order_id}
    done = anybody.post(PATH, pinned)
    assert (done.status, done.body["status"], done.body["waiting"]) == (200, "committed", False)
    kept = agent.get(f"/changes/{change['change_id']}").body
    assert (kept["consent"]["by"], kept["consent"]["means"]) == ("cus-1", "link")
    assert agent.get(f"/orders/{order_id}").body["lines"][0]["quantity"] == 2
    assert refused(anybody.post(PATH, pinned)) == (409, "link-used")
    assert refused(anybody.post(PATH, {"decision": "decline"})) == (409, "link-used")
    assert anybody.get(PATH).body["status"] == "committed"


def test_of_two_who_answer_at_once_one_is_heard(
    world: World, anybody: Client, agent: Client, change: dict[str, Any]
) -> None:
    def somebody_else() -> None:
        anybody.post(PATH, {"decision": "decline"})

    world.memory.before_write = somebody_else
    assert refused(anybody.post(PATH, CONFIRM)) == (409, "link-used")
    assert agent.get(f"/changes/{change['change_id']}").body["status"] == "declined"


def test_declining_by_the_link_ends_the_change_without_effect(
    anybody: Client, agent: Client, change: dict[str, Any], order_id: str
) -> None:
    done = anybody.post(PATH, {"decision": "decline"})
    assert (done.body["status"], done.body["waiting"], "expires_at" in done.body) == ("declined", False, False)
    order = agent.get(f"/orders/{order_id}").body
    assert (order["version"], order["lines"][0]["quantity"]) == (1, 3)


def test_a_repeated_answer_under_one_key_is_answered_as_the_first(anybody: Client, change: dict[str, Any]) -> None:
    first = anybody.post(PATH, CONFIRM, idempotency_key="k1")
    assert anybody.post(PATH, CONFIRM, idempotency_key="k1").body == first.body
    assert anybody.post(PATH, "{nope", idempotency_key="k1").code == "key-reused"


def test_an_expired_link_neither_shows_nor_decides(world: World, anybody: Client, change: dict[str, Any]) -> None:
    world.clock.passes(days=2)
    before = copy.deepcopy(world.memory)
    assert refused(anybody.get(PATH)) == (409, "link-expired")
    assert refused(anybody.post(PATH, CONFIRM)) == (409, "link-expired")
    assert world.memory == before


def test_an_expired_change_is_shown_as_such_while_its_link_lives(
    world: World, anybody: Client, change: dict[str, Any]
) -> None:
    link = world.memory.links[sha256(TOKEN)]
    world.memory.links[link.token_hash] = replace(link, expires_at=world.clock.now().replace(year=2030))
    world.clock.passes(days=2)
    assert anybody.get(PATH).body["waiting"] is False
    assert refused(anybody.post(PATH, CONFIRM)) == (409, "change-expired")


def test_a_link_of_another_order_is_refused(world: World, anybody: Client, change: dict[str, Any]) -> None:
    before = copy.deepcopy(world.memory)
    reply = anybody.post(PATH, CONFIRM | {"order_id": "ord_other"})
    assert (*refused(reply), reply.pointers) == (409, "link-of-another-order", ["/order_id"])
    assert world.memory == before


def test_terms_other_than_those_that_wait_are_refused_and_no_other_plan_is_told(
    world: World, anybody: Client, change: dict[str, Any]
) -> None:
    before = copy.deepcopy(world.memory)
    reply = anybody.post(PATH, CONFIRM | {"digest": "0" * 64})
    assert refused(reply) == (409, "plan-changed")
    assert "plan" not in reply.body
    assert world.memory == before


def test_a_link_of_an_earlier_round_is_used(world: World, anybody: Client, change: dict[str, Any]) -> None:
    link = world.memory.links[sha256(TOKEN)]
    world.memory.links[link.token_hash] = replace(link, round=link.round - 1)
    assert refused(anybody.post(PATH, CONFIRM)) == (409, "link-used")


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"),
    [
        ("{nope", 400, "malformed-json", ""),
        ({}, 422, "missing-field", "/decision"),
        ({"decision": "approve"}, 422, "unknown-value", "/decision"),
        (CONFIRM | {"note": "x"}, 422, "unknown-field", "/note"),
        (CONFIRM | {"digest": ""}, 422, "empty-value", "/digest"),
    ],
)
def test_a_bad_answer_is_refused_and_the_link_stays_good(
    world: World, anybody: Client, change: dict[str, Any], body: Any, status: int, code: str, pointer: str
) -> None:
    before = copy.deepcopy(world.memory)
    reply = anybody.post(PATH, body)
    assert (*refused(reply), reply.pointers[0]) == (status, code, pointer)
    assert world.memory == before


@pytest.mark.parametrize("body", [CONFIRM, "{nope", {}])
def test_an_unknown_link_is_not_found_whatever_else_is_wrong(anybody: Client, body: Any) -> None:
    assert refused(anybody.get("/confirmations/another")) == (404, "link-not-found")
    assert refused(anybody.post("/confirmations/another", body)) == (404, "link-not-found")


def test_no_token_is_as_long_as_this(anybody: Client) -> None:
    assert refused(anybody.get(f"/confirmations/{'x' * 501}")) == (404, "not-found")
    assert refused(anybody.post(f"/confirmations/{'x' * 501}", CONFIRM)) == (404, "not-found")


def test_a_body_over_1_mb_is_refused_of_anybody(anybody: Client) -> None:
    assert refused(anybody.post(PATH, json.dumps({"decision": "x" * 1024 * 1024}))) == (413, "body-too-large")


def test_a_bearer_token_is_worth_nothing_here(customer: Client, change: dict[str, Any]) -> None:
    assert customer.post(PATH, CONFIRM).body["status"] == "committed"


def test_the_token_is_neither_kept_nor_logged(
    world: World,
    anybody: Client,
    agent: Client,
    change: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    anybody.post(PATH, CONFIRM, idempotency_key="k1")
    assert TOKEN not in str(world.memory)

    def broken(*_: object) -> None:
        raise KeyError(TOKEN)

    monkeypatch.setattr(world.services.changes, "get", broken)
    assert anybody.get(PATH).status == 500
    assert caplog.records
    assert not [record for record in caplog.records if TOKEN in str(vars(record))]


def test_a_whole_cancellation_without_its_owner_s_word_has_no_link_to_wait_for(agent: Client, order_id: str) -> None:
    assert cancel(agent, order_id, asked()).body["status"] == "committed"
