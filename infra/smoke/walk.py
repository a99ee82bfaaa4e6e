"""Walks one order through the API: taken in, previewed, amended, approved in somebody's place, and held fast."""

import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from infra.smoke.api import Api, Json, Reply

PATIENCE_SECONDS = 180
DEPUTIES = {"lead": "manager", "manager": "lead", "finance": "manager"}
"""A user of the tokens' file decides in another's place, for a role."""


class NotAsPromised(Exception):
    """A reply was another than the documentation says; the message says which."""


@dataclass
class Walk:
    """The walk so far: the SKU, and the order as it is."""

    api: Api
    mail_to: str = ""
    name: str = field(default_factory=lambda: f"SMOKE-{uuid.uuid4().hex[:10].upper()}")
    order: Json = field(default_factory=dict)
    etag: str = ""

    def says_where_it_is(self) -> str:
        """The document names the address that was called."""
        servers = wanted(self.api.call("GET", "/openapi.json"), 200).body["servers"]
        path = urlsplit(self.api.url).path or "/"
        expect(servers == [{"url": path}], f"servers are {servers}, called under {path}")
        return path

    def keeps_its_door(self) -> str:
        """Nobody comes in without a token; what is not there is 404; both are problems."""
        for path, status in (("/orders", 401), ("/nothing-here", 404)):
            reply = wanted(self.api.call("GET", path), status)
            expect(reply.headers["content-type"] == "application/problem+json", f"{path}: {reply.headers}")
        return "401 and 404 are problems"

    def takes_an_order(self) -> str:
        """Stock and order come from a service; Location leads to the order."""
        wanted(self.api.call("PUT", f"/stock/{self.name}", {"on_hand": 10}, "service"), 200)
        reply = wanted(self.api.call("POST", "/orders", an_order(self.name, self.mail_to), "service"), 201)
        self.order, self.etag = reply.body, reply.headers["etag"]
        base = urlsplit(self.api.url).path
        expect(reply.headers["location"] == f"{base}{self.path}", f"Location is {reply.headers['location']}")
        return str(self.order["order_id"])

    def amends_at_once(self) -> str:
        """A small change commits in its request."""
        change = self._amended(to_quantity(7), note="smoke")
        expect(change["status"] in ("committed", "completed"), f"the change is {change['status']}")
        return str(change["change_id"])

    def asks_and_hears_a_stand_in(self) -> str:
        """A large one waits; the approver is away, and somebody else decides. IAM lets both functions write only rows
        of stand-ins, also inside transactions: no emulator enforces that."""
        change = self._amended(to_quantity(1))
        role = change.get("waiting_for") or change["status"]
        expect(role in DEPUTIES, f"waits for {role}; is it pending_approval? {change['status']}")
        deputy, place = DEPUTIES[role], f"/delegations/{role}"
        until = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        wanted(self.api.call("PUT", place, {"to": self.api.subject(deputy), "until": until}, role), 200)
        try:
            decision = {"decision": "approve", "digest": change["plan"]["digest"]}
            decided = self.api.call("POST", f"/changes/{change['change_id']}/decisions", decision, deputy)
            wanted(decided, 200)
        finally:
            wanted(self.api.call("POST", f"{place}/end", {}, role), 200)
        return f"{deputy} decided for {role}"

    def is_held_fast(self) -> str:
        """The log's entries are anchored within a minute or so, and the chain agrees with its anchors."""

        def anchored() -> str:
            log = wanted(self.api.call("GET", f"{self.path}/log?verify=true", user="agent"), 200).body
            expect(log["verified"] is True, f"the log is broken: {log.get('because')}")
            last = log["items"][-1]["seq"]
            return f"entry {last}" if log.get("anchored_to", 0) >= last else ""

        return eventually(anchored, "the log is not anchored")

    @property
    def path(self) -> str:
        """Returns the order's path."""
        return f"/orders/{self.order['order_id']}"

    def _amended(self, *edits: Json, **more: Any) -> Json:
        self.etag = wanted(self.api.call("GET", self.path, user="agent"), 200).headers["etag"]
        path, body = f"{self.path}/amendments", {"reason_code": "customer_request", "edits": list(edits), **more}
        plan = wanted(self.api.call("POST", f"{path}?dry_run=true", body, "agent"), 200).body
        accepted = {**body, "accept": {"digest": plan["digest"]}}
        return wanted(self.api.call("POST", path, accepted, "agent", if_match=self.etag), 201).body


def an_order(name: str, mail_to: str) -> Json:
    """Returns eight units of 120.00 without tax, all paid: dropping one is small, dropping six is 720.00."""
    paid = {"amount": "960.00", "currency": "USD"}
    line = {"line_id": "l1", "sku": name, "quantity": 8, "unit_price": {"amount": "120.00", "currency": "USD"}}
    payment = {"payment_id": "pay-1", "method": "bank_transfer", "gateway": "manual", "reference": name}
    return {
        "channel_order_id": name,
        "customer": {"customer_id": f"cus-{name.lower()}", **({"email": mail_to} if mail_to else {})},
        "currency": "USD",
        "placed_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "shipping_address": {"line1": "1 Main Street", "city": "Springfield", "country": "US"},
        "lines": [line],
        "payments": [{**payment, "status": "captured", "authorised": paid, "captured": paid}],
    }


def to_quantity(quantity: int) -> Json:
    """Returns the edit of the one line."""
    return {"op": "set_quantity", "line_id": "l1", "quantity": quantity}


def wanted(reply: Reply, status: int) -> Reply:
    """Returns the reply.

    Raises:
        NotAsPromised: it has another status.
    """
    expect(reply.status == status, f"{reply.status} instead of {status}: {reply.body}")
    return reply


def expect(holds: bool, otherwise: str) -> None:
    """Checks a promise.

    Raises:
        NotAsPromised: it does not hold.
    """
    if not holds:
        raise NotAsPromised(otherwise[:600])


def eventually(look: Any, otherwise: str, seconds: float = PATIENCE_SECONDS) -> str:
    """Returns the first answer of `look` that is not empty.

    Raises:
        NotAsPromised: there is none in time.
    """
    deadline = time.monotonic() + seconds
    while not (found := look()):
        expect(time.monotonic() < deadline, f"{otherwise} within {seconds:.0f} s")
        time.sleep(1)
    return str(found)
