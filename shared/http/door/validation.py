"""Applies request models to what came in; pydantic's complaints become violations with our codes and pointers."""

from itertools import islice
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared.domain.refusal import Refusal, Violation, escaped
from shared.http.door.texts import unseen_in
from shared.http.parts.fields import OBJECT, WORD

Model = TypeVar("Model", bound=BaseModel)

MAX_TOLD = 50
"""Violations that one reply lists."""

_CODES = {
    "missing": ("missing-field", "This field is required."),
    "extra_forbidden": ("unknown-field", "There is no such field here."),
    "unexpected_keyword_argument": ("unknown-field", "There is no such field here."),
    "union_tag_invalid": ("unknown-edit", "There is no such edit."),
    "union_tag_not_found": ("missing-field", "An edit needs its op."),
    "json_invalid": ("malformed-json", "This is no JSON."),
    "string_type": ("wrong-type", "This must be text."),
    "bool_type": ("wrong-type", "This must be true or false."),
    "list_type": ("wrong-type", "This must be a list."),
    "tuple_type": ("wrong-type", "This must be a list."),
    "model_type": ("wrong-type", "This must be an object."),
    "model_attributes_type": ("wrong-type", "This must be an object."),
    "dict_type": ("wrong-type", "This must be an object."),
    "dataclass_type": ("wrong-type", "This must be an object."),
    "int_type": ("wrong-type", "This must be a whole number."),
    "int_from_float": ("wrong-type", "This must be a whole number."),
    "decimal_type": ("wrong-type", "This must be a decimal number."),
    "decimal_parsing": ("malformed-value", "This must be a decimal number."),
    "finite_number": ("out-of-range", "This must be a finite number."),
    "string_too_short": ("empty-value", "This must not be empty."),
    "too_short": ("empty-value", "This must not be empty."),
    "string_too_long": ("too-long", "This has {max_length:,} characters at most."),
    "too_long": ("too-many", "There are {max_length:,} of these at most."),
    "string_pattern_mismatch": ("malformed-value", "This holds characters that it may not."),
    "enum": ("unknown-value", "This is none of the values that it may have."),
    "int_parsing": ("malformed-parameter", "This must be a whole number."),
    "greater_than_equal": ("out-of-range", "This must be at least {ge:,}."),
    "less_than_equal": ("out-of-range", "This must be at most {le:,}."),
    "literal_error": ("unknown-value", "This is none of the values that it may have."),
}
"""Pydantic's error type → our code and words, with pydantic's bounds in them. Our own errors bring theirs."""

_UNKNOWN = ("malformed-value", "This is not what belongs here.")
"""The code and the words for a complaint that we have none for: pydantic's own name classes of ours."""

_OF_FIELD = {
    ("missing-field", "reason_code"): ("missing-reason", "Say why, with a reason code."),
    ("empty-value", "reason_code"): ("missing-reason", "Say why, with a reason code."),
    ("malformed-value", "country"): (
        "malformed-value",
        "This is a country's two capital letters (ISO 3166-1), such as US.",
    ),
    ("too-many", "edits"): ("too-many-edits", "One change holds {max_length:,} edits at most."),
    ("too-many", "lines"): ("too-many-lines", "An order has {max_length:,} lines at most."),
}
"""Codes that are more telling for one field."""


def validated(model: type[Model], value: object) -> Model:
    """Returns `value` as the model.

    Raises:
        Refusal: the first thing wrong with it, with all of them.
    """
    try:
        read = model.model_validate(value)
    except ValidationError as error:
        raise Refusal.of(violations_of(error, value)) from None
    if unseen := tuple(islice(unseen_in(value), MAX_TOLD)):
        raise Refusal.of(unseen)
    return read


def violations_of(error: ValidationError, value: object) -> tuple[Violation, ...]:
    """Lists what pydantic found wrong with `value`, with our codes and pointers into it; never empty."""
    # Pydantic also calls a list too short whose entries are all wrong.
    told = [each for each in error.errors() if each["type"] != "too_short" or not each["input"]]
    return tuple(_violation(each, value) for each in told[:MAX_TOLD])


def _violation(complaint: ErrorDetails, value: object) -> Violation:
    kind = complaint["type"]
    pointer, field = _pointer(complaint["loc"], value)
    if kind.startswith("union_tag"):
        pointer, field = f"{pointer}/op", "op"
        kind = "union_tag_not_found" if _lacks_op(complaint["input"]) else kind
    if kind.endswith("_type") and complaint["input"] is None and pointer:
        kind = "missing"
    ctx = complaint.get("ctx", {})
    code, words = (kind, str(ctx["words"])) if "words" in ctx else _CODES.get(kind, _UNKNOWN)
    code, words = _OF_FIELD.get((code, field), (code, words))
    words = words if "words" in ctx else words.format_map(ctx)
    if kind in ("literal_error", "enum"):
        words = f"This must be {complaint['ctx']['expected']}."
    return Violation(code, words, pointer)


def _lacks_op(edit: object) -> bool:
    return isinstance(edit, dict) and edit.get("op") is None


def _pointer(loc: tuple[int | str, ...], value: object) -> tuple[str, str]:
    """Returns the JSON Pointer (RFC 6901) of a location, and the name of its last field.

    A location names the member of a union too (`edits`, 0, `set_quantity`, `quantity`); the document does not, so
    such a step is left out.
    """
    parts: list[str] = []
    for step in loc:
        if _names_member(step, value):
            continue
        parts.append(escaped(str(step)))
        value = _inside(value, step)
    names = [part for part in parts if not part.isdigit()]
    return "".join(f"/{part[:100]}" for part in parts), names[-1] if names else ""


def _names_member(step: int | str, value: object) -> bool:
    if isinstance(value, dict):
        return step not in value and step in (value.get("op"), OBJECT)
    return step in (WORD, OBJECT)


def _inside(value: object, step: int | str) -> object:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None
