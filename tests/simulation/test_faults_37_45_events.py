"""Faults 37 to 45: events, queues, subscribers, and what older deploys still send."""

import json
import zlib
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
import yaml
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from shared.adapters import clients as aws
from shared.adapters.dynamodb.items import item, values
from shared.adapters.dynamodb.stored.kinds import CHANGE, EVENTS
from shared.adapters.dynamodb.tallies import tally_key
from shared.domain.change.states import ChangeStatus
from shared.domain.change.tally import units_key
from tests.fakes.builders import AGENT, CUSTOMER, MANAGER, OPERATOR
from tests.simulation import machines
from tests.simulation.checker import violations
from tests.simulation.clients import an_order
from tests.simulation.episodes import (
    FOREVER,
    Json,
    decision,
    everything,
    heard,
    photograph,
    refunding,
    report,
    the_change,
    told,
    waiting,
)
from tests.simulation.faults import Fault, first
from tests.simulation.scenarios import LINES, Scene, Strike, a_scene, quantity
from tests.simulation.simulation import Weather
from tests.support.clients import REGION


def order_rows() -> list[Json]:
    backend = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["OrdersTable"]
    return [values(row.to_json()["Attributes"]) for row in backend.all_items()]


def test_fault_37_crash_between_commit_and_publish() -> None:
    """The stream loses every record, then the publisher dies at each of its calls; 3 seeds, and every other call. E:
    the sweeper publishes what was committed, once per event id."""
    for seed in range(3):
        with a_scene(seed, weather=Weather(losses=1.0)) as scene:
            everything(scene)
            scene.simulation.pumps.actions()
            assert len(scene.simulation.pumps.lost) >= 4
            assert scene.simulation.bus.taken == []
            scene.simulation.clock.passes(minutes=3)
            swept = scene.simulation.invoke("SweepFunction", {})
            assert swept["published"] >= 4
            assert not any("unpublished" in row for row in order_rows())
            scene.ends()
    for fault in (Fault.CRASH_BEFORE, Fault.CRASH_AFTER):
        for index in range(0, 20, 2):
            strike = Strike(fault, index, "PublishFunction")
            with a_scene(index) as scene:
                scene.aim(strike)
                scene.sends_in_peace(refunding(scene, ("cancellation", "amendment")[index % 2]))
                scene.ends()
            if not strike.hit:
                break
        assert index >= 2


@pytest.mark.parametrize("seed", range(5))
def test_fault_38_put_events_takes_a_part(seed: int) -> None:
    """Half of all entries are refused in otherwise fine replies; 5 seeds. E: nothing counts as published before all of
    its write is on the bus, and in the end all is."""
    with a_scene(seed, weather=Weather(refusals=0.5)) as scene:
        everything(scene)
        calls = heard(scene, "eventbridge")
        unmarked = []
        for _ in range(40):
            scene.simulation._move()
            taken = {each["metadata"]["id"] for each in scene.simulation.bus.taken}
            marked = [row for row in order_rows() if row["sk"].startswith("OUT#") and "unpublished" not in row]
            unmarked += [each.id for row in marked for each in _events_in(row) if each.id not in taken]
        assert unmarked == []
        scene.ends()
        assert len(calls) > 4


def _events_in(row: Json) -> Any:
    return EVENTS.unpack(row["events"])


@pytest.mark.parametrize("seed", range(4))
def test_fault_39_stream_record_twice(seed: int) -> None:
    """Batches of the stream begin with the record before them, and all come once more at the end; 4 seeds. E N: nobody
    hears or does anything twice."""
    with a_scene(seed, weather=Weather(duplicates=0.6)) as scene:
        everything(scene)
        scene.bring()
        sent, ledger = len(scene.simulation.mail.letters), len(scene.simulation.gateway.ledger)
        records = list(scene.simulation.pumps.records)
        for function in ("PublishFunction", "SteerFunction"):
            assert scene.simulation.invoke(function, {"Records": records}) == {"batchItemFailures": []}
        scene.ends()
        assert (len(scene.simulation.mail.letters), len(scene.simulation.gateway.ledger)) == (sent, ledger)
        names = list(scene.simulation.states.executions)
        assert len(names) == len(set(names))


