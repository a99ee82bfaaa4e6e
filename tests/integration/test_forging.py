"""A forger with the stack's own permissions rewrites an entry and seals the chain anew: the chain holds, the anchors
tell."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from shared.adapters.dynamodb import rows
from shared.adapters.dynamodb.log import DynamoLog
from shared.adapters.dynamodb.stored.kinds import ENTRY
from shared.domain.audit.log import LogEntry, sealed, verify
from shared.domain.order.order import Order
from tests.fakes.builders import MANAGER
from tests.support.cloud import ANCHORS, TABLES, Cloud, a_cloud
from tests.unit.infra.test_the_log import allowed
from tests.workflow.stories import Json, amended, placed, stocked

FORGER = "AmendRole"


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with a_cloud() as cloud:
        yield cloud


@pytest.fixture
def order(cloud: Cloud) -> Json:
    """An order with a change, whose log is anchored."""
    stocked(cloud, 10)
    order = placed(cloud, price="100.00", paid="300.00")
    amended(cloud, order, 2)
    assert cloud.anchor()
    return order


def told(cloud: Cloud, order: Json) -> Json:
    reply = cloud.http(MANAGER, "GET", f"/orders/{order['order_id']}/log?verify=true")
    assert reply.status == 200
    return {name: reply.body.get(name) for name in ("verified", "broken_at", "anchored_to")}


def resealed(entries: list[LogEntry], seq: int, **lie: Any) -> list[LogEntry]:
    """The chain with a lie at one entry, sealed anew from there."""
    forged: list[LogEntry] = []
    for entry in entries:
        said = replace(entry, **lie) if entry.seq == seq else entry
        previous = forged[-1].hash if forged else entry.previous_hash
        forged.append(sealed(replace(said, previous_hash=previous)))
    return forged


def written_over(order: Order, entries: list[LogEntry]) -> list[Json]:
    """The forger writes every entry without a condition, and the head that remembers the last."""
    head = replace(order, ledger=replace(order.ledger, log_hash=entries[-1].hash))
    puts = [{"TableName": TABLES.log, "Item": row_of(entry)} for entry in entries]
    return [{"Put": put} for put in [*puts, {"TableName": TABLES.orders, "Item": rows.head_row(head)}]]


def row_of(entry: LogEntry) -> Any:
    said = {"order_id": entry.order_id, "seq": entry.seq, "hash": entry.hash, "write_id": entry.write_id}
    return rows.item({**said, "body": ENTRY.pack(entry)})


def forge(cloud: Cloud, order_id: str, seq: int, **lie: Any) -> list[LogEntry]:
    """Rewrites an entry by a call that the stack's own role may make."""
    live = cloud.services().orders.load(order_id)
    assert live is not None
    forged = resealed(list(cloud.services().log.entries(order_id)), seq, **lie)
    writes = written_over(live, forged)
    assert allowed(FORGER, "TransactWriteItems", TransactItems=writes)
    cloud.aws("dynamodb").transact_write_items(TransactItems=writes)
    return forged


def test_an_honest_log_is_verified_up_to_its_last_anchor(cloud: Cloud, order: Json) -> None:
    assert told(cloud, order) == {"verified": True, "broken_at": None, "anchored_to": 2}


@pytest.mark.parametrize("seq", [1, 2], ids=["an early entry", "the last entry"])
def test_a_forged_entry_in_a_resealed_chain_is_found_out(cloud: Cloud, order: Json, seq: int) -> None:
    forged = forge(cloud, order["order_id"], seq, by="somebody-else")

    stored = cloud.services().log.entries(order["order_id"])
    assert stored[seq - 1].by == "somebody-else"
    assert verify(stored, 2, forged[-1].hash).verified, "without anchors the chain holds: this is what they are for"
    assert told(cloud, order) == {"verified": False, "broken_at": 2, "anchored_to": None}


def test_anchoring_what_was_forged_does_not_hide_it(cloud: Cloud, order: Json) -> None:
    """The stream tells of a row that was replaced; the function anchors only rows that are new, and says the others."""
    forge(cloud, order["order_id"], 1, by="somebody-else")
    assert cloud.anchor()
    assert told(cloud, order)["verified"] is False


def test_a_removed_anchor_still_counts(cloud: Cloud, order: Json) -> None:
    """No role may remove one. Whoever does leaves a marker, and the locked version behind it."""
    s3 = cloud.aws("s3")
    names = [each["Key"] for each in s3.list_objects_v2(Bucket=ANCHORS)["Contents"]]
    for name in names:
        s3.delete_object(Bucket=ANCHORS, Key=name)
    assert s3.list_objects_v2(Bucket=ANCHORS)["KeyCount"] == 0
    assert told(cloud, order)["anchored_to"] == 2


def test_reconciliation_finds_a_forged_log_too(cloud: Cloud, order: Json) -> None:
    assert cloud.invoke("ReconcileFunction", {})["differences"] == []
    forge(cloud, order["order_id"], 1, by="somebody-else")
    found = cloud.invoke("ReconcileFunction", {})["differences"]
    assert [(each["kind"], each["order_id"]) for each in found] == [("log-broken", order["order_id"])]


def test_what_was_written_since_the_last_anchor_is_told_as_not_anchored(cloud: Cloud, order: Json) -> None:
    live = cloud.http(MANAGER, "GET", f"/orders/{order['order_id']}")
    amended(cloud, {**order, "etag": live.headers["ETag"]}, 1)
    assert len(DynamoLog(cloud.aws("dynamodb"), TABLES.log).entries(order["order_id"])) == 3
    assert told(cloud, order) == {"verified": True, "broken_at": None, "anchored_to": 2}


def test_an_anchoring_that_has_stopped_is_found_out_after_an_hour(
    cloud: Cloud, order: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    live = cloud.http(MANAGER, "GET", f"/orders/{order['order_id']}")
    amended(cloud, {**order, "etag": live.headers["ETag"]}, 1)
    cloud.clock.passes(minutes=59)
    assert unanchored(cloud) == []
    cloud.clock.passes(minutes=1)
    assert unanchored(cloud) == [(order["order_id"], "entries 3 to 3 are held fast by no anchor")]
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["LogUnanchored"] == [1.0]
    cloud.anchor()
    assert unanchored(cloud) == []


def unanchored(cloud: Cloud) -> list[tuple[str, str]]:
    found = cloud.invoke("ReconcileFunction", {})["differences"]
    return [(each["about"], each["words"]) for each in found if each["kind"] == "log-unanchored"]
