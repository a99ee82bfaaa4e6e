"""Reads postal addresses as shops write them."""

from dataclasses import dataclass

from shared.adapters.channels.reading.payload import Fields
from shared.domain.order.party import Address
from shared.domain.order.places import COUNTRIES


@dataclass(frozen=True, slots=True)
class AddressShape:
    """A channel's names for the fields of an address."""

    line1: str
    line2: str
    region: str
    postal_code: str
    country: str


def read_address(order: Fields, key: str, shape: AddressShape) -> Address | None:
    """Returns the address under `key`; None if there is none, or only a name without a place.

    Raises:
        Refusal: `missing-field`, for a street without a country: nothing can be sent or taxed there; `unknown-country`,
            for one that ISO 3166-1 does not have. A region and a postal code that contradict each other are the
            customer's: they are asked about once tax is due by them (`planning/line_taxes`).
    """
    given = order.object(key)
    if given is None:
        return None
    if not given.has(shape.country):
        if given.has(shape.line1) or given.has("city"):
            raise given.missing(shape.country)
        return None
    if given.text(shape.country) not in COUNTRIES:
        words = f"'{shape.country}' is no country of ISO 3166-1, such as DE."
        raise given.refusal("unknown-country", words, shape.country)
    return Address(
        name=name_of(given) or given.text_or_none("company"),
        line1=given.text_or_none(shape.line1) or "",
        line2=given.text_or_none(shape.line2),
        city=given.text_or_none("city") or "",
        region=given.text_or_none(shape.region),
        postal_code=given.text_or_none(shape.postal_code),
        country=given.text(shape.country),
    )


def name_of(person: Fields | None) -> str | None:
    """Returns the first and last name, as far as they are given."""
    if person is None:
        return None
    return " ".join(part for key in ("first_name", "last_name") if (part := person.text_or_none(key))) or None
