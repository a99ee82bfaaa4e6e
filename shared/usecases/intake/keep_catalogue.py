"""Keep products and stock levels as other systems tell them."""

from functools import partial

from shared.domain.order.product import Product, StockLevel
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.transact import Decided, transact


def put_product(services: Services, request: Request[Product], product: Product) -> Outcome[Product]:
    """Set what is known of a product; the last request wins.

    Raises:
        Refusal: `key-reused`, `too-busy`.
    """
    decided = Decided(product, partial(services.skus.put_product, product))
    busy = f"The product {product.sku} keeps being written; try again in a moment."
    return transact(services, request, lambda: decided, busy=busy)


def put_stock(services: Services, request: Request[StockLevel], sku: str, on_hand: int) -> Outcome[StockLevel]:
    """Set how many units of a SKU are on hand.

    Raises:
        Refusal: `stock-below-committed`, if more are held and allocated than that; `key-reused`, `too-busy`.
    """

    def decide() -> Decided[StockLevel]:
        current = services.skus.load([sku]).stock.get(sku)
        level = StockLevel(
            sku=sku,
            on_hand=on_hand,
            held=current.held if current else 0,
            allocated=current.allocated if current else 0,
        )
        _check(level)
        return Decided(level, partial(services.skus.put_stock, sku, on_hand, current))

    return transact(services, request, decide, busy=f"The stock of {sku} keeps moving; try again in a moment.")


def read_product(services: Services, sku: str) -> Product:
    """Return the product.

    Raises:
        Refusal: `product-not-found`.
    """
    product = services.skus.load([sku]).products.get(sku)
    if product is None:
        raise Refusal("product-not-found", f"There is no product {sku}.")
    return product


def read_stock(services: Services, sku: str) -> StockLevel:
    """Return the stock level.

    Raises:
        Refusal: `stock-not-found`: the SKU is untracked.
    """
    level = services.skus.load([sku]).stock.get(sku)
    if level is None:
        raise Refusal("stock-not-found", f"{sku} has no stock record: it is untracked.")
    return level


def _check(level: StockLevel) -> None:
    if level.available < 0:
        raise Refusal(
            "stock-below-committed",
            f"{level.held} of {level.sku} are held and {level.allocated} allocated; on_hand cannot be below that.",
            pointer="/on_hand",
        )
