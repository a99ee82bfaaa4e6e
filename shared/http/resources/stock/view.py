"""Shows a stock level in replies."""

from shared.domain.order.product import StockLevel
from shared.http.parts.view import Json


def stock_view(level: StockLevel) -> Json:
    return {
        "sku": level.sku,
        "on_hand": level.on_hand,
        "available": level.available,
        "held": level.held,
        "allocated": level.allocated,
    }
