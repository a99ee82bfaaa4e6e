"""Reads a postal address as requests bring it."""

from pydantic import ValidationInfo, field_validator

from shared.domain.order import party
from shared.domain.order.places import flaw_of
from shared.http.parts.fields import Country, Given, Text, Word, refuse


class Address(Given):
    """Personal data: it stands in the order and nowhere else. Country, region and postal code are one place, because
    tax is due by it."""

    name: Text | None = None
    line1: Word
    line2: Text | None = None
    city: Word
    country: Country
    region: Text | None = None
    postal_code: Text | None = None

    @field_validator("region", "postal_code")
    @classmethod
    def _one_place(cls, value: str | None, info: ValidationInfo) -> str | None:
        country, region = info.data.get("country"), value if info.field_name == "region" else info.data.get("region")
        postal_code = value if info.field_name == "postal_code" else None
        place = party.Address(country=country, region=region, postal_code=postal_code) if country else None
        if place and (flaw := flaw_of(place)):
            refuse(flaw.code, flaw.detail)
        return value

    def to_domain(self) -> party.Address:
        return party.Address(**self.model_dump())
