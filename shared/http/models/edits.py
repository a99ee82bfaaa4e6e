"""The edits that an amendment can ask for: one model each, told apart by `op`."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from shared.domain import edits
from shared.http.models.address import Address as AddressBody
from shared.http.models.fields import Given, Id, Text, Units, refuse
from shared.http.models.money import Money


class SetQuantity(Given):
    op: Literal["set_quantity"]
    line_id: Id
    quantity: Units

    def to_domain(self) -> edits.SetQuantity:
        return edits.SetQuantity(line_id=self.line_id, quantity=self.quantity)


class SetUnitPrice(Given):
    op: Literal["set_unit_price"]
    line_id: Id
    unit_price: Money

    def to_domain(self) -> edits.SetUnitPrice:
        return edits.SetUnitPrice(line_id=self.line_id, unit_price=self.unit_price.to_domain())


class AddLine(Given):
    """Without `unit_price` the product's list price holds."""

    op: Literal["add_line"]
    sku: Id
    quantity: Units
    unit_price: Money | None = None
    title: Text | None = None

    def to_domain(self) -> edits.AddLine:
        price = self.unit_price.to_domain() if self.unit_price else None
        return edits.AddLine(sku=self.sku, quantity=self.quantity, unit_price=price, title=self.title)


class CancelLine(Given):
    """By `line_id`, or every line of a `sku`; without `quantity` all of it."""

    op: Literal["cancel_line"]
    line_id: Id | None = None
    sku: Id | None = None
    quantity: Units | None = None

    @model_validator(mode="after")
    def _named(self) -> "CancelLine":
        if (self.line_id is None) == (self.sku is None):
            refuse("line-not-named", "Name the line by line_id or by sku: one of the two.")
        return self

    def to_domain(self) -> edits.CancelLine:
        return edits.CancelLine(line_id=self.line_id, sku=self.sku, quantity=self.quantity)


class SetShippingAddress(Given):
    op: Literal["set_shipping_address"]
    address: AddressBody

    def to_domain(self) -> edits.SetShippingAddress:
        return edits.SetShippingAddress(address=self.address.to_domain())


Edit = Annotated[SetQuantity | SetUnitPrice | AddLine | CancelLine | SetShippingAddress, Field(discriminator="op")]
