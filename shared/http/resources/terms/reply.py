"""Documents the terms of a cancellation or an exchange in replies."""

from typing import Annotated, Literal

from pydantic import Field

from shared.domain.policy.subjects import Stage
from shared.http.parts.reply import Reply, ReplyMoney


class ReplyPlannedRefund(Reply):
    payment_id: str
    method: str
    amount: ReplyMoney


class ReplyPlannedFee(Reply):
    """Negative for goodwill, which tells the tax contained in it, and what it is given on. `rule` is the rule of policy
    that asks for it."""

    code: str
    amount: ReplyMoney
    tax: ReplyMoney | None = None
    on: Literal["line", "shipping", "order"] | None = None
    line_id: str | None = None
    because: str
    rule: str | None = None


class ReplyCancelledUnits(Reply):
    """Units of a line that go, by how far they had come, and what was charged for them, tax included."""

    line_id: str
    sku: str
    stage: Stage
    quantity: int
    amount: ReplyMoney


class ReplyReversedTax(Reply):
    """What one tax of one jurisdiction falls by."""

    name: str
    jurisdiction: str | None = None
    amount: ReplyMoney


class ReplyHowLong(Reply):
    """One wait after the other, in words."""

    words: list[str]
    refund_days: Annotated[int | None, Field(description="Until the slowest payment method shows its refund.")] = None


class ReplyTerms(Reply):
    """What the customer reads before anything happens: every sum is worked out."""

    goods: Annotated[
        ReplyMoney,
        Field(description="Charged for what is cancelled, tax included; of an amendment, what lines fall by."),
    ]
    shipping_refunded: Annotated[ReplyMoney, Field(description="Negative where shipping then costs more.")]
    order_fees_refunded: Annotated[ReplyMoney, Field(description="The order's own fees that lapse with it.")]
    fees: list[ReplyPlannedFee]
    fees_total: ReplyMoney
    credit: Annotated[ReplyMoney, Field(description="Goodwill: given back while the goods stay.")]
    replacements: Annotated[
        ReplyMoney | None,
        Field(
            description="Of an exchange: what the lines that come cost, tax included; of an amendment, what lines rise."
        ),
    ] = None
    tax_reversed: Annotated[ReplyMoney, Field(description="Contained in the sums above.")]
    refund: Annotated[ReplyMoney, Field(description="What goes back in all.")]
    refunds: Annotated[list[ReplyPlannedRefund], Field(description="The same, payment by payment.")]
    released: Annotated[ReplyMoney, Field(description="No longer reserved; it was never taken.")]
    amount_due: Annotated[ReplyMoney, Field(description="Still to be paid for what stays.")]
    new_total: ReplyMoney
    how_long: ReplyHowLong
