"""The rules by which random histories are judged: the oracle's own tables, and the policy that is made of them."""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from shared.adapters.policy_file import ADAPTERS
from shared.domain.money import text
from shared.domain.order.party import Address
from shared.domain.policy.documents.collection import CollectionPolicy, CollectionRule
from shared.domain.policy.documents.reasons import Reasons
from shared.domain.policy.documents.registry import assembled
from shared.domain.policy.documents.shipping import ShippingPolicy, ShippingRule
from shared.domain.policy.documents.taxes import Taxes, TaxRule
from shared.domain.policy.policy import Policy
from tests.oracle.book import Rate
from tests.policies import FOLDER

RATES: dict[str, tuple[tuple[str, str], ...]] = {
    "US-IL": (("Sales tax", "0.20"),),
    "US-CA": (("Sales tax", "0.0725"),),
    "US-NY": (("State tax", "0.04"), ("City tax", "0.04875")),
    "US-OR": (),
    "DE": (("USt", "0.19"),),
    "JP": (("Consumption tax", "0.10"),),
    "KW": (),
}
EXPONENTS = {"USD": 2, "JPY": 0, "KWD": 3}


@dataclass(frozen=True)
class Method:
    """A way of shipping: its price, free from so much of goods on, and if a change of lines prices it anew."""

    price: int
    free_from: int | None = None
    recalculates: bool = False


METHODS = {"standard": Method(5), "express": Method(15), "value": Method(4, 50, True)}
Mode = Literal["before_commit", "bill", "waive"]


@dataclass(frozen=True)
class Collection:
    """A debt in one currency is collected so, and waived below so many minor units."""

    mode: Mode
    waive_below: int = 0


COLLECTED = {
    "USD": Collection("bill", 2000),
    "JPY": Collection("before_commit", 300),
    "KWD": Collection("before_commit"),
}
RESTOCKING = {"shipped": ("intercepted", Fraction(10, 100)), "delivered": ("returned", Fraction(15, 100))}
REFUNDED_FIRST = ("gift_card", "store_credit")
"""Refunds go to payments by these methods first, and then to the others as they were made."""
OUR_FAULT = ("item_defect", "late_delivery", "wrong_item")
"""The merchant's fault: no restocking fee, and no dearer shipping."""


def address(place: str) -> Address:
    """Returns an address there."""
    country, _, region = place.partition("-")
    return Address(country=country, region=region or None)


def rates(place: str) -> tuple[Rate, ...]:
    """Returns the taxes of a place, in the order of policy."""
    return tuple(Rate(name, Fraction(rate)) for name, rate in RATES[place])


def method_price(method: str, currency: str, goods: int) -> int:
    """Returns policy's price of a method for goods worth so many minor units, without tax where that is added."""
    rule, unit = METHODS[method], 10 ** EXPONENTS[currency]
    free = rule.free_from is not None and goods >= rule.free_from * unit
    return 0 if free else rule.price * unit


def recalculates(method: str | None) -> bool:
    """Tells if a change of lines prices this method anew."""
    return method in METHODS and METHODS[method].recalculates


def _taxes() -> Taxes:
    rules = [
        TaxRule(jurisdiction=place, category="standard", name=name, rate=Decimal(rate))
        for place, found in RATES.items()
        for name, rate in found
    ]
    return Taxes(rates=tuple(rules), untaxed_jurisdictions=tuple(place for place, found in RATES.items() if not found))


def _shipping() -> ShippingPolicy:
    rules = [
        ShippingRule(
            method=method,
            currency=currency,
            price=str(rule.price),
            free_from=None if rule.free_from is None else str(rule.free_from),
            recalculate=rule.recalculates,
            delivery_days=3,
        )
        for method, rule in METHODS.items()
        for currency in EXPONENTS
    ]
    return ShippingPolicy(methods=tuple(rules))


def _collection() -> CollectionPolicy:
    rules = [
        CollectionRule(
            id=currency,
            currencies=(currency,),
            mode="bill" if rule.mode == "bill" else "before_commit",
            waive_below={currency: text(rule.waive_below, currency)} if rule.waive_below else {},
            words="The customer owes more.",
        )
        for currency, rule in COLLECTED.items()
    ]
    return CollectionPolicy(rules=tuple(rules))


def _reasons(reasons: Reasons) -> Reasons:
    codes = [replace(code, fault="merchant") if code.code in OUR_FAULT else code for code in reasons.codes]
    return replace(reasons, codes=tuple(codes))


def _frozen() -> Policy:
    """The policy that tests of code judge by, whoever runs the histories."""
    documents = {
        name: adapter.validate_json((FOLDER / f"{name}.json").read_bytes(), strict=True)
        for name, adapter in ADAPTERS.items()
    }
    return assembled(documents, dict.fromkeys(documents, 1), "frozen")


FROZEN = _frozen()
POLICY = replace(
    FROZEN,
    taxes=_taxes(),
    shipping=_shipping(),
    collection=_collection(),
    cancellation=replace(FROZEN.cancellation, refund_methods_first=REFUNDED_FIRST),
    reasons=_reasons(FROZEN.reasons),
)
