"""The order: its lines, money and progress, as frozen values in minor units.

Commercial content (lines, prices, discounts, taxes, addresses) makes versions. Progress (fulfilment, payments, the
open change) stands beside it and raises the revision instead (DESIGN.md, "Versions and states").
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from shared.domain import money


class LineStatus(StrEnum):
    DRAFT = "draft"
    PENDING = "pending"
    IN_FULFILLMENT = "in_fulfillment"
    PARTIALLY_FULFILLED = "partially_fulfilled"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"


class FulfilmentEvent(StrEnum):
    PICKED = "picked"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNED = "returned"


class PaymentStatus(StrEnum):
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    VOIDED = "voided"


DiscountType = Literal["percent", "amount"]
DiscountScope = Literal["line", "order"]
ChangeKind = Literal["amendment", "cancellation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address: personal data, so it stays out of events and stands in the log only as keyed hashes."""

    name: str | None = None
    line1: str = ""
    line2: str | None = None
    city: str = ""
    region: str | None = None
    postal_code: str | None = None
    country: str

    @property
    def jurisdiction(self) -> str:
        """Where tax is due: `US-IL`, or the country alone where regions set no tax of their own."""
        return f"{self.country}-{self.region}" if self.region and self.country in _REGIONAL_TAX else self.country


