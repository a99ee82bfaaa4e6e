"""Documents a product in replies."""

from shared.http.parts.reply import Reply, ReplyMoney


class ProductReply(Reply):
    sku: str
    title: str
    list_price: list[ReplyMoney]
    quantity_modifiable: bool
    in_flight_enabled: bool
    tax_category: str
    unit_cost: list[ReplyMoney] | None = None
