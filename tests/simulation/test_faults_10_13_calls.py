"""Faults 10 to 13: every call of every deed and story conflicts, is throttled, crashes, finds no network."""

import pytest

from tests.fakes.builders import AGENT
from tests.simulation.deeds import (
    DEEDS,
    FOREVER,
    OF_CHANGES,
    STORIES,
    TWO,
    TWO_ORDERS,
    struck,
)
from tests.simulation.faults import Fault, first
from tests.simulation.scenarios import (
    a_scene,
    quantity,
)


@pytest.mark.parametrize("name", OF_CHANGES)
@pytest.mark.parametrize("times", [5, 7])
def test_fault_10_a_storm_of_conflicts(name: str, times: int) -> None:
    """Fault 10, L N: so many transactions in a row conflict: five are sat out within the request, seven are told as 429
    with Retry-After, and the client's retry gets through. 1 seed for each of five requests, two strengths."""
    with a_scene(times) as scene:
        sent = DEEDS[name].prepare(scene)
        scene.replies_with(400, "TransactionConflict")
        scene.aim(first(Fault.ERROR, "dynamodb", "TransactWriteItems", worker="client who", times=times))
        asked = scene.sends("who", sent)
        scene.ends()
        DEEDS[name].holds(scene, asked.answer)
        calls = [call.reply for call in scene.simulation.calls if call.client == "who" and call.reply]
        assert [reply.status for reply in calls[:-1]] == ([429] if times > 5 else [])
        assert all("Retry-After" in reply.headers for reply in calls[:-1])


def test_fault_10_a_storm_without_end_leaves_no_trace() -> None:
    """Fault 10, L N: conflicts never stop while two change one order and the sweeper and machines run: all are told
    429, and nothing of theirs stays; refunds and acknowledgements come through later. 2 seeds."""
    for seed in TWO:
        with a_scene(seed, *TWO_ORDERS) as scene:
            scene.sends_in_peace(scene.amending(AGENT, quantity("l1", 2), number=1))
            scene.replies_with(400, "TransactionConflict")
            scene.aim(first(Fault.ERROR, "dynamodb", "TransactWriteItems", times=FOREVER))
            asked = [scene.sends(name, scene.amending(AGENT, quantity("l1", 2))) for name in ("agent 1", "agent 2")]
            scene.runs("sweep", "SweepFunction")
            evidence = scene.ends()
            assert [each.reply for each in asked] == [None] * 2
            replies = [
                call.reply.status for call in scene.simulation.calls if call.client.startswith("agent") and call.reply
            ]
            assert set(replies) == {429}
            assert scene.order()["version"] == 1
            assert len(evidence.changes) == 1


@pytest.mark.parametrize("name", [*DEEDS, *STORIES])
def test_fault_11_throttled_at_every_call(name: str) -> None:
    """Fault 11, L N: at each call of it in turn (of a sweep's many, each sixth) AWS throttles, as often as the SDK
    tries. As many seeds as it has calls."""
    step = 6 if name == "sweep" else 1
    assert struck(name, Fault.ERROR, times=3, reply=(400, "ThrottlingException"), step=step) >= 2


@pytest.mark.parametrize("name", [*DEEDS, *STORIES])
def test_fault_12_a_crash_before_and_after_every_call(name: str) -> None:
    """Fault 12, all: the process dies before each call of it in turn, which is after the one before; and after the
    last. As many seeds as it has calls, and one."""
    calls = struck(name, Fault.CRASH_BEFORE)
    assert calls >= 2
    assert struck(name, Fault.CRASH_AFTER, start=calls - 1) == calls


@pytest.mark.parametrize("name", [*DEEDS, *STORIES])
def test_fault_13_the_network_fails_at_every_call(name: str) -> None:
    """Fault 13, L N: each call of it in turn (of a sweep's many, each sixth) never gets there, as often as the SDK
    tries. As many seeds as it has calls."""
    assert struck(name, Fault.BEFORE, times=3, start=1, step=6 if name == "sweep" else 1) >= 2
