"""What the OpenAPI document says, it says in words that every reader of JSON Schema understands."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.openapi.document import document

KEYWORDS = frozenset(
    {
        *("$ref", "allOf", "anyOf", "oneOf", "type", "enum", "const", "properties", "required"),
        *("additionalProperties", "propertyNames", "items", "minItems", "maxItems", "uniqueItems", "prefixItems"),
        *("minLength", "maxLength", "pattern", "format", "contentMediaType"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        *("title", "description", "default", "examples", "deprecated", "discriminator"),
        "x-audience",
    }
)
"""Of JSON Schema 2020-12, and `discriminator` and an extension of OpenAPI 3.1: what our schemas may say."""
OF_SCHEMAS = frozenset({"items", "additionalProperties", "propertyNames"})
LISTS_OF_SCHEMAS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    return document()


def schemas_in(node: Any) -> Iterator[dict[str, Any]]:
    """Every schema of the document: the named ones, those of parameters, headers and bodies, and those inside them."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "schema":
                yield from _with_inner(value)
            elif name == "schemas":
                for schema in value.values():
                    yield from _with_inner(schema)
            elif name not in ("example", "examples"):
                yield from schemas_in(value)
    if isinstance(node, list):
        for value in node:
            yield from schemas_in(value)


def _with_inner(schema: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(schema, dict):
        return
    yield schema
    inner = [*schema.get("properties", {}).values(), *(schema[name] for name in OF_SCHEMAS & schema.keys())]
    for name in LISTS_OF_SCHEMAS & schema.keys():
        inner += schema[name]
    for each in inner:
        yield from _with_inner(each)


def test_every_schema_uses_only_keywords_that_json_schema_has(spec: dict[str, Any]) -> None:
    unknown = {(word, str(schema)[:80]) for schema in schemas_in(spec) for word in schema.keys() - KEYWORDS}
    assert unknown == set()


def test_a_quantity_is_bounded_in_the_document_as_it_is_in_fact(spec: dict[str, Any]) -> None:
    schemas = spec["components"]["schemas"]
    units = {"type": "integer", "minimum": 1, "maximum": 1_000_000_000}
    assert schemas["SetQuantity"]["properties"]["quantity"] == units
    assert schemas["StockBody"]["properties"]["on_hand"] == {**units, "minimum": 0}


def test_every_pattern_means_ascii_digits_in_every_dialect(spec: dict[str, Any]) -> None:
    patterns = {schema["pattern"] for schema in schemas_in(spec) if "pattern" in schema}
    assert [pattern for pattern in patterns if re.search(r"\\[dw]", pattern)] == []


def parameters(spec: dict[str, Any], method: str, path: str) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in spec["paths"][path][method]["parameters"]}


def test_reason_codes_are_told_to_those_who_cannot_read_policy(spec: dict[str, Any]) -> None:
    shipped = json.loads((Path(__file__).parents[3] / "shared/policies/reasons.json").read_text())["codes"]
    for body, kind in (("AmendmentBody", "amendment"), ("CancellationBody", "cancellation")):
        words = spec["components"]["schemas"][body]["properties"]["reason_code"]["description"]
        told = set(re.findall(r"`([a-z_]+)` \(", words))
        assert told == {each["code"] for each in shipped if kind in each["kinds"]}


def test_words_of_ours_in_a_path_are_listed(spec: dict[str, Any]) -> None:
    assert parameters(spec, "put", "/delegations/{role}")["role"]["schema"]["enum"] == ["lead", "manager", "finance"]
    assert "reasons" in parameters(spec, "get", "/policies/{name}")["name"]["schema"]["enum"]


def test_a_list_that_has_no_cursor_parameter_has_no_further_page(spec: dict[str, Any]) -> None:
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            page = _page_of(spec, operation)
            if page is not None:
                paged = page["properties"]["next_cursor"] != {"type": "null"}
                taken = parameters(spec, method, path).keys() | _fields_of_body(spec, operation)
                assert paged == ("cursor" in taken), (method, path)


def _fields_of_body(spec: dict[str, Any], operation: dict[str, Any]) -> set[str]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    named = spec["components"]["schemas"].get(content.get("schema", {}).get("$ref", "").rpartition("/")[2], {})
    return set(named.get("properties", {}))


def _page_of(spec: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any] | None:
    schema = operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
    named = spec["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {})
    return named if {"items", "next_cursor"} <= named.get("properties", {}).keys() else None


def test_a_list_says_that_a_short_page_need_not_be_the_last(spec: dict[str, Any]) -> None:
    for path in ("/orders", "/changes", "/policies/{name}/versions"):
        listed = parameters(spec, "get", path)
        assert "even empty" in listed["limit"]["description"]
        assert "until it is null" in listed["cursor"]["description"]


def test_if_match_may_be_sent_where_policies_compare_it(spec: dict[str, Any]) -> None:
    assert parameters(spec, "put", "/policies/{name}")["If-Match"]["required"] is False
    assert parameters(spec, "post", "/orders/{order_id}/amendments/{change_id}/submit")["If-Match"]["required"] is True


def test_whatever_may_ask_for_a_better_sign_in_says_so(spec: dict[str, Any]) -> None:
    asking = {
        operation["operationId"]
        for methods in spec["paths"].values()
        for operation in methods.values()
        if "step-up-required" in operation["responses"].get("401", {}).get("description", "")
    }
    amending = {"startAmendment", "submitAmendment", "acceptAmendment", "undoAmendment"}
    exchanging = {"startExchange", "submitExchange", "acceptExchange", "undoExchange"}
    assert asking == {*amending, *exchanging, "startCancellation", "startSettlement"}
    assert "max_age" in spec["components"]["schemas"]["ProblemReply"]["properties"]
