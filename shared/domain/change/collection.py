"""Holds the payment that a change waits for before its commit."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """The payment that a change waits for before its commit: `amount` minor units by a payment link of `gateway`.

    `link_id` derives from the change and names the link here and there. `reference` and `url` are the gateway's own,
    once it has made the link. `collected` is what came by the link while the change waited and its time was not over.
    `surplus` is what the change has no use for and the order is overpaid by, until somebody has given it back.
    `misreported` says that the gateway has told of a payment by the link that cannot be booked.
    """

    link_id: str
    gateway: str
    amount: int
    reference: str | None = None
    url: str | None = None
    collected: int = 0
    surplus: int = 0
    misreported: bool = False

    @property
    def complete(self) -> bool:
        return self.collected >= self.amount
