"""Reads charges: the prices of what runs from one day to another, on a line or on a product."""

from collections.abc import Sequence
from typing import Protocol, Self, TypeVar

from pydantic import model_validator

from shared.domain.money.proration import Period
from shared.domain.order.line_price import Charge, ChargeType
from shared.domain.planning import edits
from shared.http.parts.fields import Given, Id, refuse
from shared.http.parts.money import Money


class ChargeTerms(Given):
    """Describes a charge apart from its price: one-time per line, recurring per unit and period, usage billed
    afterwards."""

    charge_id: Id
    type: ChargeType
    period: Period | None = None

    @model_validator(mode="after")
    def _period_fits(self) -> Self:
        if self.type == "recurring" and self.period is None:
            refuse("missing-period", "A recurring charge says how often: month, quarter or year.")
        return self


class NewCharge(ChargeTerms):
    """One of several prices on a line: one-time per line, recurring per unit and period."""

    price: Money

    def to_line(self, currency: str, pointer: str) -> Charge:
        """Returns the charge of a line in its order's currency.

        Raises:
            Refusal: `other-currency`.
        """
        price = self.price.minor_in(currency, f"{pointer}/price")
        return Charge(charge_id=self.charge_id, type=self.type, period=self.period, price=price)

    def to_domain(self) -> edits.GivenCharge:
        """Returns the charge as an edit asks for it, before it is known whether it fits the order."""
        price = self.price.to_domain()
        return edits.GivenCharge(charge_id=self.charge_id, type=self.type, period=self.period, price=price)


class Named(Protocol):
    @property
    def charge_id(self) -> str: ...


C = TypeVar("C", bound=Sequence[Named])


def distinct(charges: C) -> C:
    """Refuses two charges of one name, `duplicate-charge`."""
    if len({charge.charge_id for charge in charges}) < len(charges):
        refuse("duplicate-charge", "Each charge has a charge_id of its own.")
    return charges
