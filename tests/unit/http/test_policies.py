"""Policies over the API: for operators only, in the contract's form, and nothing kept of what is refused."""

import json
from typing import Any

import pytest

from shared.domain.policy.documents.registry import DOCUMENTS, PolicyName, moves_money
from tests.fakes import World
from tests.fakes.policies import as_shipped, bounds, deadlines
from tests.unit.http.client import Client, Reply

NAMES: tuple[PolicyName, ...] = tuple(DOCUMENTS)
DECISIONS = "/policies/prices/versions/2/decisions"


def change(document: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"why": "a trial", "document": document} | more


def put(client: Client, body: Any, name: str = "deadlines", **headers: str) -> Reply:
    return client.put(f"/policies/{name}", body, **headers)


def test_all_documents_are_listed_as_they_are_in_force(operator: Client) -> None:
    items = operator.get("/policies").body["items"]
    assert [each["name"] for each in items] == list(NAMES)
    assert items[0] == {
        "name": "reasons",
        "version": 1,
        "since": None,
        "moves_money": False,
        "waiting": [],
        "scheduled": [],
    }
    assert {each["name"]: each["moves_money"] for each in items} == {name: moves_money(name) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_document_can_be_sent_back_as_it_was_read(operator: Client, name: PolicyName) -> None:
    read = operator.get(f"/policies/{name}")
    assert read.headers["ETag"] == '"1"'
    reply = put(operator, change(read.body["document"]), name)
    assert (reply.status, reply.code) == (422, "nothing-changes")


def test_a_new_version_answers_where_it_stands(operator: Client, world: World) -> None:
    reply = put(operator, change(deadlines(3600)), if_match='"1"')
    assert (reply.status, reply.headers["Location"], reply.headers["ETag"]) == (
        201,
        "/policies/deadlines/versions/2",
        '"2"',
    )
    assert (reply.body["status"], reply.body["by"], reply.body["why"]) == ("agreed", "usr-operator", "a trial")
    assert reply.body["activates_at"] == "2026-11-20T12:00:00Z"
    assert operator.get("/policies/deadlines").body["document"] == deadlines(3600)


def test_what_was_shipped_says_so_instead_of_naming_anybody(operator: Client) -> None:
    body = operator.get("/policies/prices/versions/1").body
    assert (body["version"], body["why"]) == (1, "As it ships with the code.")
    assert not {"by", "at", "activates_at"} & set(body)


def test_what_moves_money_waits_and_a_second_operator_agrees(operator: Client, operator_2: Client) -> None:
    reply = put(operator, change(bounds("60")), "prices")
    assert (reply.status, reply.body["status"], reply.body["waiting_for"]) == (201, "waiting", "operator")
    assert operator.get("/policies/prices").body["waiting"] == [2]
    reply = operator_2.post(DECISIONS, {"decision": "approve", "note": "Fine."})
    assert (reply.status, reply.body["agreed_by"], reply.body["note"]) == (200, "usr-operator-2", "Fine.")
    body = operator.get("/policies/prices").body
    assert (body["version"], body["by"], body["agreed_by"], body["waiting"]) == (
        2,
        "usr-operator",
        "usr-operator-2",
        [],
    )


def test_who_proposed_it_cannot_decide_on_it(operator: Client, operator_2: Client) -> None:
    put(operator, change(bounds("60")), "prices")
    reply = operator.post(DECISIONS, {"decision": "approve"})
    assert (reply.status, reply.code) == (403, "own-change")
    assert operator_2.post(DECISIONS, {"decision": "reject"}).body["rejected_by"] == "usr-operator-2"
    reply = operator_2.post(DECISIONS, {"decision": "approve"})
    assert (reply.status, reply.code) == (409, "not-waiting")


def test_what_is_scheduled_is_shown_beside_what_is_in_force(operator: Client, world: World) -> None:
    put(operator, change(deadlines(3600), activates_at="2026-11-20T13:00:00Z"))
    scheduled = [{"version": 2, "activates_at": "2026-11-20T13:00:00Z"}]
    assert operator.get("/policies/deadlines").body["scheduled"] == scheduled
    world.clock.passes(hours=1)
    body = operator.get("/policies").body["items"][-1]
    assert (body["version"], body["since"], body["scheduled"]) == (2, "2026-11-20T13:00:00Z", [])


def test_a_dry_run_says_what_would_come_and_keeps_nothing(operator: Client, world: World) -> None:
    reply = operator.put("/policies/prices?dry_run=true", change(bounds("60")), idempotency_key="k1")
    would_be = {"version": 2, "activates_at": "2026-11-20T12:00:00Z", "waiting_for": "operator"}
    assert (reply.status, reply.body) == (200, {"violations": [], "would_be": would_be})
    reply = operator.put("/policies/prices?dry_run=true", change(as_shipped("prices", bounds=[])))
    assert [(each["code"], each["pointer"]) for each in reply.body["violations"]] == [
        ("contradicts-itself", "/document/bounds")
    ]
    assert (world.policy_history.kept, world.memory.requests) == ({}, {})


def test_a_repeated_request_gets_its_first_answer_and_another_body_none(operator: Client, world: World) -> None:
    first = put(operator, change(deadlines(3600)), if_match='"1"', idempotency_key="k1")
    again = put(operator, change(deadlines(3600)), if_match='"1"', idempotency_key="k1")
    assert (again.status, again.body) == (201, first.body)
    reply = put(operator, change(deadlines(7200)), idempotency_key="k1")
    assert (reply.status, reply.code) == (422, "key-reused")
    reply = put(operator, {"nonsense": 1}, idempotency_key="k1", if_match='"1"')
    assert (reply.status, reply.code) == (422, "key-reused")
    assert len(world.policy_history.kept) == 1


@pytest.mark.parametrize("body", [change(deadlines(7200)), {"nonsense": 1}, "{nope"])
def test_an_older_etag_is_refused_before_the_body_is_judged(operator: Client, body: Any) -> None:
    put(operator, change(deadlines(3600)))
    reply = put(operator, body, if_match='"1"')
    assert (reply.status, reply.code, reply.headers["ETag"]) == (412, "stale-version", '"2"')


def test_versions_are_paged_without_their_documents(operator: Client) -> None:
    for seconds in (1, 2, 3):
        put(operator, change(deadlines(seconds)))
    page = operator.get("/policies/deadlines/versions?limit=3").body
    assert [each["version"] for each in page["items"]] == [4, 3, 2]
    assert "document" not in page["items"][0]
    page = operator.get(f"/policies/deadlines/versions?limit=3&cursor={page['next_cursor']}").body
    assert ([each["version"] for each in page["items"]], page["next_cursor"]) == ([1], None)


def test_an_earlier_version_is_restored_by_its_number(operator: Client) -> None:
    put(operator, change(deadlines(3600)))
    reply = put(operator, {"why": "Too short.", "restores": 1})
    assert (reply.status, reply.body["restores"], reply.body["document"]) == (201, 1, as_shipped("deadlines"))


NOT_FOUND = (
    "/policies/moons",
    "/policies/IN_FORCE/versions",
    "/policies/prices/versions/2",
    "/policies/prices/versions/x",
)


@pytest.mark.parametrize("path", [*NOT_FOUND, "/policies/prices/versions/0", "/policies/prices/versions/123456789"])
def test_what_is_not_there_is_not_found(operator: Client, path: str) -> None:
    assert operator.get(path).status == 404


def test_an_unknown_name_is_not_found_before_the_body_is_read(operator: Client) -> None:
    reply = put(operator, "{nope", "moons")
    assert (reply.status, reply.code) == (404, "policy-not-found")
    reply = operator.post(DECISIONS, "{nope")
    assert (reply.status, reply.code) == (404, "version-not-found")


def lasting(seconds: Any) -> dict[str, Any]:
    """A proposal of deadlines in which changes live so long."""
    return change(deadlines(seconds))


SECONDS = "/document/rules/0/change_seconds"
NO_ZONE, OVER = "2027-01-01T00:00:00", "2026-11-20T11:59:59Z"

BAD: list[tuple[str, Any, int, str, str]] = [
    ("no JSON", "{nope", 400, "malformed-json", ""),
    ("no reason", {"document": deadlines(1)}, 422, "missing-field", "/why"),
    ("an empty reason", change(deadlines(1), why="  "), 422, "empty-value", "/why"),
    ("neither document nor version", {"why": "?"}, 422, "document-or-restores", "/restores"),
    ("both", change(deadlines(1), restores=1), 422, "document-or-restores", "/restores"),
    ("a document that is none", change([]), 422, "wrong-type", "/document"),  # type: ignore[arg-type]
    ("no version", {"why": "?", "restores": "1"}, 422, "wrong-type", "/restores"),
    ("version 0", {"why": "?", "restores": 0}, 422, "out-of-range", "/restores"),
    ("an unknown version", {"why": "?", "restores": 7}, 422, "unknown-version", "/restores"),
    ("no time", change(deadlines(1), activates_at="soon"), 422, "malformed-time", "/activates_at"),
    ("a time without a zone", change(deadlines(1), activates_at=NO_ZONE), 422, "malformed-time", "/activates_at"),
    ("a time that is over", change(deadlines(1), activates_at=OVER), 422, "activation-in-the-past", "/activates_at"),
    ("an unknown field", change(deadlines(1), sudo=True), 422, "unknown-field", "/sudo"),
    ("an unknown name in it", change(deadlines(1) | {"moon": 1}), 422, "unknown-field", "/document/moon"),
    ("a missing name in it", change({}), 422, "missing-field", "/document/rules"),
    ("text for a number", lasting("60"), 422, "wrong-type", SECONDS),
    ("a fraction for a number", lasting(1.5), 422, "wrong-type", SECONDS),
    ("true for a number", lasting(True), 422, "wrong-type", SECONDS),
    ("an object for a list", change({"rules": {}}), 422, "wrong-type", "/document/rules"),
    ("a text for a rule", change({"rules": ["everyone"]}), 422, "wrong-type", "/document/rules/0"),
    ("no time at all", lasting(0), 422, "out-of-range", SECONDS),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"), [each[1:] for each in BAD], ids=[each[0] for each in BAD]
)
@pytest.mark.parametrize("query", ["", "?dry_run=false"])
def test_a_bad_proposal_is_refused_where_it_is_bad(
    operator: Client, world: World, query: str, body: Any, status: int, code: str, pointer: str
) -> None:
    reply = operator.put(f"/policies/deadlines{query}", body)
    assert (reply.status, reply.code) == (status, code)
    assert pointer in (reply.pointers or [""])
    assert (world.policy_history.kept, world.policy_history.register().revision) == ({}, 0)


@pytest.mark.parametrize("given", ["7,5", "much", "NaN", "Infinity", [], None, True])
def test_what_is_no_decimal_is_refused(operator: Client, given: Any) -> None:
    reply = put(operator, change(bounds(given)), "prices")
    assert (reply.status, reply.pointers) == (422, ["/document/bounds/0/floor_percent"])


def test_a_decimal_may_be_a_number_and_is_kept_to_the_digit(operator: Client) -> None:
    reply = put(operator, '{"why": "?", "document": ' + json.dumps(bounds("X")).replace('"X"', "66.60") + "}", "prices")
    assert reply.body["document"]["bounds"][0]["floor_percent"] == "66.60"


def test_of_very_much_that_is_wrong_the_first_fifty_are_told(operator: Client) -> None:
    reply = put(operator, change({"rules": [{"id": str(n)} for n in range(60)]}))
    assert (reply.status, len(reply.body["errors"])) == (422, 50)


@pytest.mark.parametrize(
    "body", [{}, {"decision": "maybe"}, {"decision": "approve", "digest": "x"}, {"decision": None}]
)
def test_a_bad_decision_is_refused_and_decides_nothing(operator: Client, operator_2: Client, body: Any) -> None:
    put(operator, change(bounds("60")), "prices")
    assert operator_2.post(DECISIONS, body).status == 422
    assert operator.get("/policies/prices").body["waiting"] == [2]


def test_a_version_is_withdrawn_before_it_begins(operator: Client, operator_2: Client) -> None:
    put(operator, change(bounds("60"), activates_at="2026-11-20T13:00:00Z"), "prices")
    operator_2.post(DECISIONS, {"decision": "approve"})
    assert operator.get("/policies/prices").body["scheduled"]
    reply = operator.post(DECISIONS, {"decision": "withdraw", "note": "Not after all."})
    shown = {name: reply.body[name] for name in ("status", "agreed_by", "withdrawn_by", "withdrawn_at", "note")}
    assert (reply.status, shown) == (
        200,
        {
            "status": "withdrawn",
            "agreed_by": "usr-operator-2",
            "withdrawn_by": "usr-operator",
            "withdrawn_at": "2026-11-20T12:00:00Z",
            "note": "Not after all.",
        },
    )
    assert operator.get("/policies/prices").body["scheduled"] == []


@pytest.mark.parametrize("who", ["agent", "manager", "finance", "customer", "service"])
def test_policies_are_the_operators_alone(request: pytest.FixtureRequest, who: str) -> None:
    client: Client = request.getfixturevalue(who)
    replies = [
        client.get("/policies"),
        client.get("/policies/prices"),
        put(client, change(deadlines(1))),
        client.post(DECISIONS, {"decision": "approve"}),
    ]
    assert [reply.status for reply in replies] == [403] * 4
