"""Fault 24: a refund times out, and was paid."""

import pytest

from tests.fakes.builders import CUSTOMER
from tests.simulation.clients import an_order
from tests.simulation.deeds import (
    THREE,
    _refunded,
    commits,
)
from tests.simulation.faults import Fault, first
from tests.simulation.scenarios import (
    LINES,
    a_scene,
)
from tests.simulation.simulation import Weather


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.CRASH_AFTER])
@pytest.mark.parametrize("deaf", [0, 3])
def test_fault_24_a_refund_times_out_but_was_paid(fault: Fault, deaf: int) -> None:
    """Fault 24, R: the gateway pays and its answer is lost, or the process dies with it; asked what became of it, it
    does not answer at first, or does: it is found, booked once, and never paid again, though this gateway forgets
    all keys. 3 seeds for each of four ways."""
    for seed in THREE:
        with a_scene(seed) as scene:
            commits(scene)
            scene.aim(first(fault, "gateway", "refund"), first(Fault.LOST, "gateway", "find", skip=1, times=deaf))
            scene.ends()
            _refunded(scene)


def test_fault_24_the_report_never_comes() -> None:
    """Fault 24, R: the gateway takes it as pending, its answer is lost, and its report never comes: when time is up,
    it is asked once more and found. 3 seeds."""
    for seed in THREE:
        with a_scene(seed, weather=Weather(pendings=1.0)) as scene:
            commits(scene)
            scene.aim(first(Fault.LOST, "gateway", "refund"))
            scene.plays()
            for paid in scene.simulation.gateway.ledger:
                paid.status = "settled"
            scene.ends()
            _refunded(scene)


def test_fault_24_the_release_of_an_authorisation_times_out() -> None:
    """Fault 24, R: the void of an authorised order's payments happened, its answer is lost: each is released once, and
    nothing is refunded. 3 seeds."""
    for seed in THREE:
        with a_scene(seed, an_order(1, "cus-1", *LINES, captured=False)) as scene:
            assert scene.sends_in_peace(scene.cancelling(CUSTOMER)).body["status"] == "committed"
            scene.aim(first(Fault.LOST, "gateway", "release", times=2))
            scene.ends()
            released = [paid.order.payment_id for paid in scene.simulation.gateway.ledger]
            assert sorted(released) == ["pay-1", "pay-2"]
            assert not scene.paid
