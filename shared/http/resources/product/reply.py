"""Documents a product in replies."""

from shared.domain.money.proration import Period
from shared.domain.order.line_price import ChargeType
from shared.http.parts.reply import Reply, ReplyMoney


class ReplyProductCharge(Reply):
    charge_id: str
    type: ChargeType
    period: Period | None = None
    price: list[ReplyMoney]


class ProductReply(Reply):
    sku: str
    title: str
    list_price: list[ReplyMoney]
    quantity_modifiable: bool
    in_flight_enabled: bool
    tax_category: str
    unit_cost: list[ReplyMoney] | None = None
    charges: list[ReplyProductCharge] | None = None
