"""The people and systems that use the simulated service: each a script of calls over its API, with keys and ETags."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from shared.usecases.core.access import Principal
from tests.fakes.builders import AGENT, AGENT_2, CUSTOMER, CUSTOMER_2, MANAGER, MANAGER_2, SERVICE
from tests.simulation.simulation import Simulation
from tests.unit.http.client import Reply

Json = dict[str, Any]
SKUS = ("TEA", "POT")
EMAIL = "ada.secret@example.com"
MARKED = (EMAIL, "Ada Secretname", "Secret Street")
"""Personal values that only letters to their owner may show."""

CLERK = SERVICE
"""A service with every scope: shop, warehouse, carrier and bank in one."""


class Client:
    """One client: who they are, and how they call."""

    def __init__(self, simulation: Simulation, name: str, who: Principal) -> None:
        self.simulation = simulation
        self.name = f"client {name}"
        self.who = who
        self._keys = 0

    @property
    def rng(self) -> Any:
        return self.simulation.rng

    def get(self, path: str) -> Any:
        reply = self.simulation.insisting(self.name, self.who, "GET", path)
        return reply.body if reply is not None and reply.status == 200 else None

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Reply | None:
        """A mutation under a key of its own, repeated until it is answered."""
        self._keys += 1
        key = f"{self.name}-{self._keys}"
        return self.simulation.insisting(self.name, self.who, method, path, body, idempotency_key=key, **headers)

    def order(self, order_id: str) -> tuple[Json, str] | None:
        reply = self.simulation.insisting(self.name, self.who, "GET", f"/orders/{order_id}")
        return (reply.body, reply.headers["ETag"]) if reply is not None and reply.status == 200 else None

    def runs(self, script: Callable[[], None]) -> None:
        self.simulation.start(self.name, script)


Wish = Callable[[Client, str], None]
"""What a client does to an order."""


def an_order(number: int, customer_id: str, *lines: tuple[str, int, str], captured: bool = True) -> Json:
    """A new order: (sku, quantity, unit price) each, 20 % tax, paid by two payments where it is captured."""
    total = sum(int(price.replace(".", "")) * quantity * 12 // 10 for _, quantity, price in lines)
    first = total // 3
    amounts = [first, total - first]
    return {
        "channel": "direct",
        "channel_order_id": f"S-{number}",
        "customer": {"customer_id": customer_id, "tier": "gold", "email": EMAIL, "name": MARKED[1]},
        "currency": "USD",
        "placed_at": "2026-11-20T09:00:00Z",
        "shipping_address": {
            "name": MARKED[1], "line1": f"1 {MARKED[2]}", "city": "X", "region": "IL", "country": "US",
            "postal_code": "1",
        },
        "lines": [
            {
                "line_id": f"l{count}",
                "sku": sku,
                "quantity": quantity,
                "unit_price": {"amount": price, "currency": "USD"},
                "taxes": [{"name": "Sales tax", "rate": "0.20", "jurisdiction": "US-IL"}],
            }
            for count, (sku, quantity, price) in enumerate(lines, start=1)
        ],
        "payments": [
            {
                "payment_id": f"pay-{count}",
                "method": "card",
                "gateway": "sandbox",
                "reference": f"S-{number}-{count}",
                "status": "captured" if captured else "authorised",
                "authorised": _money(amount),
                **({"captured": _money(amount)} if captured else {}),
            }
            for count, amount in enumerate(amounts, start=1)
        ],
    }  # fmt: skip


def _money(minor: int) -> Json:
    return {"amount": f"{minor // 100}.{minor % 100:02}", "currency": "USD"}


def set_up(simulation: Simulation, stock: dict[str, int], *orders: Json) -> list[str]:
    """Stock and orders as they are before anything goes wrong; the ids of the orders."""
    for sku, on_hand in stock.items():
        simulation.expect(200, "PUT", f"/stock/{sku}", {"on_hand": on_hand})
    ids = []
    for order in orders:
        ids.append(str(simulation.expect(201, "POST", "/orders", order).body["order_id"]))
    return ids


def market(simulation: Simulation, actions: int = 3) -> list[str]:
    """Two customers' orders, few units of stock, and eight clients who all want something of them; the orders' ids."""
    ids = set_up(
        simulation,
        {"TEA": 9, "POT": 30},
        an_order(1, "cus-1", ("TEA", 3, "10.00"), ("POT", 2, "199.99")),
        an_order(2, "cus-2", ("TEA", 2, "33.33"), ("POT", 4, "5.00")),
    )
    people = [
        ("agent", AGENT, (amend, amend, cancel, expensive, undo)),
        ("agent-2", AGENT_2, (amend, cancel, expensive, withdraw)),
        ("customer", CUSTOMER, (consent, amend, answer_letter, answer_letter)),
        ("customer-2", CUSTOMER_2, (consent, cancel, answer_letter, answer_letter)),
        ("manager", MANAGER, (decide, decide, amend)),
        ("manager-2", MANAGER_2, (decide,)),
        ("clerk", CLERK, (fulfil, fulfil, carrier)),
        ("shop", CLERK, (buy,)),
    ]
    for name, who, wishes in people:
        busy(Client(simulation, name, who), wishes, ids, actions)
    return ids


def busy(client: Client, wishes: Sequence[Wish], orders: Sequence[str], actions: int) -> None:
    """So many times one of the wishes, on one of the orders."""

    def script() -> None:
        for _ in range(actions):
            client.rng.choice(wishes)(client, client.rng.choice(orders))

    client.runs(script)


def amend(client: Client, order_id: str) -> None:
    """Another quantity of one line, previewed and accepted in one call."""
    found = client.order(order_id)
    if found is None or not found[0]["lines"]:
        return
    line = client.rng.choice(found[0]["lines"])
    quantity = max(0, line["quantity"] + client.rng.choice((-2, -1, 1, 2)))
    if quantity == 0:
        return
    accept(client, order_id, found[1], [{"op": "set_quantity", "line_id": line["line_id"], "quantity": quantity}])


def expensive(client: Client, order_id: str) -> None:
    """A price that somebody must approve; sometimes as a draft that is submitted and accepted on its own."""
    found = client.order(order_id)
    if found is None:
        return
    line, price = client.rng.choice(found[0]["lines"]), client.rng.choice(("700.00", "901.01"))
    edits = [{"op": "set_unit_price", "line_id": line["line_id"], "unit_price": {"amount": price, "currency": "USD"}}]
    accept(client, order_id, found[1], edits)


def accept(client: Client, order_id: str, etag: str, edits: list[Json]) -> Reply | None:
    wanted = {"reason_code": "customer_request", "edits": edits}
    plan = client.simulation.insisting(
        client.name, client.who, "POST", f"/orders/{order_id}/amendments?dry_run=true", wanted
    )
    if plan is None or plan.status != 200 or plan.body["violations"]:
        return None
    body = {**wanted, "accept": {"digest": plan.body["digest"]}}
    return client.send("POST", f"/orders/{order_id}/amendments", body, if_match=etag)


def cancel(client: Client, order_id: str) -> None:
    """A part by an agent waits for the customer; without consent so does a customer's own."""
    found = client.order(order_id)
    lines = [line for line in found[0]["lines"] if line["quantity"]] if found else []
    if not found or not lines:
        return
    line = client.rng.choice(lines)
    body: Json = {
        "reason_code": "customer_request",
        "lines": [{"line_id": line["line_id"], "quantity": client.rng.randint(1, line["quantity"])}],
    }
    if client.rng.random() < 0.3:
        body["exception"] = "intercept"
    client.send("POST", f"/orders/{order_id}/cancellations", body, if_match=found[1])