_REGIONAL_TAX = frozenset({"US", "CA"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    customer_id: str
    tier: str = "standard"
    segment: str | None = None
    email: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the order was agreed: entered directly, or from a quote, an agreement or a shop."""

    type: Literal["direct", "quote", "agreement", "shop"] = "direct"
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """A discount on the whole order. `percent` is set for the type percent, `amount` (minor units) for amount."""

    type: DiscountType
    code: str | None = None
    percent: Decimal | None = None
    amount: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDiscount:
    """What one discount takes off this line: `amount` minor units, for the line's quantity as it stands.

    `scope` order means a share of an order discount, allocated once when the order came in.
    """

    type: DiscountType
    scope: DiscountScope = "line"
    code: str | None = None
    percent: Decimal | None = None
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """One tax on a line: `rate` as a fraction (0.20), `amount` in minor units for the line's quantity as it stands."""

    name: str
    rate: Decimal
    amount: int
    jurisdiction: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One of several prices on a line: one-time per line, recurring per unit and period, usage billed afterwards."""

    charge_id: str
    type: Literal["one_time", "recurring", "usage"]
    period: Literal["month", "quarter", "year"] | None = None
    price: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What the customer accepted for `quantity` units, kept while the quantity moves.

    Discounts and taxes of fewer units are shares of these amounts, so they depend on the units left and not on the
    path that led there.
    """

    quantity: int
    gross: int
    discounts: tuple[int, ...]
    taxes: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An order line. `quantity` counts the units that the order still stands for; cancelled ones are in
    `cancelled_quantity`. `allocated` of them are covered by stock, `backordered` wait for it; a line of an untracked
    SKU has neither. `since` is the version that gave the line this content."""

    line_id: str
    sku: str
    title: str = ""
    quantity: int
    cancelled_quantity: int = 0
    unit_price: int
    gross: int
    discounts: tuple[LineDiscount, ...] = ()
    taxes: tuple[Tax, ...] = ()
    tax_included: bool = False
    quantity_modifiable: bool = True
    start_date: date | None = None
    end_date: date | None = None
    charges: tuple[Charge, ...] = ()
    bundle_id: str | None = None
    parent_line_id: str | None = None
    required: bool = False
    constraints: tuple[str, ...] = ()
    allocated: int = 0
    backordered: int = 0
    basis: Basis | None = None
    since: int = 1

    @property
    def discount(self) -> int:
        return sum([discount.amount for discount in self.discounts])

    @property
    def tax(self) -> int:
        return sum([tax.amount for tax in self.taxes])

    @property
    def net(self) -> int:
        """After discounts, before added tax."""
        return self.gross - self.discount

    @property
    def total(self) -> int:
        """What the customer pays for the line, tax included."""
        return self.net if self.tax_included else self.net + self.tax


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many units of a line came how far: cumulative counts, each at least the next."""

    picked: int = 0
    packed: int = 0
    shipped: int = 0
    delivered: int = 0
    returned: int = 0


NO_PROGRESS = Progress()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipping:
    method: str | None = None
    price: int = 0
    tax: int = 0
    tax_included: bool = False

    @property
    def total(self) -> int:
        return self.price if self.tax_included else self.price + self.tax


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """An amount that belongs to no line: a restocking fee, a tip, a payment surcharge, rounding. May be negative."""

    code: str
    amount: int
    tax: int = 0

    @property
    def total(self) -> int:
        return self.amount + self.tax


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One payment. `refunding` is what refunds under way will still give back; refunded + refunding ≤ captured."""

    payment_id: str
    method: str
    gateway: str
    reference: str | None = None
    status: PaymentStatus
    authorised: int = 0
    captured: int = 0
    refunded: int = 0
    refunding: int = 0

    @property
    def refundable(self) -> int:
        return self.captured - self.refunded - self.refunding


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetEntry:
    """One step in an asset's history: what it became, and by which change."""

    at: datetime
    action: Literal["activated", "changed", "ended"]
    change_id: str | None = None
    quantity: int
    start_date: date | None = None
    end_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """What the customer has from a subscription line of an activated order."""

    asset_id: str
    line_id: str
    sku: str
    quantity: int
    start_date: date | None = None
    end_date: date | None = None
    status: Literal["active", "ended"] = "active"
    history: tuple[AssetEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenChange:
    """The one change under way. `skus` are those it touches (none listed when there are too many to carry here)."""

    change_id: str
    kind: ChangeKind
    status: str
    skus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Where the order's log and events stand: the next entry chains to `log_hash`; sequences are dense per order."""

    log_seq: int = 0
    log_hash: str = ""
    event_seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The order's money in minor units. `tax` is what is added to prices; included tax stays inside `items`."""

    items: int
    discount: int
    shipping: int
    tax: int
    fees: int
    total: int
    paid: int
    refunded: int
    balance_due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A live order: the commercial content of its latest version with the progress beside it."""

    order_id: str
    version: int = 1
    revision: int = 0
    channel: str
    channel_order_id: str
    source: Source = field(default_factory=Source)
    customer: Customer
    currency: str
    placed_at: datetime
    shipping_address: Address | None = None
    billing_address: Address | None = None
    lines: tuple[Line, ...]
    shipping: Shipping = field(default_factory=Shipping)
    discounts: tuple[Discount, ...] = ()
    fees: tuple[Fee, ...] = ()
    payments: tuple[Payment, ...] = ()
    progress: dict[str, Progress] = field(default_factory=dict)
    assets: tuple[Asset, ...] = ()
    open_change: OpenChange | None = None
    unapproved: int = 0
    ledger: Ledger = field(default_factory=Ledger)
    log_key: str = ""

    @property
    def etag(self) -> str:
        return f'"{self.version}.{self.revision}"'

    def line(self, line_id: str) -> Line | None:
        return next((line for line in self.lines if line.line_id == line_id), None)

    def progress_of(self, line: Line) -> Progress:
        return self.progress.get(line.line_id, NO_PROGRESS)

    @property
    def totals(self) -> Totals:
        return totals_of(self)

    @property
    def backordered(self) -> bool:
        return any(line.backordered for line in self.lines)

    def with_progress(self, line_id: str, progress: Progress) -> "Order":
        return replace(self, progress={**self.progress, line_id: progress}, revision=self.revision + 1)


def totals_of(order: Order) -> Totals:
    """Total = Σ line totals + shipping + fees; balance_due is what is not yet paid, negative if we owe (money §T)."""
    items = discount = line_tax = 0
    for line in order.lines:  # one pass: an order may have thousands
        items += line.gross
        discount += line.discount
        line_tax += 0 if line.tax_included else line.tax
    shipping_tax = 0 if order.shipping.tax_included else order.shipping.tax
    fees = sum(fee.amount for fee in order.fees)
    tax = line_tax + shipping_tax + sum(fee.tax for fee in order.fees)
    total = items - discount + order.shipping.price + tax + fees
    paid = sum(payment.captured for payment in order.payments)
    returning = sum(payment.refunded + payment.refunding for payment in order.payments)
    return Totals(
        items=items,
        discount=discount,
        shipping=order.shipping.price,
        tax=tax,
        fees=fees,
        total=total,
        paid=paid,
        refunded=sum(payment.refunded for payment in order.payments),
        balance_due=total - paid + returning,
    )


def jurisdiction_words(address: Address | None) -> str:
    return address.jurisdiction if address else "no address"


def display(amount: int, currency: str) -> str:
    """An amount as people read it: `12.34 USD`."""
    return f"{money.text(amount, currency)} {currency}"
