"""401 · 403 role, 404 ownership · replay of a known key · 428, 412 · 415, 400 · 409, 422 (CONTRACT.md).

Each request is wrong in everything that comes later too, so that only the order can explain its answer.
"""

from typing import Any

import pytest

from shared.usecases.core.access import Principal
from tests.fakes import World
from tests.fakes.builders import AGENT_2
from tests.unit.http.client import Client, example

BAD_JSON = "{nope"
BAD_FIELDS: dict[str, Any] = {"edits": [{"op": "set_quantity", "line_id": "l1", "quantity": -1}], "surprise": 1}
FINANCE = Principal(id="usr-finance", roles=frozenset({"finance"}))


def amendments(order_id: str) -> str:
    return f"/orders/{order_id}/amendments"


def test_without_an_authorizer_s_word_nobody_is_let_in(world: World, order_id: str) -> None:
    reply = Client(None).post(amendments(order_id), BAD_JSON)
    assert (reply.status, reply.code) == (401, "unauthenticated")
    assert reply.headers["WWW-Authenticate"] == reply.body["challenge"] == "Bearer"


def test_the_role_is_checked_before_the_order_is_looked_for(world: World) -> None:
    reply = Client(FINANCE).post(amendments("ord_nowhere"), BAD_JSON)
    assert (reply.status, reply.code) == (403, "forbidden")


@pytest.mark.parametrize("body", [BAD_JSON, BAD_FIELDS, {}])
def test_ownership_is_checked_before_the_body(customer_2: Client, order_id: str, body: Any) -> None:
    reply = customer_2.post(amendments(order_id), body)
    assert (reply.status, reply.code) == (404, "order-not-found")


def test_an_unknown_change_is_not_found_before_the_body_is_read(agent: Client, order_id: str) -> None:
    reply = agent.post(f"{amendments(order_id)}/chg_nowhere/submit", BAD_JSON)
    assert (reply.status, reply.code) == (404, "change-not-found")


def test_a_known_key_is_replayed_before_the_etag_is_compared(agent: Client, order_id: str) -> None:
    first = agent.post(amendments(order_id), example("amendment"), if_match='"1.0"', idempotency_key="k1")
    again = agent.post(amendments(order_id), example("amendment"), idempotency_key="k1")
    assert (again.status, again.body, again.headers["ETag"]) == (201, first.body, first.headers["ETag"])


@pytest.mark.parametrize("body", [BAD_JSON, BAD_FIELDS])
def test_a_known_key_with_another_body_is_refused_as_such_however_bad_the_body(
    agent: Client, order_id: str, body: Any
) -> None:
    agent.post(amendments(order_id), example("amendment"), if_match='"1.0"', idempotency_key="k1")
    reply = agent.post(amendments(order_id), body, idempotency_key="k1")
    assert (reply.status, reply.code) == (422, "key-reused")


@pytest.mark.parametrize("body", [BAD_JSON, BAD_FIELDS])
def test_if_match_is_asked_for_before_the_body_is_judged(agent: Client, order_id: str, body: Any) -> None:
    reply = agent.post(amendments(order_id), body)
    assert (reply.status, reply.code) == (428, "precondition-required")


@pytest.mark.parametrize("etag", ['"0.9"', "*", 'W/"1.0"', "1.0"])
@pytest.mark.parametrize("body", [BAD_JSON, BAD_FIELDS])
def test_a_stale_etag_is_told_before_the_body_is_judged(agent: Client, order_id: str, etag: str, body: Any) -> None:
    reply = agent.post(amendments(order_id), body, if_match=etag)
    assert (reply.status, reply.code, reply.headers["ETag"]) == (412, "stale-version", '"1.0"')


def test_the_media_type_is_looked_at_before_the_json(agent: Client, order_id: str) -> None:
    reply = agent.post(amendments(order_id), BAD_JSON, if_match='"1.0"', content_type="text/plain")
    assert (reply.status, reply.code) == (415, "unsupported-media-type")


def test_json_is_read_before_its_fields(agent: Client, order_id: str) -> None:
    reply = agent.post(amendments(order_id), BAD_JSON, if_match='"1.0"')
    assert (reply.status, reply.code, reply.pointers) == (400, "malformed-json", [""])


def test_a_second_amendment_is_refused_naming_the_first(agent: Client, order_id: str) -> None:
    first = agent.post(amendments(order_id), example("amendment"), if_match='"1.0"')
    reply = agent.post(amendments(order_id), example("amendment"), if_match=first.headers["ETag"])
    assert (reply.status, reply.code) == (409, "change-open")
    assert reply.body["open_change"] == first.body["change_id"]


def test_a_preview_needs_neither_etag_nor_key_but_ownership(agent: Client, customer_2: Client, order_id: str) -> None:
    agent.post(amendments(order_id), example("amendment"), if_match='"1.0"', idempotency_key="k1")
    reply = agent.post(f"{amendments(order_id)}?dry_run=true", BAD_FIELDS, idempotency_key="k1")
    assert (reply.status, reply.code) == (422, "missing-reason")
    assert customer_2.post(f"{amendments(order_id)}?dry_run=true", BAD_FIELDS).status == 404


def test_intake_replays_a_known_key_before_it_judges_another_body(service: Client) -> None:
    first = service.post("/orders", example("order-direct"), idempotency_key="k1")
    assert service.post("/orders", example("order-direct"), idempotency_key="k1").body == first.body
    for body in (BAD_JSON, BAD_FIELDS, example("order-direct") | {"lines": []}):
        reply = service.post("/orders", body, idempotency_key="k1")
        assert (reply.status, reply.code) == (422, "key-reused")


def test_a_known_key_is_replayed_before_the_media_type_is_judged(agent: Client, order_id: str) -> None:
    first = agent.post(amendments(order_id), example("amendment"), if_match='"1.0"', idempotency_key="k1")
    again = agent.post(amendments(order_id), example("amendment"), idempotency_key="k1", content_type="text/plain")
    assert (again.status, again.body) == (201, first.body)


def test_one_key_of_two_principals_is_two_keys(agent: Client, order_id: str) -> None:
    agent.post(amendments(order_id), example("amendment"), if_match='"1.0"', idempotency_key="k1")
    other = Client(AGENT_2).post(amendments(order_id), example("amendment"), if_match='"1.0"', idempotency_key="k1")
    assert (other.status, other.code) == (409, "change-open")


def test_one_key_on_two_routes_or_paths_is_two_keys(service: Client, world: World) -> None:
    for path in ("/stock/A", "/stock/B"):
        assert service.put(path, {"on_hand": 5}, idempotency_key="k1").body["sku"] == path[-1]
    assert service.put("/products/A", {"title": "A"}, idempotency_key="k1").status == 200


def test_bodies_that_mean_the_same_are_the_same_request(agent: Client, order_id: str) -> None:
    first = agent.post(amendments(order_id), example("amendment"), if_match='"1.0"', idempotency_key="k1")
    reordered = dict(reversed(example("amendment").items()))
    assert agent.post(amendments(order_id), reordered, idempotency_key="k1").body == first.body


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_an_idempotency_key_has_1_to_255_characters(service: Client, key: str) -> None:
    reply = service.post("/orders", example("order-direct"), idempotency_key=key)
    assert (reply.status, reply.code) == (422, "malformed-idempotency-key")
