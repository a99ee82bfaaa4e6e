"""Asks Stripe for refunds through its own SDK, and checks itself that no refund is made twice or too high.

Stripe keeps an Idempotency-Key for a day at least ("Idempotent requests"), which is too short for repeats: the refunds
of the payment are read first, and one that carries our key in its metadata is the answer. The same list guards the cap:
the payment's refunds, ours or made in the dashboard, never exceed the captured amount.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, cast

import stripe

from shared.adapters.gateways.common.units import STRIPE, theirs, told
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

if TYPE_CHECKING:
    from stripe.params import RefundCreateParams, RefundListParams
    from stripe.params.checkout import SessionCreateParams

PATIENCE = 4
"""Seconds for one call; a step makes three at most, which is less than the function's 15."""

_STATUSES: dict[str, Literal["settled", "pending"]] = {
    "succeeded": "settled",
    "pending": "pending",
    "requires_action": "pending",
}
"""A refund's status there ("The Refund object")."""
_FAILED = frozenset({"failed", "canceled"})
"""Statuses of refunds that gave nothing back."""

# At DEBUG the SDK logs the bodies of requests and replies.
logging.getLogger("stripe").setLevel(logging.WARNING)


@lru_cache(maxsize=1)
def client_of(api_key: str, url: str | None = None) -> stripe.StripeClient:
    """Returns a client that tries once: the refund machine repeats, and looks for the refund before it does."""
    http = stripe.RequestsClient(timeout=PATIENCE)
    addresses: Any = {"api": url} if url else None
    return stripe.StripeClient(api_key, base_addresses=addresses, http_client=http, max_network_retries=0)


class StripeGateway:
    """Refunds payments of Stripe. A payment's `reference` is its PaymentIntent (`pi_…`) or its charge (`ch_…`,
    `py_…`). A customer who pays by a link comes back to `return_url`."""

    def __init__(self, client: Callable[[], stripe.StripeClient], return_url: str = "") -> None:
        self._client = client
        self._return_url = return_url

    def find(self, order: RefundOrder) -> GatewayRefund | None:
        with _reading():
            if order.keep is not None:
                return self._released(order)
            ours = [refund for refund in self._refunds(order) if _key(refund) == order.key]
            ours.sort(
                key=lambda refund: refund.status not in _STATUSES
            )  # one that was made counts before one that failed
            return next((_said(refund) for refund in ours), None)

    def refund(self, order: RefundOrder) -> GatewayRefund:
        amount = theirs(order.amount, order.currency, STRIPE)
        with _reading():
            known = self._refunds(order)
        for refund in known:
            if _key(refund) == order.key:
                return _said(refund)
        given = sum(refund.amount for refund in known if refund.status in _STATUSES)
        if given + amount > theirs(order.captured, order.currency, STRIPE):
            raise GatewayDeclined("Stripe has given back more of this payment already than would leave this refund")
        wanted = cast("RefundCreateParams", {**_payment(order), "amount": amount, "metadata": _metadata(order)})
        with _writing():
            made = self._client().v1.refunds.create(wanted, {"idempotency_key": order.key})
        return _said(made)

    def release(self, order: RefundOrder) -> GatewayRefund:
        """Voids the authorisation. A mere reduction needs no call, because the later capture takes less and frees the
        rest (Stripe documentation, "Place a hold on a payment method": the remainder is released)."""
        if order.keep:
            return _kept(order)
        with _writing():
            self._client().v1.payment_intents.cancel(_intent(order), None, {"idempotency_key": order.key})
        return GatewayRefund(reference=_intent(order))

    def make_link(self, order: LinkOrder) -> PaymentLink:
        """Makes a Checkout Session. Stripe answers a repeat under the same key with the session that there is, for a
        day at least, which is the longest that a link is open."""
        with _writing():
            made = self._client().v1.checkout.sessions.create(
                _session(order, self._return_url), {"idempotency_key": order.key}
            )
        return _link(made, order)

    def find_link(self, order: LinkOrder) -> PaymentLink | None:
        if order.reference is None:
            return None
        with _reading():
            return _link(self._client().v1.checkout.sessions.retrieve(order.reference), order)

    def close_link(self, order: LinkOrder) -> PaymentLink | None:
        """Expires the session if it is open still. One that was paid at that moment is answered as it is then."""
        known = self.find_link(order)
        if known is None or not known.open:
            return known
        try:
            with _writing():
                closed = self._client().v1.checkout.sessions.expire(known.reference)
        except GatewayDeclined:
            return self.find_link(order)
        return _link(closed, order)

    def _released(self, order: RefundOrder) -> GatewayRefund | None:
        if order.keep:
            return _kept(order)
        intent = self._client().v1.payment_intents.retrieve(_intent(order))
        return GatewayRefund(reference=intent.id) if intent.status == "canceled" else None

    def _refunds(self, order: RefundOrder) -> list[stripe.Refund]:
        wanted = cast("RefundListParams", {**_payment(order), "limit": 100})
        return list(self._client().v1.refunds.list(wanted).auto_paging_iter())


