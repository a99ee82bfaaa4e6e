"""Models the data of each event; the events themselves are made in `shared/domain/change/events.py`."""

from typing import Annotated, Literal

from pydantic import Field

from infra.events.parts import (
    AmendedLine,
    CancelledUnits,
    ChangedAsset,
    CreditMemo,
    Money,
    Part,
    ReceivedLine,
    ReleasedStock,
    ReversedTax,
)
from shared.domain.change.states import ChangeStatus
from shared.domain.order.progress import FulfilmentEvent
from shared.domain.planning.departments import Changed, Department
from shared.domain.planning.plan import Party
from shared.domain.policy.subjects import Role


class Data(Part):
    """`changed` routes the event: a department hears only what concerns it. `link` leads to the order."""

    changed: list[Changed]
    link: str


class OrderReceived(Data):
    """A channel's order is ours now. `truncated`: there are more lines than these."""

    channel: str
    total: Money
    lines: list[ReceivedLine]
    backordered: bool
    truncated: bool = False


class OrderAmended(Data):
    """An amendment, an exchange (the units that it takes back are `cancelled`), or a goodwill credit was committed. The
    `departments` named acknowledge it."""

    departments: list[Department]
    reason_code: str
    lines: list[AmendedLine]
    total_before: Money
    total_after: Money
    refund: Money
    amount_due: Money
    collected: Annotated[Money | None, Field(description="What the customer has paid for it before the commit.")] = None
    cancelled: Annotated[list[CancelledUnits], Field(default_factory=list)]
    taxes_reversed: Annotated[list[ReversedTax], Field(default_factory=list)]
    credit_memos: Annotated[list[CreditMemo], Field(default_factory=list)]
    truncated: bool = False


class OrderCancelled(OrderAmended):
    """All that was left of the order was cancelled. The `departments` named acknowledge it."""

    cancelled: list[CancelledUnits]
    taxes_reversed: list[ReversedTax]
    credit_memos: list[CreditMemo]


class OrderLinesCancelled(OrderCancelled):
    """Some lines or units were cancelled, and others are left. The `departments` named acknowledge it."""


class OrderSettled(OrderAmended):
    """Tells that what was overpaid goes back, and that the order stays as it is. The `departments` named acknowledge
    it."""

    credit_memos: list[CreditMemo]


class OfChange(Data):
    status: ChangeStatus
    reason_code: str


class AmendmentStarted(OfChange):
    """Somebody opened an amendment; the order is as it was."""


class AmendmentSubmitted(OfChange):
    """Its stock is held, and it waits for an approval if it needs one."""


class AmendmentUndone(OfChange):
    """It ended without effect, as the requester wished."""


class CancellationRequested(OfChange):
    """Somebody asks for a cancellation; nothing is cancelled yet."""


class CancellationWithdrawn(OfChange):
    """It ended without effect, as the requester wished."""


class SettlementRequested(OfChange):
    """Somebody asks for what is overpaid to go back; no money has moved yet."""


class SettlementWithdrawn(OfChange):
    """It ended without effect, as the requester wished."""


class ConfirmationRequested(OfChange):
    """The customer must agree to the terms, or the carrier stop what is on its way: then logistics hears of it, by
    `changed: [shipment]`, and acknowledges the change once it has asked."""

    party: Party
    round: int
    cancelled: Annotated[list[CancelledUnits], Field(default_factory=list)]
    truncated: bool = False


class ConfirmationDecided(OfChange):
    """They have answered."""

    party: Party
    decision: Literal["confirmed", "declined"]
    round: int


class PaymentRequested(OfChange):
    """The customer is to pay `amount` before the change takes effect, by the payment link named `link_id`. The link
    itself is in no event."""

    link_id: str
    amount: Money
    round: int


class PaymentCollected(OfChange):
    """They have paid it; the commit follows in the same write."""

    link_id: str
    amount: Money
    round: int


class ChangeExpired(OfChange):
    """It ended without effect, as its time was over; with the status `failed`, as it could not be done any more."""


class ShippingHeld(Data):
    """Nothing of the order is to leave until `ShippingReleased`; the higher `sequence` of the two counts."""


class ShippingReleased(Data):
    """The rest of the order may leave again. A commit of the same change, if there is one, comes before."""


class ApprovalRequested(OfChange):
    """A `role` must decide; `round` counts how often this change has asked."""

    role: Role
    because: str
    round: int


class ApprovalReminded(OfChange):
    """A `role` has not decided yet, and time runs."""

    role: Role
    round: int


class ApprovalEscalated(OfChange):
    """Nobody decided in time: now this `role` must."""

    role: Role
    round: int


class ApprovalDecided(OfChange):
    """Somebody in that role has decided."""

    decision: Literal["approved", "rejected"]
    round: int


class OfRefund(OfChange):
    refund_id: str
    payment_id: str
    amount: Money


class RefundRequested(OfRefund):
    """Money is owed back on a payment; the gateway will be asked for it."""


class RefundSettled(OfRefund):
    """The gateway gave it back."""


class RefundFailed(OfRefund):
    """The gateway will not give it back."""


class AuthorisationReductionRequested(OfRefund):
    """Less is owed than is reserved on a payment; the gateway will be asked to release `amount`."""


class AuthorisationReduced(OfRefund):
    """The gateway released it."""


class ChangeFellOut(OfChange):
    """A step outside failed for good, a refund or a department's part, or money came by a payment link for nothing
    (`surplus`, to be given back by a settlement): a person must look."""

    refund_id: str | None = None
    department: Department | None = None
    surplus: Money | None = None


class StockReleased(Data):
    """Units became available again."""

    stock: list[ReleasedStock]
    truncated: bool = False


class FulfilmentRecorded(Data):
    """So many more units of a line have come so far."""

    line_id: str
    event: FulfilmentEvent
    quantity: int


class CustomerErased(Data):
    """The order's personal values are gone, as its customer has the right to: forget yours of this order too."""

    customer_id: str


class AssetsChanged(Data):
    """What the customer has changed: assets made, moved or ended."""

    assets: list[ChangedAsset]
    truncated: bool = False
