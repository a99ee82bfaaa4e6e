"""An HTTP client for handlers without HTTP: events as API Gateway makes them, replies as it sends them."""

import importlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

from shared.http.identity.principal import context_of
from shared.http.routes import ROUTES
from shared.usecases.core.access import Principal

EXAMPLES = Path(__file__).parents[3] / "infra/examples"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: Any

    @property
    def code(self) -> str:
        """The problem's type, without its base."""
        return str(self.body["type"]).rpartition("/")[2]

    @property
    def pointers(self) -> list[str]:
        return [error["pointer"] for error in self.body["errors"]]


def example(name: str) -> dict[str, Any]:
    """A request of infra/examples."""
    return dict(json.loads((EXAMPLES / f"{name}.json").read_text()))


@dataclass
class Client:
    """Calls as one principal; `headers` go with each call."""

    principal: Principal | None
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Reply:
        return self.send("GET", path, None, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.send("POST", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.send("PUT", path, body, **headers)

    def send(self, method: str, path: str, body: Any, **headers: str) -> Reply:
        path, _, query = path.partition("?")
        resource, parameters = resource_of(method, path)
        event = event_of(
            method, path, resource, parameters, query, body, self.headers | _dashed(headers), self.principal
        )
        return reply_of(app_of(method, resource)(event, CONTEXT))


def reply_of(answer: dict[str, Any]) -> Reply:
    """What a handler's answer is once API Gateway has sent it."""
    flat = {name: values[-1] for name, values in answer["multiValueHeaders"].items()}
    return Reply(answer["statusCode"], flat, json.loads(answer["body"]) if answer["body"] else None)


CONTEXT = SimpleNamespace(
    function_name="test",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:eu-central-1:1:function:test",
    aws_request_id="00000000-0000-4000-8000-000000000000",
    get_remaining_time_in_millis=lambda: 10_000,
)


def app_of(method: str, resource: str) -> Any:
    """The handler of the route's function; of another method's, or of `read`, where there is no such route."""
    fitting = sorted((route for route in ROUTES if route.path == resource), key=lambda route: route.method != method)
    name = fitting[0].function if fitting else "read"
    return importlib.import_module(f"functions.{name}.handler").handler


def resource_of(method: str, path: str) -> tuple[str, dict[str, str]]:
    """The path template that API Gateway would name, and the path's parameters."""
    for route in sorted(ROUTES, key=lambda route: route.path.count("{")):
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.path)
        if route.method == method and (match := re.fullmatch(pattern, path)):
            return route.path, match.groupdict()
    return path, {}


def event_of(
    method: str,
    path: str,
    resource: str,
    parameters: dict[str, str],
    query: str,
    body: Any,
    headers: dict[str, str],
    principal: Principal | None,
) -> dict[str, Any]:
    sent = dict(headers)
    if body is not None:
        sent.setdefault("Content-Type", "application/json")
    pairs = parse_qs(query, keep_blank_values=True)
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": {name: values[-1] for name, values in pairs.items()} or None,
        "multiValueQueryStringParameters": pairs or None,
        "pathParameters": parameters or None,
        "requestContext": {
            "requestId": "11111111-1111-4111-8111-111111111111",
            "authorizer": context_of(principal) if principal else None,
        },
        "body": body if isinstance(body, str) or body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-").title(): value for name, value in headers.items()}