def _payment(order: RefundOrder) -> dict[str, Any]:
    reference = order.reference or ""
    if reference.startswith("pi_"):
        return {"payment_intent": reference}
    if reference.startswith(("ch_", "py_")):
        return {"charge": reference}
    raise GatewayDeclined("the payment carries no reference of Stripe's (pi_… or ch_…)")


def _intent(order: RefundOrder) -> str:
    reference = order.reference or ""
    if not reference.startswith("pi_"):
        raise GatewayDeclined("only a PaymentIntent (pi_…) can be voided from here; void it in Stripe's dashboard")
    return reference


def _metadata(order: RefundOrder) -> dict[str, str]:
    return {"inflight_key": order.key, "inflight_change": order.change_id, "inflight_order": order.order_id}


def _session(order: LinkOrder, return_url: str) -> "SessionCreateParams":
    metadata = {"inflight_key": order.key, "inflight_change": order.change_id, "inflight_order": order.order_id}
    price = {
        "currency": order.currency.lower(),
        "unit_amount": theirs(order.amount, order.currency, STRIPE),
        "product_data": {"name": f"Change of order {order.order_id}"},
    }
    return cast(
        "SessionCreateParams",
        {
            "mode": "payment",
            "line_items": [{"price_data": price, "quantity": 1}],
            "expires_at": int(order.expires_at.timestamp()),
            "success_url": return_url,
            "client_reference_id": order.order_id,
            "metadata": metadata,
            "payment_intent_data": {"metadata": metadata},
        },
    )


def _link(session: Any, order: LinkOrder) -> PaymentLink:
    """Returns the state of a session; `complete` and `expired` ones are no longer open."""
    payments: tuple[LinkPayment, ...] = ()
    if session.payment_status == "paid" and session.payment_intent:
        currency = str(session.currency or order.currency).upper()
        amount = told(session.amount_total, currency, STRIPE)
        payments = (LinkPayment(reference=str(session.payment_intent), amount=amount, currency=currency),)
    return PaymentLink(reference=session.id, url=session.url or "", open=session.status == "open", payments=payments)


def _key(refund: stripe.Refund) -> str | None:
    return getattr(refund.metadata, "inflight_key", None)


def _kept(order: RefundOrder) -> GatewayRefund:
    return GatewayRefund(reference=order.reference or order.key)


def _said(refund: stripe.Refund) -> GatewayRefund:
    status = _STATUSES.get(refund.status or "")
    if refund.status in _FAILED:
        because = getattr(refund, "failure_reason", None) or refund.status
        raise GatewayDeclined(f"Stripe could not make the refund {refund.id}: {because}")
    if status is None:
        raise GatewayUnknown(f"Stripe says {refund.status} of the refund {refund.id}")
    return GatewayRefund(reference=refund.id, status=status)


@contextmanager
def _reading() -> Iterator[None]:
    """Translates errors of a read. Reading changes nothing, so every error can be tried again. A question that Stripe
    refuses (a revoked key, a payment that this account does not know) is no answer on what became of a refund."""
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise GatewayUnavailable(f"Stripe does not answer: {type(error).__name__}") from None
    except stripe.StripeError as error:
        because = error.code or type(error).__name__
        raise GatewayUnavailable(f"Stripe answered {error.http_status} ({because}): {error.user_message}") from None


@contextmanager
def _writing() -> Iterator[None]:
    """Translates errors of a write. After a broken connection or a fault at Stripe, the refund may have happened."""
    try:
        yield
    except stripe.RateLimitError:
        raise GatewayUnavailable("Stripe asks for patience") from None
    except stripe.APIConnectionError:
        raise GatewayUnknown("Stripe did not answer; it may have happened") from None
    except stripe.StripeError as error:
        _raise_declined(error)
        raise GatewayUnknown(f"Stripe answered {error.http_status}; it may have happened") from None


def _raise_declined(error: stripe.StripeError) -> None:
    """Raises a refusal for 4xx, which another attempt would not change, except for 409: the same key is being answered
    at this moment."""
    if error.http_status is not None and 400 <= error.http_status < 500 and error.http_status != 409:
        raise GatewayDeclined(f"Stripe refused ({error.code or type(error).__name__}): {error.user_message}") from None
