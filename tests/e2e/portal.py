"""What people do over HTTP, in the words of the story: place an order, preview, amend, decide, and look."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar
from urllib.parse import quote

from tests.e2e.service import Reply, Service
from tests.support.effort import PATIENCE_SECONDS

T = TypeVar("T")
Json = dict[str, Any]


def eventually(look: Callable[[], T], what: str, seconds: float = PATIENCE_SECONDS) -> T:
    """What `look` brings as soon as it is something. The service's queues and workflows go their own pace."""
    deadline = time.monotonic() + seconds
    while True:
        if found := look():
            return found
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def usd(amount: str) -> Json:
    return {"amount": amount, "currency": "USD"}


def a_line(line_id: str = "l1", *, sku: str, quantity: int, price: str) -> Json:
    """A line in USD with 20 % tax."""
    tax = {"name": "Sales tax", "rate": "0.20", "jurisdiction": "US-IL"}
    return {"line_id": line_id, "sku": sku, "quantity": quantity, "unit_price": usd(price), "taxes": [tax]}


def an_address(**values: str) -> Json:
    home = {"name": "Grace Winter", "line1": "7 Elm Road", "city": "Springfield", "region": "IL", "country": "US"}
    return home | {"postal_code": "62701"} | values


def to_quantity(quantity: object, line_id: str = "l1") -> Json:
    return {"op": "set_quantity", "line_id": line_id, "quantity": quantity}


def to_price(amount: str, currency: str = "USD", line_id: str = "l1") -> Json:
    price = {"amount": amount, "currency": currency}
    return {"op": "set_unit_price", "line_id": line_id, "unit_price": price}


def to_address(**values: str) -> Json:
    return {"op": "set_shipping_address", "address": an_address(**values)}


def amendment(*edits: Json, reason: str = "customer_request", accept: Json | None = None, **more: Any) -> Json:
    """The body of an amendment; `accept` is the plan that is accepted with it."""
    body: Json = {"reason_code": reason, "edits": list(edits), **more}
    return body | ({"accept": {"digest": accept["digest"]}} if accept else {})


def units(quantity: object, line_id: str = "l1") -> Json:
    """So many units of a line, as a cancellation names them."""
    return {"line_id": line_id, "quantity": quantity}


def cancellation(*lines: Json, reason: str = "customer_request", consent: Json | None = None, **more: Any) -> Json:
    """The body of a cancellation, without lines of the whole order; `consent` is the plan whose terms were seen."""
    body: Json = {"reason_code": reason, **({"lines": list(lines)} if lines else {}), **more}
    return body | ({"consent": {"digest": consent["digest"]}} if consent else {})


@dataclass(frozen=True)
class Placed:
    """An order as it was taken in."""

    order_id: str
    etag: str
    body: Json

    @property
    def path(self) -> str:
        return f"/orders/{self.order_id}"

    @property
    def amendments(self) -> str:
        return f"/orders/{self.order_id}/amendments"

    @property
    def cancellations(self) -> str:
        return f"/orders/{self.order_id}/cancellations"

    @property
    def sku(self) -> str:
        """The first line's."""
        return str(self.body["lines"][0]["sku"])


