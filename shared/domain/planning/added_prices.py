"""Works out what an added line is sold at: a price of each unit, charges, or both, each given or the product's own.

What runs from one day to another has a charge that tells what its time costs, so that it can end, grow or move like any
other subscription (DESIGN.md, "Money": dates without charges are refused).
"""

from datetime import date
from typing import NamedTuple

from shared.domain.money.given import Money
from shared.domain.order.charges import GivenCharge, is_recurring, is_timed, listed_as, of_term
from shared.domain.order.line_price import Charge
from shared.domain.order.order import display
from shared.domain.planning.edit_draft import EditDraft


class Asked(NamedTuple):
    """Says at what price and for what dates an edit adds a product; None where it leaves them to the product."""

    op: str
    sku: str
    unit_price: Money | None
    charges: tuple[GivenCharge, ...] | None
    start: date | None
    end: date | None
    pointer: str


class Price(NamedTuple):
    """The price of each unit in minor units, and the charges beside it. In an exchange the price may be None: what goes
    may tell it."""

    unit_price: int | None
    charges: tuple[Charge, ...] = ()


def price_of(draft: EditDraft, asked: Asked) -> Price | None:
    """Returns what the line is sold at; None where the price is refused or not known."""
    if draft.kind == "exchange" and (asked.unit_price, asked.charges, asked.start) == (None, None, None):
        return _in_exchange(draft, asked)
    charges = _own(draft, asked) if asked.charges is None else _given(draft, asked, asked.charges)
    unit_price = None if charges is None else _unit_price(draft, asked, charges)
    if charges is None or unit_price is None:
        return None
    if is_recurring(charges) and not asked.start:
        draft.refuse("missing-dates", f"{asked.sku} is sold by the period; say from when to when.", asked.pointer)
        return None
    if asked.start and not is_timed(charges):
        return _of_term(draft, asked, unit_price)
    return Price(unit_price, charges)


def _in_exchange(draft: EditDraft, asked: Asked) -> Price:
    """Returns what the product costs; no price has to be known, because the line may replace units of its kind."""
    product = draft.catalogue.products.get(asked.sku)
    charges = (product.charges_in(draft.order.currency) if product else ()) or ()
    listed = draft.list_price(asked.sku)
    if is_recurring(charges):
        return Price(None)
    return Price(0 if listed is None and charges else listed, charges)


def _own(draft: EditDraft, asked: Asked) -> tuple[Charge, ...] | None:
    """Returns the product's charges in the order's currency."""
    product = draft.catalogue.products.get(asked.sku)
    charges = product.charges_in(draft.order.currency) if product else ()
    if charges is None:
        draft.refuse_unpriced(asked.sku, f"{asked.pointer}/sku")
    return charges


def _given(draft: EditDraft, asked: Asked, given: tuple[GivenCharge, ...]) -> tuple[Charge, ...] | None:
    """Returns the charges that the edit gives, if policy lets this role give any; each has its bounds around the
    product's charge of the same id and kind, for the same period."""
    where = f"{asked.pointer}/charges"
    if not draft.rights.allowed(f"{asked.op}.charges", None, where):
        return None
    places = [f"{where}/{index}/price" for index in range(len(given))]
    known = [draft.same_currency(charge.price, place) for charge, place in zip(given, places, strict=True)]
    if not all(known):
        return None
    charges = tuple(charge.charge for charge in given)
    _check_charges(draft, asked.sku, charges)
    return charges


def _check_charges(draft: EditDraft, sku: str, charges: tuple[Charge, ...]) -> None:
    """Checks each charge by the product's own for the same period; one of its own that is left out costs nothing."""
    product, currency = draft.catalogue.products.get(sku), draft.order.currency
    own = product.charges if product else ()
    for charge in charges:
        draft.check_added(sku, charge.price, listed_as(charge, own, currency))
    given = {charge.charge_id for charge in charges}
    for each in own:
        if each.charge_id not in given and each.price.get(currency):
            draft.check_added(sku, 0, each.price[currency])


def _unit_price(draft: EditDraft, asked: Asked, charges: tuple[Charge, ...]) -> int | None:
    """Returns minor units: as given, else the list price, else nothing beside charges."""
    if asked.unit_price is None:
        listed = draft.list_price(asked.sku)
        if listed is None and not charges:
            draft.refuse_unpriced(asked.sku, f"{asked.pointer}/sku")
        return listed if listed is not None or not charges else 0
    given = f"{asked.pointer}/unit_price"
    allowed = draft.rights.allowed(f"{asked.op}.unit_price", None, given)
    if not allowed or not draft.same_currency(asked.unit_price, given):
        return None
    draft.check_added(asked.sku, asked.unit_price.amount, draft.list_price(asked.sku))
    return asked.unit_price.amount


def _of_term(draft: EditDraft, asked: Asked, unit_price: int) -> Price | None:
    """Returns a price that was given for the whole term as a charge by the period; it is refused if that is not
    exact. A list price is never taken for that of a term, whose length it cannot know."""
    if asked.unit_price is None or asked.charges or not asked.start or not asked.end:
        words = f"{asked.sku} has no charge by the period; say by `charges` what its time costs."
        draft.refuse("charges-unknown", words, asked.pointer)
        return None
    charge = of_term(unit_price, asked.start, asked.end)
    if charge is None:
        price = display(unit_price, draft.order.currency)
        words = f"{price} is no whole price a month, quarter or year of this term; give `charges` instead."
        draft.refuse("charges-unknown", words, f"{asked.pointer}/unit_price")
        return None
    return Price(0, (charge,))