@pytest.mark.parametrize("marked", [False, True])
def test_fault_39_poison_record(marked: bool) -> None:
    """A row of events that nobody can read, with its mark for the sweeper or without; 2 cases of 3 seeds. E N: it lies
    in the queue of failures, and all others, and everything else that is swept, go on."""
    for seed in range(3):
        with a_scene(seed, an_order(1, "cus-1", *LINES), an_order(2, "cus-2", *LINES)) as scene:
            scene.sends_in_peace(scene.amending(AGENT, quantity("l1", 2)))
            mark = {"unpublished": "0", "waiting_since": "2026-11-20T12:00:00.000000Z"} if marked else {}
            row = item({"pk": f"ORDER#{scene.orders[0]}", "sk": "OUT#999999999999", "events": b"rubbish", **mark})
            aws.dynamodb().put_item(TableName="OrdersTable", Item=row)
            scene.sends_in_peace(scene.amending(AGENT, quantity("l1", 2), number=1))
            expires = waiting(scene, "goodwill")
            scene.plays()
            failures = scene.simulation.pumps.failures
            assert sorted(each["function"] for each in failures) == ["PublishFunction", "SteerFunction"]
            scene.simulation.clock.passes(hours=25)
            scene.simulation.quiesce()
            assert {each.change_id: each.status for each in scene.changes}[expires["change_id"]] is ChangeStatus.EXPIRED
            damage = (
                [f"leftovers: ORDER#{scene.orders[0]} OUT#999999999999 is unpublished or unfinished"] if marked else []
            )
            assert violations(scene.simulation) == damage


@pytest.mark.parametrize("seed", range(4))
def test_fault_40_queue_message_twice_out_of_order_late(seed: int) -> None:
    """Each department gets all its messages twice, backwards, and once more five days later; 4 seeds. E: each is dealt
    with once."""
    with a_scene(seed) as scene:
        everything(scene)
        held: dict[Any, list[Json]] = {}
        route = scene.simulation.bus._route

        def keeps(detail: Json) -> None:
            known = {name: len(queue) for name, queue in scene.simulation.bus.queues.items()}
            route(detail)
            for name, queue in scene.simulation.bus.queues.items():
                held.setdefault(name, []).extend(list(queue)[known[name] :])

        scene.simulation.bus._route = keeps  # type: ignore[method-assign]
        scene.bring()
        for name, messages in held.items():
            for message in [*reversed(messages), *messages[::2]]:
                scene.simulation.bus.queues[name].append({**message, "receives": 0})
        scene.bring()
        scene.simulation.clock.passes(days=5)
        evidence = scene.ends()
        for change in evidence.changes:
            said = [entry.department for entry in change.timeline if entry.department]
            assert len(said) == len(set(said)) == len(change.acknowledgements)


def test_fault_40_late_message_of_a_change_that_was_given_up() -> None:
    """Billing hears of a change only after an operator gave it up; 1 case. E N: it is dealt with, not dead forever."""
    with a_scene(0) as scene:
        scene.simulation.gateway.declines = 1.0
        scene.sends_in_peace(scene.cancelling(CUSTOMER))
        late = _holding_back(scene, "billing")
        scene.plays()
        change = the_change(scene)
        assert change.status is ChangeStatus.FALLOUT
        assert late
        body = {"outcome": "failed", "note": "given up"}
        assert scene.at_peace(OPERATOR, "POST", f"/changes/{change.change_id}/resolutions", body).status == 200
        scene.simulation.bus.queues["billing"].extend(late)
        scene.simulation.gateway.declines = 0.0
        scene.ends()
        assert the_change(scene).status is ChangeStatus.FAILED


