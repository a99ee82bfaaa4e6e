"""Reads callbacks of the sandbox: one JSON object each, signed as in `common/signatures.py`."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from shared.adapters.gateways.common.payloads import parsed, part
from shared.adapters.gateways.common.signatures import check_signature
from shared.domain import money
from shared.domain.refusal import Refusal
from shared.ports.gateways import Callback

HEADER = "Inflight-Signature"

_OUTCOMES = ("settled", "failed")


class SandboxCallbacks:
    """Reads `{order_id, change_id, idempotency_key, refund_reference, amount: money, outcome: settled or failed}`."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def read(self, raw: bytes, headers: Mapping[str, str], now: datetime) -> Sequence[Callback]:
        check_signature(raw, headers.get(HEADER), self._secret, now)
        said = parsed(raw)
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
                amount=_amount(part(said["amount"])) if "amount" in said else None,
                detail=str(said.get("detail", "")),
            ),
        )


def _amount(given: Mapping[str, object]) -> int:
    return money.parse(str(given.get("amount")), str(given.get("currency")))
