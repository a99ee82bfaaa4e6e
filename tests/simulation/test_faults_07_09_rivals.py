"""Faults 7 to 9: who else wants the order, at the same time."""

import re
from dataclasses import replace
from typing import Any

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from shared.domain.change.states import ChangeStatus
from tests.fakes.builders import AGENT, AGENT_2, CUSTOMER
from tests.simulation.deeds import (
    DEEDS,
    EIGHT,
    FIVE,
    TEA_LESS,
    THREE,
    _committed,
    confirming,
    refunded_once,
    statuses,
    submitting,
    waits_for_customer,
)
from tests.simulation.scenarios import (
    Scene,
    a_scene,
    quantity,
)
from tests.support.clients import REGION


def test_fault_07_two_edits_on_one_version() -> None:
    """Fault 7, V L: eight agents read one version and each commits another quantity: one is in, seven are told the
    fresh ETag; a second edit of another line is as stale as the rest. 5 seeds."""
    for seed in FIVE:
        with a_scene(seed) as scene:
            edits = [quantity("l1", units) for units in (1, 2, 4, 5)] + [
                quantity("l2", units) for units in (1, 3, 4, 5)
            ]
            sent = [scene.amending(AGENT, edit) for edit in edits]
            asked = [scene.sends(f"agent {number}", each) for number, each in enumerate(sent)]
            scene.ends()
            assert statuses(*asked) == [201] + [412] * 7
            won = next(number for number, each in enumerate(asked) if each.answer.status == 201)
            line = next(each for each in scene.order()["lines"] if each["line_id"] == edits[won]["line_id"])
            assert line["quantity"] == edits[won]["quantity"]
            assert {each.answer.body["etag"].partition(".")[0] for each in asked if each.answer.status == 412} == {'"2'}


def test_fault_07_the_heads_own_condition() -> None:
    """Fault 7, V L: two reports of one line at once, while the log, whose entries are conditional too, does not
    help: the first one's entry is out of the way as the second writes. The head's own condition makes it read again.
    3 seeds."""
    for seed in THREE:
        with a_scene(seed) as scene:
            tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
            taken: dict[Any, Any] = {}

            def first_is_done(scene: Scene = scene, tables: Any = tables, taken: dict[Any, Any] = taken) -> bool:
                if not scene.ended("one")():
                    return False
                for of_order in tables["LogTable"].items.values():
                    for sequence in [each for each in of_order if str(each.value) == "2"]:
                        taken[sequence] = of_order.pop(sequence)
                return True

            scene.held_up("TransactWriteItems", "client two", first_is_done)
            two, one = scene.sends("two", scene.shipping("l1", 1)), scene.sends("one", scene.shipping("l1", 1))
            scene.plays()
            for of_order in tables["LogTable"].items.values():
                of_order.update(taken)
            scene.ends()
            assert statuses(one, two) == [200, 200]
            assert scene.order()["lines"][0]["fulfilled_quantity"] == 2
            assert scene.stock("TEA") == (7, 6, 0, 1)


def test_fault_07_eight_take_the_same_unit_back() -> None:
    """Fault 7, V R: what others refund eight times, quantity 3 to 2, goes through once. 5 seeds."""
    for seed in FIVE:
        with a_scene(seed) as scene:
            sent = scene.amending(AGENT, quantity("l1", 2))
            keyed = [replace(sent, headers={**sent.headers, "idempotency_key": f"own {n}"}) for n in EIGHT]
            asked = [scene.sends(f"agent {number}", each) for number, each in enumerate(keyed)]
            scene.ends()
            assert statuses(*asked) == [201] + [412] * 7
            assert refunded_once(scene) == TEA_LESS


def test_fault_08_an_amendment_against_a_cancellation() -> None:
    """Fault 8, F S: an agent amends while the owner cancels all, on one version: one outcome, whole. 8 seeds."""
    outcomes = set()
    for seed in EIGHT:
        with a_scene(seed) as scene:
            amend, cancel = scene.amending(AGENT, quantity("l1", 5)), scene.cancelling(CUSTOMER)
            one, two = scene.sends("agent", amend), scene.sends("owner", cancel)
            scene.ends()
            assert statuses(one, two) == [201, 412]
            cancelled = two.answer.status == 201
            outcomes.add(cancelled)
            assert (scene.order()["status"] == "cancelled") is cancelled
            assert scene.stock("TEA") == ((9, 9, 0, 0) if cancelled else (9, 4, 0, 5))
    assert outcomes == {True, False}