def consent(client: Client, order_id: str) -> None:
    """The owner reads the terms and consents to them; of a part, or of the whole."""
    found = client.order(order_id)
    lines = [line for line in found[0]["lines"] if line["quantity"]] if found else []
    if not found or not lines:
        return
    body: Json = {"reason_code": "customer_request"}
    if client.rng.random() < 0.7:
        body["lines"] = [{"line_id": client.rng.choice(lines)["line_id"], "quantity": 1}]
    plan = client.simulation.insisting(
        client.name, client.who, "POST", f"/orders/{order_id}/cancellations?dry_run=true", body
    )
    if plan is None or plan.status != 200:
        return
    body["consent"] = {"digest": plan.body["digest"]}
    client.send("POST", f"/orders/{order_id}/cancellations", body, if_match=found[1])


def answer_letter(client: Client, _: str) -> None:
    """Follow a link of some letter, looking first, then answering; now and then twice."""
    links = [
        link
        for letter in client.simulation.mail.letters
        for link in re.findall(r"/confirmations/(\S+)", letter["text"])
    ]
    if not links:
        return
    token = client.rng.choice(links)
    client.simulation.insisting(client.name, None, "GET", f"/confirmations/{token}")
    for _ in range(client.rng.choice((1, 1, 2))):
        body = {"decision": client.rng.choice(("confirm", "confirm", "decline"))}
        client.simulation.insisting(client.name, None, "POST", f"/confirmations/{token}", body)


