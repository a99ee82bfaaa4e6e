"""Customers who try to take steps on what staff asked for, or on another's order: by name, with all that they may
know."""

from collections.abc import Iterator
from typing import Any

from shared.usecases.core.access import Principal
from tests.fakes.builders import AGENT
from tests.simulation.clients import Client

Json = dict[str, Any]
SAME_HOUSEHOLD = Principal(id="usr-customer-too", roles=frozenset({"customer"}), customer_id="cus-1")
"""A second login of the first customer."""


def attempts(order_id: str, change: Json) -> Iterator[tuple[str, str, str, Json]]:
    """Every step of a change, and a draft beside it: its name, method, path and body."""
    order, one = f"/orders/{order_id}", [{"op": "set_quantity", "line_id": "l1", "quantity": 1}]
    wanted, digest = {"reason_code": "customer_request", "edits": one}, {"digest": change["plan"]["digest"]}
    mine = f"{order}/amendments/{change['change_id']}"
    yield "edit", "PUT", mine, wanted
    yield "submit", "POST", f"{mine}/submit", digest
    yield "accept", "POST", f"{mine}/accept", digest
    yield "undo", "POST", f"{mine}/undo", digest if change["status"] in ("committed", "completed") else {}
    yield "withdraw", "POST", f"{order}/cancellations/{change['change_id']}/withdraw", {}
    yield "decide", "POST", f"/changes/{change['change_id']}/decisions", {"decision": "approve", **digest}
    yield "beside", "POST", f"{order}/amendments", wanted


def trespass(client: Client, order_id: str) -> None:
    """One of these steps on some change of the order, whoever asked for it, with the fresh ETag."""
    informant = Client(client.simulation, f"{client.name} reads", AGENT)
    found, changes = informant.order(order_id), informant.get(f"/changes?order_id={order_id}")
    if not found or not changes or not changes["items"]:
        return
    change = client.rng.choice(changes["items"])
    _, method, path, body = client.rng.choice(list(attempts(order_id, change)))
    client.send(method, path, body, if_match=found[1])


def suspect(client: Client, order_id: str) -> None:
    """Staff cancels a part for fraud, with the order's customer in the middle of whatever they do."""
    found = client.order(order_id)
    lines = [line for line in found[0]["lines"] if line["quantity"]] if found else []
    if not found or not lines:
        return
    body = {"reason_code": "fraud", "lines": [{"line_id": client.rng.choice(lines)["line_id"], "quantity": 1}]}
    client.send("POST", f"/orders/{order_id}/cancellations", body, if_match=found[1])
