"""Shows a product in replies."""

from shared.domain.order.product import Product, ProductCharge
from shared.http.parts.view import Json, money, present


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
    charges = [_charge(charge) for charge in product.charges]
    return shown | ({"unit_cost": costs} if costs else {}) | ({"charges": charges} if charges else {})


def _charge(charge: ProductCharge) -> Json:
    prices = [money(amount, currency) for currency, amount in charge.price.items()]
    return present({"charge_id": charge.charge_id, "type": charge.type, "period": charge.period, "price": prices})
