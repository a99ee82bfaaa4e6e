"""Of what a request says twice nothing counts: no proxy and no library chooses for us which of the values was meant."""

import copy
from operator import attrgetter
from typing import Any

import pytest

from infra.openapi.operations import OPERATIONS
from shared.adapters.gateways.sandbox import callbacks as sandbox
from shared.adapters.gateways.stripe import callbacks as stripe
from shared.http.door.repeats import SINGLE
from shared.http.door.route import Route
from shared.http.routes import ROUTES
from shared.usecases.core.access import Principal
from tests.fakes import World
from tests.unit.http.client import CONTEXT, Client, Reply, app_of, event_of, example, reply_of

NAME = attrgetter("name")
PARAMETERS = [
    (route, name) for route, operation in OPERATIONS.items() if operation.query for name in operation.query.model_fields
]


def someone(route: Route) -> Principal | None:
    """Somebody whom the route lets in; nobody where it needs none."""
    if route.public:
        return None
    if not route.roles:
        return Principal(id="svc", roles=frozenset({"service"}), scopes=frozenset({str(route.scope)}))
    role = sorted(route.roles)[0]
    customer_id = "cus-1" if role == "customer" else None
    return Principal(id="usr", roles=frozenset({role}), customer_id=customer_id, scopes=frozenset())


def called(route: Route, query: str = "", headers: list[tuple[str, str]] | None = None) -> Reply:
    """The answer to a request about things that there are not; headers may stand in it more than once."""
    names = {"version": "1", "name": "prices", "role": "manager", "part": "lines"}
    parameters = {each: names.get(each, each) for each in _parameters(route)}
    path = route.path.format_map(parameters)
    event = event_of(route.method, path, route.path, parameters, query, None, {}, someone(route))
    for name, value in headers or []:
        event["headers"][name] = value
        event["multiValueHeaders"].setdefault(name, []).append(value)
    return reply_of(app_of(route.method, route.path)(event, CONTEXT))


def _parameters(route: Route) -> list[str]:
    return [step[1:-1] for step in route.path.split("/") if step.startswith("{")]


EARLIER = {"order-not-found", "change-not-found", "refund-not-found", "policy-not-found", "link-not-found"}
"""What is not there is told before anything of the request is looked at."""


@pytest.mark.parametrize("route", ROUTES, ids=NAME)
def test_a_parameter_given_twice_is_refused_on_every_route(world: World, route: Route) -> None:
    reply = called(route, "colour=red&colour=blue")
    if reply.code not in EARLIER:
        assert (reply.status, reply.code, reply.pointers) == (400, "repeated-parameter", ["/colour"])


@pytest.mark.parametrize("header", ["If-Match", "Idempotency-Key", "Content-Type"])
@pytest.mark.parametrize("route", ROUTES, ids=NAME)
def test_a_header_of_which_one_counts_given_twice_is_refused_on_every_route(
    world: World, route: Route, header: str
) -> None:
    reply = called(route, headers=[(header, "a"), (header, "b")])
    if reply.code not in EARLIER:
        assert (reply.status, reply.code, reply.pointers) == (400, "repeated-parameter", [f"/{header}"])


@pytest.mark.parametrize(("route", "name"), PARAMETERS, ids=lambda each: getattr(each, "name", each))
@pytest.mark.parametrize("values", [("a", "b"), ("1", "1"), ("false", "true"), ("", "")])
def test_every_parameter_that_a_route_takes_is_taken_once(
    world: World, order_id: str, route: Route, name: str, values: tuple[str, str]
) -> None:
    reply = called(route, "&".join(f"{name}={value}" for value in values))
    if reply.code not in EARLIER:
        assert (reply.status, reply.code, reply.pointers) == (400, "repeated-parameter", [f"/{name}"])


@pytest.mark.parametrize("query", ["dry_run=false&dry_run=true", "dry_run=true&dry_run=false", "dry_run=1&dry_run=1"])
def test_a_request_that_is_a_preview_and_is_none_does_nothing(
    world: World, agent: Client, order_id: str, query: str
) -> None:
    before = copy.deepcopy(world.memory)
    reply = agent.post(f"/orders/{order_id}/amendments?{query}", example("amendment"), if_match='"1.0"')
    assert (reply.status, reply.code, reply.pointers) == (400, "repeated-parameter", ["/dry_run"])
    assert world.memory == before


def test_everything_that_is_said_twice_is_told(agent: Client, world: World) -> None:
    reply = agent.get("/orders?limit=1&status=pending&limit=2&cursor=a&cursor=b")
    assert (reply.status, reply.pointers) == (400, ["/limit", "/cursor"])


def test_one_header_in_two_spellings_is_said_twice(world: World) -> None:
    reply = called(_route("GET /orders"), headers=[("Content-Type", "application/json"), ("content-type", "text/xml")])
    assert (reply.status, reply.pointers) == (400, ["/Content-Type"])


def test_a_known_key_is_no_answer_where_two_keys_are_named(agent: Client, order_id: str) -> None:
    """Neither is looked up: whichever was meant, the other would have been another request."""
    path = f"/orders/{order_id}/amendments"
    agent.post(path, example("amendment"), if_match='"1.0"', idempotency_key="k1")
    resource, parameters = "/orders/{order_id}/amendments", {"order_id": order_id}
    event = event_of(
        "POST", path, resource, parameters, "", example("amendment"), {"If-Match": '"1.0"'}, agent.principal
    )
    event["headers"]["Idempotency-Key"] = "k1"
    event["multiValueHeaders"]["Idempotency-Key"] = ["k2", "k1"]
    reply = reply_of(app_of("POST", resource)(event, CONTEXT))
    assert (reply.status, reply.code, reply.pointers) == (400, "repeated-parameter", ["/Idempotency-Key"])


def test_ownership_is_checked_before_what_is_said_twice(customer_2: Client, order_id: str) -> None:
    reply = customer_2.post(f"/orders/{order_id}/amendments?dry_run=true&dry_run=true", example("amendment"))
    assert (reply.status, reply.code) == (404, "order-not-found")


def test_what_proxies_write_more_than_once_is_let_through(world: World) -> None:
    repeated = [(name, value) for name in ("X-Forwarded-For", "Via", "Accept", "Cookie") for value in ("a", "b")]
    assert called(_route("GET /orders"), headers=repeated).status == 200


def test_the_signatures_of_gateways_are_headers_of_which_one_counts() -> None:
    assert {sandbox.HEADER.lower(), stripe.HEADER.lower()} <= SINGLE


def _route(name: str) -> Any:
    return next(route for route in ROUTES if route.name == name)
