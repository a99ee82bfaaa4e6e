"""Asks Adyen for refunds through its own SDK. It answers `received` to everything; the outcome comes by webhook.

Adyen has no query for one refund, so `find` returns None. The Idempotency-Key guards against repeats; Adyen keeps it
for seven days ("API idempotency"), far longer than the machine repeats. Once `received`, a refund is pending with us
and not sent again.
"""

import urllib.error
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import Adyen

from shared.adapters.gateways.adyen.reference import reference_of
from shared.adapters.gateways.common.no_links import NoLinks
from shared.adapters.gateways.common.units import ADYEN, theirs
from shared.ports.gateways import GatewayDeclined, GatewayRefund, GatewayUnavailable, GatewayUnknown, RefundOrder

PATIENCE = 10
"""Seconds for the one call of a step. After that the refund may have happened."""

_IN_PROGRESS = "704"
"""Error code of a request whose key is being answered this moment ("API idempotency")."""

_NOT_NOW = frozenset({408, 409, 425})
"""Answers of HTTP below 500 that say nothing of what was asked for."""


@lru_cache(maxsize=1)
def client_of(api_key: str, live_prefix: str | None) -> Adyen.Adyen:
    """Returns a client of the live platform if `live_prefix` names its endpoints, else of the test platform."""
    platform = "live" if live_prefix else "test"
    return Adyen.Adyen(
        xapikey=api_key,
        platform=platform,
        live_endpoint_prefix=live_prefix,
        http_force="urllib",  # the standard library; else it would use the `requests` of Stripe's SDK
        http_timeout=PATIENCE,
    )


class AdyenGateway(NoLinks):
    """Refunds payments of Adyen. A payment's `reference` is the pspReference of its authorisation."""

    def __init__(self, client: Callable[[], Adyen.Adyen], merchant_account: Callable[[], str]) -> None:
        self._client = client
        self._merchant_account = merchant_account

    def find(self, order: RefundOrder) -> GatewayRefund | None:
        """Returns None, because Adyen has no query for a refund."""
        return None

    def refund(self, order: RefundOrder) -> GatewayRefund:
        with _writing():
            said = self._modifications().refund_captured_payment(
                {**self._request(order), "amount": _amount(order, order.amount)}, _psp(order), order.key
            )
        return _received(said)

    def release(self, order: RefundOrder) -> GatewayRefund:
        """Cancels the authorisation, or lowers its amount to the kept one ("Adjust an authorisation")."""
        request = self._request(order)
        with _writing():
            if order.keep:
                request["amount"] = _amount(order, order.keep)
                said = self._modifications().update_authorised_amount(request, _psp(order), order.key)
            else:
                said = self._modifications().cancel_authorised_payment_by_psp_reference(request, _psp(order), order.key)
        return _received(said)

    def _modifications(self) -> Any:
        return self._client().checkout.modifications_api

    def _request(self, order: RefundOrder) -> dict[str, Any]:
        return {"merchantAccount": self._merchant_account(), "reference": reference_of(order)}


def _psp(order: RefundOrder) -> str:
    if not (order.reference or "").isalnum():
        raise GatewayDeclined("the payment carries no pspReference of Adyen's")
    return str(order.reference)


def _amount(order: RefundOrder, amount: int) -> dict[str, Any]:
    return {"value": theirs(amount, order.currency, ADYEN), "currency": order.currency}


def _received(said: Any) -> GatewayRefund:
    return GatewayRefund(reference=str(said.message.get("pspReference", "")), status="pending")


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except Adyen.AdyenError as error:
        raise _meant(error) from None
    except urllib.error.URLError as error:
        if isinstance(error.reason, ConnectionRefusedError):
            raise GatewayUnavailable("Adyen cannot be reached") from None
        raise GatewayUnknown("Adyen did not answer; it may have happened") from None
    except OSError:
        raise GatewayUnknown("Adyen did not answer; it may have happened") from None


def _meant(error: Adyen.AdyenError) -> Exception:
    """Returns our error: 4xx is a refusal, except for those that ask to try again later."""
    status, code = error.status_code or 0, str(error.error_code or "")
    if status == 429 or code == _IN_PROGRESS:
        return GatewayUnavailable("Adyen asks for patience")
    if 400 <= status < 500 and status not in _NOT_NOW:
        words = error.message.get("message", "") if isinstance(error.message, dict) else ""
        return GatewayDeclined(f"Adyen refused ({status} {code}): {words}")
    return GatewayUnknown(f"Adyen answered {status}; it may have happened")
