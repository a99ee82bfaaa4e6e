"""Read each product once, however many changes touch it; stock is left out."""

from collections.abc import Iterable

from shared.domain.order.product import Catalogue, Product
from shared.ports.stores import Skus

BATCH = 90
"""SKUs of one read, with room for rows that are read along."""


class ProductsOnce:
    def __init__(self, skus: Skus) -> None:
        self._skus = skus
        self._asked: set[str] = set()
        self._products: dict[str, Product] = {}

    @property
    def known(self) -> Catalogue:
        return Catalogue(products=self._products)

    def learn(self, skus: Iterable[str]) -> None:
        """Read those that have not been asked for yet."""
        fresh = sorted({*skus} - self._asked)
        self._asked.update(fresh)
        for start in range(0, len(fresh), BATCH):
            self._products |= self._skus.load(fresh[start : start + BATCH]).products
