"""Describes the order: its lines, money and progress, as frozen values in minor units.

Commercial content (lines, prices, discounts, taxes, addresses) makes versions. Progress (fulfilment, payments, the
open change) stands beside it and raises the revision instead (DESIGN.md, "Versions and states").
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from shared.domain import money
from shared.domain.fields import erased_as
from shared.domain.order.exemption import TaxExemption
from shared.domain.order.line import Line
from shared.domain.order.line_history import Goodwill
from shared.domain.order.line_price import DiscountType, Tax
from shared.domain.order.party import Address, Customer, Source
from shared.domain.order.payment import Payment
from shared.domain.order.progress import NO_PROGRESS, Progress

ChangeKind = Literal["amendment", "cancellation", "exchange", "settlement"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """Describes a discount on the whole order. `percent` is set for the type percent, `amount` (minor units) for the
    type amount."""

    type: DiscountType
    code: str | None = None
    percent: Decimal | None = None
    amount: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingBasis:
    """Keeps the price of shipping and its taxes as they were accepted, in minor units, while the price is another."""

    price: int
    taxes: tuple[int, ...] = ()
    unrated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldShipping:
    """Keeps the method of shipping and its price, in minor units, that the order came in with."""

    method: str | None
    price: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipping:
    """Describes the price of shipping and its taxes, in minor units. `unrated` is tax that came as an amount only: no
    rate of it is known. `basis` is there while the price is not the accepted one. `spared` is the value of goods that
    the order has lost and that still counts for free shipping; below zero, what it has gained by the merchant's
    fault. `goodwill` is what was given back of price and taxes, and is taken off them. `sold` is what it came in as,
    while an edit has set another method or price; prices are bounded by it."""

    method: str | None = None
    price: int = 0
    taxes: tuple[Tax, ...] = ()
    unrated: int = 0
    tax_included: bool = False
    basis: ShippingBasis | None = None
    spared: int = 0
    goodwill: Goodwill | None = None
    sold: SoldShipping | None = None

    @property
    def tax(self) -> int:
        return self.unrated + sum([tax.amount for tax in self.taxes])

    @property
    def total(self) -> int:
        return self.price if self.tax_included else self.price + self.tax

    @property
    def accepted(self) -> ShippingBasis:
        """Returns the price and its taxes as they were accepted."""
        taxes = tuple(tax.amount for tax in self.taxes)
        return self.basis or ShippingBasis(price=self.price, taxes=taxes, unrated=self.unrated)

    @property
    def cost(self) -> int:
        """Returns the total in minor units less goodwill that stands beside it: what would be given back."""
        return self.total - self.goodwill.beside if self.goodwill else self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """Describes an amount that belongs to no line: a restocking fee, a tip, a payment surcharge, rounding. It may be
    negative.

    A restocking fee keeps the `rule` of policy that asks for it, and the `basis`: the value of all units cancelled
    under that rule so far, of which it is `percent`. Goodwill without tax effect is a fee below zero; the lines and
    shipping tell what of it is theirs.
    """

    code: str
    amount: int
    tax: int = 0
    rule: str | None = None
    percent: Decimal | None = None
    basis: int = 0

    @property
    def total(self) -> int:
        return self.amount + self.tax


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetEntry:
    """Records one step in an asset's history: its new content, and the change that gave it."""

    at: datetime
    action: Literal["activated", "changed", "ended"]
    change_id: str | None = None
    quantity: int
    start_date: date | None = None
    end_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """Describes what the customer has from a subscription line of an activated order."""

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
    """Names the one change under way. `skus` are those it touches (none listed when there are too many). `cancels` are
    the lines that a cancellation takes from, as runs of places in the order: first and last, from 0. `asker` is the id
    of the staff who asked for it, under which sums of a day are kept. `waits_for` is who must act, since and until."""

    change_id: str
    kind: ChangeKind
    status: str
    skus: tuple[str, ...] = ()
    cancels: tuple[tuple[int, int], ...] = ()
    asker: str | None = None
    waits_for: str | None = None
    waits_since: datetime | None = None
    waits_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Holds the heads of the order's log and events: the next entry chains to `log_hash`; sequences are dense per
    order."""

    log_seq: int = 0
    log_hash: str = ""
    event_seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sums the order's money in minor units. `tax` is the tax added to prices; included tax stays inside `items`."""

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
    """Describes a live order: the commercial content of its latest version with the progress beside it.

    `unapproved` is what its changes have moved since each role last approved such a sum, in minor units by role;
    `erased_at` is when its customer's personal values were taken out of it.
    """

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
    tax_exemption: TaxExemption | None = None
    progress: dict[str, Progress] = field(default_factory=dict)
    assets: tuple[Asset, ...] = ()
    open_change: OpenChange | None = None
    unapproved: dict[str, int] = field(default_factory=dict)
    address_changed_at: datetime | None = None
    ledger: Ledger = field(default_factory=Ledger)
    log_key: str = field(default="", metadata=erased_as(""))
    erased_at: datetime | None = None

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
    """Returns the totals: total = Σ line totals + shipping + fees; balance_due is still to be paid, negative if we owe
    it (DESIGN.md, "Money")."""
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
    """Returns an amount of minor units as people read it: `12.34 USD`."""
    return f"{money.text(amount, currency)} {currency}"
