"""Served under a path, as behind a domain with a base path: routes, links and the document all know it."""

from collections.abc import Iterator

import pytest

from tests.e2e.portal import Portal, a_line, amendment, to_quantity
from tests.e2e.service import Service, running
from tests.e2e.subscriber import Subscriber


@pytest.fixture(scope="module")
def under_v1() -> Iterator[Service]:
    with running(BasePath="v1") as service:
        yield service


def test_what_is_served_under_a_path_links_to_what_is_under_it(under_v1: Service) -> None:
    portal, subscriber = Portal(under_v1), Subscriber.of_everything(under_v1, "under-v1")
    assert under_v1.api_url.endswith("/v1")
    order = portal.places(a_line(sku=portal.a_sku(on_hand=10), quantity=3, price="10.00"), paid="30.00")

    reply = portal.asks(order, amendment(to_quantity(2), accept=portal.previews(order, to_quantity(2))))

    place = reply.headers["Location"]
    assert place == f"/v1/changes/{reply.json['change_id']}"
    assert under_v1.http("GET", place.removeprefix("/v1"), None, "agent").status == 200
    assert under_v1.http("GET", "/openapi.json").json["servers"] == [{"url": "/v1"}]
    heard = subscriber.hears(order.body["order_id"], "OrderAmended")
    assert {event["detail"]["data"]["link"] for event in heard} == {f"/v1{order.path}"}


def test_nothing_is_served_beside_the_path(under_v1: Service) -> None:
    beside = Service(
        under_v1.api_url.removesuffix("/v1"),
        under_v1.outputs,
        under_v1.tokens,
        under_v1.refused_tokens,
        under_v1.process,
    )
    reply = beside.http("GET", "/health")
    assert (reply.status, reply.problem) == (404, "not-found")


def test_the_gateway_renames_the_challenge_and_the_problem_keeps_it(service: Service) -> None:
    """Only a function's own 401: that of the gateway has the header under its name."""
    refused = service.http("GET", "/orders", headers={"Authorization": "Bearer nobody"})
    assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
