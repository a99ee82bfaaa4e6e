"""The edits that an amendment can ask for: one model each, told apart by `op`."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.domain.planning import edits
from shared.http.parts.address import Address as AddressBody
from shared.http.parts.fields import Day, DecimalText, Given, Id, Text, Units, Word, refuse
from shared.http.parts.money import Money


class SetQuantity(Given):
    op: Literal["set_quantity"]
    line_id: Id
    quantity: Units

    def to_domain(self) -> edits.SetQuantity:
        return edits.SetQuantity(line_id=self.line_id, quantity=self.quantity)


class FitToStock(Given):
    """Down to what stock can cover."""

    op: Literal["fit_to_stock"]
    line_id: Id

    def to_domain(self) -> edits.FitToStock:
        return edits.FitToStock(line_id=self.line_id)


class SetUnitPrice(Given):
    op: Literal["set_unit_price"]
    line_id: Id
    unit_price: Money

    def to_domain(self) -> edits.SetUnitPrice:
        return edits.SetUnitPrice(line_id=self.line_id, unit_price=self.unit_price.to_domain())


class LineDiscount(Given):
    """A discount of the line's own: per cent, or an amount in the order's currency for the whole line."""

    type: Literal["percent", "amount"]
    value: DecimalText


class SetDiscount(Given):
    """Instead of the discounts that the line has of its own; its shares of order discounts stay."""

    op: Literal["set_discount"]
    line_id: Id
    discount: LineDiscount

    def to_domain(self) -> edits.SetDiscount:
        return edits.SetDiscount(line_id=self.line_id, type=self.discount.type, value=self.discount.value)


class SetDates(Given):
    """Both inclusive; what is left out stays."""

    op: Literal["set_dates"]
    line_id: Id
    start_date: Day | None = None
    end_date: Day | None = None

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.start_date is None and self.end_date is None:
            refuse("missing-dates", "Give a start_date, an end_date, or both.")
        return self

    def to_domain(self) -> edits.SetDates:
        return edits.SetDates(line_id=self.line_id, start_date=self.start_date, end_date=self.end_date)


class AddLine(Given):
    """Without `unit_price` the product's list price holds."""

    op: Literal["add_line"]
    sku: Id
    quantity: Units
    unit_price: Money | None = None
    title: Text | None = None
    parent_line_id: Id | None = None
    start_date: Day | None = None
    end_date: Day | None = None

    def to_domain(self) -> edits.AddLine:
        return edits.AddLine(
            sku=self.sku,
            quantity=self.quantity,
            unit_price=self.unit_price.to_domain() if self.unit_price else None,
            title=self.title,
            parent_line_id=self.parent_line_id,
            start_date=self.start_date,
            end_date=self.end_date,
        )


class OfLines(Given):
    """An edit of one line, or of every line of a SKU."""

    line_id: Id | None = None
    sku: Id | None = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        if (self.line_id is None) == (self.sku is None):
            refuse("line-not-named", "Name the line by line_id or by sku: one of the two.")
        return self


class ReplaceSku(OfLines):
    """At the other product's list price."""

    op: Literal["replace_sku"]
    with_sku: Id

    def to_domain(self) -> edits.ReplaceSku:
        return edits.ReplaceSku(line_id=self.line_id, sku=self.sku, with_sku=self.with_sku)


class CancelLine(OfLines):
    """Without `quantity` all of it."""

    op: Literal["cancel_line"]
    quantity: Units | None = None

    def to_domain(self) -> edits.CancelLine:
        return edits.CancelLine(line_id=self.line_id, sku=self.sku, quantity=self.quantity)


class SetShippingAddress(Given):
    op: Literal["set_shipping_address"]
    address: AddressBody

    def to_domain(self) -> edits.SetShippingAddress:
        return edits.SetShippingAddress(address=self.address.to_domain())


class SetShippingMethod(Given):
    """At policy's price for the method, unless policy lets this role give one."""

    op: Literal["set_shipping_method"]
    method: Word
    price: Money | None = None

    def to_domain(self) -> edits.SetShippingMethod:
        price = self.price.to_domain() if self.price else None
        return edits.SetShippingMethod(method=self.method, price=price)


Edit = Annotated[
    SetQuantity
    | FitToStock
    | SetUnitPrice
    | SetDiscount
    | SetDates
    | AddLine
    | ReplaceSku
    | CancelLine
    | SetShippingAddress
    | SetShippingMethod,
    Field(discriminator="op"),
]
