"""Declares the port to the anchors of the log: what nobody who writes the log can take back."""

from collections.abc import Sequence
from typing import Protocol

from shared.domain.audit.log import Anchor


class Anchors(Protocol):
    @property
    def kept(self) -> bool:
        """Tells if there is anybody who keeps anchors: where there is not, an entry without one is nothing amiss."""

    def keep(self, order_id: str, anchor: Anchor) -> None:
        """Keeps what an order's log said; keeping it again changes nothing."""

    def of(self, order_id: str) -> Sequence[Anchor]:
        """Returns all anchors of an order that were ever kept, also where somebody tried to remove them."""


class NoAnchors:
    """Keeps nothing, for functions that neither anchor nor verify."""

    kept = False

    def keep(self, order_id: str, anchor: Anchor) -> None:
        return None

    def of(self, order_id: str) -> Sequence[Anchor]:
        return ()
