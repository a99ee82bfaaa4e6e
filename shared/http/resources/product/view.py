"""Shows a product in replies."""

from shared.domain.order.product import Product
from shared.http.parts.view import Json, money


def product_view(product: Product) -> Json:
    costs = [money(amount, currency) for currency, amount in product.unit_cost.items()]
    shown: Json = {
        "sku": product.sku,
        "title": product.title,
        "list_price": [money(amount, currency) for currency, amount in product.list_price.items()],
        "quantity_modifiable": product.quantity_modifiable,
        "in_flight_enabled": product.in_flight_enabled,
        "tax_category": product.tax_category,
    }
    return shown | ({"unit_cost": costs} if costs else {})
