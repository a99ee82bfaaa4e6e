"""Shows what is overpaid on an order, and how to ask for it to go back."""

from shared.http.parts.view import Json, money


def overpaid_view(order_id: str, balance_due: int, currency: str) -> Json | None:
    """Shows the amount and the request that settles it; None where nothing is overpaid. `balance_due` is in minor
    units."""
    if balance_due >= 0:
        return None
    return {"amount": money(-balance_due, currency), "method": "POST", "path": f"/orders/{order_id}/settlements"}
