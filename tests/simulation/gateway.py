"""The simulated payment gateway: it keeps a ledger, forgets every key, caps nothing, and fails as the seed says.

So what never pays twice here owes that to our own side: asking before repeating, and the cap in our own books. Two that
pay at the same moment only the gateway itself can tell apart, by their key: a `keyed` one does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Literal

from shared.ports.gateways import (
    GatewayDeclined,
    GatewayRefund,
    GatewayUnavailable,
    GatewayUnknown,
    LinkOrder,
    LinkPayment,
    PaymentLink,
    RefundOrder,
)
from tests.simulation.faults import Fault, Faults
from tests.simulation.scheduler import Crash, Scheduler


@dataclass
class Paid:
    """One row of the ledger; `status` pending until a callback has said how it ended."""

    order: RefundOrder
    status: Literal["settled", "pending", "failed"]

    @property
    def reference(self) -> str:
        return f"gw-{self.order.key}"


@dataclass
class Gateway:
    """`declines` and `pendings` are how likely a refund is declined, or taken to be reported on later. A `keyed`
    gateway answers a key that it has seen as it did before, and pays nothing."""

    scheduler: Scheduler
    faults: Faults
    rng: Random
    declines: float = 0.0
    pendings: float = 0.0
    keyed: bool = False
    ledger: list[Paid] = field(default_factory=list)
    links: dict[str, PaymentLink] = field(default_factory=dict)

    def find(self, order: RefundOrder) -> GatewayRefund | None:
        self._point("find")
        return self._said(order.key)

    def refund(self, order: RefundOrder) -> GatewayRefund:
        return self._take(order, "refund")

    def release(self, order: RefundOrder) -> GatewayRefund:
        return self._take(order, "release")

    def make_link(self, order: LinkOrder) -> PaymentLink:
        after = self._point("make_link")
        if self.faults.on and self.rng.random() < self.declines:
            raise GatewayDeclined("simulated")
        made = self.links.setdefault(
            order.key, PaymentLink(reference=f"link-{order.key}", url=f"https://pay/{order.key}")
        )
        if after is Fault.LOST:
            raise GatewayUnknown("simulated")
        if after is Fault.CRASH_AFTER:
            raise Crash
        return made

    def find_link(self, order: LinkOrder) -> PaymentLink | None:
        self._point("find")
        return self.links.get(order.key)

    def close_link(self, order: LinkOrder) -> PaymentLink | None:
        self._point("find")
        if order.key in self.links:
            self.links[order.key] = replace(self.links[order.key], open=False)
        return self.links.get(order.key)

    def pay(self, key: str, amount: int) -> LinkPayment:
        """The customer pays by the link, also by one that is closed or was paid before."""
        link = self.links[key]
        came = LinkPayment(reference=f"{link.reference}-{len(link.payments) + 1}", amount=amount, currency="USD")
        self.links[key] = replace(link, payments=(*link.payments, came))
        return came

    def refunds(self) -> Sequence[Paid]:
        """What was given back, or is being."""
        return [paid for paid in self.ledger if paid.order.keep is None and paid.status != "failed"]

    def _take(self, order: RefundOrder, operation: str) -> GatewayRefund:
        after = self._point(operation)
        if self.keyed and (known := self._said(order.key)):
            return known
        if self.faults.on and self.rng.random() < self.declines:
            raise GatewayDeclined("simulated")
        pending = self.faults.on and self.rng.random() < self.pendings
        self.ledger.append(Paid(order, "pending" if pending else "settled"))
        if after is Fault.LOST:
            raise GatewayUnknown("simulated")
        if after is Fault.CRASH_AFTER:
            raise Crash
        return GatewayRefund(reference=self.ledger[-1].reference, status="pending" if pending else "settled")

    def _point(self, operation: str) -> Fault:
        self.scheduler.point(f"gateway.{operation}")
        worker = self.scheduler.current
        fault = self.faults.draw("gateway", operation, worker.name if worker else "")
        if fault is not Fault.NONE:
            self.scheduler.note(f"  ! {fault.value} at gateway.{operation}")
        if fault in (Fault.BEFORE, Fault.ERROR) or (fault is Fault.LOST and operation == "find"):
            raise GatewayUnavailable("simulated")
        if fault is Fault.CRASH_BEFORE or (fault is Fault.CRASH_AFTER and operation == "find"):
            raise Crash
        return fault

    def _said(self, key: str) -> GatewayRefund | None:
        paid = next((each for each in self.ledger if each.order.key == key), None)
        if paid is None:
            return None
        if paid.status == "failed":
            raise GatewayDeclined("the refund failed")
        return GatewayRefund(reference=paid.reference, status=paid.status)


@dataclass
class Gateways:
    gateway: Gateway

    def by_name(self, gateway: str) -> Gateway:
        return self.gateway
