"""Somebody who has taken over a function that writes orders, and rewrites the log with its rights.

What its role lets it do is judged by the template's policies in `tests/integration/test_forging.py`: a transaction that
writes entries whole, without a condition, and the head of the order. So no trace is left in the chain itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shared import bootstrap
from shared.adapters import clients as aws
from shared.adapters.dynamodb import rows
from shared.adapters.dynamodb.items import item
from shared.adapters.dynamodb.stored.kinds import ENTRY
from shared.domain.audit.log import LogEntry, sealed
from shared.domain.order.order import Order
from tests.simulation.clients import Client

Json = dict[str, Any]
FORGER = "usr-forger"
TRIES = 3


def resealed(entries: Sequence[LogEntry], seq: int, **lie: Any) -> list[LogEntry]:
    """The entries from `seq` on, with a lie at that one, sealed anew."""
    forged, previous = list[LogEntry](), entries[seq - 1].previous_hash
    for entry in entries[seq - 1 :]:
        said = replace(entry, **(lie if entry.seq == seq else {}), previous_hash=previous)
        forged.append(sealed(said))
        previous = forged[-1].hash
    return forged


def forge(client: Client, order_id: str) -> None:
    """An entry of the order is somebody else's from now on; or not, if others write all the time."""
    for _ in range(TRIES):
        try:
            if rewritten(order_id, client.rng.random()):
                client.simulation.scheduler.note("forged")
                return
        except (BotoCoreError, ClientError) as error:
            client.simulation.scheduler.note(f"not forged: {type(error).__name__}")


def rewritten(order_id: str, where: float = 1.0) -> bool:
    """Rewrites the entry at that part of the log, unless somebody writes meanwhile; tells if there was one."""
    services = bootstrap.services()
    order, entries = services.orders.load(order_id), services.log.entries(order_id)
    if order is None or len(entries) != order.ledger.log_seq or not entries:
        return False
    seq = max(1, round(where * len(entries)))
    aws.dynamodb().transact_write_items(TransactItems=_puts(order, resealed(entries, seq, by=FORGER)))
    return True


def _puts(order: Order, forged: Sequence[LogEntry]) -> Any:
    head = rows.head_row(replace(order, ledger=replace(order.ledger, log_hash=forged[-1].hash)))
    unchanged = {
        "ConditionExpression": "body = :body",
        "ExpressionAttributeValues": {":body": rows.head_row(order)["body"]},
    }
    entries = [{"Put": {"TableName": "LogTable", "Item": _row(entry)}} for entry in forged]
    return [*entries, {"Put": {"TableName": "OrdersTable", "Item": head, **unchanged}}]


def _row(entry: LogEntry) -> Any:
    said = {"order_id": entry.order_id, "seq": entry.seq, "hash": entry.hash, "write_id": entry.write_id}
    return item({**said, "body": ENTRY.pack(entry)})


def audit(client: Client, order_id: str) -> None:
    """A manager has a log verified: what is shown as true is held fast, or said not to be."""
    told = client.get(f"/orders/{order_id}/log?verify=true")
    if told is not None:
        honest(told)


def honest(told: Json) -> None:
    """No entry that was forged is told as one that is held fast."""
    forged = [entry["seq"] for entry in told["items"] if entry["by"] == FORGER]
    held = told.get("anchored_to") or 0
    assert not forged or not told["verified"] or held < min(forged), f"entry {min(forged)} was forged: {told}"
