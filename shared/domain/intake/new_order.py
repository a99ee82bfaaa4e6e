"""Holds a new order as a channel hands it over; amounts are given, or left to be calculated.

Every channel adapter translates its own payload into a `NewOrder`; `to_order` makes the order of it.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from shared.domain.order.exemption import TaxExemption
from shared.domain.order.line_price import Charge, DiscountScope, DiscountType
from shared.domain.order.order import Discount, Fee, Shipping
from shared.domain.order.party import Address, Customer, Source
from shared.domain.order.payment import Payment
from shared.domain.order.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTax:
    """A tax on a new line. `amount` (minor units) is the channel's charge; None means rate × net, rounded half-up."""

    name: str
    rate: Decimal
    amount: int | None = None
    jurisdiction: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLineDiscount:
    """A discount on a new line. `amount` (minor units, for the whole line) is the channel's reduction; without it a
    percentage is calculated. Scope `order` marks the channel's own share of an order-wide discount."""

    type: DiscountType
    scope: DiscountScope = "line"
    code: str | None = None
    percent: Decimal | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """A new line. `gross` overrides unit_price × quantity where a channel's line total is not that product."""

    line_id: str | None = None
    sku: str
    title: str = ""
    quantity: int
    cancelled_quantity: int = 0
    unit_price: int
    gross: int | None = None
    discounts: tuple[NewLineDiscount, ...] = ()
    taxes: tuple[NewTax, ...] = ()
    tax_included: bool = False
    quantity_modifiable: bool = True
    start_date: date | None = None
    end_date: date | None = None
    charges: tuple[Charge, ...] = ()
    bundle_id: str | None = None
    parent_line_id: str | None = None
    required: bool = False
    constraints: tuple[str, ...] = ()
    progress: Progress = field(default_factory=Progress)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """A new order. `discounts` are order-wide ones still to be allocated to the lines. `declared_total` (minor units)
    is the channel's own total; the order is refused if ours differs. `lines_at` is the JSON Pointer of the lines in
    what was sent."""

    channel: str
    channel_order_id: str
    source: Source = field(default_factory=Source)
    customer: Customer
    currency: str
    placed_at: datetime
    shipping_address: Address | None = None
    billing_address: Address | None = None
    lines: tuple[NewLine, ...]
    shipping: Shipping = field(default_factory=Shipping)
    discounts: tuple[Discount, ...] = ()
    fees: tuple[Fee, ...] = ()
    payments: tuple[Payment, ...] = ()
    tax_exemption: TaxExemption | None = None
    declared_total: int | None = None
    lines_at: str = "/lines"
