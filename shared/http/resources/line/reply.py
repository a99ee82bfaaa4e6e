"""Documents a line in replies."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from shared.domain.order.line import LineStatus
from shared.domain.order.states import ShownOnly
from shared.http.parts.reply import Reply, ReplyMoney
from shared.http.resources.discount.reply import ReplyLineDiscount


class ReplyTax(Reply):
    name: str
    rate: Annotated[str, Field(examples=["0.20"])]
    amount: ReplyMoney
    jurisdiction: str | None = None


class ReplyCharge(Reply):
    charge_id: str
    type: Literal["one_time", "recurring", "usage"]
    period: Literal["month", "quarter", "year"] | None = None
    price: ReplyMoney


class ReplyJoinedUnits(Reply):
    """Units of the quantity that joined the line while it ran: they count, and cost, from `start_date` on."""

    quantity: int
    start_date: date


class ReplyEndedUnits(Reply):
    """Units that left the line while it ran, besides its quantity: what they used to `end_date` stays paid."""

    quantity: int
    start_date: date
    end_date: date


class ReplyFormerProduct(Reply):
    """A product that the line was while it ran: what it used to `end_date` stays paid, `amount` of the price with
    the shares of its discounts and taxes."""

    sku: str
    end_date: date
    amount: ReplyMoney
    discounts: list[ReplyLineDiscount] | None = None
    taxes: list[ReplyTax] | None = None


class ReplyProgress(Reply):
    """Units that came so far: cumulative, each at least the next. Of those shipped, `intercepted` were stopped on their
    way by a cancellation, and `returning` are sent back by the customer."""

    picked: int
    packed: int
    shipped: int
    delivered: int
    returned: int
    intercepted: int | None = None
    returning: int | None = None
    delivered_on: date | None = None
    tracking: list[str] | None = None


class LineContent(Reply):
    """The commercial content of a line, as plans compare it."""

    line_id: str
    sku: str
    title: str
    quantity: int
    cancelled_quantity: int
    unit_price: ReplyMoney
    discounts: list[ReplyLineDiscount]
    taxes: list[ReplyTax]
    tax_included: bool | None = None
    goodwill: Annotated[ReplyMoney | None, Field(description="Given back of it; the discounts tell what of it.")] = None
    total: ReplyMoney
    quantity_modifiable: bool
    start_date: date | None = None
    end_date: date | None = None
    charges: list[ReplyCharge] | None = None
    joined: list[ReplyJoinedUnits] | None = None
    ended: list[ReplyEndedUnits] | None = None
    formerly: list[ReplyFormerProduct] | None = None
    bundle_id: str | None = None
    parent_line_id: str | None = None
    required: bool | None = None
    constraints: list[str] | None = None
    backordered: Annotated[int | None, Field(description="Units that wait for stock.")] = None


class PlannedLine(LineContent):
    status: Annotated[LineStatus | None, Field(description="Only where the plan alone decides it.")] = None


class ReplyLine(LineContent):
    fulfilled_quantity: int
    status: Annotated[
        LineStatus | ShownOnly,
        Field(
            description="`pending_cancellation`: a cancellation that takes from it waits. `superseded`: a newer "
            "version of the order is live."
        ),
    ]
    progress: ReplyProgress | None = None
