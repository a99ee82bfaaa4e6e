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


class GatewayUnavailable(Exception):
    """Says that the gateway did nothing; asking again is safe."""


class GatewayUnknown(Exception):
    """Says that the gateway may have paid: ask it before asking again."""


class GatewayDeclined(Exception):
    """Says that the gateway refuses; a person must look."""


class Gateway(Protocol):
    def find(self, order: RefundOrder) -> GatewayRefund | None:
        """Returns the present state of the refund (or release) with this key; None if it was never asked for.

        Raises:
            GatewayUnavailable
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

    `amount` is what it was, in minor units, where the gateway says so.
    """

    order_id: str
    change_id: str
    key: str
    reference: str
    outcome: Literal["settled", "failed"]
    amount: int | None = None
    detail: str = ""


class CallbackReader(Protocol):
    def read(self, raw: bytes, headers: Mapping[str, str], now: datetime) -> Sequence[Callback]:
        """Returns the callbacks in a request, its signature checked over the raw bytes; none for news of anything but
        refunds.

        Raises:
            BadSignature
            Refusal: `malformed-json`, `malformed-payload`.
        """
