"""The OpenAPI 3.1 document, built from the route table, the request and reply models and the table of problems."""

import json
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from infra.openapi_operation import Operation
from infra.openapi_operations import OPERATIONS
from infra.openapi_refusals import FIELDS
from shared.http.models.replies.others import ProblemReply
from shared.http.problem_types import PROBLEMS, type_uri
from shared.http.routes import ROUTES, Route

ROOT = Path(__file__).resolve().parents[1]
REF = "#/components/schemas/{model}"

Json = dict[str, Any]

_FOR_ALL = ("too-busy", "too-many-requests", "internal-error", "timeout")
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": {"type": "string"},
    "example": '"1.0"',
    "description": "The order's ETag, as read.",
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "A repeated request with the same key and body gets the first answer; another body is refused.",
}


def document() -> Json:
    """The whole document, with everything in a fixed order."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    paths: Json = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, OPERATIONS[route.method, route.path])
    return {
        "openapi": "3.1.0",
        "info": {"title": "Inflight", "version": project["version"], "description": project["description"]},
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "schemas": _schemas(),
        },
    }


def codes_of(route: Route, operation: Operation) -> list[str]:
    """Every problem that the route can answer with, by status and code."""
    codes = {*_FOR_ALL, *operation.refuses}
    if not route.public:
        codes |= {"unauthenticated", "forbidden"}
    codes |= {"not-found"} if "{" in route.path else set()
    codes |= {"order-not-found"} if "{order_id}" in route.path else set()
    codes |= {"change-not-found"} if "{change_id}" in route.path else set()
    codes |= {"stale-version", "precondition-required"} if route.needs_if_match else set()
    if route.mutates:
        codes |= {"body-too-large"}
    if _takes_key(route, operation):
        codes |= {"key-reused", "malformed-idempotency-key"}
    if operation.body:
        codes |= {"malformed-json", "unsupported-media-type", *FIELDS}
    if operation.query:
        codes |= {"malformed-parameter", *FIELDS}
    return sorted(codes, key=lambda code: (PROBLEMS[code].status, code))


def _operation(route: Route, operation: Operation) -> Json:
    who: list[str] = [*sorted(route.roles), *([f"service:{route.scope}"] if route.scope else [])]
    described: Json = {
        "operationId": operation.id,
        "summary": operation.summary,
        "description": "Anybody." if route.public else f"For: {', '.join(who)}.",
        "parameters": [*_path_parameters(route), *_query_parameters(operation), *_headers(route, operation)],
        "responses": _responses(route, operation),
    }
    if operation.body or operation.any_body:
        described["requestBody"] = _body(operation)
    return described | ({"security": []} if route.public else {})


def _path_parameters(route: Route) -> Iterable[Json]:
    for name in re.findall(r"{(\w+)}", route.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _query_parameters(operation: Operation) -> Iterable[Json]:
    schema = operation.query.model_json_schema() if operation.query else {}
    definitions = schema.get("$defs", {})
    for name, field in schema.get("properties", {}).items():
        kinds = [kind for kind in field.get("anyOf", [field]) if kind.get("type") != "null"]
        kind = definitions[kinds[0]["$ref"].rpartition("/")[2]] if "$ref" in kinds[0] else kinds[0]
        yield {"name": name, "in": "query", "required": False, "schema": _without_title(kind)}


def _headers(route: Route, operation: Operation) -> Iterable[Json]:
    if route.needs_if_match:
        preview = "dry_run" in operation.query.model_fields if operation.query else False
        words = f"{_IF_MATCH['description']} Not needed with `dry_run=true`." if preview else _IF_MATCH["description"]
        yield {**_IF_MATCH, "required": not preview, "description": words}
    if _takes_key(route, operation):
        yield _KEY


def _takes_key(route: Route, operation: Operation) -> bool:
    """What comes in its sender's own form, signed, has keys of its own; what keeps nothing needs none."""
    return route.mutates and operation.keeps and not (route.public and operation.any_body)


def _body(operation: Operation) -> Json:
    if operation.body is None:
        return {"required": True, "content": {"*/*": {"schema": {}}}}
    content: Json = {"schema": _ref(operation.body)}
    if operation.examples:
        content["examples"] = {name: {"value": example(name)} for name in operation.examples}
    return {"required": not operation.optional_body, "content": {"application/json": content}}


def _responses(route: Route, operation: Operation) -> Json:
    responses: Json = {}
    for status, (models, words) in operation.replies.items():
        schemas = [_ref(model) for model in models]
        schema = {"oneOf": schemas} if len(schemas) > 1 else schemas[0] if schemas else {"type": "object"}
        responses[str(status)] = {"description": words, "content": {"application/json": {"schema": schema}}}
        if headers := _reply_headers(status, models):
            responses[str(status)]["headers"] = headers
    by_status: dict[int, list[str]] = {}
    for code in codes_of(route, operation):
        by_status.setdefault(PROBLEMS[code].status, []).append(code)
    return responses | {str(status): _problem(status, codes) for status, codes in by_status.items()}


def _reply_headers(status: int, models: tuple[type[BaseModel], ...]) -> Json:
    headers = {"ETag"} if {"OrderReply", "ChangeReply"} & {model.__name__ for model in models} else set()
    headers |= {"Location"} if status == 201 else set()
    return {name: {"schema": {"type": "string"}} for name in sorted(headers)}


def _problem(status: int, codes: list[str]) -> Json:
    types = {"properties": {"type": {"enum": [type_uri(code) for code in codes]}}}
    described: Json = {
        "description": "; ".join(f"`{code}`: {PROBLEMS[code].title}" for code in codes),
        "content": {"application/problem+json": {"schema": {"allOf": [_ref(ProblemReply), types]}}},
    }
    header = {412: "ETag", 429: "Retry-After"}.get(status)
    return described | ({"headers": {header: {"schema": {"type": "string"}}}} if header else {})


def _schemas() -> Json:
    models: dict[type[BaseModel], None] = {ProblemReply: None}
    for operation in OPERATIONS.values():
        models |= {model: None for replies, _ in operation.replies.values() for model in replies}
        models |= {operation.body: None} if operation.body else {}
    _, schemas = models_json_schema([(model, "validation") for model in models], ref_template=REF)
    return {name: _without_title(schema) for name, schema in sorted(schemas["$defs"].items())}


def _ref(model: type[BaseModel]) -> Json:
    name = re.sub(r"\W", "_", model.__name__)
    return {"$ref": REF.format(model=name)}


def _without_title(schema: Any) -> Any:
    """Titles that only repeat a field's name are noise."""
    if isinstance(schema, dict):
        named = "properties" in schema or "type" in schema or "anyOf" in schema or "allOf" in schema or "enum" in schema
        return {
            name: {key: _without_title(each) for key, each in value.items()}
            if name == "properties"
            else _without_title(value)
            for name, value in schema.items()
            if not (name == "title" and named and isinstance(value, str))
        }
    return [_without_title(each) for each in schema] if isinstance(schema, list) else schema


def example(name: str) -> Json:
    """A request of infra/examples."""
    read: Json = json.loads((ROOT / "infra/examples" / f"{name}.json").read_text())
    return read
