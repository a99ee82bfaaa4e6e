"""Faults 21 to 23: compensations that fail, run twice, or overtake their step."""

from dataclasses import replace

import pytest

from shared.domain.change.states import ChangeStatus
from tests.fakes.builders import AGENT, AGENT_2, OPERATOR, SERVICE
from tests.simulation.clients import an_order
from tests.simulation.deeds import (
    FIVE,
    QUIET,
    STAGED,
    THREE,
    TWO,
    Json,
    _stages,
    _stocks,
    accepting,
    commits,
    large,
    of_each,
    statuses,
    stock_of,
    submitting,
    waits_for_manager,
)
from tests.simulation.faults import Fault, first
from tests.simulation.scenarios import (
    Scene,
    Sent,
    Strike,
    a_scene,
    at_every_call,
    quantity,
)
from tests.simulation.simulation import Weather


def undoing(scene: Scene, change: Json) -> Sent:
    """The compensation of a committed change, as it was previewed."""
    path = f"/orders/{scene.orders[0]}/amendments/{change['change_id']}/undo"
    plan = scene.at_peace(AGENT, "POST", f"{path}?dry_run=true", {}).body
    headers = {"if_match": scene.etag(), "idempotency_key": scene.key()}
    return Sent(AGENT, "POST", path, {"digest": plan["digest"]}, headers)


def test_fault_21_an_undo_fails_at_every_call() -> None:
    """Fault 21, S R N: the compensating change of a commit that added a unit fails at each of its calls in turn, and is
    tried again: it is undone once, its unit free, what it cost given back or not due. As many seeds as it has calls."""

    def play(strike: Strike, index: int) -> None:
        with a_scene(index, weather=QUIET) as scene:
            sent = undoing(scene, commits(scene, AGENT, quantity("l1", 4)))
            scene.aim(strike)
            asked = scene.sends("who", sent)
            scene.ends()
            assert asked.answer.status == 201
            assert asked.answer.body["status"] == "committed"
            assert scene.order()["version"] == 3
            assert scene.stock("TEA") == (9, 6, 0, 3)
            assert scene.order()["totals"]["total"]["amount"] == "275.98"

    assert at_every_call(Fault.ERROR, "client who", play, times=3) >= 4


def test_fault_21_a_release_fails_when_its_hold_expires() -> None:
    """Fault 21, S N: the sweeper's release of an expired hold fails, in three ways; the next sweep releases it. 3
    seeds."""
    for seed, fault in enumerate((Fault.ERROR, Fault.CRASH_BEFORE, Fault.LOST)):
        with a_scene(seed) as scene:
            accepting(scene)
            scene.simulation.clock.passes(hours=25)
            scene.aim(first(fault, "dynamodb", "TransactWriteItems", worker="client sweep", times=20))
            scene.runs("sweep", "SweepFunction")
            evidence = scene.ends()
            assert [change.status for change in evidence.changes] == [ChangeStatus.EXPIRED]
            assert scene.stock("TEA") == (9, 6, 0, 3)


@pytest.mark.usefixtures("small_batches")
def test_fault_21_giving_staged_stock_back_fails() -> None:
    """Fault 21, S N: the last of five SKUs is gone, so the write is given up; giving back fails from its first call
    on, or from its second or third: the sweeper gives back the rest. 3 seeds."""
    order = large(STAGED, STAGED)
    for seed in THREE:
        with a_scene(seed, order, stock=stock_of(STAGED, 2), weather=QUIET) as scene:
            sent = scene.amending(AGENT, *of_each(order, 2))
            scene.held_up("TransactWriteItems", "client agent", scene.ended("rival"))
            scene.aim(
                first(
                    Fault.CRASH_BEFORE, "dynamodb", "TransactWriteItems", worker="client agent", skip=2 + seed, times=1
                )
            )
            scene.asks_once("agent", sent)
            scene.asks("rival", SERVICE, "POST", "/orders", an_order(8, "cus-8", (f"S{STAGED - 1:04}", 1, "1.00")))
            scene.ends()
            assert _stocks(scene) == {(2, 1, 0, 1), (2, 0, 0, 2)}
            assert _stages(scene) == 0
            assert scene.order()["version"] == 1


def test_fault_21_a_refund_is_declined_and_resolved_by_hand() -> None:
    """Fault 21, R N: the gateway declines a refund: the change falls out, an operator resolves it, the release of
    what was set aside holds, and nothing was paid. 3 seeds."""
    for seed in THREE:
        with a_scene(seed, weather=Weather(declines=1.0)) as scene:
            commits(scene)
            scene.plays()
            (change,) = scene.changes
            assert change.status is ChangeStatus.FALLOUT
            assert not scene.paid
            body = {"outcome": "failed", "note": "the card is closed"}
            path = f"/changes/{change.change_id}/resolutions"
            resolved = [scene.asks(name, OPERATOR, "POST", path, body) for name in ("resolves", "resolves too")]
            scene.ends()
            assert statuses(*resolved) == [200, 409]
            assert not scene.paid


def test_fault_22_an_undo_runs_twice() -> None:
    """Fault 22, S R: a commit is undone by two agents at once, and by one of them again under its key: one
    compensation. 5 seeds."""
    for seed in FIVE:
        with a_scene(seed) as scene:
            sent = undoing(scene, commits(scene, AGENT, quantity("l1", 4)))
            rival = replace(sent, user=AGENT_2)
            asked = [scene.sends("one", sent), scene.sends("one again", sent), scene.sends("two", rival)]
            scene.ends()
            assert [each.answer.status for each in asked] in ([201, 201, 412], [412, 412, 201])
            assert scene.order()["version"] == 3
            assert scene.stock("TEA") == (9, 6, 0, 3)


