"""Documents an order and its totals in replies."""

from typing import Annotated, Literal

from pydantic import Field

from shared.domain.order.line import LineStatus
from shared.domain.order.order import ChangeKind
from shared.http.parts.reply import Reply, ReplyAddress, ReplyMoney, Stamp
from shared.http.resources.discount.reply import ReplyDiscount
from shared.http.resources.line.reply import ReplyLine, ReplyTax
from shared.http.resources.overpayment.reply import ReplyOverpaid
from shared.http.resources.payment.reply import ReplyPayment


class ReplySource(Reply):
    type: Literal["direct", "quote", "agreement", "shop"]
    reference: str | None = None


class ReplyCustomer(Reply):
    customer_id: str
    tier: str
    segment: str | None = None
    email: str | None = None
    name: str | None = None


class ReplyShipping(Reply):
    """`tax` is the sum of `taxes`, and of tax that came as an amount without a rate."""

    method: str | None = None
    price: ReplyMoney
    tax: ReplyMoney | None = None
    taxes: list[ReplyTax] | None = None
    tax_included: bool | None = None
    goodwill: Annotated[ReplyMoney | None, Field(description="Given back of it: price and taxes are less by that.")] = (
        None
    )


class ReplyExemption(Reply):
    """Says why no tax is due; `jurisdiction` is where the order came in exempt."""

    kind: Literal["reverse_charge", "exempt", "zero_rated"]
    reason: str | None = None
    jurisdiction: str | None = None


class ReplyFee(Reply):
    code: str
    amount: ReplyMoney
    tax: ReplyMoney


class ReplyTotals(Reply):
    """`balance_due` = total − paid + refunded + refunding: what is still to be paid; negative, what we owe and have not
    begun to give back. `paid` is what was captured in all. `refunding` is what refunds that are under way will still
    give back; in a plan's `totals_after` also what its own refunds will. `tax` is what is added to prices."""

    items: ReplyMoney
    discount: ReplyMoney
    shipping: ReplyMoney
    tax: ReplyMoney
    fees: ReplyMoney
    total: ReplyMoney
    paid: ReplyMoney
    refunded: ReplyMoney
    refunding: ReplyMoney
    balance_due: ReplyMoney


class ReplyOpenChange(Reply):
    change_id: str
    kind: ChangeKind
    status: str
    waits_for: Annotated[
        str | None, Field(description="Who must act next: a role, `requester`, `customer` or `carrier`.")
    ] = None
    waits_since: Stamp | None = None
    waits_until: Annotated[Stamp | None, Field(description="When the wait comes to something by itself.")] = None


class OrderBase(Reply):
    """All of an order but its status and its lines."""

    order_id: str
    version: int
    channel: str
    channel_order_id: str
    source: ReplySource
    customer: ReplyCustomer
    currency: str
    placed_at: Stamp
    shipping_address: ReplyAddress | None = None
    billing_address: ReplyAddress | None = None
    shipping: ReplyShipping
    tax_exemption: ReplyExemption | None = None
    discounts: list[ReplyDiscount]
    fees: list[ReplyFee] | None = None
    payments: list[ReplyPayment]
    totals: ReplyTotals
    settlement: Annotated[ReplyOverpaid | None, Field(description="Proposed, while the order is overpaid.")] = None
    open_change: ReplyOpenChange | None = None
    supersedes: int | None = None
    backordered: bool | None = None
    erased_at: Annotated[
        Stamp | None, Field(description="Since when the customer's name, email and addresses are gone.")
    ] = None


class OrderInList(OrderBase):
    status: LineStatus


class OrderReply(OrderInList):
    lines: list[ReplyLine]
