"""Holds replies against what the OpenAPI document says of their routes."""

from functools import cache
from typing import Any

import pytest
from pydantic import BaseModel

from infra.openapi.document import codes_of
from infra.openapi.headers import problem_headers, reply_headers
from infra.openapi.operations import OPERATIONS
from shared.http.door.call import Call
from shared.http.door.route import Route
from shared.http.parts.document import Operation
from shared.http.resources.problem.reply import ProblemReply
from shared.http.routes import BY_NAME
from tests.unit.http.client import Client, Reply, resource_of

HEADERS = frozenset({"ETag", "Location", "Retry-After", "WWW-Authenticate"})
"""Those that mean something to a caller."""


@pytest.fixture(autouse=True)
def documented(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every reply of a test fits the models, every problem's code is one that its route documents, headers are sent
    where they are declared and nowhere else, and a handler reads the very models that are documented."""
    send, body, parameters = Client.send, Call.body, Call.parameters

    def checked(self: Client, method: str, path: str, body: Any, **headers: str) -> Reply:
        reply = send(self, method, path, body, **headers)
        resource = resource_of(method, path.partition("?")[0])[0]
        route = BY_NAME.get(f"{method} {resource}")
        if route is None:
            return reply
        if reply.status >= 400:
            _check_problem(reply, _codes(route))
        else:
            _check_success(reply, OPERATIONS[route])
        return reply

    def read_body(self: Call, model: Any, *, optional: bool = False) -> Any:
        operation = OPERATIONS.get(self.route)
        assert operation is None or operation.any_body or (operation.body, operation.optional_body) == (model, optional)
        return body(self, model, optional=optional)

    def read_query(self: Call, model: Any) -> Any:
        operation = OPERATIONS.get(self.route)
        assert operation is None or operation.query is model
        return parameters(self, model)

    monkeypatch.setattr(Client, "send", checked)
    monkeypatch.setattr(Call, "body", read_body)
    monkeypatch.setattr(Call, "parameters", read_query)


@cache
def _codes(route: Route) -> frozenset[str]:
    return frozenset(codes_of(route, OPERATIONS[route]))


def _check_problem(reply: Reply, codes: frozenset[str]) -> None:
    ProblemReply.model_validate(reply.body)
    assert reply.code in codes
    assert HEADERS & reply.headers.keys() == problem_headers(reply.status).keys()


def _check_success(reply: Reply, operation: Operation) -> None:
    """Of two documented forms, a reply with a change_id is the first."""
    models = operation.replies[reply.status][0]
    if models:
        _model_of(reply, models).model_validate(reply.body)
    declared = reply_headers(operation, reply.status)
    always = {name for name, header in declared.items() if header["required"]}
    assert always <= HEADERS & reply.headers.keys() <= declared.keys()


def _model_of(reply: Reply, models: tuple[type[BaseModel], ...]) -> type[BaseModel]:
    return models[0] if len(models) == 1 or "change_id" in reply.body else models[1]
