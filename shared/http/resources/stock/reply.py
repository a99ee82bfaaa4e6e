"""Documents a stock level in replies."""

from shared.http.parts.reply import Reply


class StockReply(Reply):
    """on_hand = available + held + allocated."""

    sku: str
    on_hand: int
    available: int
    held: int
    allocated: int