def _holding_back(scene: Scene, department: str) -> list[Json]:
    """The department's messages, which do not come while they are held back."""
    held: list[Json] = []
    route = scene.simulation.bus._route

    def routes(detail: Json) -> None:
        route(detail)
        queue = scene.simulation.bus.queues[department]  # type: ignore[index]
        if len(held) < 3:
            held.extend(queue)
            queue.clear()

    scene.simulation.bus._route = routes  # type: ignore[method-assign]
    return held


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
@pytest.mark.parametrize("worker", ["notify", "PublishFunction", "SteerFunction"])
def test_fault_41_crash_in_the_middle_of_a_batch(worker: str, fault: Fault) -> None:
    """A consumer, the publisher or the steering function dies at each of its first calls; 6 × up to 4 cases. E: each
    event is dealt with once by each department, whatever of its batch was done."""
    for index in range(0, 20, 5):
        strike = Strike(fault, index, worker)
        with a_scene(index) as scene:
            everything(scene)
            scene.aim(strike)
            evidence = scene.ends()
            for change in evidence.changes:
                said = [entry.department for entry in change.timeline if entry.department]
                assert len(said) == len(set(said))
        if not strike.hit:
            break
    assert index


def test_fault_42_dead_letter_redrive() -> None:
    """Billing cannot keep what it has dealt with, five times over; its messages die and come back under new ids; 3
    seeds. E: they are dealt with once, and acknowledged once."""
    for seed in range(3):
        with a_scene(seed) as scene:
            everything(scene)
            scene.aim(first(Fault.ERROR, "dynamodb", "PutItem", worker="notify billing", times=FOREVER))
            scene.plays()
            dead = scene.simulation.pumps.dead["billing"]
            assert dead
            assert not scene.simulation.bus.queues["billing"]
            scene.simulation.faults.aims.clear()
            scene.simulation.pumps.redrive()
            evidence = scene.ends()
            for change in evidence.changes:
                assert [entry.department for entry in change.timeline].count("billing") <= 1


@pytest.mark.parametrize("seed", range(4))
def test_fault_43_archive_replay_out_of_order(seed: int) -> None:
    """The archive replays every event, shuffled, thrice; 4 seeds. E R: nothing changes: no money, no letter, no row."""
    with a_scene(seed) as scene:
        everything(scene)
        scene.ends()
        tables = ("OrdersTable", "ChangesTable", "SkusTable", "LogTable", "DeliveriesTable")
        before = (photograph(*tables), len(scene.simulation.gateway.ledger), len(scene.simulation.mail.letters))
        replayed = [*scene.simulation.bus.taken] * 3
        Random(seed).shuffle(replayed)
        for detail in replayed:
            scene.simulation.bus._route(detail)
        scene.ends()
        assert (photograph(*tables), len(scene.simulation.gateway.ledger), len(scene.simulation.mail.letters)) == before


@pytest.mark.parametrize("seed", range(3))
def test_fault_44_one_subscriber_down_for_a_day(seed: int) -> None:
    """Billing's function raises for a day; 3 seeds. E N: others do their part, the change calls a person, and after
    the redrive it is completed."""
    with a_scene(seed) as scene:
        pumps = scene.simulation.pumps
        invoke = pumps.invoke

        def broken(function: str, event: Json) -> Any:
            if function == "NotifyBillingFunction":
                raise RuntimeError("down")
            return invoke(function, event)

        pumps.invoke = broken
        change = scene.sends_in_peace(scene.amending(AGENT, quantity("l1", 2))).body
        scene.bring()
        assert pumps.dead["billing"]
        assert set(the_change(scene).unacknowledged) == {"billing"}
        scene.simulation.clock.passes(hours=5)
        scene.simulation.sweep_now()
        assert the_change(scene).status is ChangeStatus.FALLOUT
        scene.simulation.clock.passes(hours=19)
        other = scene.sends_in_peace(scene.cancelling(CUSTOMER))
        assert other.status == 201
        pumps.invoke = invoke
        pumps.redrive()
        scene.ends()
        assert {each.status for each in scene.changes} == {ChangeStatus.COMPLETED}
        assert told(scene, "ChangeFellOut")["ChangeFellOut"] >= 1
        assert change


