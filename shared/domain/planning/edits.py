"""The edits that a change can hold: a closed union, each one typed operation on the order."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.domain.order.line import DiscountType, Line
from shared.domain.order.order import Fee, Shipping
from shared.domain.order.party import Address
from shared.domain.policy.subjects import CancelException


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount as somebody gave it, in minor units of the currency that they named."""

    amount: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetQuantity:
    line_id: str
    quantity: int
    op: Literal["set_quantity"] = "set_quantity"


@dataclass(frozen=True, slots=True, kw_only=True)
class FitToStock:
    """Lower a line to what stock can cover."""

    line_id: str
    op: Literal["fit_to_stock"] = "fit_to_stock"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUnitPrice:
    line_id: str
    unit_price: Money
    op: Literal["set_unit_price"] = "set_unit_price"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDiscount:
    """The line's own discount, instead of those it has; shares of order discounts stay.

    `value` is a decimal string: per cent, or an amount in the order's currency for the whole line.
    """

    line_id: str
    type: DiscountType
    value: str
    op: Literal["set_discount"] = "set_discount"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDates:
    """Other dates for a subscription line, both inclusive; what is left out stays."""

    line_id: str
    start_date: date | None = None
    end_date: date | None = None
    op: Literal["set_dates"] = "set_dates"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddLine:
    """A new line, under a parent where it joins a bundle. Without `unit_price` the product's list price holds."""

    sku: str
    quantity: int
    unit_price: Money | None = None
    title: str | None = None
    parent_line_id: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    op: Literal["add_line"] = "add_line"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceSku:
    """Another product on a line, or on every line of a `sku`, at the other product's list price."""

    line_id: str | None = None
    sku: str | None = None
    with_sku: str
    op: Literal["replace_sku"] = "replace_sku"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelLine:
    """Take a line, or some units of it, out of the order: by `line_id`, or every line of a `sku`.

    Cancelling the parent of a bundle cancels what belongs to it.
    """

    line_id: str | None = None
    sku: str | None = None
    quantity: int | None = None
    op: Literal["cancel_line"] = "cancel_line"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelUnits:
    """Of a cancellation: some units of a line, or all of them, those that came least far first."""

    line_id: str
    quantity: int | None = None
    exception: CancelException | None = None
    op: Literal["cancel_units"] = "cancel_units"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder:
    """Of a cancellation: every line that is left."""

    exception: CancelException | None = None
    op: Literal["cancel_order"] = "cancel_order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Of a cancellation: goodwill, an amount given back while the goods stay with the customer."""

    amount: Money
    op: Literal["credit"] = "credit"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetShippingAddress:
    address: Address
    op: Literal["set_shipping_address"] = "set_shipping_address"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetShippingMethod:
    """Another shipping method, at policy's price for it unless one is given."""

    method: str
    price: Money | None = None
    op: Literal["set_shipping_method"] = "set_shipping_method"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredLine:
    """A line to put back: as the change left it, and as it was (None: the change had added it)."""

    left: Line
    was: Line | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredAddress:
    left: Address | None
    was: Address | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredShipping:
    left: Shipping
    was: Shipping


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredFees:
    left: tuple[Fee, ...]
    was: tuple[Fee, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore:
    """Undo what a committed change did. Made by undo alone; no caller can send it. `version` is the one it made;
    `recalled` are the lines of which units had left: they are on their way back and cannot be un-cancelled."""

    change_id: str
    version: int = 0
    lines: tuple[RestoredLine, ...]
    address: RestoredAddress | None = None
    shipping: RestoredShipping | None = None
    fees: RestoredFees | None = None
    recalled: tuple[str, ...] = ()
    op: Literal["restore"] = "restore"


Edit = (
    SetQuantity
    | FitToStock
    | SetUnitPrice
    | SetDiscount
    | SetDates
    | AddLine
    | ReplaceSku
    | CancelLine
    | CancelUnits
    | CancelOrder
    | Credit
    | SetShippingAddress
    | SetShippingMethod
    | Restore
)
