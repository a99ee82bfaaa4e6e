"""Keeps the sandbox gateway's payment links: one for each idempotency key, paid as the local run is told to."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
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

    def __init__(self, base_url: str = "") -> None:
        self._base_url = base_url
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
        if not {"amount", "order_id", "change_id", "expires_at"} <= set(request):
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
        """Closes a link: nobody pays by it any more, unless the local run insists."""
        with self._lock:
            link = self._links.get(key)
            if link is None:
                return Answer(404, {"error": "not_found"})
            link.open = False
            return Answer(200, self._shown(key, link))

    def pay(self, key: str, order: Mapping[str, Any]) -> Json | None:
        """Lets the customer pay by the link, `amount` (money) if that is given and else what it asks for, and returns
        the report. A paid or closed link takes money too: that is what a test of late and double payments needs. None
        for an unknown key."""
        with self._lock:
            link = self._links.get(key)
            if link is None:
                return None
            payment = {
                "reference": f"{link.reference}-pay-{len(link.payments) + 1}",
                "amount": order.get("amount", link.request["amount"]),
            }
            link.payments.append(payment)
            link.open = False
            named = {name: link.request[name] for name in ("order_id", "change_id")}
            return {**named, "link_key": key, **payment}

    def _shown(self, key: str, link: Link) -> Json:
        return {
            "link_reference": link.reference,
            "url": f"{self._base_url}/dev/gateway/links/{key}",
            "status": "open" if link.open else "closed",
            "amount": link.request["amount"],
            "payments": list(link.payments),
        }