@dataclass(frozen=True)
class Portal:
    """The API as its callers use it. Names that it makes are new in each run, and the same in every run."""

    service: Service
    _numbers: Any = field(default_factory=lambda: count(1))

    def a_sku(self, on_hand: int | None = None) -> str:
        """A SKU that nobody else has; without stock it is untracked."""
        sku = f"SKU-{next(self._numbers)}"
        if on_hand is not None:
            reply = self.service.http("PUT", f"/stock/{sku}", {"on_hand": on_hand}, "service")
            assert reply.status == 200, reply.body
        return sku

    def places(self, *lines: Json, paid: str | None = None, percent_off: str | None = None, **more: Any) -> Placed:
        """An order of customer cus-1, captured to the amount `paid`; its letters go to an address of its own."""
        reply = self.tries_to_place(*lines, paid=paid, percent_off=percent_off, **more)
        assert reply.status == 201, reply.body
        return Placed(reply.json["order_id"], reply.etag, reply.json)

    def tries_to_place(
        self, *lines: Json, paid: str | None = None, percent_off: str | None = None, **more: Any
    ) -> Reply:
        name = f"E2E-{next(self._numbers)}"
        body: Json = {
            "channel_order_id": name,
            "customer": {
                "customer_id": "cus-1",
                "tier": "gold",
                "email": f"grace@{name.lower()}.example.com",
                "name": "Grace Winter",
            },
            "currency": "USD",
            "placed_at": "2026-11-20T09:00:00Z",
            "shipping_address": an_address(),
            "lines": list(lines),
            **more,
        }
        if percent_off:
            body["discounts"] = [{"code": "TEN", "type": "percent", "value": percent_off}]
        if paid:
            captured = {"status": "captured", "authorised": usd(paid), "captured": usd(paid)}
            body["payments"] = [{"payment_id": "pay-1", "method": "card", "gateway": "sandbox", "reference": name}]
            body["payments"][0] |= captured
        return self.service.http("POST", "/orders", body, "service")

    def previews(self, order: Placed, *edits: Json, user: str = "agent") -> Json:
        """The plan of such an amendment."""
        reply = self.service.http("POST", f"{order.amendments}?dry_run=true", amendment(*edits), user)
        assert reply.status == 200, reply.body
        plan: Json = reply.json
        return plan

    def asks(
        self, order: Placed, body: Any, *, user: str = "agent", etag: str | None = None, key: str | None = None
    ) -> Reply:
        """POST an amendment on the version that was placed, or on the one with `etag`; whatever comes of it."""
        return self.service.http("POST", order.amendments, body, user, conditions(etag or order.etag, key))

    def amends(self, order: Placed, *edits: Json, etag: str | None = None) -> Reply:
        """Preview and accept in one go, as an agent: 201, and the change as far as it could go."""
        plan = self.previews(order, *edits)
        reply = self.asks(order, amendment(*edits, accept=plan), etag=etag)
        assert reply.status == 201, reply.body
        return reply

    def drafts(self, order: Placed, *edits: Json) -> Json:
        """An open amendment that is not submitted yet."""
        reply = self.asks(order, amendment(*edits))
        assert (reply.status, reply.json["status"]) == (201, "draft"), reply.body
        change: Json = reply.json
        return change

    def goes_on(self, change: Json, step: str, etag: str, *, user: str = "agent", digest: str | None = None) -> Reply:
        """submit, accept or undo a change; `digest` undoes one that is committed."""
        path = f"/orders/{change['order_id']}/amendments/{change['change_id']}/{step}"
        body = {"digest": digest or change["plan"]["digest"]} if digest or step != "undo" else {}
        return self.service.http("POST", path, body, user, conditions(etag))

    def decides(self, change: Json, decision: str, *, user: str = "manager", digest: str | None = None) -> Reply:
        body = {"decision": decision, "digest": digest or change["plan"]["digest"]}
        return self.service.http("POST", f"/changes/{change['change_id']}/decisions", body, user)

    def terms(self, order: Placed, body: Json, user: str = "customer") -> Json:
        """The plan of such a cancellation."""
        reply = self.service.http("POST", f"{order.cancellations}?dry_run=true", body, user)
        assert reply.status == 200, reply.body
        plan: Json = reply.json
        return plan

    def asks_to_cancel(
        self, order: Placed, body: Any, *, user: str = "customer", etag: str | None = None, key: str | None = None
    ) -> Reply:
        """POST a cancellation on the version that was placed, or on the one with `etag`; whatever comes of it."""
        return self.service.http("POST", order.cancellations, body, user, conditions(etag or order.etag, key))

    def cancels(
        self, order: Placed, *lines: Json, user: str = "customer", etag: str | None = None, **more: Any
    ) -> Reply:
        """The terms, and consent to them, which of anybody but the owner only pins them: 201, as far as it could go."""
        plan = self.terms(order, cancellation(*lines, **more), user)
        reply = self.asks_to_cancel(order, cancellation(*lines, **more, consent=plan), user=user, etag=etag)
        assert reply.status == 201, reply.body
        return reply

    def withdraws(self, change: Json, etag: str, *, user: str = "agent") -> Reply:
        path = f"/orders/{change['order_id']}/cancellations/{change['change_id']}/withdraw"
        return self.service.http("POST", path, {}, user, conditions(etag))

    def acknowledges(self, change: Json, department: str, outcome: str = "done", **more: Any) -> Reply:
        body = {"department": department, "outcome": outcome, **more}
        return self.service.http("POST", f"/changes/{change['change_id']}/acknowledgements", body, "service")

    def letters(self, order: Placed, count: int = 1) -> list[Json]:
        """The mail to the order's customer, oldest first, once there is so much of it."""

        def there() -> list[Json] | None:
            found = self.mail(order)
            return found if len(found) >= count else None

        found = eventually(there, f"{count} letters of {order.order_id}")
        assert found is not None
        return found

    def mail(self, order: Placed) -> list[Json]:
        """The mail to the order's customer so far, oldest first."""
        to = order.body["customer"]["email"]
        found: list[Json] = self.service.http("GET", f"/dev/mail?to={to}").json["items"]
        return found

    def link(self, order: Placed) -> str:
        """The link in the first letter to the customer, as a path on the API."""
        letter = self.letters(order)[0]
        (link,) = [line for line in letter["text"].splitlines() if line.startswith(self.service.api_url)]
        return str(link).removeprefix(self.service.api_url)

    def says(self, link: str, decision: str = "confirm", **more: Any) -> Reply:
        """What the holder of a link does with it."""
        return self.service.http("POST", link, {"decision": decision, **more})

    def ships(self, order: Placed, quantity: int, event: str = "shipped", line_id: str = "l1", **more: Any) -> Reply:
        body = {"line_id": line_id, "quantity": quantity, "event": event, **more}
        reply = self.service.http("POST", f"{order.path}/fulfilments", body, "service")
        assert reply.status == 200, reply.body
        return reply

    def reads(self, path: str, user: str = "agent") -> Json:
        reply = self.service.http("GET", path, None, user)
        assert reply.status == 200, reply.body
        body: Json = reply.json
        return body

    def lists(self, path: str, user: str = "agent") -> list[Json]:
        """All items of a list, page by page."""
        page = self.reads(path, user)
        items = list(page["items"])
        while cursor := page["next_cursor"]:
            page = self.reads(f"{path}{'&' if '?' in path else '?'}cursor={quote(cursor)}", user)
            items += page["items"]
        return items

    def etag(self, order: Placed) -> str:
        return self.service.http("GET", order.path, None, "agent").etag

    def change(self, change: Json) -> Json:
        return self.reads(f"/changes/{change['change_id']}")

    def becomes(self, change: Json, status: str) -> Json:
        """Wait until the change has this status."""

        def there() -> Json | None:
            now = self.change(change)
            return now if now["status"] == status else None

        found = eventually(there, f"change {change['change_id']} becomes {status}")
        assert found is not None
        return found

    def stock(self, sku: str) -> tuple[int, int, int, int]:
        """on_hand, available, held, allocated; always in balance."""
        level = self.reads(f"/stock/{sku}")
        on_hand, available, held, allocated = (level[name] for name in ("on_hand", "available", "held", "allocated"))
        assert on_hand == available + held + allocated
        assert min(on_hand, available, held, allocated) >= 0
        return on_hand, available, held, allocated

    def log(self, order: Placed) -> Json:
        """The order's log, verified."""
        log = self.reads(f"{order.path}/log?verify=true")
        assert log["verified"] is True
        return log

    def everything(self, order: Placed) -> Json:
        """All that a refused request must leave as it is: the order with its ETag, its log, its changes, its stock,
        and what the gateway has done."""
        live = self.service.http("GET", order.path, None, "agent")
        skus = sorted({line["sku"] for line in live.json["lines"]})
        return {
            "etag": live.etag,
            "order": live.json,
            "log": self.log(order)["items"],
            "changes": self.reads(f"/changes?order_id={order.order_id}")["items"],
            "stock": {sku: self.service.http("GET", f"/stock/{sku}", None, "agent").json for sku in skus},
            "ledger": self.ledger(order),
        }

    def heard(self, order: Placed) -> dict[str, list[Json]]:
        """The events that each department's consumer has dealt with, of one order."""
        reply = self.service.http("GET", "/dev/queues")
        return {
            department: [event for event in events if event["metadata"]["order_id"] == order.order_id]
            for department, events in reply.json.items()
        }

    def deliveries(self, order: Placed) -> dict[str, list[str]]:
        """Their types."""
        heard = self.heard(order)
        return {department: [event["metadata"]["type"] for event in events] for department, events in heard.items()}

    def delivered(self, order: Placed, wanted: dict[str, list[str]]) -> dict[str, list[str]]:
        """Returns the types once they are as wanted, or as they are when patience ends: a consumer acknowledges first,
        and notes its delivery afterwards."""
        with suppress(AssertionError):
            eventually(lambda: self.deliveries(order) == wanted, "departments have their events")
        return self.deliveries(order)

    def ledger(self, order: Placed) -> dict[str, list[Json]]:
        """What the sandbox gateway has done with the order's payments: refunds, releases, and what is pending."""
        references = {payment["reference"] for payment in order.body["payments"]}
        ledger = self.service.http("GET", "/dev/gateway").json
        return {kind: [row for row in rows if row["reference"] in references] for kind, rows in ledger.items()}

    def refunds(self, order: Placed) -> list[Json]:
        """What it has paid back."""
        return self.ledger(order)["refunds"]

    def gateway_will(self, mode: str, times: int = 1) -> None:
        """Misbehave on its next calls; what is still on its way from before goes there first, and is spared."""

        def quiet() -> bool:
            changes = self.lists("/changes?status=committed&limit=100")
            asked = [each for change in changes for each in (*change["refunds"], *change["releases"])]
            return all(each["status"] != "requested" for each in asked)

        eventually(quiet, "no refund is on its way")
        self.service.http("PUT", "/dev/gateway/faults", {"mode": mode, "times": times})


def conditions(if_match: str | None = None, key: str | None = None) -> dict[str, str]:
    """The headers that name a version and a request."""
    named = {"If-Match": if_match, "Idempotency-Key": key}
    return {name: value for name, value in named.items() if value is not None}
