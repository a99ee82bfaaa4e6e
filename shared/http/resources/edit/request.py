"""Reads the edits that an amendment can ask for: one model each, told apart by `op`."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from shared.domain.planning import edits
from shared.http.parts.address import Address as AddressBody
from shared.http.parts.fields import Day, DecimalText, Flag, Given, Id, Text, Units, Word, refuse
from shared.http.parts.money import Money
from shared.http.resources.edit.base import GivenEdit, OfLines
from shared.http.resources.line.charge import NewCharge, distinct


class SetQuantity(GivenEdit):
    op: Literal["set_quantity"]
    line_id: Id
    quantity: Units


class FitToStock(GivenEdit):
    """Down to what stock can cover."""

    op: Literal["fit_to_stock"]
    line_id: Id


class SetUnitPrice(GivenEdit):
    op: Literal["set_unit_price"]
    line_id: Id
    unit_price: Money


class LineDiscount(Given):
    """A discount of the line's own: per cent, or an amount in the order's currency for the whole line."""

    type: Literal["percent", "amount"]
    value: DecimalText


class SetDiscount(GivenEdit):
    """Instead of the discounts that the line has of its own; its shares of order discounts stay."""

    op: Literal["set_discount"]
    line_id: Id
    discount: LineDiscount

    def to_domain(self) -> edits.SetDiscount:
        return edits.SetDiscount(line_id=self.line_id, type=self.discount.type, value=self.discount.value)


class SetDates(GivenEdit):
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


class AddLine(GivenEdit):
    """Without `unit_price` the product's list price holds, and without `charges` its own; without `tax_included` the
    order's other lines tell if the price contains tax. With dates it needs a charge by the period; a `unit_price` given
    for a whole term is shared over its months, quarters or years, if it divides."""

    op: Literal["add_line"]
    sku: Id
    quantity: Units
    unit_price: Money | None = None
    title: Text | None = None
    parent_line_id: Id | None = None
    start_date: Day | None = None
    end_date: Day | None = None
    tax_included: Flag | None = None
    charges: Annotated[tuple[NewCharge, ...], Field(max_length=20), AfterValidator(distinct)] | None = None


class ReplaceSku(OfLines):
    """At the other product's list price."""

    op: Literal["replace_sku"]
    with_sku: Id


class CancelLine(OfLines):
    """Without `quantity` all of it."""

    op: Literal["cancel_line"]
    quantity: Units | None = None


class SetShippingAddress(GivenEdit):
    op: Literal["set_shipping_address"]
    address: AddressBody


class SetShippingMethod(GivenEdit):
    """At policy's price for the method, unless policy lets this role give one."""

    op: Literal["set_shipping_method"]
    method: Word
    price: Money | None = None


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
