"""Reads Stripe's webhooks about refunds and payment links, without the SDK: its signature check would use the machine's
clock."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from shared.adapters.gateways.common.payloads import parsed, part
from shared.adapters.gateways.common.signatures import check_signature
from shared.adapters.gateways.common.units import STRIPE, told
from shared.ports.gateways import Callback, LinkPaid

HEADER = "Stripe-Signature"

_EVENTS = frozenset({"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"})
_PAID = frozenset({"checkout.session.completed", "checkout.session.async_payment_succeeded"})
_OUTCOMES: dict[str, Literal["settled", "failed"]] = {"succeeded": "settled", "failed": "failed", "canceled": "failed"}


class StripeCallbacks:
    """Reads events whose object is a refund and that end one of ours, and those of a Checkout Session that was paid by
    one of our links; what is made in the dashboard has no key of ours."""

    def __init__(self, secret: Callable[[], str]) -> None:
        self._secret = secret

    def read(self, raw: bytes, headers: Mapping[str, str], now: datetime) -> Sequence[Callback | LinkPaid]:
        check_signature(raw, headers.get(HEADER), self._secret(), now)
        event = parsed(raw)
        if event.get("type") in _PAID:
            return _paid(part(part(event.get("data")).get("object")))
        if event.get("type") not in _EVENTS:
            return ()
        refund = part(part(event.get("data")).get("object"))
        outcome, metadata = _OUTCOMES.get(str(refund.get("status"))), part(refund.get("metadata") or {})
        if outcome is None or "inflight_key" not in metadata:
            return ()
        return (
            Callback(
                order_id=str(metadata.get("inflight_order")),
                change_id=str(metadata.get("inflight_change")),
                key=str(metadata["inflight_key"]),
                reference=str(refund.get("id")),
                outcome=outcome,
                amount=_amount(refund),
                currency=_currency(refund),
                detail=str(refund.get("failure_reason") or ""),
            ),
        )


def _paid(session: dict[str, Any]) -> Sequence[LinkPaid]:
    """Returns the payment of a session; none while a slow method of payment has not brought the money yet."""
    metadata = part(session.get("metadata") or {})
    if session.get("payment_status") != "paid" or "inflight_key" not in metadata:
        return ()
    return (
        LinkPaid(
            order_id=str(metadata.get("inflight_order")),
            key=str(metadata["inflight_key"]),
            reference=str(session.get("payment_intent")),
            amount=_amount(session, "amount_total"),
            currency=_currency(session),
            change_id=str(metadata["inflight_change"]) if "inflight_change" in metadata else None,
        ),
    )


def _amount(thing: dict[str, Any], field: str = "amount") -> int | None:
    return told(thing.get(field), _currency(thing), STRIPE)


def _currency(thing: dict[str, Any]) -> str:
    return str(thing.get("currency")).upper()
