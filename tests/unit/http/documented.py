"""Holds replies against what the OpenAPI document says of their routes."""

from typing import Any

import pytest
from pydantic import BaseModel

from infra.openapi_document import codes_of
from infra.openapi_operations import OPERATIONS
from shared.http.models.replies.others import ProblemReply
from shared.http.routes import route_of
from tests.unit.http.client import Client, Reply, resource_of


@pytest.fixture
def documented(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every reply of the test fits the models, and every problem's code is one that its route documents."""
    send = Client.send

    def checked(self: Client, method: str, path: str, body: Any, **headers: str) -> Reply:
        reply = send(self, method, path, body, **headers)
        route = route_of(method, resource_of(method, path.partition("?")[0])[0])
        operation = OPERATIONS[route.method, route.path]
        if reply.status >= 400:
            ProblemReply.model_validate(reply.body)
            assert reply.code in codes_of(route, operation)
        else:
            _check(reply, operation.replies[reply.status][0])
        return reply

    monkeypatch.setattr(Client, "send", checked)


def _check(reply: Reply, models: tuple[type[BaseModel], ...]) -> None:
    """Of two documented forms, a reply with a change_id is the first."""
    if models:
        model = models[0] if len(models) == 1 or "change_id" in reply.body else models[1]
        model.model_validate(reply.body)
