"""What the scenarios of faults 25 to 50 have in common."""

import json
import os
import re
from collections import Counter
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from shared import bootstrap
from shared.adapters.dynamodb.items import values
from shared.adapters.gateways.common.signatures import signature_of
from shared.domain import money
from shared.usecases.core.access import Principal
from tests.fakes.builders import AGENT, CUSTOMER, MANAGER
from tests.simulation.gateway import Paid
from tests.simulation.scenarios import Scene, Sent, price, quantity
from tests.support.clients import REGION

Json = dict[str, Any]
SEEDS = range(4)
FOREVER = 10**6


def waiting(scene: Scene, kind: str = "amendment", user: Principal = AGENT, number: int = 0) -> Json:
    """A change that waits for a manager: a price above what an agent may set, with a hold; or a goodwill credit."""
    sent = _asked(scene, kind, user, number)
    reply = scene.sends_in_peace(sent)
    assert reply.status == 201, reply
    assert reply.body["status"] == "pending_approval", reply
    return dict(reply.body)


def _asked(scene: Scene, kind: str, user: Principal, number: int = 0) -> Sent:
    if kind == "amendment":
        return scene.amending(user, price("l2", "700.00"), quantity("l1", 5), number=number)
    body = {"reason_code": "goodwill", "goodwill": {"amount": {"amount": "20.00", "currency": "USD"}}}
    return scene._on_order("cancellations", user, body, number)


def asked_for_consent(scene: Scene, number: int = 0) -> Json:
    """A part that an agent cancels: it waits for the customer."""
    reply = scene.sends_in_peace(scene.cancelling(AGENT, {"line_id": "l1", "quantity": 1}, number=number))
    assert reply.status == 201, reply
    assert reply.body["status"] == "pending_confirmation", reply
    scene.bring()
    return dict(reply.body)


def decision(scene: Scene, change: Json, user: Principal, word: str = "approve") -> Sent:
    body = {"decision": word, "digest": change["plan"]["digest"]}
    return Sent(user, "POST", f"/changes/{change['change_id']}/decisions", body, {"idempotency_key": scene.key()})


def links(scene: Scene) -> list[str]:
    """The tokens of all links in letters, in their order."""
    found = (re.findall(r"/confirmations/(\S+)", letter["text"]) for letter in scene.simulation.mail.letters)
    return [token for tokens in found for token in tokens]


def by_link(token: str, word: str = "confirm", **more: str) -> Sent:
    return Sent(None, "POST", f"/confirmations/{token}", {"decision": word, **more})


def report(scene: Scene, paid: Paid, outcome: str = "settled") -> Sent:
    """What the gateway's callback says of one row of its ledger, signed as the sandbox signs."""
    order, stamp = paid.order, str(int(scene.simulation.clock.now().timestamp()))
    said = {
        "order_id": order.order_id,
        "change_id": order.change_id,
        "idempotency_key": order.key,
        "refund_reference": paid.reference,
        "amount": {"amount": money.text(order.amount, order.currency), "currency": order.currency},
        "outcome": outcome,
    }
    raw = json.dumps(said)
    signature = signature_of(raw.encode(), stamp, os.environ["SANDBOX_CALLBACK_SECRET"])
    return Sent(None, "POST", "/callbacks/sandbox", raw, {"inflight_signature": f"t={stamp},v1={signature}"})


def heard(scene: Scene, service: str) -> list[tuple[str, Json, int]]:
    """Every request of a service from now on, with the status of its reply."""
    services, kept = scene.simulation.wire._services, list[tuple[str, Json, int]]()
    real = services[service]

    def answer(operation: str, given: Json) -> tuple[int, Json]:
        status, body = real(operation, given)
        kept.append((operation, given, status))
        return status, body

    services[service] = answer
    return kept


def told(scene: Scene, *types: str) -> Counter[str]:
    """How many events of these types there are; an event that was told twice is one."""
    taken = {each["metadata"]["id"]: each["metadata"]["type"] for each in scene.simulation.bus.taken}
    return Counter(type_ for type_ in taken.values() if type_ in types)


def the_change(scene: Scene) -> Any:
    (change,) = scene.changes
    return change


def rows_of(table: str) -> dict[Any, Any]:
    """The rows themselves, behind the system's back."""
    return dict(dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[table].items)


def photograph(*tables: str) -> dict[str, list[str]]:
    """What tables hold, to be compared."""
    backend = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION]
    return {
        name: sorted(repr(values(row.to_json()["Attributes"])) for row in backend.tables[name].all_items())
        for name in tables
    }


def _order(scene: Scene, number: int = 0) -> Any:
    order = bootstrap.services().orders.load(scene.orders[number])
    assert order is not None
    return order


def a_bank(scene: Scene, outcome: str, expected: int) -> None:
    """It reports each refund twice, from two machines at once, as soon as its ledger has it."""

    def script(name: str) -> None:
        reported: set[str] = set()
        ledger = scene.simulation.gateway.ledger
        while len(reported) < expected:
            scene.simulation.scheduler.block(
                "waits for a refund", lambda: any(paid.order.key not in reported for paid in ledger)
            )
            for paid in [paid for paid in ledger if paid.order.key not in reported]:
                reported.add(paid.order.key)
                paid.status = "settled" if outcome == "settled" else "failed"
                sent = report(scene, paid, outcome)
                reply = scene.simulation.insisting(name, None, "POST", sent.path, sent.body, **sent.headers)
                assert reply is not None
                assert reply.status == 200, reply

    for name in ("bank-1", "bank-2"):
        scene.simulation.start(f"client {name}", lambda name=name: script(name))  # type: ignore[misc]


def refunding(scene: Scene, kind: str) -> Sent:
    """A change that gives money back at once: on both payments, or on one."""
    if kind == "cancellation":
        return scene.cancelling(CUSTOMER)
    return scene.amending(AGENT, quantity("l1", 1))


def everything(scene: Scene) -> None:
    """An amendment, a decision, a confirmed cancellation and refunds, in peace: some of each kind of news."""
    scene.sends_in_peace(scene.amending(AGENT, quantity("l1", 2)))
    assert scene.sends_in_peace(decision(scene, waiting(scene), MANAGER)).status == 200
    assert scene.sends_in_peace(scene.cancelling(CUSTOMER, {"line_id": "l1", "quantity": 1})).status == 201
