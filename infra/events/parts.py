"""Models the parts that events are made of."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.policy.subjects import Stage


class Part(BaseModel):
    """A part of an event."""

    model_config = ConfigDict(extra="allow")


class Money(Part):
    amount: Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$")]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]


class ReceivedLine(Part):
    line_id: str
    sku: str
    quantity: int


class AmendedLine(Part):
    line_id: str
    sku: str
    quantity_before: int
    quantity_after: int
    unit_price_before: Money | None
    unit_price_after: Money


class CancelledUnits(Part):
    """Units of a line that a cancellation takes, by how far they had come; `tracking` of the line's parcels."""

    line_id: str
    sku: str
    stage: Stage
    quantity: int
    tracking: list[str]


class ReversedTax(Part):
    name: str
    jurisdiction: str | None
    amount: Money


class CreditMemo(Part):
    """What billing books one refund under."""

    number: str
    refund_id: str
    payment_id: str
    amount: Money


class ReleasedStock(Part):
    sku: str
    quantity: int


class ChangedAsset(Part):
    asset_id: str
    line_id: str
    sku: str
    quantity: int
    status: Literal["active", "ended"]


class Metadata(Part):
    """The same event has the same `id` however often it is delivered; `sequence` is dense per order."""

    id: UUID
    occurred_at: datetime
    sequence: Annotated[int, Field(ge=1)]
    correlation_id: str
    change_id: str | None
    order_id: str
    order_version: Annotated[int, Field(ge=1)]
