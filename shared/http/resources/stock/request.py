"""Reads how many units of a product another system has on hand."""

from shared.http.parts.fields import Given, Level


class StockBody(Given):
    """Units on hand, whatever of them is held or allocated."""

    on_hand: Level
