"""Keeps the sandbox gateway's payment links: one for each idempotency key, paid as the local run is told to."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from infra.local.gateway import Answer

Json = dict[str, Any]


@dataclass
class Link:
    """A link under one key, with the request that made it and what came by it."""

    reference: str
    request: Json
    open: bool = True
    payments: list[Json] = field(default_factory=list)


class PaymentLinks:
    """The links in memory. Every call is atomic: one lock."""

    def __init__(self, base_url: str = "", now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._base_url = base_url
        self._now = now
        self._lock = threading.Lock()
        self._links: dict[str, Link] = {}

    def all(self) -> list[Json]:
        """Returns every link with what came by it, oldest first."""
        with self._lock:
            return [{"idempotency_key": key, **self._shown(key, link)} for key, link in self._links.items()]

    def make(self, key: str | None, request: Mapping[str, Any]) -> Answer:
        """Makes a link once per key: the same request gets the same link, another one under that key 422.

        `request` is `{amount: money, order_id, change_id, expires_at}`.
        """
        if not key:
            return Answer(400, {"error": "idempotency_key_missing"})
        if not {"amount", "order_id", "change_id", "expires_at"} <= set(request) or _until(request) is None:
            return Answer(422, {"error": "invalid_request"})
        with self._lock:
            link = self._links.setdefault(key, Link(f"link-{len(self._links) + 1:06d}", dict(request)))
            if link.request != dict(request):
                return Answer(422, {"error": "idempotency_key_reused"})
            return Answer(200, self._shown(key, link))

    def find(self, key: str) -> Answer:
        with self._lock:
            link = self._links.get(key)
            return Answer(200, self._shown(key, link)) if link else Answer(404, {"error": "not_found"})

    def close(self, key: str) -> Answer:
        """Closes a link: nobody pays by it any more."""
        with self._lock:
            link = self._links.get(key)
            if link is None:
                return Answer(404, {"error": "not_found"})
            link.open = False
            return Answer(200, self._shown(key, link))

    def pay(self, key: str, order: Mapping[str, Any]) -> Answer:
        """Lets the customer pay by the link, `amount` (money) if that is given and else what it asks for, and answers
        with the report. A link that is closed, over or paid takes no money and answers 409, as Stripe's Checkout does;
        with `insist` it takes it all the same, as gateways may that close nothing."""
        with self._lock:
            link = self._links.get(key)
            if link is None:
                return Answer(404, {"error": "not_found"})
            if not self._takes_money(link) and order.get("insist") is not True:
                return Answer(409, {"error": "link_closed"})
            payment = {
                "reference": f"{link.reference}-pay-{len(link.payments) + 1}",
                "amount": order.get("amount", link.request["amount"]),
            }
            link.payments.append(payment)
            named = {name: link.request[name] for name in ("order_id", "change_id")}
            return Answer(200, {**named, "link_key": key, **payment})

    def _takes_money(self, link: Link) -> bool:
        until, asked = _until(link.request), _decimal(link.request["amount"])
        in_time = until is not None and self._now() < until
        return link.open and in_time and sum(_decimal(each["amount"]) for each in link.payments) < asked

    def _shown(self, key: str, link: Link) -> Json:
        return {
            "link_reference": link.reference,
            "url": f"{self._base_url}/dev/gateway/links/{key}",
            "status": "open" if self._takes_money(link) else "closed",
            "amount": link.request["amount"],
            "payments": list(link.payments),
        }


def _until(request: Mapping[str, Any]) -> datetime | None:
    """Returns until when a link takes money; None if that cannot be read."""
    try:
        until = datetime.fromisoformat(request["expires_at"])
    except (TypeError, ValueError):
        return None
    return until if until.tzinfo else None


def _decimal(money: Any) -> Decimal:
    """Returns the amount of money; 0 for what cannot be read, which a gateway may report all the same."""
    try:
        return Decimal(money["amount"])
    except (ArithmeticError, KeyError, TypeError, ValueError):
        return Decimal()
