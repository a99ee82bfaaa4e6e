"""Reads a product as another system sets it, and the SKU in a path."""

from pydantic import Field, field_validator

from shared.domain.order.product import Product
from shared.http.parts.fields import Flag, Given, Id, Text, refuse
from shared.http.parts.money import Money


class ProductBody(Given):
    """One list price for each currency that the product is sold in; `unit_cost` is what one costs us."""

    title: Text = ""
    list_price: tuple[Money, ...] = Field(default=(), max_length=200)
    quantity_modifiable: Flag = True
    in_flight_enabled: Flag = True
    tax_category: Id = "standard"
    unit_cost: tuple[Money, ...] = Field(default=(), max_length=200)

    @field_validator("list_price", "unit_cost")
    @classmethod
    def _one_each(cls, prices: tuple[Money, ...]) -> tuple[Money, ...]:
        if len({price.currency for price in prices}) < len(prices):
            refuse("duplicate-currency", "A product has one price, and one cost, in each currency.")
        return prices

    def to_domain(self, sku: str) -> Product:
        return Product(
            sku=sku,
            title=self.title or sku,
            list_price={price.currency: price.minor for price in self.list_price},
            quantity_modifiable=self.quantity_modifiable,
            in_flight_enabled=self.in_flight_enabled,
            tax_category=self.tax_category,
            unit_cost={cost.currency: cost.minor for cost in self.unit_cost},
        )


class SkuPath(Given):
    sku: Id
