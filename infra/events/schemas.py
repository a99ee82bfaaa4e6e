"""What subscribers may rely on: a typed model for the data of each event, from which the JSON Schemas are generated.

Additive changes keep an event's version, so a schema allows fields that it does not know. A test holds the models and
the events that are made (`shared/domain/change/events.py`) together.
"""

from typing import Any, Literal, get_args

from pydantic import BaseModel, create_model

from infra.events import data
from infra.events.parts import Metadata, Part
from shared.domain.change.events import EventType

Json = dict[str, Any]


DATA: dict[EventType, type[data.Data]] = {
    "OrderReceived": data.OrderReceived,
    "AmendmentStarted": data.AmendmentStarted,
    "AmendmentSubmitted": data.AmendmentSubmitted,
    "AmendmentUndone": data.AmendmentUndone,
    "OrderAmended": data.OrderAmended,
    "CancellationRequested": data.CancellationRequested,
    "CancellationWithdrawn": data.CancellationWithdrawn,
    "OrderCancelled": data.OrderCancelled,
    "OrderLinesCancelled": data.OrderLinesCancelled,
    "ConfirmationRequested": data.ConfirmationRequested,
    "ConfirmationDecided": data.ConfirmationDecided,
    "ApprovalRequested": data.ApprovalRequested,
    "ApprovalReminded": data.ApprovalReminded,
    "ApprovalEscalated": data.ApprovalEscalated,
    "ApprovalDecided": data.ApprovalDecided,
    "ChangeExpired": data.ChangeExpired,
    "RefundRequested": data.RefundRequested,
    "RefundSettled": data.RefundSettled,
    "RefundFailed": data.RefundFailed,
    "AuthorisationReductionRequested": data.AuthorisationReductionRequested,
    "AuthorisationReduced": data.AuthorisationReduced,
    "ChangeFellOut": data.ChangeFellOut,
    "StockReleased": data.StockReleased,
    "FulfilmentRecorded": data.FulfilmentRecorded,
    "AssetsChanged": data.AssetsChanged,
    "CustomerErased": data.CustomerErased,
}


def detail_model(type_: EventType, version: int = 1) -> type[BaseModel]:
    """The model of a whole `detail`: metadata of this type and version, and its data."""
    exactly: Any = {"type": (Literal[type_], ...), "version": (Literal[version], ...)}
    metadata: Any = create_model("Metadata", __base__=Metadata, **exactly)
    return create_model(
        type_, __base__=Part, __doc__=DATA[type_].__doc__, metadata=(metadata, ...), data=(DATA[type_], ...)
    )


def schema_of(type_: EventType) -> Json:
    """The JSON Schema (2020-12) of an event's `detail`."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **detail_model(type_).model_json_schema()}


TYPES: tuple[EventType, ...] = get_args(EventType)
