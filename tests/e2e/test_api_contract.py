"""The served OpenAPI document, and requests made from it over HTTP: the reply is one that it tells of, never a 5xx.

More of the same, in process and with far more examples: tests/fuzz.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from requests import Session
from schemathesis import Case, Response

from shared.http.routes import ROUTES
from tests.e2e.portal import Portal, a_line, to_price, to_quantity, units
from tests.e2e.service import Service, running
from tests.fuzz.document import NAMES, Place, cases, checks_of, hold, loaded, request_of

EXAMPLES = 2
USERS = ["agent", "lead", "manager", "finance", "operator", "service", "customer", None]


@pytest.fixture(scope="module")
def apart() -> Iterator[Service]:
    """A run of its own: what is asked for here means nothing, and nobody else should have to look at it."""
    with running() as service:
        yield service


@pytest.fixture(scope="module")
def operations(apart: Service) -> dict[str, Any]:
    return loaded(apart.http("GET", "/openapi.json").json)


@pytest.fixture(scope="module")
def places(apart: Service) -> tuple[Place, ...]:
    """A draft, a change that waits for a manager, one that waits for its customer, one that is done."""
    portal = Portal(apart)
    orders = [
        portal.places(a_line(sku=portal.a_sku(on_hand=20), quantity=4, price="10.00"), paid="48.00") for _ in range(4)
    ]
    changes = [
        portal.drafts(orders[0], to_quantity(3)),
        portal.amends(orders[1], to_price("300.00")).json,
        portal.cancels(orders[2], units(1), user="agent").json,
        portal.amends(orders[3], to_quantity(3)).json,
    ]
    token = portal.link(orders[2]).rpartition("/")[2]
    return tuple(
        Place(
            path={
                "order_id": order.order_id,
                "change_id": change["change_id"],
                "version": "1",
                "sku": order.sku,
                "token": token,
                "channel": "direct",
                "gateway": "sandbox",
            },
            etag=portal.etag(order),
            values={"line_id": ("l1",), "digest": (change["plan"]["digest"],), "reason_code": ("customer_request",)},
        )
        for order, change in zip(orders, changes, strict=True)
    )


@pytest.mark.parametrize("user", USERS)
def test_every_reply_is_documented(
    apart: Service, operations: dict[str, Any], places: tuple[Place, ...], user: str | None
) -> None:
    with Session() as session:
        session.trust_env = False

        def check(case: Case) -> None:
            request = request_of(case, apart.api_url)
            if user is not None:
                request.headers["Authorization"] = f"Bearer {apart.tokens[user]}"
            reply = session.send(request, timeout=30)
            case.validate_response(Response.from_requests(reply, verify=False), checks=checks_of(case))

        for operation in NAMES:
            hold(cases(operations[operation], places), EXAMPLES, f"{user} {operation}", check)


def test_the_served_document_tells_of_every_route(operations: dict[str, Any]) -> None:
    assert set(operations) == {f"{route.method} {route.path}" for route in ROUTES}
