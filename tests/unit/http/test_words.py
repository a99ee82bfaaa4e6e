"""What a refusal says is what is wrong, and what to do about it: portals show these words to people."""

from dataclasses import replace
from typing import Any

import pytest

from tests.fakes import World
from tests.fakes.policies import deadlines
from tests.unit.http.cancelling import asked, cancel, cancel_on_terms, path_of, usd
from tests.unit.http.client import Client, Reply

EDIT = {"op": "set_quantity", "line_id": "l1", "quantity": 2}
ADDRESS = {"line1": "2 Oak Avenue", "city": "Springfield", "country": "US"}


def amendment(*edits: Any, **more: Any) -> dict[str, Any]:
    return {"reason_code": "customer_request", "edits": list(edits or [EDIT]), **more}


def amend(client: Client, order_id: str, body: Any, etag: str = '"1.0"') -> Reply:
    return client.post(f"/orders/{order_id}/amendments", body, if_match=etag)


def moved_to(country: str) -> dict[str, Any]:
    return amendment({"op": "set_shipping_address", "address": ADDRESS | {"country": country}})


COUNTRY = "This is a country's two capital letters (ISO 3166-1), such as US."

BAD_AMENDMENTS: list[tuple[Any, str, str, str]] = [
    (amendment(*[EDIT] * 2001), "too-many-edits", "/edits", "One change holds 2,000 edits at most."),
    ("null", "wrong-type", "", "This must be an object."),
    (moved_to("USA"), "malformed-value", "/edits/0/address/country", COUNTRY),
    (moved_to("us"), "malformed-value", "/edits/0/address/country", COUNTRY),
    (
        amendment({**EDIT, "quantity": -1}),
        "quantity-negative",
        "/edits/0/quantity",
        "The quantity must be at least 1; to take units out, cancel them.",
    ),
    (amendment(note="n" * 2001), "too-long", "/note", "This has 2,000 characters at most."),
]


@pytest.mark.parametrize(("body", "code", "pointer", "words"), BAD_AMENDMENTS)
def test_a_bad_amendment_is_told_what_would_be_right(
    agent: Client, order_id: str, body: Any, code: str, pointer: str, words: str
) -> None:
    reply = amend(agent, order_id, body)
    assert (reply.code, reply.pointers, reply.body["detail"]) == (code, [pointer], words)


@pytest.mark.parametrize("limit", [0, 101])
def test_a_limit_out_of_range_is_told_the_range(agent: Client, operator: Client, limit: int) -> None:
    for path in ("/orders", "/changes"):
        assert agent.get(f"{path}?limit={limit}").body["detail"] == "This is a number from 1 to 100."
    reply = operator.post("/policies/prices/replay", {"version": 1, "limit": 2001})
    assert reply.body["detail"] == "This is a number from 1 to 2,000."


NO_ETAG = 'If-Match holds no ETag of this: send it as you read it, quotes included, such as "1.1".'


@pytest.mark.parametrize(
    ("etag", "words"),
    [
        ("1.0", NO_ETAG),
        ("*", NO_ETAG),
        ("banana", NO_ETAG),
        ("", NO_ETAG),
        ('W/"1.0"', NO_ETAG),
        ('"1"', NO_ETAG),
        ('"0.9"', "The order has changed since you read it."),
    ],
)
def test_what_is_no_etag_of_an_order_is_not_called_an_old_one(
    agent: Client, order_id: str, etag: str, words: str
) -> None:
    for reply in (amend(agent, order_id, amendment(), etag), amend(agent, order_id, "{nope", etag)):
        assert (reply.status, reply.body["detail"], reply.headers["ETag"]) == (412, words, '"1.0"')


@pytest.mark.parametrize(
    ("etag", "words"),
    [
        ("1", 'If-Match holds no ETag of this: send it as you read it, quotes included, such as "1".'),
        ('"9"', "Somebody proposed another version since."),
    ],
)
def test_what_is_no_etag_of_a_policy_is_not_called_an_old_one(operator: Client, etag: str, words: str) -> None:
    reply = operator.put("/policies/deadlines", {"why": "a trial", "document": deadlines(3600)}, if_match=etag)
    assert (reply.status, reply.body["detail"], reply.headers["ETag"]) == (412, words, '"1"')


def test_a_digest_that_never_was_ours_is_not_said_to_have_been_seen(agent: Client, order_id: str) -> None:
    reply = amend(agent, order_id, amendment(accept={"digest": "0" * 64}))
    assert reply.body["detail"] == "This digest is not that of what it would do now; look at the fresh plan."


