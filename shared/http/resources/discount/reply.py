"""Documents a discount in replies: an order's own, and the part of it that a line carries."""

from typing import Annotated

from pydantic import Field

from shared.domain.order.line_price import DiscountScope, DiscountType
from shared.http.parts.reply import Reply, ReplyMoney


class ReplyDiscount(Reply):
    code: str | None = None
    type: DiscountType
    value: str


class ReplyLineDiscount(Reply):
    """What one discount takes off this line. `scope` order: the line's share of an order discount."""

    code: str | None = None
    type: DiscountType
    value: Annotated[str, Field(description="Per cent, or an amount in the order's currency.")]
    scope: DiscountScope
    amount: ReplyMoney
    after_tax: Annotated[
        bool | None, Field(description="True for a deduction without tax: the price is taxed as if it were not there.")
    ] = None
