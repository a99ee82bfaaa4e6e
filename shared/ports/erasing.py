"""Declares the port of an erasure: it reads all that stands beside a live order, and takes the values out in one
write."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.change.change import Actor, Change
from shared.domain.order.order import Order
from shared.ports.stores import Write


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Holds the history of an order beside its live rows: the headers of its past versions, and its changes."""

    pasts: tuple[Order, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """Holds an order as it will be, with its log entry and its event, and the past versions and changes that become
    others. Each change is there as it was and as it will be."""

    write: Write
    pasts: tuple[Order, ...] = ()
    changes: tuple[tuple[Change, Change], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRequest:
    """Keeps an operator's request to erase a customer, with its reason, to show later that it was asked for."""

    customer_id: str
    reason: str
    note: str | None
    by: Actor
    at: datetime


class Histories(Protocol):
    def of(self, order: Order) -> History:
        """Reads the history strongly consistently: the log names each of its changes."""

    def rewrite(self, rewrite: Rewrite) -> None:
        """Writes all of it, the live order last. Of very much, a crash may leave a part done; a second erasure does the
        rest.

        Raises:
            Conflict: the order, or one of the changes, is no longer as it was read.
        """

    def keep_request(self, asked: ErasureRequest) -> None:
        """Keeps the request before anything is erased."""