@pytest.mark.parametrize("lost", [0, 1, 3])
def test_fault_22_two_sweepers_release_one_hold(lost: int) -> None:
    """Fault 22, S R: two sweepers, an undo and a machine whose time is up all end one change, and answers are lost: its
    hold goes back once. 3 seeds for each of three losses."""
    for seed in THREE:
        with a_scene(seed) as scene:
            change = waits_for_manager(scene)
            scene.bring()
            path = f"/orders/{scene.orders[0]}/amendments/{change['change_id']}/undo"
            match = {"if_match": scene.etag()}
            scene.simulation.clock.passes(hours=25)
            scene.aim(first(Fault.LOST, "dynamodb", "TransactWriteItems", times=lost))
            scene.runs("sweep", "SweepFunction")
            scene.runs("sweep too", "SweepFunction")
            undone = scene.asks("undoes", AGENT, "POST", path, {}, **match)
            evidence = scene.ends()
            assert undone.answer.status in (200, 409)
            assert evidence.changes[0].status in (ChangeStatus.EXPIRED, ChangeStatus.UNDONE)
            assert scene.stock("POT") == (30, 28, 0, 2)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("committed", [True, False])
def test_fault_22_staged_stock_is_finished_twice(committed: bool) -> None:
    """Fault 22, S R: the writer died after its commit, or before it; two sweepers finish its stage, one of them late
    with what it has read; and a third when they are done. 3 seeds each."""
    order, other = large(STAGED, STAGED), large(STAGED, STAGED, number=2)
    for seed in THREE:
        with a_scene(seed, order, other, stock=stock_of(STAGED), weather=QUIET) as scene:
            scene.sends_in_peace(submitting(scene, 1, edits=of_each(other, 2)))
            sent = scene.amending(AGENT, *of_each(order, 2))
            fault = Fault.CRASH_AFTER if committed else Fault.CRASH_BEFORE
            scene.aim(first(fault, "dynamodb", "TransactWriteItems", worker="client who", skip=2))
            scene.asks_once("who", sent)
            scene.plays()
            assert _stages(scene) > 0
            scene.simulation.clock.passes(minutes=3)
            scene.held_up("TransactWriteItems", "client late", scene.ended("sweep"), skip=0 if committed else 1)
            scene.runs("late", "SweepFunction")
            scene.plays_until("client late")
            scene.runs("sweep", "SweepFunction")
            scene.plays()
            scene.ends()
            assert _stocks(scene) == ({(10, 7, 0, 3)} if committed else {(10, 8, 0, 2)})
            assert _stages(scene) == 0


def test_fault_23_an_undo_overtakes_its_commit() -> None:
    """Fault 23, S R: an accept hangs at its write; the undo of the same change is first; the accept, late, is
    refused and the hold is free. The undo of what is not committed yet, as a compensation, is refused too. 5 seeds."""
    for seed in FIVE:
        with a_scene(seed) as scene:
            accept = accepting(scene)
            scene.held_up("TransactWriteItems", "client accepts", scene.ended("undoes"))
            accepted = scene.sends("accepts", accept)
            undo = replace(
                accept,
                path=accept.path.replace("/accept", "/undo"),
                body={},
                headers={"if_match": accept.headers["if_match"]},
            )
            undone = scene.sends("undoes", undo)
            scene.ends()
            assert undone.answer.status == 200
            assert accepted.answer.status == 409
            assert scene.order()["version"] == 1
            assert scene.stock("TEA") == (9, 6, 0, 3)


@pytest.mark.usefixtures("small_batches")
def test_fault_23_the_sweeper_gives_up_a_stage_while_it_is_prepared() -> None:
    """Fault 23, S R: the writer of five SKUs hangs between its two batches, or before its commit, for so long that
    the sweeper gives back what it held; it goes on, and finds that it must not commit. 2 seeds for each of three
    moments."""
    order = large(STAGED, STAGED)
    for seed in TWO:
        for skip in (0, 1, 2):
            with a_scene(seed, order, stock=stock_of(STAGED), weather=QUIET) as scene:
                sent = scene.amending(AGENT, *of_each(order, 2))
                scene.held_up("TransactWriteItems", "client who", scene.ended("sweep"), skip=skip)
                asked = scene.sends("who", sent)
                scene.plays_until("client who")
                scene.simulation.clock.passes(minutes=3)
                scene.runs("sweep", "SweepFunction")
                scene.ends()
                assert asked.answer.status == 201  # planned again, and staged anew
                assert _stocks(scene) == {(10, 8, 0, 2)}
                assert _stages(scene) == 0


def test_fault_23_the_end_of_a_wait_overtakes_its_beginning() -> None:
    """Fault 23, F R: a withdrawal is steered before the machine has begun to ask: it finds that nobody is waited
    for, sends no letter, and ends. 5 seeds."""
    for seed in FIVE:
        with a_scene(seed) as scene:
            reply = scene.sends_in_peace(scene.cancelling(AGENT, {"line_id": "l1", "quantity": 1}))
            path = f"/orders/{scene.orders[0]}/cancellations/{reply.body['change_id']}/withdraw"
            scene.held_up("TransactWriteItems", "machine chg_", scene.ended("withdraws"))
            withdrawn = scene.asks("withdraws", AGENT, "POST", path, {}, if_match=scene.etag())
            scene.ends()
            assert withdrawn.answer.status == 200
            assert not scene.simulation.mail.letters
