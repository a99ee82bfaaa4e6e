"""Units of a product on hand, as another system sets them."""

from shared.http.parts.fields import Given, Level


class StockBody(Given):
    """Units on hand, whatever of them is held or allocated."""

    on_hand: Level
