"""Reads the lines of a new order, with their taxes and charges."""

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from shared.domain.intake.new_order import NewLine, NewTax
from shared.http.parts.fields import Day, Flag, Given, Id, Level, Rate, Text, Units, Word, refuse
from shared.http.parts.money import Money
from shared.http.resources.discount.request import NewDiscount
from shared.http.resources.line.charge import NewCharge, distinct


class NewTaxBody(Given):
    """A tax on a line or on shipping; without `amount` it is rate × net, half-up."""

    name: Word
    rate: Rate
    amount: Money | None = None
    jurisdiction: Text | None = None

    def to_domain(self, currency: str, pointer: str) -> NewTax:
        amount = self.amount.minor_in(currency, f"{pointer}/amount") if self.amount else None
        return NewTax(name=self.name, rate=self.rate, amount=amount, jurisdiction=self.jurisdiction)


class NewLineBody(Given):
    """A line of a new order. `unit_price` may be left out where charges say what it costs. `cancelled_quantity` counts
    units that the order stood for once: `quantity` and all amounts are without them."""

    line_id: Id | None = None
    sku: Id
    title: Text = ""
    quantity: Units
    cancelled_quantity: Level = 0
    unit_price: Money | None = None
    discounts: Annotated[tuple[NewDiscount, ...], Field(max_length=20)] = ()
    taxes: Annotated[tuple[NewTaxBody, ...], Field(max_length=20)] = ()
    tax_included: Flag = False
    quantity_modifiable: Flag = True
    start_date: Day | None = None
    end_date: Day | None = None
    charges: Annotated[tuple[NewCharge, ...], Field(max_length=20), AfterValidator(distinct)] = ()
    bundle_id: Id | None = None
    parent_line_id: Id | None = None
    required: Flag = False
    constraints: Annotated[tuple[Word, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _priced(self) -> "NewLineBody":
        if self.unit_price is None and not self.charges:
            refuse("missing-price", "A line has a unit_price, or charges, or both.")
        return self

    @model_validator(mode="after")
    def _timed(self) -> "NewLineBody":
        given = [charge.type for charge in self.charges]
        dates = [day for day in (self.start_date, self.end_date) if day]
        if "recurring" in given and len(dates) < 2:
            refuse("missing-dates", "A line with a recurring charge needs start_date and end_date.")
        if dates and not {"recurring", "usage"} & set(given):
            refuse("charges-unknown", "A line with dates says by a recurring charge what a period costs.")
        return self

    def to_domain(self, currency: str, pointer: str) -> NewLine:
        """Returns the new line in the domain's terms; `pointer` leads to it in the request.

        Raises:
            Refusal: `other-currency`, or what is wrong with an amount.
        """
        return NewLine(
            line_id=self.line_id,
            sku=self.sku,
            title=self.title,
            quantity=self.quantity,
            cancelled_quantity=self.cancelled_quantity,
            unit_price=self.unit_price.minor_in(currency, f"{pointer}/unit_price") if self.unit_price else 0,
            discounts=tuple(
                discount.on_line(currency, f"{pointer}/discounts/{index}")
                for index, discount in enumerate(self.discounts)
            ),
            taxes=tuple(tax.to_domain(currency, f"{pointer}/taxes/{index}") for index, tax in enumerate(self.taxes)),
            tax_included=self.tax_included,
            quantity_modifiable=self.quantity_modifiable,
            start_date=self.start_date,
            end_date=self.end_date,
            charges=tuple(
                charge.to_line(currency, f"{pointer}/charges/{index}") for index, charge in enumerate(self.charges)
            ),
            bundle_id=self.bundle_id,
            parent_line_id=self.parent_line_id,
            required=self.required,
            constraints=self.constraints,
        )
