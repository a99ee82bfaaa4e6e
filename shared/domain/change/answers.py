"""Records what others answered to a change: the customer's consent, and what departments acknowledged."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from shared.domain.fields import erased_as

Means = Literal["token", "link"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The customer's agreement to the plan with one digest, signed in or by the link of a mail."""

    at: datetime
    by: str
    digest: str
    means: Means


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """A department's report on what the change asks of it; `tracking` is the number of a parcel that it sent."""

    outcome: Literal["done", "failed"]
    at: datetime
    note: str | None = field(default=None, metadata=erased_as(None))
    tracking: str | None = None
