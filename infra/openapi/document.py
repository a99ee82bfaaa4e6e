"""Builds the OpenAPI 3.1 document from the routes' rows, what stands beside them, and the table of problems."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from infra.openapi.audiences import audiences, named
from infra.openapi.headers import problem_headers, reply_headers, request_headers, takes_key
from infra.openapi.operations import OPERATIONS
from infra.openapi.parameters import path_parameters, query_parameters
from infra.openapi.schemas import ref, schemas_of
from shared.http.door.problem_types import PROBLEMS, type_uri
from shared.http.door.route import Route
from shared.http.parts.document import FIELDS, Operation
from shared.http.resources.problem.reply import ProblemReply
from shared.http.routes import ROUTES

ROOT = Path(__file__).resolve().parents[2]

Json = dict[str, Any]

_FOR_ALL = ("repeated-parameter", "too-busy", "too-many-requests", "internal-error", "timeout")


def document(routes: Iterable[Route] = ROUTES, operations: Mapping[Route, Operation] = OPERATIONS) -> Json:
    """Returns the whole document, with everything in a fixed order: paths as `routes` has them, schemas by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    paths: Json = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, operations[route])
    return {
        "openapi": "3.1.0",
        "info": {"title": "Inflight", "version": project["version"], "description": project["description"]},
        "servers": [{"url": "/"}],  # the function that serves the document puts in where that is
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "schemas": _schemas(operations),
        },
    }


def codes_of(route: Route, operation: Operation) -> list[str]:
    """Returns every problem that the route can answer with, by status and code."""
    codes = {*_FOR_ALL, *operation.refuses}
    if not route.public:
        codes |= {"unauthenticated", "forbidden"}
    codes |= {"not-found"} if "{" in route.path else set()
    codes |= {"order-not-found"} if "{order_id}" in route.path else set()
    codes |= {"change-not-found"} if "{change_id}" in route.path else set()
    codes |= {"stale-version", "precondition-required"} if route.needs_if_match else set()
    if route.mutates:
        codes |= {"body-too-large"}
    if takes_key(route, operation):
        codes |= {"key-reused", "malformed-idempotency-key"}
    if operation.body:
        codes |= {"malformed-json", "unsupported-media-type", *FIELDS}
    if operation.query:
        codes |= {"malformed-parameter", *FIELDS}
    return sorted(codes, key=lambda code: (PROBLEMS[code].status, code))


def _operation(route: Route, operation: Operation) -> Json:
    described: Json = {
        "operationId": operation.id,
        "summary": operation.summary,
        "description": " ".join(filter(None, (_for_whom(route), operation.notes))),
        "parameters": [*path_parameters(route), *query_parameters(operation), *request_headers(route, operation)],
        "responses": _responses(route, operation),
    }
    if operation.body or operation.any_body:
        described["requestBody"] = _body(operation)
    return described | ({"security": []} if route.public else {})


def _for_whom(route: Route) -> str:
    who: list[str] = [*sorted(route.roles), *([f"service:{route.scope}"] if route.scope else [])]
    return "Anybody." if route.public else f"For: {', '.join(who)}."


def _body(operation: Operation) -> Json:
    if operation.body is None:
        return {"required": True, "content": {"*/*": {"schema": {}}}}
    content: Json = {"schema": ref(operation.body)}
    if operation.examples:
        content["examples"] = {name: {"value": example(name)} for name in operation.examples}
    return {"required": not operation.optional_body, "content": {"application/json": content}}


def _responses(route: Route, operation: Operation) -> Json:
    responses: Json = {}
    for status, (models, words) in operation.replies.items():
        schemas = [ref(model) for model in models]
        schema = {"oneOf": schemas} if len(schemas) > 1 else schemas[0] if schemas else {"type": "object"}
        responses[str(status)] = {"description": words, "content": {"application/json": {"schema": schema}}}
        if headers := reply_headers(operation, status):
            responses[str(status)]["headers"] = headers
    by_status: dict[int, list[str]] = {}
    for code in codes_of(route, operation):
        by_status.setdefault(PROBLEMS[code].status, []).append(code)
    return responses | {str(status): _problem(status, codes) for status, codes in by_status.items()}


def _problem(status: int, codes: list[str]) -> Json:
    types = {"properties": {"type": {"enum": [type_uri(code) for code in codes]}}}
    described: Json = {
        "description": "; ".join(f"`{code}`: {PROBLEMS[code].title}" for code in codes),
        "content": {"application/problem+json": {"schema": {"allOf": [ref(ProblemReply), types]}}},
    }
    headers = problem_headers(status)
    return described | ({"headers": headers} if headers else {})


def _schemas(operations: Mapping[Route, Operation]) -> Json:
    """Returns all schemas; a field that is not for everyone says whose it is: `x-audience` is `staff`, or `own` where
    customers read it of what they asked for, or are to do, themselves."""
    models: dict[type[BaseModel], None] = {ProblemReply: None}
    for operation in operations.values():
        models |= {model: None for replies, _ in operation.replies.values() for model in replies}
        models |= {operation.body: None} if operation.body else {}
    schemas = schemas_of(models)
    for model, fields in named(audiences(operations)).items():
        for name, audience in fields.items():
            schemas[model]["properties"][name]["x-audience"] = audience
    return schemas


def example(name: str) -> Json:
    """Returns a request of infra/examples."""
    read: Json = json.loads((ROOT / "infra/examples" / f"{name}.json").read_text())
    return read
