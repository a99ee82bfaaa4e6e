"""Keep products and stock levels as other systems tell them."""

from collections.abc import Callable

from shared.domain.order.product import Product, StockLevel
from shared.domain.refusal import Refusal
from shared.ports.requests import Answer, RequestKey, RequestKnown
from shared.ports.services import Services
from shared.ports.stores import Conflict
from shared.usecases.core.transact import ATTEMPTS, record_of, replayed


def put_product(
    services: Services, product: Product, key: RequestKey | None, render: Callable[[Product], Answer]
) -> Answer:
    """Set what is known of a product; the last word holds."""
    answer = render(product)
    try:
        services.skus.put_product(product, record_of(key, answer, services))
    except RequestKnown:
        return _known(services, key)
    return answer


def put_stock(
    services: Services, sku: str, on_hand: int, key: RequestKey | None, render: Callable[[StockLevel], Answer]
) -> Answer:
    """Set how many units of a SKU are on hand.

    Raises:
        Refusal: `stock-below-committed`, if more are held and allocated than that.
    """
    for _ in range(ATTEMPTS):
        current = services.skus.load([sku]).stock.get(sku)
        level = StockLevel(
            sku=sku,
            on_hand=on_hand,
            held=current.held if current else 0,
            allocated=current.allocated if current else 0,
        )
        if level.available < 0:
            if known := replayed(services.requests, key):
                return known
            raise Refusal(
                "stock-below-committed",
                f"{level.held} of {sku} are held and {level.allocated} allocated; on_hand cannot be below that.",
                pointer="/on_hand",
            )
        answer = render(level)
        try:
            services.skus.put_stock(sku, on_hand, current, record_of(key, answer, services))
            return answer
        except RequestKnown:
            return _known(services, key)
        except Conflict:
            services.clock.pause(0.01 * services.ids.jitter())
    raise Refusal("too-busy", f"The stock of {sku} keeps moving; try again in a moment.")


def read_product(services: Services, sku: str) -> Product:
    """Raises:
    Refusal: `product-not-found`.
    """
    product = services.skus.load([sku]).products.get(sku)
    if product is None:
        raise Refusal("product-not-found", f"There is no product {sku}.")
    return product


def read_stock(services: Services, sku: str) -> StockLevel:
    """Raises:
    Refusal: `stock-not-found`: the SKU is untracked.
    """
    level = services.skus.load([sku]).stock.get(sku)
    if level is None:
        raise Refusal("stock-not-found", f"{sku} has no stock record: it is untracked.")
    return level


def _known(services: Services, key: RequestKey | None) -> Answer:
    known = replayed(services.requests, key)
    if known is None:
        raise Conflict
    return known
