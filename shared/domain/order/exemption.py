"""Describes why no tax is due on an order: a fact of the order that its channel knows."""

from dataclasses import dataclass
from typing import Literal

ExemptionKind = Literal["reverse_charge", "exempt", "zero_rated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxExemption:
    """Says that no tax is due on an order, and why: the customer owes it, is exempt, or the rate is zero.

    `reason` is a text or code of the channel, such as the article of the law. `jurisdiction` is where the order came in
    exempt; elsewhere a rule of policy may tax it.
    """

    kind: ExemptionKind
    reason: str | None = None
    jurisdiction: str | None = None
