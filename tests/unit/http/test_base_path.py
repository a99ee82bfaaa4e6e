"""Under a path (a stage, or the base path of a domain) routes are found, and what links says where callers find it."""

import json
from typing import Any

import pytest

from functions.docs.handler import handler as docs
from shared.adapters.eventbridge import EventBridgeBus
from shared.domain.change.events import Event
from shared.http.door.answers import respond, shown
from shared.http.door.resolver import resolver, serve
from shared.ports.requests import Answer
from tests.fakes import a_world
from tests.unit.functions.stories import a_paid_order
from tests.unit.http.client import CONTEXT, event_of

Json = dict[str, Any]


def asked(path: str, reached_as: str, resource: str = "/health") -> Json:
    """The reply to a call whose event has this path, and which callers reach under the other."""
    app = resolver()
    app.get("/health")(lambda: shown({"status": "ok"}))
    app.get("/health/<when>")(lambda when: shown({"status": when}))
    app.get("/openapi.json")(lambda: respond(Answer(status=201, body="{}", location="/orders/ord-1")))
    event: Json = event_of("GET", path, resource, {}, "", None, {}, None)
    event["requestContext"]["path"] = reached_as
    return serve(app)(event, CONTEXT)  # type: ignore[arg-type]


def location(path: str, reached_as: str) -> str:
    headers: Json = asked(path, reached_as, "/openapi.json")["multiValueHeaders"]
    return str(headers["Location"][0])


@pytest.mark.parametrize(
    ("api_path", "path", "reached_as"),
    [
        ("", "/health", "/health"),
        ("/prod", "/health", "/prod/health"),
        ("/v1", "/v1/health", "/v1/health"),
        ("/health", "/health/health", "/health/health"),
        ("/health", "/health", "/health/health"),
        ("/health", "/health/now", "/health/health/now"),
    ],
    ids=[
        "at the root",
        "under a stage",
        "under a base path",
        "a base path like a route",
        "a stage like a route",
        "with more",
    ],
)
def test_a_route_is_found_under_whatever_path(
    monkeypatch: pytest.MonkeyPatch, api_path: str, path: str, reached_as: str
) -> None:
    monkeypatch.setenv("API_PATH", api_path)
    assert asked(path, reached_as)["statusCode"] == 200


def test_under_another_path_there_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_PATH", "/v1")
    assert asked("/v2/health", "/v2/health")["statusCode"] == 404


@pytest.mark.parametrize(
    ("api_path", "path", "reached_as", "told"),
    [
        ("", "/openapi.json", "/openapi.json", "/orders/ord-1"),
        ("/prod", "/openapi.json", "/prod/openapi.json", "/prod/orders/ord-1"),
        ("/v1", "/v1/openapi.json", "/v1/openapi.json", "/v1/orders/ord-1"),
    ],
)
def test_a_location_says_where_callers_find_it(
    monkeypatch: pytest.MonkeyPatch, api_path: str, path: str, reached_as: str, told: str
) -> None:
    monkeypatch.setenv("API_PATH", api_path)
    assert location(path, reached_as) == told


@pytest.mark.parametrize(("api_path", "server"), [("", "/"), ("/prod", "/prod"), ("/v1", "/v1")])
def test_the_document_names_the_server_that_serves_it(
    monkeypatch: pytest.MonkeyPatch, api_path: str, server: str
) -> None:
    monkeypatch.setenv("API_PATH", api_path)
    reply: Any = docs(event_of("GET", "/openapi.json", "/openapi.json", {}, "", None, {}, None), CONTEXT)
    assert json.loads(reply["body"])["servers"] == [{"url": server}]


@pytest.mark.parametrize("api_path", ["", "/prod"])
def test_an_event_s_link_begins_with_the_path_of_the_api(api_path: str) -> None:
    world = a_world()
    a_paid_order(world)
    events: list[Event] = list(world.memory.events)
    sent: list[Json] = []

    class Client:
        def put_events(self, **asked: Any) -> Any:
            sent.extend(asked["Entries"])
            return {"FailedEntryCount": 0, "Entries": []}

    client: Any = Client()
    EventBridgeBus(client, "bus", api_path).publish(events)
    assert sent
    for event, entry in zip(events, sent, strict=True):
        assert f'"link":"{api_path}{event.data["link"]}"' in entry["Detail"]
