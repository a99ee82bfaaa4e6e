"""Serves `/dev/*`, which only the local run has and the template never does: keys, mail, payment gateway,
deliveries."""

import json
import urllib.request
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from infra.local.callbacks import Callbacks
from infra.local.exchange import Request, Response, json_response, timestamp
from infra.local.gateway import Answer, Gateway, Kind
from infra.local.payment_links import PaymentLinks

# Seconds; longer than any client of a payment gateway waits.
SILENCE_SECONDS = 8
LEDGERS: Mapping[Kind, str] = {"refund": "/dev/gateway/refunds/", "release": "/dev/gateway/releases/"}
LINKS = "/dev/gateway/links/"
DEPARTMENTS = ("warehouse", "billing", "logistics")

Scan = Callable[[], list[Mapping[str, Any]]]


class DevRoutes:
    """Answers the requests under `/dev/`."""

    def __init__(
        self,
        jwks: Mapping[str, Any],
        emulator_url: str,
        gateway: Gateway,
        callbacks: Callbacks,
        scan_deliveries: Scan,
        links: PaymentLinks,
    ) -> None:
        self._emulator_url = emulator_url
        self._gateway = gateway
        self._callbacks = callbacks
        self._links = links
        self._scan_deliveries = scan_deliveries
        self._routes: dict[tuple[str, str], Callable[[Request], Response]] = {
            ("GET", "/dev/jwks.json"): lambda _: json_response(200, jwks),
            ("GET", "/dev/mail"): self._mail,
            ("GET", "/dev/queues"): self._queues,
            ("GET", "/dev/gateway"): lambda _: _spoken(gateway.ledger()),
            ("PUT", "/dev/gateway/faults"): lambda request: _with_json(request, gateway.set_fault),
            ("GET", "/dev/gateway/links"): lambda _: json_response(200, {"items": self._links.all()}),
            ("POST", "/dev/gateway/links"): self._make_link,
            ("POST", "/dev/gateway/refunds"): lambda request: self._ask("refund", request),
            ("POST", "/dev/gateway/releases"): lambda request: self._ask("release", request),
            ("POST", "/dev/gateway/callbacks"): lambda request: _with_json(request, self._call_back),
        }

    def handle(self, request: Request) -> Response:
        """Answers one request."""
        method, path = request.method, request.path
        if route := self._routes.get((method, path)):
            return route(request)
        for kind, ledger in LEDGERS.items():
            if method == "GET" and path.startswith(ledger):
                return _spoken(self._gateway.find(kind, path.removeprefix(ledger)))
        if path.startswith(LINKS):
            return self._link(request, *path.removeprefix(LINKS).split("/"))
        return json_response(404, {"error": "not_found"})

    def _make_link(self, request: Request) -> Response:
        return _with_json(request, lambda body: self._links.make(request.headers["Idempotency-Key"], body))

    def _link(self, request: Request, key: str, deed: str = "") -> Response:
        """Shows a link, closes it, or lets the customer pay by it: then the payment is reported to the API."""
        if (request.method, deed) == ("GET", ""):
            return _spoken(self._links.find(key))
        if (request.method, deed) == ("POST", "close"):
            return _spoken(self._links.close(key))
        if (request.method, deed) == ("POST", "pay"):
            return _with_json(request, lambda body: self._pay(key, body))
        return json_response(404, {"error": "not_found"})

    def _pay(self, key: str, order: Mapping[str, Any]) -> Answer:
        paid = self._links.pay(key, order)
        return paid if paid.status >= 400 or order.get("silent") else self._callbacks.send(paid.body)

    def _ask(self, kind: Kind, request: Request) -> Response:
        return _with_json(request, lambda body: self._gateway.ask(kind, request.headers["Idempotency-Key"], body))

    def _call_back(self, order: Mapping[str, Any]) -> Answer:
        """Reports the `outcome` (settled or failed) of `{idempotency_key, outcome}` to the API; a repeat reports the
        same."""
        report = self._gateway.report(order)
        return self._callbacks.send(report) if report else Answer(404, {"error": "not_found"})

    def _mail(self, request: Request) -> Response:
        """Lists the mail that the emulator's SES was asked to send, oldest first; `?to=` narrows it to one
        recipient."""
        with urllib.request.urlopen(f"{self._emulator_url}/_ministack/ses/messages", timeout=5) as reply:
            by_account = json.load(reply)["messages"]
        to = request.query("to")
        messages = (message for account in by_account.values() for message in account)
        return json_response(200, {"items": [_mail_item(mail) for mail in messages if to is None or _is_for(mail, to)]})

    def _queues(self, _: Request) -> Response:
        """Lists the events that each department's consumer received, in the order of receipt."""
        received: dict[str, list[Any]] = {department: [] for department in DEPARTMENTS}
        for item in self._scan_deliveries():
            if "event" in item:
                received[item["department"]["S"]].append(json.loads(item["event"]["S"]))
        return json_response(200, {name: sorted(events, key=_when) for name, events in received.items()})


def _when(event: Mapping[str, Any]) -> tuple[str, int]:
    metadata = event.get("metadata", {})
    return metadata.get("occurred_at", ""), metadata.get("sequence", 0)


def _mail_item(message: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "message_id": message["MessageId"],
        "from": message["Source"],
        "to": message["To"],
        "subject": message["Subject"],
        "text": message["BodyText"],
        "html": message["BodyHtml"],
        "sent_at": timestamp(datetime.fromtimestamp(message["Timestamp"], UTC)),
    }


def _is_for(message: Mapping[str, Any], address: str) -> bool:
    recipients = [*message["To"], *message["CC"], *message["BCC"]]
    return address.casefold() in (recipient.casefold() for recipient in recipients)


def _with_json(request: Request, answer: Callable[[Any], Answer]) -> Response:
    try:
        body = json.loads(request.body)
    except ValueError:
        return json_response(400, {"error": "malformed_json"})
    return _spoken(answer(body)) if isinstance(body, dict) else json_response(422, {"error": "not_an_object"})


def _spoken(answer: Answer) -> Response:
    return json_response(answer.status, answer.body, SILENCE_SECONDS if answer.silent else 0)
