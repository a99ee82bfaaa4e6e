"""Declares the port to payment gateways, and to their reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """Describes a refund or release as a gateway is asked for it, in minor units. `key` is derived from the change and
    the payment: the same refund has the same key. `captured` is what the payment ever captured, `returned` what other
    refunds of it have given back or are giving back. `keep` is set for the release of an authorisation: what may still
    be captured (0: void)."""

    key: str
    order_id: str
    change_id: str
    customer_id: str
    payment_id: str
    gateway: str
    method: str
    reference: str | None
    amount: int
    captured: int
    returned: int
    currency: str
    keep: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayRefund:
    """Holds the gateway's answer: `settled`, or `pending` until a callback (or a person) says how it ended."""

    reference: str
    status: Literal["settled", "pending"] = "settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOrder:
    """Describes a payment link as a gateway is asked for it: so many minor units, to be paid until `expires_at`.

    `key` is derived from the change: the same link has the same key. `reference` is the gateway's own name of a link
    that it has made, where we know it.
    """

    key: str
    order_id: str
    change_id: str
    amount: int
    currency: str
    expires_at: datetime
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPayment:
    """Describes money that came by a link, in minor units of `currency`; None if the amount cannot be read.
    `reference` is what the gateway calls the payment."""

    reference: str
    amount: int | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLink:
    """Holds a gateway's answer on a link: the address where the customer pays while it is `open`, and what came by
    it."""

    reference: str
    url: str
    open: bool = True
    payments: tuple[LinkPayment, ...] = ()


class GatewayUnavailable(Exception):
    """Says that this call did nothing, or that a question was not answered; asking again is safe. What earlier calls
    did, it leaves open."""


class GatewayUnknown(Exception):
    """Says that the gateway may have paid: ask it before asking again."""


class GatewayDeclined(Exception):
    """Says that the gateway did not do what this call asked for, and will not; a person must look. A question that is
    refused raises `GatewayUnavailable` instead: that is no answer."""


class Gateway(Protocol):
    def find(self, order: RefundOrder) -> GatewayRefund | None:
        """Returns the present state of the refund (or release) with this key; None if it was never asked for, and from
        a gateway in `UNASKABLE` (`shared/domain/order/payment.py`) always.

        Raises:
            GatewayUnavailable, GatewayUnknown: that is no answer.
            GatewayDeclined: it was asked for, and failed.
        """

    def refund(self, order: RefundOrder) -> GatewayRefund:
        """Gives money back.

        Raises:
            GatewayUnavailable, GatewayUnknown, GatewayDeclined
        """

    def release(self, order: RefundOrder) -> GatewayRefund:
        """Reduces an authorisation to `order.keep`, or voids it.

        Raises:
            GatewayUnavailable, GatewayUnknown, GatewayDeclined
        """

    def make_link(self, order: LinkOrder) -> PaymentLink:
        """Makes a payment link, once a key: asking again answers with the link that there is.

        Raises:
            GatewayUnavailable, GatewayUnknown
            GatewayDeclined: also by a gateway that makes no links.
        """

    def find_link(self, order: LinkOrder) -> PaymentLink | None:
        """Returns the present state of the link; None if it was never made, as far as the gateway can tell.

        Raises:
            GatewayUnavailable, GatewayDeclined
        """

    def close_link(self, order: LinkOrder) -> PaymentLink | None:
        """Closes the link, so that nobody pays by it any more, and returns what it has come to; None as `find_link`.

        Raises:
            GatewayUnavailable, GatewayUnknown, GatewayDeclined
        """


class Gateways(Protocol):
    def by_name(self, gateway: str) -> Gateway:
        """Returns the gateway of this name.

        Raises:
            GatewayDeclined: nobody here speaks to that gateway.
        """


class BadSignature(Exception):
    """Says that a callback is not from its claimed sender, or is too old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """Describes a gateway's report of a refund (or release); `key` is ours and travelled there and back with it.

    `amount` is what it was, in minor units of `currency`; None if the report has none, or none that can be read.
    `tells_other` says that the amount of such reports is never that of the release, but of the authorisation, so that
    it is left out.
    """

    order_id: str
    change_id: str
    key: str
    reference: str
    outcome: Literal["settled", "failed"]
    amount: int | None = None
    currency: str = ""
    tells_other: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPaid:
    """Describes a gateway's report of money that came by one of our links; `key` is ours and travelled there and back
    with it, and so did `change_id`, if the report has it. `amount` is in minor units of `currency`; None if it cannot
    be read."""

    order_id: str
    key: str
    reference: str
    amount: int | None
    currency: str
    change_id: str | None = None


class CallbackReader(Protocol):
    def read(self, raw: bytes, headers: Mapping[str, str], now: datetime) -> Sequence[Callback | LinkPaid]:
        """Returns the callbacks in a request, its signature checked over the raw bytes; none for news of anything but
        refunds and payment links.

        Raises:
            BadSignature
            Refusal: `malformed-json`, `malformed-payload`.
        """
