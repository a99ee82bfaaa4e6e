"""Reads callbacks of the sandbox: one JSON object each, signed as in `common/signatures.py`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.adapters.gateways.common.payloads import parsed
from shared.adapters.gateways.common.signatures import check_signature
from shared.domain import money
from shared.domain.refusal import Refusal
from shared.ports.gateways import Callback, LinkPaid

HEADER = "Inflight-Signature"

_OUTCOMES = ("settled", "failed")


class SandboxCallbacks:
    """Reads `{order_id, change_id, idempotency_key, refund_reference, amount: money, outcome: settled or failed}`, and
    of a payment link `{order_id, change_id?, link_key, reference, amount: money}`."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def read(self, raw: bytes, headers: Mapping[str, str], now: datetime) -> Sequence[Callback | LinkPaid]:
        check_signature(raw, headers.get(HEADER), self._secret, now)
        said = parsed(raw)
        if "link_key" in said:
            return (_paid(said),)
        names = ("order_id", "change_id", "idempotency_key", "refund_reference")
        order_id, change_id, key, reference = (said.get(name) for name in names)
        texts = all(isinstance(each, str) and each for each in (order_id, change_id, key, reference))
        if not texts or said.get("outcome") not in _OUTCOMES:
            raise Refusal("malformed-payload", f"A callback of the sandbox has {', '.join(names)} and outcome.")
        return (
            Callback(
                order_id=str(order_id),
                change_id=str(change_id),
                key=str(key),
                reference=str(reference),
                outcome=said["outcome"],
                amount=_amount(said),
                currency=_currency(said),
                detail=str(said.get("detail", "")),
            ),
        )


def _paid(said: Mapping[str, Any]) -> LinkPaid:
    names = ("order_id", "link_key", "reference")
    if not all(isinstance(said.get(name), str) and said[name] for name in names):
        raise Refusal("malformed-payload", f"A payment by a link has {', '.join(names)} and amount.")
    change_id = said.get("change_id")
    return LinkPaid(
        order_id=said["order_id"],
        key=said["link_key"],
        reference=said["reference"],
        amount=_amount(said),
        currency=_currency(said),
        change_id=change_id if isinstance(change_id, str) else None,
    )


def _amount(said: Mapping[str, Any]) -> int | None:
    """Returns the minor units of the amount; None if there is none that can be read."""
    given = said.get("amount")
    amount = given.get("amount") if isinstance(given, dict) else None
    try:
        return money.parse(amount, _currency(said)) if isinstance(amount, str) else None
    except Refusal:
        return None


def _currency(said: Mapping[str, Any]) -> str:
    given = said.get("amount")
    return str(given.get("currency")) if isinstance(given, dict) else ""
