"""Whoever asks whatever of whichever route: the reply is one that the OpenAPI document tells of, and never a 5xx."""

import json
from collections.abc import Iterator

import pytest
from schemathesis import Case, GenerationMode, Response

from infra.openapi.document import document
from infra.openapi.operations import OPERATIONS as DESCRIBED
from shared.http.routes import ROUTES, route_of
from tests.fuzz.document import NAMES, cases, checks_of, hold, loaded, objects_in, request_of
from tests.fuzz.world import CALLERS, Fuzzed, fuzzed

ADMITTED, TURNED_AWAY, UNKNOWN_FIELDS = 12, 2, 6
"""Examples for callers whom the route lets in, and for those whom it turns away whatever they send."""
OPERATIONS = loaded(document())
WITH_BODY = [route.name for route in ROUTES if DESCRIBED[route].body]


@pytest.fixture(scope="module")
def world() -> Iterator[Fuzzed]:
    with pytest.MonkeyPatch.context() as patch:
        yield fuzzed(patch)


def admitted(caller: str, operation: str) -> bool:
    route, who = route_of(*operation.split(" ", 1)), CALLERS[caller]
    return route.public or (who is not None and who.may(route.roles, route.scope))


def answered(world: Fuzzed, case: Case, caller: str) -> Response:
    world.again()
    request = request_of(case)
    if case.path_parameters.get("gateway") == "sandbox":
        world.sign(request)
    return world.answer(request, CALLERS[caller])


@pytest.mark.parametrize("operation", NAMES)
@pytest.mark.parametrize("caller", CALLERS)
def test_every_reply_is_documented(world: Fuzzed, caller: str, operation: str) -> None:
    lets_in = admitted(caller, operation)

    def check(case: Case) -> None:
        reply = answered(world, case, caller)
        case.validate_response(reply, checks=checks_of(case))
        assert lets_in or reply.status_code in (401, 403) or b"/problems/not-found" in reply.content

    strategy = cases(OPERATIONS[operation], world.places)
    hold(strategy, ADMITTED if lets_in else TURNED_AWAY, f"{caller} {operation}", check)


@pytest.mark.parametrize("operation", WITH_BODY)
def test_an_unknown_field_is_refused_wherever_it_stands(world: Fuzzed, operation: str) -> None:
    caller = next(caller for caller in CALLERS if admitted(caller, operation))
    told: list[str] = []

    def check(case: Case) -> None:
        where, place = objects_in(case.body)[-1 - len(told) % len(objects_in(case.body))]
        place["not_a_field"] = 1
        reply = answered(world, case, caller)
        assert 400 <= reply.status_code < 500, (case.body, reply.content)
        if reply.status_code == 422:
            told.append(where)
            errors = json.loads(reply.content)["errors"]
            unknown = [each["pointer"] for each in errors if each["code"] == "unknown-field"]
            assert f"{where}/not_a_field" in unknown or len(errors) == 50, (case.body, errors)

    strategy = cases(OPERATIONS[operation], world.places, (GenerationMode.POSITIVE,))
    hold(strategy.filter(lambda case: isinstance(case.body, dict)), UNKNOWN_FIELDS, f"unknown field {operation}", check)
    assert told
