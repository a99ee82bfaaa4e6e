"""Generates the JSON Schemas that subscribers may rely on from a typed model for the data of each event.

Additive changes keep an event's version, so a schema allows fields that it does not know. A test holds the models and
the events that are made (`shared/domain/change/events.py`) together.
"""

from typing import Any, Literal, get_args

from pydantic import BaseModel, create_model

from infra.events import data
from infra.events.parts import Metadata, Part
from shared.domain.change.events import EventType

Json = dict[str, Any]


TYPES: tuple[EventType, ...] = get_args(EventType)

DATA: dict[EventType, type[data.Data]] = {type_: getattr(data, type_) for type_ in TYPES}
"""The model of an event's data is the class of `data.py` that has the event's name."""


def detail_model(type_: EventType, version: int = 1) -> type[BaseModel]:
    """Returns the model of a whole `detail`: metadata of this type and version, and its data."""
    exactly: Any = {"type": (Literal[type_], ...), "version": (Literal[version], ...)}
    metadata: Any = create_model("Metadata", __base__=Metadata, **exactly)
    return create_model(
        type_, __base__=Part, __doc__=DATA[type_].__doc__, metadata=(metadata, ...), data=(DATA[type_], ...)
    )


def schema_of(type_: EventType) -> Json:
    """Returns the JSON Schema (2020-12) of an event's `detail`."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **detail_model(type_).model_json_schema()}
