"""Faults 46, 47 and 50: the log, clocks, and personal data."""

import io
import json
import logging
import traceback
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from shared import bootstrap
from shared.adapters import clients as aws
from shared.adapters.dynamodb.items import item, values
from shared.adapters.dynamodb.stored.kinds import ENTRY, ORDER
from shared.domain.audit.log import FieldChange, LogEntry, sealed
from tests.fakes.builders import AGENT, CUSTOMER, CUSTOMER_2, MANAGER, SERVICE
from tests.simulation.checker import violations
from tests.simulation.clients import MARKED, an_order, market
from tests.simulation.episodes import (
    Json,
    everything,
    heard,
)
from tests.simulation.faults import MIXED
from tests.simulation.scenarios import LINES, Scene, a_scene, price
from tests.simulation.simulation import Simulation, Weather, running
from tests.support.clients import REGION
from tests.support.cloud import forget


def _entries(order_id: str) -> list[LogEntry]:
    return list(bootstrap.services().log.entries(order_id))


def _put(entry: LogEntry) -> None:
    """Over whatever stands there, as nobody who writes through the system can."""
    row = {"order_id": entry.order_id, "seq": entry.seq, "hash": entry.hash, "write_id": entry.write_id}
    aws.dynamodb().put_item(TableName="LogTable", Item=item({**row, "body": ENTRY.pack(entry)}))


def _resealed_from(entries: list[LogEntry], seq: int, **other: Any) -> list[LogEntry]:
    """Another history from `seq` on, each entry sealed on the one before it."""
    fork, previous = [], entries[seq - 2].hash if seq > 1 else entries[0].previous_hash
    for entry in entries[seq - 1 :]:
        made = sealed(replace(entry, previous_hash=previous, **(other if entry.seq == seq else {})))
        fork.append(made)
        previous = made.hash
    return fork