def test_undoing_what_is_committed_without_a_digest_says_that_it_needs_one(agent: Client, order_id: str) -> None:
    change_id = cancel_on_terms(agent, order_id, asked()).body["change_id"]
    reply = agent.post(f"/orders/{order_id}/amendments/{change_id}/undo", if_match='"2.0"')
    assert (reply.status, reply.code, reply.pointers) == (409, "illegal-transition", ["/digest"])
    assert reply.body["detail"] == "The change is committed: to undo it, send the digest of the undo's preview."
    reply = agent.post(f"{path_of(order_id)}/{change_id}/withdraw", if_match='"2.0"')
    assert (reply.status, reply.code, reply.pointers) == (409, "illegal-transition", [""])


def test_an_open_cancellation_is_to_be_withdrawn_and_an_amendment_undone(agent: Client, order_id: str) -> None:
    first = amend(agent, order_id, amendment()).body["change_id"]
    reply = amend(agent, order_id, amendment())
    assert reply.body["detail"] == f"Change {first} is open on this order; nothing else can begin until it has ended."
    agent.post(f"/orders/{order_id}/amendments/{first}/undo", if_match='"1.0"')
    waiting = cancel(agent, order_id, asked(lines=[{"line_id": "l1", "quantity": 1}])).body["change_id"]
    reply = amend(agent, order_id, amendment())
    words = f"Cancellation {waiting} is open on this order; nothing else can begin until it has ended."
    assert (reply.code, reply.body["detail"]) == ("change-open", words)


def test_goodwill_of_nothing_is_wrong_at_its_amount(agent: Client, order_id: str) -> None:
    reply = cancel(agent, order_id, asked(goodwill={"amount": usd("0.00")}))
    assert (reply.status, reply.code, reply.pointers) == (422, "nothing-changes", ["/goodwill/amount"])


def test_a_customer_is_not_erased_while_a_refund_settles_and_it_says_so(
    world: World, agent: Client, service: Client, operator: Client, order_id: str
) -> None:
    cancel_on_terms(agent, order_id, asked())
    reply = operator.post("/customers/cus-1/erasures", {"reason": "they asked"})
    assert reply.body["detail"] == "1 of this customer's orders still need them; `orders` says what for."
    assert reply.body["orders"] == [{"order_id": order_id, "because": "a refund is under way"}]


@pytest.mark.parametrize("condition", ["role ==", "foo(1)", "role.x", "1 + 'a'", "role == 5", "nope > 3", "(" * 300])
def test_what_is_no_condition_is_said_without_words_of_the_engine(operator: Client, condition: str) -> None:
    document = operator.get("/policies/checks").body["document"]
    rule = {"id": "odd", "when": condition, "outcome": "approve", "words": "Look."}
    body = {"why": "x", "document": document | {"rules": [*document["rules"], rule]}}
    reply = operator.put("/policies/checks", body)
    assert (reply.status, {error["code"] for error in reply.body["errors"]}) == (422, {"invalid-condition"})
    told = " ".join(error["detail"] for error in reply.body["errors"])
    assert [word for word in ("overload", "Undefined", "operand", "Error", "line 1") if word in told] == []


@pytest.mark.parametrize("dry", ["", "?dry_run=true"])
@pytest.mark.parametrize(("kind", "body"), [("amendments", amendment()), ("cancellations", asked())])
def test_a_customer_reads_no_reasons_that_are_staffs_alone(
    customer: Client, agent: Client, order_id: str, kind: str, body: dict[str, Any], dry: str
) -> None:
    def told(client: Client) -> str:
        wanted = body | {"reason_code": "nope"}
        return str(client.post(f"/orders/{order_id}/{kind}{dry}", wanted, if_match='"1.0"').body)

    assert ("customer_request" in told(customer), "legal_compliance" in told(customer)) == (True, False)
    assert "fraud" not in told(customer)
    assert "legal_compliance" in told(agent)


def test_a_customer_whom_no_rule_lets_is_sent_to_customer_service(
    customer: Client, agent: Client, world: World, order_id: str
) -> None:
    policy = world.policies.policy
    world.policies.policy = replace(policy, eligibility=replace(policy.eligibility, rules=()))

    def told(client: Client) -> str:
        return str(amend(client, order_id, amendment()).body["detail"])

    assert told(customer) == "No policy rule allows this; ask customer service whether it can be."
    assert told(agent) == "No policy rule allows this; ask a manager whether it should."
