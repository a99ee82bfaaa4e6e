"""Describes products and stock: the prices of a SKU, if it may be changed in flight, and its stock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shared.domain.money.proration import Period
from shared.domain.order.counted import Counted
from shared.domain.order.line_price import Charge, ChargeType


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductCharge:
    """Describes one of several prices of a product, as `Charge` does of a line; `price` holds minor units for each
    currency it is sold in."""

    charge_id: str
    type: ChargeType
    period: Period | None = None
    price: dict[str, int] = field(default_factory=dict)

    def in_currency(self, currency: str) -> Charge | None:
        """Returns the charge of a line in this currency; None if it has no price in it."""
        price = self.price.get(currency)
        return (
            None if price is None else Charge(charge_id=self.charge_id, type=self.type, period=self.period, price=price)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Describes a product. `list_price` holds one price in minor units for each currency it is sold in, `unit_cost` our
    own cost of one unit, as far as it is known. `charges` are further prices, by which a product is sold that runs from
    one day to another."""

    sku: str
    title: str = ""
    list_price: dict[str, int] = field(default_factory=dict)
    quantity_modifiable: bool = True
    in_flight_enabled: bool = True
    tax_category: str = "standard"
    unit_cost: dict[str, int] = field(default_factory=dict)
    charges: tuple[ProductCharge, ...] = ()

    def charges_in(self, currency: str) -> tuple[Charge, ...] | None:
        """Returns the charges of a line of it in this currency; None if one of them has no price in it."""
        found = [charge for each in self.charges if (charge := each.in_currency(currency))]
        return tuple(found) if len(found) == len(self.charges) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLevel:
    """Counts the stock of one SKU in units: on_hand = available + held + allocated, none negative."""

    sku: str
    on_hand: int
    held: int = 0
    allocated: int = 0

    @property
    def available(self) -> int:
        return self.on_hand - self.held - self.allocated


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Holds the known products and stock of the SKUs that a plan touches. A SKU without a stock level is untracked.
    `asked` are all the SKUs that were looked up, those of which nothing is known included. `refunds_today` counts the
    customer's, not SKUs; `counted` is what stands under the keys of a day that were looked up with them."""

    products: dict[str, Product] = field(default_factory=dict)
    stock: dict[str, StockLevel] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()
    refunds_today: int = 0
    counted: Mapping[str, Counted] = field(default_factory=dict)

    def covers(self, skus: Iterable[str], keys: Iterable[str] = ()) -> bool:
        """Returns True if all of these were looked up."""
        return self.asked.issuperset(skus) and self.counted.keys() >= set(keys)
