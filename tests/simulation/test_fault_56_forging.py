"""Fault 56: an entry of the log rewritten, and the chain resealed, with the stack's own rights."""

from typing import Any

import pytest

from tests.fakes.builders import AGENT, MANAGER
from tests.simulation.checker import violations
from tests.simulation.deeds import commits
from tests.simulation.faults import Fault, first
from tests.simulation.forgers import FORGER, honest, rewritten
from tests.simulation.scenarios import Scene, a_scene, quantity
from tests.simulation.simulation import Weather
from tests.simulation.worlds import run
from tests.support.effort import times

Json = dict[str, Any]
ANCHORED = Weather(anchored=True)
SEEDS = times(24, 6)


def told(scene: Scene) -> Json:
    reply = scene.at_peace(MANAGER, "GET", f"/orders/{scene.orders[0]}/log?verify=true")
    assert reply.status == 200, reply
    honest(reply.body)
    return dict(reply.body)


@pytest.mark.parametrize("first_seed", range(0, SEEDS, 6))
def test_fault_56_a_forged_entry_is_found_out_whatever_the_interleaving(first_seed: int) -> None:
    """Somebody rewrites entries while others work, anchors are written late, twice or after a crash, and managers have
    the log verified; 24 seeds. H: nobody is told that a forged entry is held fast, and in the end all is found out."""
    broken = [each for seed in range(first_seed, first_seed + 6) if (each := run(seed, "forged")).violations]
    assert not broken, [f"{each.violations}\n{each.replay}" for each in broken]


@pytest.mark.parametrize("where", [0.0, 0.5, 1.0])
def test_fault_56_forged_after_it_was_anchored(where: float) -> None:
    """The first, a middle or the last entry; 3 cases. H: verify says false at once, and reconciliation too, although
    the chain itself holds."""
    with a_scene(1, weather=ANCHORED) as scene:
        commits(scene)
        scene.plays()
        assert (told(scene)["verified"], told(scene)["anchored_to"]) == (True, len(told(scene)["items"]))
        assert rewritten(scene.orders[0], where)
        assert [entry["by"] for entry in told(scene)["items"]].count(FORGER) == 1
        assert told(scene)["verified"] is False
        kinds = [each["kind"] for each in scene.simulation.invoke("ReconcileFunction", {})["differences"]]
        assert kinds == ["log-broken"]
        scene.ends()


@pytest.mark.parametrize("times_", [1, 3])
@pytest.mark.parametrize("fault", [Fault.BEFORE, Fault.LOST, Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_fault_56_an_anchor_that_fails_is_written_again(fault: Fault, times_: int) -> None:
    """The bucket is away, its answer is lost, or the function dies; 8 cases. H: in the end all is anchored."""
    with a_scene(1, weather=ANCHORED) as scene:
        commits(scene)
        scene.aim(first(fault, "s3", "PutObject", times=times_))
        scene.ends()
        assert told(scene)["anchored_to"] == len(told(scene)["items"])


@pytest.mark.parametrize("seed", range(4))
def test_fault_56_forged_before_it_was_anchored_and_covered_by_the_next_entry(seed: int) -> None:
    """Entries, a forgery among them and an entry after it come to the function in whatever batches; 4 seeds. H: until
    then it is said that nothing is held fast, and then it is found out."""
    with a_scene(seed, weather=ANCHORED) as scene:
        scene.simulation.anchoring.stopped = True
        commits(scene)
        assert rewritten(scene.orders[0], 1.0)
        commits(scene, AGENT, quantity("l1", 1))
        said = told(scene)
        assert (said["verified"], said.get("anchored_to")) == (True, None)
        scene.simulation.anchoring.stopped = False
        scene.ends()
        assert told(scene)["verified"] is False


def test_fault_56_who_stops_the_anchoring_first_is_told_within_an_hour() -> None:
    """Nothing is anchored any more, and then an entry is forged; 1 case. H: what is told as held fast ends before it,
    and reconciliation says which entries nobody has anchored."""
    with a_scene(1, weather=ANCHORED) as scene:
        scene.plays()
        scene.simulation.anchoring.stopped = True
        commits(scene)
        assert rewritten(scene.orders[0], 1.0)
        assert (told(scene)["verified"], told(scene)["anchored_to"]) == (True, 1)
        scene.plays()
        scene.simulation.clock.passes(hours=1)
        (found,) = [
            each
            for each in scene.simulation.invoke("ReconcileFunction", {})["differences"]
            if each["kind"] == "log-unanchored"
        ]
        assert found["words"].startswith("entries 2 to ")
        scene.simulation.anchoring.stopped = False
        scene.simulation.run()
        assert violations(scene.simulation) == []
