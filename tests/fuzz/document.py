"""Requests made from the OpenAPI document, and replies held against it (schemathesis).

Schemathesis makes the requests and knows the document; what it cannot know are ids that belong together. A `Place` has
some, so that many requests reach something, and a few reach what only fits by its type.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from requests import PreparedRequest, Request
from schemathesis import Case, GenerationMode, checks
from schemathesis.config import SchemathesisConfig
from schemathesis.schemas import APIOperation

from shared.http.routes import ROUTES
from tests.support.effort import times

Json = dict[str, Any]

SEED = 20261122
BASE_URL = "http://inflight.example"
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
REFUSED = [400, 403, 404, 409, 412, 413, 415, 422, 428]
CONFIG = {"checks": {"negative_data_rejection": {"expected-statuses": [*REFUSED, 401]}}}


@dataclass(frozen=True)
class Place:
    """What belongs together: an order, one of its changes, and whatever names them in a request."""

    path: Mapping[str, str]
    etag: str = '"1.0"'
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Field → what may stand in it, wherever in a body or a query it is."""


def loaded(document: Json) -> dict[str, APIOperation]:
    """The operations by `METHOD /path`.

    Who calls is the test's business, not schemathesis'; and a body of any media type, it cannot write: JSON then.
    """
    document = deepcopy(document)
    document.pop("security")
    for operations in document["paths"].values():
        for operation in operations.values():
            operation.pop("security", None)
            content = operation.get("requestBody", {}).get("content", {})
            if anything := content.pop("*/*", None):
                content["application/json"] = anything
    schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(CONFIG))
    return {each.ok().label: each.ok() for each in schema.get_all_operations()}


NAMES = [route.name for route in ROUTES]


@st.composite
def cases(
    draw: st.DrawFn, operation: APIOperation, places: tuple[Place, ...], modes: tuple[GenerationMode, ...] = ()
) -> Case:
    """A request as the document allows it, or as it forbids it; mostly at a place where there is something."""
    mode = draw(st.sampled_from(modes or modes_of(operation)))
    case: Case = draw(operation.as_strategy(generation_mode=mode))
    fitting = tuple(place for place in places if set(case.path_parameters) <= set(place.path))
    at = draw(st.sampled_from((*fitting, *fitting, None)))
    if at is None:
        return case
    known = {param: at.path[param] for param in case.path_parameters if param in at.path}
    case.path_parameters = {**case.path_parameters, **known}
    left_out = not mode.is_positive and "If-Match" not in case.headers  # which may be what is wrong with it
    if _takes(operation, "If-Match") and not left_out and draw(st.integers(0, 4)):
        case.headers["If-Match"] = at.etag
    if mode.is_positive:
        case.query = _with_values(draw, case.query, at)
        case.body = _with_values(draw, _like_an_example(draw, operation, case.body), at)
    elif str(case.query.get("dry_run")).lower() == "true":
        del case.query["dry_run"]  # a preview keeps nothing, so it does not look at an Idempotency-Key
    return case


def _takes(operation: APIOperation, header: str) -> bool:
    return any(parameter.name == header for parameter in operation.headers)


def _like_an_example(draw: st.DrawFn, operation: APIOperation, body: Any) -> Any:
    """Mostly an example of the document with few of its fields as they were drawn: it gets further."""
    examples = [
        example["value"]
        for content in operation.definition.raw.get("requestBody", {}).get("content", {}).values()
        for example in content.get("examples", {}).values()
    ]
    if not examples or not isinstance(body, dict) or not draw(st.integers(0, 4)):
        return body
    example = draw(st.sampled_from(examples))
    return example | {key: value for key, value in body.items() if not draw(st.integers(0, 4))}


def modes_of(operation: APIOperation) -> tuple[GenerationMode, ...]:
    """There is no wrong way to ask for what takes nothing."""
    refusable = any(operation.query) or any(body.definition.get("schema") for body in operation.body)
    return tuple(GenerationMode) if refusable else (GenerationMode.POSITIVE,)


def _with_values(draw: st.DrawFn, node: Any, at: Place) -> Any:
    if isinstance(node, dict):
        return {
            key: draw(st.sampled_from(at.values[key]))
            if key in at.values and isinstance(value, str) and draw(st.integers(0, 4))
            else _with_values(draw, value, at)
            for key, value in node.items()
        }
    return [_with_values(draw, each, at) for each in node] if isinstance(node, list) else node


def checks_of(case: Case) -> list[Any]:
    """A case that is wrong in nothing, for want of anything to be wrong in, may be accepted."""
    nothing_wrong = case.meta is not None and not getattr(case.meta.phase.data, "mutations", ())
    return [check for check in CHECKS if not (nothing_wrong and check is checks.negative_data_rejection)]


def request_of(case: Case, base_url: str = BASE_URL) -> PreparedRequest:
    """The request as it would go over the wire."""
    return Request(**case.as_transport_kwargs(base_url=base_url)).prepare()


def hold(strategy: st.SearchStrategy[Case], examples: int, who: str, check: Callable[[Case], None]) -> None:
    """Draw so many requests for `who`, the same in every run, and check each."""

    @seed(f"{SEED} {who}")
    @settings(
        max_examples=times(examples),
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def run(case: Case) -> None:
        check(case)

    run()


def objects_in(node: Any, pointer: str = "") -> list[tuple[str, Json]]:
    """Every object in a JSON value, with its pointer; a policy's document has a form that only its name tells."""
    if isinstance(node, dict):
        typed = {key: value for key, value in node.items() if key != "document"}
        inner = [each for key, value in typed.items() for each in objects_in(value, f"{pointer}/{key}")]
        return [(pointer, node), *inner]
    if isinstance(node, list):
        return [each for index, value in enumerate(node) for each in objects_in(value, f"{pointer}/{index}")]
    return []