def test_fault_08_a_cancellation_while_an_amendment_is_open() -> None:
    """Fault 8, F S: an amendment holds stock; it is accepted, undone, and the order cancelled, all at once. One of the
    first two is first; the cancellation passes only after an undo, which leaves all as it was. 6 seeds."""
    for seed in range(6):
        with a_scene(seed) as scene:
            change = scene.sends_in_peace(submitting(scene)).body
            path = f"/orders/{scene.orders[0]}/amendments/{change['change_id']}"
            match = {"if_match": scene.etag()}
            digest = {"digest": change["plan"]["digest"]}
            accept = scene.asks("accepts", AGENT, "POST", f"{path}/accept", digest, **match)
            undo = scene.asks("undoes", AGENT, "POST", f"{path}/undo", {}, **match)
            cancel = scene.sends("cancels", replace(scene.cancelling(CUSTOMER), headers=match))
            evidence = scene.ends()
            assert statuses(accept, undo)[0] == 200
            assert statuses(accept, undo)[1] in (409, 412)
            cancelled = cancel.answer.status == 201
            assert cancelled or cancel.answer.status in (409, 412)
            assert not (cancelled and accept.answer.status == 200)
            kept = next(each for each in evidence.changes if each.change_id == change["change_id"])
            assert kept.status is (ChangeStatus.COMPLETED if accept.answer.status == 200 else ChangeStatus.UNDONE)
            units = 0 if cancelled else 4 if accept.answer.status == 200 else 3
            assert scene.stock("TEA") == (9, 9 - units, 0, units)


def test_fault_08_confirm_against_withdraw_against_decline() -> None:
    """Fault 8, F S: a cancellation waits for its customer; the link confirms and declines, the agent withdraws, an
    amendment comes in between: one outcome. 6 seeds."""
    for seed in range(6):
        with a_scene(seed) as scene:
            change = waits_for_customer(scene)
            path = f"/orders/{scene.orders[0]}/cancellations/{change['change_id']}/withdraw"
            match = {"if_match": scene.etag()}
            amend = scene.sends("amends", replace(scene.amending(AGENT_2, quantity("l1", 2)), headers=match))
            asked = [
                scene.sends("confirms", confirming(scene)),
                scene.sends("declines", confirming(scene, "decline")),
                scene.asks("withdraws", AGENT, "POST", path, {}, **match),
            ]
            evidence = scene.ends()
            assert sum(each.answer.status == 200 for each in asked) == 1, asked
            ended = {"confirm": ChangeStatus.COMPLETED, "decline": ChangeStatus.DECLINED, None: ChangeStatus.WITHDRAWN}
            ends = [call for call in scene.simulation.calls if re.search(r"/confirmations/|/withdraw$", call.path)]
            won = next(call for call in ends if call.reply and call.reply.status == 200)
            kept = next(each for each in evidence.changes if each.change_id == change["change_id"])
            assert kept.status is ended[won.body.get("decision")]
            assert amend.answer.status in ((409, 412) if kept.committed_version else (201, 409))


def test_fault_09_a_change_against_a_shipment_scan() -> None:
    """Fault 9, F S: the warehouse ships two units while an agent lowers the line to one: whichever is second is
    refused, and no unit is both sent and taken back. 8 seeds."""
    outcomes = set()
    for seed in EIGHT:
        with a_scene(seed) as scene:
            amend, ship = (
                scene.sends("agent", scene.amending(AGENT, quantity("l1", 1))),
                scene.sends("scanner", scene.shipping("l1", 2)),
            )
            scene.ends()
            line = scene.order()["lines"][0]
            outcomes.add(amend.answer.status)
            if amend.answer.status == 201:
                assert (ship.answer.status, ship.answer.code) == (409, "beyond-quantity")
                assert (line["quantity"], line["fulfilled_quantity"]) == (1, 0)
            else:
                assert amend.answer.status == 412
                assert ship.answer.status == 200
                assert (line["quantity"], line["fulfilled_quantity"]) == (3, 2)
    assert outcomes == {201, 412}


@pytest.mark.parametrize("name", ["amend", "cancel", "decide", "confirm"])
def test_fault_09_a_scan_between_reading_and_writing(name: str) -> None:
    """Fault 9, F S: the shipment is scanned when the change has been planned and is about to be written: it is planned
    again, on what has left. 3 seeds for each of four ways to commit."""
    for seed in THREE:
        with a_scene(seed) as scene:
            sent = DEEDS[name].prepare(scene)
            scene.held_up("TransactWriteItems", "client who", scene.ended("scanner"))
            asked = scene.sends("who", sent)
            scan = scene.sends("scanner", scene.shipping("l1", 3))
            scene.ends()
            assert scan.answer.status == 200
            if name == "decide":  # another line's price: what has left does not concern it
                _committed(scene, asked.answer)
            else:
                assert asked.answer.status in (409, 412), asked.answer
                assert scene.order()["version"] == 1
                assert not scene.paid
            assert scene.stock("TEA") == (6, 6, 0, 0)