@pytest.mark.parametrize("how", ["edited", "edited and sealed", "deleted", "cut off", "forked", "cut off and forked"])
def test_fault_46_log_tampered_with(how: str) -> None:
    """Each entry of a log in turn, behind the system's back; 6 ways at 5 entries. H: the verified log, and the
    checker, name the first link that does not hold, and nothing else."""
    with a_scene(0) as scene:
        everything(scene)
        scene.ends()
        order_id = scene.orders[0]
        entries = _entries(order_id)
        last = len(entries)
        for seq in sorted({1, 2, last // 2, last - 1, last}):
            broken = seq
            if how == "edited":
                _put(replace(entries[seq - 1], fields=(FieldChange(path="/totals/total", before="1", after="2"),)))
            elif how == "edited and sealed":
                _put(sealed(replace(entries[seq - 1], by="somebody-else")))
                broken = min(seq + 1, last)
            elif how == "deleted":
                _delete(order_id, seq)
            elif how == "cut off":
                for each in range(seq, last + 1):
                    _delete(order_id, each)
            else:
                for each in _resealed_from(entries, seq, by="somebody-else"):
                    _put(each)
                broken = last
                if how == "cut off and forked" and seq < last:
                    _delete(order_id, last)
            said = scene.at_peace(MANAGER, "GET", f"/orders/{order_id}/log?verify=true").body
            found = violations(scene.simulation)
            assert (said["verified"], said["broken_at"]) == (False, broken), said
            assert len(found) == 1, found
            assert found[0].startswith(f"log: {order_id}: entry {broken},"), found
            for each in entries:
                _put(each)
            assert violations(scene.simulation) == []


def _delete(order_id: str, seq: int) -> None:
    aws.dynamodb().delete_item(TableName="LogTable", Key=item({"order_id": order_id, "seq": seq}))


class Skewed:
    """A clock that is minutes wrong, differently on each worker's machine."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def now(self) -> datetime:
        worker = self._simulation.scheduler.current
        minutes = zlib.crc32(worker.name.encode()) % 11 - 5 if worker else 0
        return self._simulation.clock.now() + timedelta(minutes=minutes)

    def pause(self, seconds: float) -> None:
        self._simulation.clock.pause(seconds)


@pytest.mark.parametrize("seed", range(5))
def test_fault_47_clock_skew(seed: int) -> None:
    """Each function's clock is up to five minutes off, while all clients work on two orders; 5 seeds. V H: versions
    and log follow one another, whatever the clocks say."""
    with (
        running(seed, Weather(rates=MIXED, jumps=0.002)) as simulation,
        patch.object(bootstrap, "SystemClock", lambda: Skewed(simulation)),
    ):
        forget()
        market(simulation, actions=2)
        simulation.run()
        assert violations(simulation) == []


def test_fault_47_equal_timestamps() -> None:
    """Orders and changes of one and the same moment, read page by page; 1 case of 6 and 6. V H: each is listed once."""
    with a_scene(0, *[an_order(number, "cus-1", ("TEA", 1, "10.00")) for number in range(6)]) as scene:
        for number in range(6):
            body = {"reason_code": "customer_request", "edits": [price("l1", "9.00")]}
            path = f"/orders/{scene.orders[number]}/amendments"
            assert scene.at_peace(AGENT, "POST", path, body, if_match=scene.etag(number)).status == 201
        for path, name in (("/orders?customer_id=cus-1", "order_id"), ("/changes?status=draft", "change_id")):
            seen, cursor = list[str](), ""
            while True:
                page = scene.at_peace(AGENT, "GET", f"{path}&limit=2{cursor}").body
                seen += [each[name] for each in page["items"]]
                if not page.get("next_cursor"):
                    break
                cursor = f"&cursor={page['next_cursor']}"
            assert len(seen) == len(set(seen)) == 6
        assert len({change.created_at for change in scene.changes}) == 1
        scene.ends()


def test_fault_47_daylight_saving_and_offsets() -> None:
    """The hour that comes twice, given in each of its offsets; 3 orders. V: the same moments, listed in their order."""
    moments = ("2026-10-25T02:30:00+02:00", "2026-10-25T02:10:00+01:00", "2026-10-25T01:00:00Z")
    orders = [{**an_order(number, "cus-1", ("TEA", 1, "10.00")), "placed_at": moment}
              for number, moment in enumerate(moments)]  # fmt: skip
    with a_scene(0, *orders) as scene:
        listed = scene.at_peace(AGENT, "GET", "/orders?customer_id=cus-1").body["items"]
        assert [each["placed_at"] for each in listed] in (
            sorted((each["placed_at"] for each in listed), reverse=True),
            sorted(each["placed_at"] for each in listed),
        )
        assert {each["placed_at"] for each in listed} == {
            "2026-10-25T00:30:00Z", "2026-10-25T01:10:00Z", "2026-10-25T01:00:00Z",
        }  # fmt: skip
        for number in range(3):
            assert scene.sends_in_peace(scene.cancelling(CUSTOMER, number=number)).status == 201
        scene.ends()


SECRETS = (*MARKED, "secret-note", "secret-tier")


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Whatever functions log, at the levels that Lambda keeps, with tracebacks."""
    buffer = io.StringIO()
    handler = logging.StreamHandler(buffer)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(extra)s", defaults={"extra": ""}))
    ours = [logging.getLogger(name) for name in list(logging.root.manager.loggerDict)]
    kept = [(each, each.level, list(each.handlers)) for each in ours]
    logging.disable(logging.NOTSET)
    logging.root.addHandler(handler)
    handler.format = lambda record: f"{record.__dict__}"  # type: ignore[method-assign]
    for each in ours:
        if any(name in each.name for name in ("service", "shared", "functions")):
            each.setLevel(logging.DEBUG)
            each.addHandler(handler)
    try:
        yield buffer
    finally:
        logging.root.removeHandler(handler)
        for each, level, handlers in kept:
            each.setLevel(level)
            each.handlers[:] = handlers
        logging.disable(logging.CRITICAL)


def _watched(scene: Scene, said: list[str]) -> None:
    """What a function raises stands in its log and, of a machine's task, in the execution's history."""
    real = scene.simulation.invoke

    def invoke(function: str, event: Json) -> Any:
        try:
            return real(function, event)
        except Exception as error:
            said.append(f"{function}: {''.join(traceback.format_exception(error))}")
            raise

    scene.simulation.invoke = invoke  # type: ignore[method-assign]
    scene.simulation.states.invoke = invoke
    scene.simulation.pumps.invoke = invoke


@pytest.mark.parametrize("seed", range(3))
def test_fault_50_personal_data_through_every_error_path(seed: int) -> None:
    """Names, addresses, notes and emails are marked, and every path fails: faults at calls, wrong requests, rows that
    cannot be read; 3 seeds. P: no event, log line, problem, execution or error shows any of them."""
    said: list[str] = []
    with logged() as lines, a_scene(seed, weather=Weather(rates=MIXED, refusals=0.1, declines=0.2)) as scene:
        _watched(scene, said)
        calls = heard(scene, "sfn")
        order = f"/orders/{scene.orders[0]}"
        rubbish: Json = {"reason_code": "customer_request", "note": "secret-note", "edits": [
            {"op": "set_shipping_address", "address": {"name": MARKED[1], "line1": MARKED[2], "x": MARKED[0]}},
        ]}  # fmt: skip
        for number, user in enumerate((AGENT, CUSTOMER, CUSTOMER_2, SERVICE)):
            for path in (f"{order}/amendments", f"{order}/cancellations", "/orders", "/changes/chg_1/decisions"):
                scene.asks(f"{number} {path}", user, "POST", path, rubbish, if_match='"1.0"')
        bad = {**an_order(9, "cus-1", *LINES), "currency": MARKED[0], "placed_at": MARKED[1]}
        for number, body in enumerate((bad, json.dumps(bad)[:-5], [MARKED[2]])):
            scene.asks(f"shop-{number}", SERVICE, "POST", "/orders", body)
        body = {
            "reason_code": "goodwill",
            "note": "secret-note",
            "goodwill": {"amount": {"amount": "20.00", "currency": "USD"}},
        }
        scene.asks("agent", AGENT, "POST", f"{order}/cancellations", body, if_match=scene.etag())
        scene.plays()
        scene.simulation.run()
        scene.sends_in_peace(scene.cancelling(AGENT, {"line_id": "l1", "quantity": 1}))
        head = values(rows_of_order(scene)["LIVE#HEAD"])
        broken = ORDER.plain(head["body"])
        broken["customer"] = {"name": MARKED[1], "email": [MARKED[0]], "tier": "secret-tier"}
        aws.dynamodb().update_item(
            TableName="OrdersTable", Key=item({"pk": head["pk"], "sk": head["sk"]}),
            UpdateExpression="SET body = :body", ExpressionAttributeValues=item({":body": json.dumps(broken)}),
        )  # fmt: skip
        assert scene.at_peace(AGENT, "GET", order).status == 500
        scene.bring()  # the machine asks the customer, and cannot read the order
        shown = [json.dumps(each) for each in scene.simulation.bus.taken]
        shown += [json.dumps(given) for _, given, _ in calls] + said + [lines.getvalue()]
        shown += [
            json.dumps(call.reply.body) for call in scene.simulation.calls if call.reply and call.reply.status >= 400
        ]
        assert said
        assert "unexpected" in lines.getvalue()
        for secret in SECRETS:
            assert not [each[:600] for each in shown if secret in each]


def rows_of_order(scene: Scene) -> dict[str, Any]:
    backend = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["OrdersTable"]
    rows = [row.to_json()["Attributes"] for row in backend.all_items()]
    return {row["sk"]["S"]: row for row in rows if row["pk"]["S"] == f"ORDER#{scene.orders[0]}"}
