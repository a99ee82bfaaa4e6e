"""One row declares a route: the door, the document, the handlers, the template and the matrix follow it."""

import importlib
import json
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from infra.openapi.document import codes_of, document
from infra.openapi.operations import OPERATIONS
from shared.http import resources as folders
from shared.http import routes as table
from shared.http.door.answers import shown
from shared.http.door.resolver import resolver, serve
from shared.http.door.route import Route
from shared.http.parts.document import Operation, ok
from shared.http.resources.stock.reply import StockReply
from shared.http.routes import ROUTES
from tests.support.template import ROOT, resources
from tests.unit.http.client import CONTEXT, event_of
from tests.unit.http.matrix.derived import disagreements, expected, unlisted
from tests.unit.http.matrix.identities import IDENTITIES, context_for

FOLDER = Path(folders.__path__[0])
ROW = Route("GET", "/gift-notes/{sku}", "catalogue", roles=frozenset({"agent"}), scope="stock")
"""A route that nobody has."""


def apps() -> Iterator[tuple[str, Any]]:
    """Each function that answers HTTP, by its folder."""
    for path in sorted((ROOT / "functions").glob("*/handler.py")):
        app = getattr(importlib.import_module(f"functions.{path.parent.name}.handler"), "app", None)
        if app is not None:
            yield path.parent.name, app


def registered(app: Any) -> set[tuple[str, str]]:
    """The methods and paths that an app has handlers for, written as the gateway writes them."""
    return {
        (method, each.path.replace("<", "{").replace(">", "}"))
        for each in (*app._static_routes, *app._dynamic_routes)
        for method in ([each.method] if isinstance(each.method, str) else each.method)
    }


# ------------------------------------------------------------------------------------- every row is followed everywhere


def test_every_function_answers_exactly_the_routes_that_name_it() -> None:
    answered = {(name, *each) for name, app in apps() for each in registered(app)}
    assert answered == {(route.function, route.method, route.path) for route in ROUTES}


def test_the_template_sends_each_route_to_the_function_that_it_names() -> None:
    sent = {
        (function["Handler"].split(".")[1], event["Properties"]["Method"].upper(), event["Properties"]["Path"])
        for function in resources("AWS::Serverless::Function").values()
        for event in function.get("Events", {}).values()
        if event["Type"] == "Api"
    }
    assert sent == {(route.function, route.method, route.path) for route in ROUTES}


def test_every_resource_s_rows_are_in_the_table_once() -> None:
    listed = [
        row
        for path in FOLDER.glob("*/routes.py")
        for row in importlib.import_module(f"{folders.__name__}.{path.parent.name}.routes").ROUTES
    ]
    assert sorted(row.name for row in listed) == sorted(route.name for route in ROUTES)
    assert len(table.BY_NAME) == len(ROUTES)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*/routes.py")), ids=lambda path: path.parent.name)
def test_a_resource_documents_its_own_routes_and_no_other_s(path: Path) -> None:
    name = f"{folders.__name__}.{path.parent.name}"
    rows, words = importlib.import_module(f"{name}.routes"), importlib.import_module(f"{name}.document")
    assert tuple(words.OPERATIONS) == rows.ROUTES


@pytest.mark.parametrize("route", ROUTES, ids=attrgetter("name"))
def test_a_route_documents_a_preview_if_it_can_be_asked_for_one(route: Route) -> None:
    operation = OPERATIONS[route]
    asked_for = operation.query is not None and "dry_run" in operation.query.model_fields
    assert asked_for == (operation.preview is not None)
    assert operation.preview is None or operation.preview in operation.replies[200][0]


# ------------------------------------------------------------------------------------------------- a row that is added


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> tuple[Route, ...]:
    monkeypatch.setitem(table.BY_NAME, ROW.name, ROW)
    return *ROUTES, ROW


def asked(authorizer: dict[str, str] | None) -> dict[str, Any]:
    app = resolver()
    app.get("/gift-notes/<sku>")(lambda sku: shown({"sku": sku}))
    event = event_of("GET", "/gift-notes/MUG", ROW.path, {"sku": "MUG"}, "", None, {}, None)
    event["requestContext"]["authorizer"] = authorizer
    return dict(serve(app)(event, CONTEXT))  # type: ignore[arg-type]


@pytest.mark.usefixtures("added")
@pytest.mark.parametrize("identity", IDENTITIES)
def test_a_new_row_is_what_the_door_lets_in_by(identity: str) -> None:
    assert asked(context_for(identity, ROW.scope))["statusCode"] == (expected(ROW, identity) or 200)


def test_a_route_without_a_row_is_not_there() -> None:
    reply = asked(context_for("agent", None))
    assert (reply["statusCode"], json.loads(reply["body"])["type"].rpartition("/")[2]) == (404, "not-found")


def test_a_new_row_is_in_the_document(added: tuple[Route, ...]) -> None:
    operation = Operation(id="getGiftNote", summary="A gift note", replies=ok(StockReply, "The note."))
    described = document(added, {**OPERATIONS, ROW: operation})["paths"]["/gift-notes/{sku}"]["get"]
    assert described["description"] == "For: agent, service:stock."
    assert [each["name"] for each in described["parameters"]] == ["sku"]
    assert set(codes_of(ROW, operation)) >= {"unauthenticated", "forbidden", "not-found"}


def test_a_new_row_cannot_be_left_undocumented(added: tuple[Route, ...]) -> None:
    with pytest.raises(KeyError):
        document(added)


def test_a_new_row_is_missing_from_the_matrix_until_it_is_written_there_by_hand(added: tuple[Route, ...]) -> None:
    assert unlisted(added) == ({ROW.name}, set())
    assert [expected(ROW, each) for each in IDENTITIES].count(None) == 2


def test_a_row_that_lets_in_others_than_the_hand_says_is_noticed() -> None:
    row = table.BY_NAME["GET /orders/{order_id}/log"]
    opened = Route(row.method, row.path, row.function, roles=row.roles | {"customer"})
    assert disagreements([opened]) == {row.name: {"owner", "another customer", "a customer without an id"}}
