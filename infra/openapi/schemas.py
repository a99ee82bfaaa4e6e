"""Makes the schemas of requests and replies with pydantic, and adds in words what only policy knows."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from shared.domain.order.order import ChangeKind
from shared.domain.policy.documents.reasons import Reasons

Json = dict[str, Any]

REF = "#/components/schemas/{model}"
_SHIPPED = Path(__file__).resolve().parents[2] / "shared/policies/reasons.json"
_REASONED: Mapping[str, ChangeKind] = {
    "AmendmentBody": "amendment",
    "CancellationBody": "cancellation",
    "ExchangeBody": "exchange",
    "OverpaymentBody": "settlement",
}
"""Bodies that say why; nobody but operators can read the policy that lists the codes."""


def schemas_of(models: Iterable[type[BaseModel]]) -> Json:
    """Returns the named schemas of all models, in a fixed order."""
    _, schemas = models_json_schema([(model, "validation") for model in models], ref_template=REF)
    named = {name: without_title(schema) for name, schema in sorted(schemas["$defs"].items())}
    for name, kind in _REASONED.items():
        named[name]["properties"]["reason_code"]["description"] = reasons_in_words(kind)
    return named


def ref(model: type[BaseModel]) -> Json:
    name = re.sub(r"\W", "_", model.__name__)
    return {"$ref": REF.format(model=name)}


def reasons_in_words(kind: ChangeKind) -> str:
    """Returns the codes that ship for this kind of change, each with its title."""
    reasons = TypeAdapter(Reasons).validate_python(json.loads(_SHIPPED.read_text()))
    codes = ", ".join(f"`{reason.code}` ({reason.title})" for reason in reasons.codes if kind in reason.kinds)
    return (
        f"Why, by a code of policy. As shipped: {codes}. Policy may add codes and retire them; `unknown-reason` "
        "names those in force in its `detail`."
    )


def without_title(schema: Any) -> Any:
    """Returns the schema without titles, because they only repeat a field's name."""
    if isinstance(schema, dict):
        named = "properties" in schema or "type" in schema or "anyOf" in schema or "allOf" in schema or "enum" in schema
        return {
            name: {key: without_title(each) for key, each in value.items()}
            if name == "properties"
            else without_title(value)
            for name, value in schema.items()
            if not (name == "title" and named and isinstance(value, str))
        }
    return [without_title(each) for each in schema] if isinstance(schema, list) else schema
