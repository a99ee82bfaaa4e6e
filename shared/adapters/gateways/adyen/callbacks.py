"""Reads Adyen's webhooks about refunds and cancels: a list of items, each with a signature of its own.

An item's signature covers its references, amount, event and success ("Verify HMAC signatures"), but no time of sending:
an item that is intercepted and sent again has the same content, and counts as a repeat.
"""

import hmac
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from shared.adapters.gateways.adyen.reference import ids_of
from shared.adapters.gateways.common.payloads import parsed, part
from shared.adapters.gateways.common.units import ADYEN, told
from shared.ports.gateways import BadSignature, Callback

_ENDS = frozenset({"REFUND", "CANCELLATION", "CANCEL_OR_REFUND", "TECHNICAL_CANCEL", "AUTHORISATION_ADJUSTMENT"})
"""Events with the outcome of our request; `success` is "true" if it went well."""
_FAILURES = frozenset({"REFUND_FAILED", "REFUNDED_REVERSED"})
_WITHOUT_AMOUNT = frozenset({"CANCELLATION", "TECHNICAL_CANCEL", "AUTHORISATION_ADJUSTMENT"})
"""Events whose amount is the authorisation's, before or after, instead of the released one."""

_MAX_REASON = 100
"""Characters of a reason that operators see."""


class AdyenCallbacks:
    def __init__(self, hmac_key: Callable[[], str]) -> None:
        self._hmac_key = hmac_key

    def read(self, raw: bytes, headers: Mapping[str, str], now: datetime) -> Sequence[Callback]:
        body = parsed(raw)
        items = body.get("notificationItems")
        if not isinstance(items, list) or not items:
            raise BadSignature("nothing is signed")
        found = [part(part(item).get("NotificationRequestItem")) for item in items]
        key = bytes.fromhex(self._hmac_key())
        for item in found:
            _check(item, key)
        return [callback for item in found if (callback := _read(item))]


def _check(item: dict[str, Any], key: bytes) -> None:
    given = part(item.get("additionalData") or {}).get("hmacSignature")
    if not isinstance(given, str) or not hmac.compare_digest(signature_of(item, key).encode(), _bytes(given)):
        raise BadSignature("another signature")


def signature_of(item: dict[str, Any], key: bytes) -> str:
    """Returns the signature of an item, in base64."""
    amount = part(item.get("amount") or {})
    names = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")
    signed = [item.get(name, "") for name in names]
    signed += [amount.get("value", ""), amount.get("currency", ""), item.get("eventCode", ""), item.get("success", "")]
    return b64encode(hmac.new(key, _bytes(":".join(map(str, signed))), sha256).digest()).decode()


def _bytes(text: str) -> bytes:
    """Returns the text as bytes. It encodes half a surrogate pair instead of raising: JSON can hold one, but Adyen
    signs none."""
    return text.encode(errors="surrogatepass")


def _read(item: dict[str, Any]) -> Callback | None:
    event, ids = item.get("eventCode"), ids_of(str(item.get("merchantReference", "")))
    if ids is None or event not in _ENDS | _FAILURES:
        return None
    order_id, change_id, key = ids
    amount = part(item.get("amount") or {})
    currency = str(amount.get("currency"))
    return Callback(
        order_id=order_id,
        change_id=change_id,
        key=key,
        reference=str(item.get("pspReference", "")),
        outcome="settled" if event in _ENDS and str(item.get("success")).lower() == "true" else "failed",
        amount=None if event in _WITHOUT_AMOUNT else told(amount.get("value"), currency, ADYEN),
        currency=currency,
        tells_other=event in _WITHOUT_AMOUNT,
        detail=_one_line(item.get("reason")),
    )


def _one_line(reason: object) -> str:
    """Returns the reason cut to a short line, because the signature does not cover it and operators read it."""
    signs = (sign if sign.isprintable() else " " for sign in str(reason or ""))
    return " ".join("".join(signs).split())[:_MAX_REASON]
