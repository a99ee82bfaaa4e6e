"""Lists the parameters in paths and queries."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from infra.openapi.schemas import without_title
from shared.domain.policy.documents.registry import PolicyName
from shared.domain.policy.subjects import Approver
from shared.http.door.route import Route
from shared.http.parts.document import Operation

Json = dict[str, Any]

_VALUES: Mapping[str, tuple[str, ...]] = {"role": get_args(Approver), "name": get_args(PolicyName)}
"""Path parameters that are words of ours; anything else is 404."""


def path_parameters(route: Route) -> Iterable[Json]:
    for name in re.findall(r"{(\w+)}", route.path):
        values = {"enum": list(_VALUES[name])} if name in _VALUES else {}
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", **values}}


def query_parameters(operation: Operation) -> Iterable[Json]:
    schema = operation.query.model_json_schema() if operation.query else {}
    definitions = schema.get("$defs", {})
    for name, field in schema.get("properties", {}).items():
        kinds = [kind for kind in field.get("anyOf", [field]) if kind.get("type") != "null"]
        kind = definitions[kinds[0]["$ref"].rpartition("/")[2]] if "$ref" in kinds[0] else kinds[0]
        words = field.get("description") or kind.get("description")
        said = {"description": words} if words and "$ref" not in kinds[0] else {}
        shown = {word: value for word, value in without_title(kind).items() if word != "description"}
        yield {"name": name, "in": "query", "required": False, **said, "schema": shown}
