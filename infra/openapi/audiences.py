"""Finds for whom each documented field of a reply is: models and declarations, walked side by side."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel

from shared.http.door.route import Route
from shared.http.parts.audience import Fields, Shows
from shared.http.parts.document import Operation
from shared.http.resources.problem.audience import PROBLEM
from shared.http.resources.problem.reply import ProblemReply

Said = tuple[type[BaseModel], str, str]
"""A model, its field, and whom that is for; or `undeclared`, or `gone` where the model has no such field."""


def shown_to_customers(route: Route) -> bool:
    return route.public or "customer" in route.roles


def audiences(operations: Mapping[Route, Operation]) -> Iterator[Said]:
    """Yields every field that could be sent to a customer, or to somebody without a token."""
    for route, operation in operations.items():
        for model in _models_of(operation) if shown_to_customers(route) else ():
            yield from compared(model, _declared_for(model, route.shows))
    yield from compared(ProblemReply, PROBLEM)


def compared(model: type[BaseModel], declared: Fields) -> Iterator[Said]:
    """Yields each field of a model, and of the models in it."""
    for name in sorted(declared.names - set(model.model_fields)):
        yield model, name, "gone"
    for name, field in model.model_fields.items():
        models = list(dict.fromkeys(_inner(field.annotation)))
        said = name in declared.names and (not models or name in declared.parts or name in declared.staff)
        yield model, name, declared.audience_of(name) if said else "undeclared"
        for each in models if name in declared.parts else ():
            yield from compared(each, declared.parts[name])


def named(said: Iterable[Said]) -> dict[str, dict[str, str]]:
    """Returns by model and field whom it is for, where it is not for everyone."""
    found: dict[str, dict[str, str]] = {}
    for model, name, audience in said:
        if audience != "everyone":
            found.setdefault(model.__name__, {})[name] = audience
    return found


def _models_of(operation: Operation) -> dict[type[BaseModel], None]:
    replies = {model: None for models, _ in operation.replies.values() for model in models}
    return replies | ({operation.preview: None} if operation.preview else {})


def _declared_for(model: type[BaseModel], shows: Shows) -> Fields:
    """Returns the declaration by which a reply of this model is shown; nothing is declared where the row names none."""
    return next((each for each in shows if not each.mark or each.mark in model.model_fields), Fields())


def _inner(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yields the models in a field's type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from _inner(each)
