"""Hold the tools of a reconciliation, and its report: ids and numbers only, so a report may be logged and mailed."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.domain.audit.reconciliation import Difference
from shared.ports.bus import Bus
from shared.ports.gateways import Gateways
from shared.ports.services import Services
from shared.ports.walks import Ledgers

MOMENT_SECONDS = 1.0
"""Separates two looks at the same rows, so that a write under way at the first is done by the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciler:
    """Holds the ports that a reconciliation asks for."""

    services: Services
    ledgers: Ledgers
    gateways: Gateways
    bus: Bus


@dataclass
class Report:
    """Reports the `differences` for people, and those that were `repaired`. SKUs that are `moving` were written while
    they were counted: the next walk looks at them again. `made_findable` counts orders that search finds by more words
    now. `cursor` goes on with the walk, where there is more of it."""

    looked_at: int = 0
    differences: list[Difference] = field(default_factory=list)
    repaired: list[Difference] = field(default_factory=list)
    moving: list[str] = field(default_factory=list)
    made_findable: int = 0
    cursor: str | None = None

    def add(self, *others: "Report") -> None:
        for other in others:
            self.looked_at += other.looked_at
            self.differences += other.differences
            self.repaired += other.repaired
            self.moving += other.moving
            self.made_findable += other.made_findable

    def tell(self, found: Iterable[Difference], *, repaired: bool = False) -> None:
        (self.repaired if repaired else self.differences).extend(found)
