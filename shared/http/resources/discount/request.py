"""Reads a discount of a new order, or of one of its lines."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import ValidationInfo, WithJsonSchema, field_validator

from shared.domain import money
from shared.domain.intake.new_order import NewLineDiscount
from shared.domain.order.order import Discount
from shared.domain.refusal import Refusal
from shared.http.parts.fields import Given, Text, percent, refuse

_VALUE = WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,19}(\.[0-9]{1,8})?$", "examples": ["10"]})


class NewDiscount(Given):
    """`value`: per cent, or a decimal amount in the order's currency for the whole line or order."""

    code: Text | None = None
    type: Literal["percent", "amount"]
    value: Annotated[Decimal | str, _VALUE]

    @field_validator("value", mode="before")
    @classmethod
    def _fitting(cls, value: object, info: ValidationInfo) -> Decimal | str:
        if info.data.get("type") == "percent":
            return percent(value)
        if not isinstance(value, str) or not value.isascii():
            refuse("malformed-amount", 'An amount is a decimal string such as "5.00", not a number.')
        return value

    def amount_in(self, currency: str, pointer: str) -> int | None:
        """Returns minor units; None for a percentage.

        Raises:
            Refusal: what is wrong with the amount.
        """
        if self.type == "percent":
            return None
        try:
            amount = money.parse(str(self.value), currency)
        except Refusal as refusal:
            raise Refusal(refusal.code, refusal.detail, pointer=f"{pointer}/value") from None
        if amount < 0:
            raise Refusal("negative-amount", "A discount cannot be below 0.", pointer=f"{pointer}/value")
        return amount

    @property
    def percent(self) -> Decimal | None:
        return Decimal(self.value) if self.type == "percent" else None

    def on_line(self, currency: str, pointer: str) -> NewLineDiscount:
        amount = self.amount_in(currency, pointer)
        return NewLineDiscount(type=self.type, code=self.code, percent=self.percent, amount=amount)

    def on_order(self, currency: str, pointer: str) -> Discount:
        amount = self.amount_in(currency, pointer) or 0
        return Discount(type=self.type, code=self.code, percent=self.percent, amount=amount)
