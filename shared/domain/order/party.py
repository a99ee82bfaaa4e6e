"""Describes the customer, the addresses and the source of an order: its personal part."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from shared.domain.plain_text import is_address


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Describes a postal address: personal data, so it stays out of events and stands in the log only as keyed hashes.
    An erasure leaves what `STAYS` names, each with its reason."""

    STAYS: ClassVar[Mapping[str, str]] = {
        "country": "It says where tax was due, and millions of people share it.",
        "region": "It says where tax was due, where regions set one; elsewhere it goes.",
    }

    name: str | None = None
    line1: str = ""
    line2: str | None = None
    city: str = ""
    region: str | None = None
    postal_code: str | None = None
    country: str

    @property
    def jurisdiction(self) -> str:
        """Returns the place where tax is due: `US-IL`, or the country alone where regions set no tax of their own."""
        return f"{self.country}-{self.region}" if self.region and self.country in _REGIONAL_TAX else self.country


_REGIONAL_TAX = frozenset({"US", "CA"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Identifies the customer of an order. An erasure leaves what `STAYS` names, each with its reason; all else is
    personal."""

    STAYS: ClassVar[Mapping[str, str]] = {
        "customer_id": "An id leads to a person only through somebody else's records.",
        "tier": "It is a business's word for many customers, and rules of policy are told by it.",
    }

    customer_id: str
    tier: str = "standard"
    segment: str | None = None
    email: str | None = None
    name: str | None = None

    @property
    def mailbox(self) -> str | None:
        """Returns the address that letters go to: the e-mail, if it is one plain address."""
        return self.email if self.email and is_address(self.email) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Names the origin of the order: entered directly, or from a quote, an agreement or a shop."""

    type: Literal["direct", "quote", "agreement", "shop"] = "direct"
    reference: str | None = None
