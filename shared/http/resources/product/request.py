"""Reads a product as another system sets it, and the SKU in a path."""

from typing import Annotated

from pydantic import AfterValidator, Field

from shared.domain.order.product import Product, ProductCharge
from shared.http.parts.fields import Flag, Given, Id, Text, refuse
from shared.http.parts.money import Money
from shared.http.resources.line.charge import ChargeTerms, distinct


def _one_each(prices: tuple[Money, ...]) -> tuple[Money, ...]:
    if len({price.currency for price in prices}) < len(prices):
        refuse("duplicate-currency", "A product has one price, and one cost, in each currency.")
    return prices


Prices = Annotated[tuple[Money, ...], Field(max_length=200), AfterValidator(_one_each)]


class ProductChargeBody(ChargeTerms):
    """One of several prices of a product, in each currency that it is sold in."""

    price: Annotated[Prices, Field(min_length=1)]

    def to_domain(self) -> ProductCharge:
        prices = {price.currency: price.minor for price in self.price}
        return ProductCharge(charge_id=self.charge_id, type=self.type, period=self.period, price=prices)


class ProductBody(Given):
    """One list price for each currency that the product is sold in; `unit_cost` is what one costs us. `charges` are
    further prices; a product that runs from one day to another is sold by a recurring one."""

    title: Text = ""
    list_price: Prices = ()
    quantity_modifiable: Flag = True
    in_flight_enabled: Flag = True
    tax_category: Id = "standard"
    unit_cost: Prices = ()
    charges: Annotated[tuple[ProductChargeBody, ...], Field(max_length=20), AfterValidator(distinct)] = ()

    def to_domain(self, sku: str) -> Product:
        return Product(
            sku=sku,
            title=self.title or sku,
            list_price={price.currency: price.minor for price in self.list_price},
            quantity_modifiable=self.quantity_modifiable,
            in_flight_enabled=self.in_flight_enabled,
            tax_category=self.tax_category,
            unit_cost={cost.currency: cost.minor for cost in self.unit_cost},
            charges=tuple(charge.to_domain() for charge in self.charges),
        )


class SkuPath(Given):
    sku: Id
