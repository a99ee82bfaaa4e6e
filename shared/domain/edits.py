"""The edits that a change can hold: a closed union, each one typed operation on the order."""

from dataclasses import dataclass
from typing import Literal

from shared.domain.order import Address


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
class SetUnitPrice:
    line_id: str
    unit_price: Money
    op: Literal["set_unit_price"] = "set_unit_price"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddLine:
    """A new line. Without `unit_price` the product's list price holds."""

    sku: str
    quantity: int
    unit_price: Money | None = None
    title: str | None = None
    op: Literal["add_line"] = "add_line"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelLine:
    """Take a line, or some units of it, out of the order: by `line_id`, or every line of a `sku`."""

    line_id: str | None = None
    sku: str | None = None
    quantity: int | None = None
    op: Literal["cancel_line"] = "cancel_line"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetShippingAddress:
    address: Address
    op: Literal["set_shipping_address"] = "set_shipping_address"


Edit = SetQuantity | SetUnitPrice | AddLine | CancelLine | SetShippingAddress