def decide(client: Client, _: str) -> None:
    waiting = client.get("/changes?waiting_for=manager")
    if not waiting or not waiting["items"]:
        return
    change = client.rng.choice(waiting["items"])
    body = {"decision": client.rng.choice(("approve", "approve", "reject")), "digest": change["plan"]["digest"]}
    client.send("POST", f"/changes/{change['change_id']}/decisions", body)


def undo(client: Client, order_id: str) -> None:
    """Undo what is open, or compensate what is committed."""
    found = client.order(order_id)
    changes = client.get(f"/changes?order_id={order_id}")
    if not found or not changes or not changes["items"]:
        return
    change = client.rng.choice(changes["items"])
    path = f"/orders/{order_id}/amendments/{change['change_id']}/undo"
    plan = client.simulation.insisting(client.name, client.who, "POST", f"{path}?dry_run=true", {})
    digest = plan.body.get("digest") if plan is not None and plan.status == 200 else None
    client.send("POST", path, {"digest": digest} if digest else {}, if_match=found[1])


def withdraw(client: Client, order_id: str) -> None:
    found = client.order(order_id)
    if found and (change := found[0].get("open_change")) and change["kind"] == "cancellation":
        path = f"/orders/{order_id}/cancellations/{change['change_id']}/withdraw"
        client.send("POST", path, {}, if_match=found[1])


def fulfil(client: Client, order_id: str) -> None:
    """Pick or ship a unit of some line."""
    event = client.rng.choice(("picked", "packed", "shipped", "shipped", "delivered"))
    body = {"line_id": client.rng.choice(("l1", "l2")), "quantity": 1, "event": event}
    client.send("POST", f"/orders/{order_id}/fulfilments", body)


def carrier(client: Client, order_id: str) -> None:
    """Logistics answers for an interception that waits."""
    agent = Client(client.simulation, f"{client.name} reads", AGENT)
    waiting = agent.get("/changes?waiting_for=logistics")
    if waiting and waiting["items"]:
        change = client.rng.choice(waiting["items"])
        body = {"department": "logistics", "outcome": client.rng.choice(("done", "failed"))}
        client.send("POST", f"/changes/{change['change_id']}/acknowledgements", body)


def buy(client: Client, _: str) -> None:
    """Another order for the same stock."""
    number = client.rng.randint(100, 10**6)
    sku = client.rng.choice(SKUS)
    client.send("POST", "/orders", an_order(number, "cus-3", (sku, client.rng.randint(1, 3), "20.00")))
