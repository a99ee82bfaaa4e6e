"""Reads money as requests bring it: a decimal string and its currency, never a JSON number."""

from typing import Annotated, ClassVar

from pydantic import Field, ValidationInfo, field_validator

from shared.domain import money
from shared.domain.planning import edits
from shared.domain.refusal import Refusal
from shared.http.parts.fields import Given, refuse


class Money(Given):
    """An amount of at least 0, with no more decimals than its currency has."""

    below_zero: ClassVar[bool] = False
    currency: Annotated[str, Field(json_schema_extra={"pattern": "^[A-Z]{3}$", "examples": ["USD"]})]
    amount: Annotated[str, Field(json_schema_extra={"pattern": r"^[0-9]{1,19}(\.[0-9]{1,4})?$", "examples": ["12.34"]})]

    @field_validator("currency")
    @classmethod
    def _known(cls, value: str) -> str:
        return known_currency(value)

    @field_validator("amount", mode="before")
    @classmethod
    def _exact(cls, value: object, info: ValidationInfo) -> str:
        if not isinstance(value, str) or not value.isascii():
            refuse("malformed-amount", 'An amount is a decimal string such as "12.34", not a number.')
        if "currency" not in info.data:
            return value
        try:
            minor = money.parse(value, info.data["currency"])
        except Refusal as refusal:
            refuse(refusal.code, refusal.detail)
        if minor < 0 and not cls.below_zero:
            refuse("negative-amount", "The amount cannot be below 0.")
        return value

    @property
    def minor(self) -> int:
        """Returns minor units of the currency."""
        return money.parse(self.amount, self.currency)

    def minor_in(self, currency: str, pointer: str) -> int:
        """Returns minor units, provided the money is in `currency`.

        Raises:
            Refusal: `other-currency`.
        """
        if self.currency != currency:
            raise Refusal(
                "other-currency", f"The order is in {currency}; all its money must be.", pointer=f"{pointer}/currency"
            )
        return self.minor

    def to_domain(self) -> edits.Money:
        return edits.Money(amount=self.minor, currency=self.currency)


class SignedMoney(Money):
    """An amount that may be below 0, with no more decimals than its currency has."""

    below_zero: ClassVar[bool] = True
    amount: Annotated[
        str, Field(json_schema_extra={"pattern": r"^-?[0-9]{1,19}(\.[0-9]{1,4})?$", "examples": ["-12.34"]})
    ]


def known_currency(code: str) -> str:
    """Returns the code inside a validator, if ISO 4217 has it."""
    try:
        money.exponent(code)
    except Refusal as refusal:
        refuse(refusal.code, refusal.detail)
    return code