OLD_REFUND_MACHINE = """
StartAt: Refund
States:
  Refund:
    Type: Task
    Resource: arn:aws:states:::lambda:invoke
    TimeoutSeconds: 20
    Parameters:
      FunctionName: RefundFunction
      Payload: {step: pay, refund_id.$: $.refund_id, change_id.$: $.change_id, order_id.$: $.order_id}
    ResultSelector: {answer.$: $.Payload}
    ResultPath: $.paid
    Catch:
      - {ErrorEquals: [States.ALL], ResultPath: $.failure, Next: FallOut}
    Next: Settle
  Settle:
    Type: Task
    Resource: arn:aws:states:::lambda:invoke
    TimeoutSeconds: 20
    Parameters:
      FunctionName: RefundFunction
      Payload:
        {step: settle, refund_id.$: $.refund_id, change_id.$: $.change_id, order_id.$: $.order_id,
         paid.$: $.paid.answer}
    ResultPath: null
    Next: Settled
  FallOut:
    Type: Task
    Resource: arn:aws:states:::lambda:invoke
    TimeoutSeconds: 20
    Parameters:
      FunctionName: RefundFunction
      Payload:
        {step: fall_out, refund_id.$: $.refund_id, change_id.$: $.change_id, order_id.$: $.order_id,
         error.$: $.failure.Error}
    ResultPath: null
    Next: FellOut
  Settled: {Type: Succeed}
  FellOut: {Type: Fail, Error: RefundFellOut}
"""
"""The refund machine as it was at c5ecc29: no waiting for a report, and only an error's name for the person."""


@pytest.mark.parametrize("how", ["settled", "declined", "pending"])
def test_fault_45_workflow_begun_before_a_deploy(how: str) -> None:
    """Executions of the refund machine's first definition call today's functions; 3 cases of 2 seeds. F: the refund
    settles, falls out, or waits for the report that settles it."""
    old = yaml.safe_load(OLD_REFUND_MACHINE)
    for seed in range(2):
        with (
            a_scene(seed, declines=float(how == "declined"), pendings=float(how == "pending")) as scene,
            patch.object(machines, "definition_of", lambda _: old),
        ):
            scene.sends_in_peace(scene.cancelling(CUSTOMER))
            scene.plays()
            statuses = {refund.status for refund in the_change(scene).refunds}
            assert statuses == {{"settled": "settled", "declined": "failed", "pending": "pending"}[how]}
            for paid in scene.simulation.gateway.ledger if how == "pending" else ():
                paid.status = "settled"
                assert scene.sends_in_peace(report(scene, paid)).status == 200
            scene.ends()
            assert the_change(scene).status is (ChangeStatus.FALLOUT if how == "declined" else ChangeStatus.COMPLETED)


NEWER = ("sub_code", "undoes", "channel", "stage", "consent", "confirmed", "escalations", "holds_counted")
"""Fields that changes had not when the first of them were stored."""


def test_fault_45_change_stored_before_a_deploy() -> None:
    """A change that waits was stored without the fields that came later; 1 case. F: it is approved and committed."""
    with a_scene(0) as scene:
        change = waiting(scene)
        body = json.loads(zlib.decompress(CHANGE.pack(the_change(scene))[1:]))
        older = {name: value for name, value in body.items() if name not in NEWER}
        aws.dynamodb().update_item(
            TableName="ChangesTable",
            Key=item({"change_id": change["change_id"], "part": "RECORD"}),
            UpdateExpression="SET body = :body",
            ExpressionAttributeValues=item({":body": zlib.compress(json.dumps(older).encode())}),
        )
        aws.dynamodb().delete_item(TableName="RequestsTable", Key=tally_key(units_key("cus-1")))
        assert scene.sends_in_peace(decision(scene, change, MANAGER)).status == 200
        scene.ends()
        assert the_change(scene).status is ChangeStatus.COMPLETED


@pytest.mark.parametrize("more", [{"version": 2}, {"version": 2, "tenant": "x"}, {"trace": {"deep": [1]}}])
def test_fault_45_event_of_another_version(more: Json) -> None:
    """Departments get events of version 2, with fields that they do not know; 3 cases. E: dealt with like any other."""
    with a_scene(0) as scene:
        route = scene.simulation.bus._route

        def newer(detail: Json) -> None:
            data = {**detail["data"], "unheard_of": {"a": 1}}
            route({"metadata": {**detail["metadata"], **more}, "data": data, "extra": None})

        scene.simulation.bus._route = newer  # type: ignore[method-assign]
        everything(scene)
        evidence = scene.ends()
        assert all(change.status is ChangeStatus.COMPLETED for change in evidence.changes)
