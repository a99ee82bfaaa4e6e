"""Who may use which route: one table, which the template, the handlers and the OpenAPI document agree with."""

from operator import attrgetter
from typing import get_args

import pytest

from infra.openapi.document import codes_of
from infra.openapi.operations import OPERATIONS
from shared.domain.policy.subjects import Role
from shared.http.door.problem_types import PROBLEMS
from shared.http.door.route import Route, Scope
from shared.http.identity.principal import context_of, principal_of
from shared.http.routes import ROUTES, route_of
from shared.usecases.core.access import Principal
from tests.fakes import World
from tests.support.template import resources
from tests.unit.http.client import Client

ROLES: tuple[Role, ...] = get_args(Role)
SCOPES: tuple[str, ...] = get_args(Scope)
NAME = attrgetter("name")
GUARDED = [route for route in ROUTES if not route.public]


def someone(role: Role, scopes: tuple[str, ...] = ()) -> Principal:
    customer_id = "cus-1" if role == "customer" else None
    return Principal(id=f"usr-{role}", roles=frozenset({role}), customer_id=customer_id, scopes=frozenset(scopes))


def called(route: Route, principal: Principal) -> int:
    path = route.path.replace("{version}", "1").replace("{", "").replace("}", "")
    return Client(principal).send(route.method, path, {} if route.mutates else None).status


@pytest.mark.parametrize("route", GUARDED, ids=NAME)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_past_the_door_exactly_where_the_table_lets_it(world: World, route: Route, role: Role) -> None:
    assert (called(route, someone(role)) != 403) == (role in route.roles)


@pytest.mark.parametrize("route", GUARDED, ids=NAME)
def test_a_service_gets_in_by_the_route_s_own_scope_only(world: World, route: Route) -> None:
    others = tuple(scope for scope in SCOPES if scope != route.scope)
    assert (called(route, someone("service", others)) != 403) == ("service" in route.roles)
    assert (called(route, someone("service", SCOPES)) != 403) == ("service" in route.roles or route.scope is not None)


@pytest.mark.parametrize("route", GUARDED, ids=NAME)
def test_scopes_are_worth_nothing_without_the_role_of_a_service(world: World, route: Route) -> None:
    assert (called(route, someone("customer", SCOPES)) != 403) == ("customer" in route.roles)


@pytest.mark.parametrize("route", GUARDED, ids=NAME)
def test_without_a_role_nobody_gets_in_anywhere(world: World, route: Route) -> None:
    assert called(route, Principal(id="usr-x", roles=frozenset(), scopes=frozenset(SCOPES))) == 403


@pytest.mark.parametrize("path", ["/openapi.json", "/health"])
def test_what_is_public_needs_no_token(path: str) -> None:
    assert Client(None).get(path).status == 200


def test_the_gateway_has_exactly_the_routes_of_the_table() -> None:
    deployed = {
        (event["Properties"]["Method"].upper(), event["Properties"]["Path"]): event["Properties"].get("Auth")
        for function in resources("AWS::Serverless::Function").values()
        for event in function.get("Events", {}).values()
        if event["Type"] == "Api"
    }
    assert set(deployed) == {(route.method, route.path) for route in ROUTES}
    assert {key for key, auth in deployed.items() if auth} == {(r.method, r.path) for r in ROUTES if r.public}


def test_every_route_is_documented_and_nothing_else() -> None:
    assert set(OPERATIONS) == set(ROUTES)
    for route in ROUTES:
        assert set(codes_of(route, OPERATIONS[route])) <= set(PROBLEMS)


def test_a_principal_survives_the_gateway_s_flat_context() -> None:
    principal = Principal(
        id="usr-1", roles=frozenset({"agent", "service"}), customer_id="cus-1", scopes=frozenset({"stock", "payments"})
    )
    assert principal_of(context_of(principal)) == principal


def test_roles_that_we_do_not_know_are_no_roles() -> None:
    assert principal_of({"sub": "usr-1", "roles": "root agent"}).roles == frozenset({"agent"})


@pytest.mark.parametrize(
    ("method", "path", "role"),
    [
        ("GET", "/orders/{order_id}/log", "customer"),
        ("POST", "/orders/{order_id}/activate", "customer"),
        ("POST", "/changes/{change_id}/resolutions", "manager"),
        ("POST", "/changes/{change_id}/refunds/{refund_id}/settlements", "agent"),
        ("POST", "/changes/{change_id}/acknowledgements", "manager"),
        ("POST", "/orders", "customer"),
        ("POST", "/orders/{order_id}/payments", "finance"),
        ("POST", "/orders/{order_id}/fulfilments", "agent"),
    ],
)
def test_what_is_not_for_everybody_stays_so(method: str, path: str, role: Role) -> None:
    route = route_of(method, path)
    assert not Principal(id="usr", roles=frozenset({role})).may(route.roles, route.scope)


def test_who_acknowledges_needs_no_more_than_that_scope() -> None:
    route = route_of("POST", "/changes/{change_id}/acknowledgements")
    department = Principal(id="dept", roles=frozenset({"service"}), scopes=frozenset({"acknowledgements"}))
    assert department.may(route.roles, route.scope)


@pytest.mark.parametrize("path", ["amendments", "cancellations"])
def test_whoever_starts_a_change_says_on_which_version(path: str) -> None:
    assert route_of("POST", f"/orders/{{order_id}}/{path}").needs_if_match
