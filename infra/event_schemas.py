"""What subscribers may rely on: a typed model for the data of each event, from which the JSON Schemas are generated.

Additive changes keep an event's version, so a schema allows fields that it does not know. The events themselves are
made in `shared/domain/events.py`; a test holds the two together.
"""

from typing import Any, Literal, get_args

from pydantic import BaseModel, create_model

from infra.event_parts import AmendedLine, ChangedAsset, Metadata, Money, Part, ReceivedLine, ReleasedStock
from shared.domain.departments import Changed, Department
from shared.domain.events import EventType
from shared.domain.line import FulfilmentEvent
from shared.domain.policy import Role
from shared.domain.states import ChangeStatus

Json = dict[str, Any]


class Data(Part):
    """`changed` routes the event: a department hears only what concerns it. `link` leads to the order."""

    changed: list[Changed]
    link: str


class OrderReceived(Data):
    """A channel's order is ours now. `truncated`: there are more lines than these."""

    channel: str
    total: Money
    lines: list[ReceivedLine]
    backordered: bool
    truncated: bool = False


class OrderAmended(Data):
    """An amendment was committed. The `departments` named acknowledge it."""

    departments: list[Department]
    reason_code: str
    lines: list[AmendedLine]
    total_before: Money
    total_after: Money
    refund: Money
    amount_due: Money
    truncated: bool = False


class OfChange(Data):
    status: ChangeStatus
    reason_code: str


class AmendmentStarted(OfChange):
    """Somebody opened an amendment; the order is as it was."""


class AmendmentSubmitted(OfChange):
    """Its stock is held, and it waits for an approval if it needs one."""


class AmendmentUndone(OfChange):
    """It ended without effect, as the requester wished."""


class ChangeExpired(OfChange):
    """It ended without effect, as its time was over."""


class ApprovalRequested(OfChange):
    """A `role` must decide; `round` counts how often this change has asked."""

    role: Role
    because: str
    round: int


class ApprovalDecided(OfChange):
    """Somebody in that role has decided."""

    decision: Literal["approved", "rejected"]
    round: int


class OfRefund(OfChange):
    refund_id: str
    payment_id: str
    amount: Money


class RefundRequested(OfRefund):
    """Money is owed back on a payment; the gateway will be asked for it."""


class RefundSettled(OfRefund):
    """The gateway gave it back."""


class RefundFailed(OfRefund):
    """The gateway will not give it back."""


class ChangeFellOut(OfChange):
    """A step outside failed for good: a person must look."""

    refund_id: str


class StockReleased(Data):
    """Units became available again."""

    stock: list[ReleasedStock]
    truncated: bool = False


class FulfilmentRecorded(Data):
    """So many more units of a line have come so far."""

    line_id: str
    event: FulfilmentEvent
    quantity: int


class AssetsChanged(Data):
    """What the customer has changed: assets made, moved or ended."""

    assets: list[ChangedAsset]
    truncated: bool = False


DATA: dict[EventType, type[Data]] = {
    "OrderReceived": OrderReceived,
    "AmendmentStarted": AmendmentStarted,
    "AmendmentSubmitted": AmendmentSubmitted,
    "AmendmentUndone": AmendmentUndone,
    "OrderAmended": OrderAmended,
    "ApprovalRequested": ApprovalRequested,
    "ApprovalDecided": ApprovalDecided,
    "ChangeExpired": ChangeExpired,
    "RefundRequested": RefundRequested,
    "RefundSettled": RefundSettled,
    "RefundFailed": RefundFailed,
    "ChangeFellOut": ChangeFellOut,
    "StockReleased": StockReleased,
    "FulfilmentRecorded": FulfilmentRecorded,
    "AssetsChanged": AssetsChanged,
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
