"""Reads a postal address as requests bring it."""

from shared.domain.order import party
from shared.http.parts.fields import Country, Given, Text, Word


class Address(Given):
    """Personal data: it stands in the order and nowhere else."""

    name: Text | None = None
    line1: Word
    line2: Text | None = None
    city: Word
    region: Text | None = None
    postal_code: Text | None = None
    country: Country

    def to_domain(self) -> party.Address:
        return party.Address(**self.model_dump())
