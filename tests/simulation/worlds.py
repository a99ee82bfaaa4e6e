"""The worlds that seeds are run in, by name: what happens in them, and how rough it is."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.simulation.checker import violations
from tests.simulation.clients import market
from tests.simulation.faults import MIXED, Fault
from tests.simulation.sieges import besieged, forged, haggled
from tests.simulation.simulation import CALM, Simulation, Weather, running

Script = Callable[[Simulation], object]

ROUGH = Weather(rates=MIXED, refusals=0.05, losses=0.02, jumps=0.002, declines=0.03, pendings=0.1)
CRASHING = Weather(rates={Fault.CRASH_BEFORE: 0.03, Fault.CRASH_AFTER: 0.03})
DEAF = Weather(rates={Fault.LOST: 0.08}, duplicates=0.3, pendings=0.3)
BUSY = Weather(rates={Fault.ERROR: 0.1}, refusals=0.2)
BESIEGED = Weather(rates={Fault.LOST: 0.02, Fault.CRASH_AFTER: 0.01, Fault.ERROR: 0.01}, jumps=0.001)
FORGED = Weather(rates={Fault.LOST: 0.02, Fault.CRASH_AFTER: 0.01, Fault.ERROR: 0.02}, anchored=True)
HAGGLED = Weather(rates={Fault.LOST: 0.01, Fault.ERROR: 0.01})
HASTY = Weather(rates={Fault.LOST: 0.01}, jumps=0.02, pendings=0.2)


@dataclass(frozen=True)
class World:
    script: Script
    weather: Weather


WORLDS: dict[str, World] = {
    "calm": World(market, CALM),
    "rough": World(market, ROUGH),
    "crashing": World(market, CRASHING),
    "deaf": World(market, DEAF),
    "busy": World(market, BUSY),
    "hasty": World(market, HASTY),
    "besieged": World(besieged, BESIEGED),
    "forged": World(forged, FORGED),
    "haggled": World(haggled, HAGGLED),
}


@dataclass(frozen=True)
class Result:
    """What a seed showed: violations in words, and the trace that leads there."""

    seed: int
    world: str
    violations: tuple[str, ...]
    trace: tuple[str, ...]

    @property
    def replay(self) -> str:
        return f"python -m tests.simulation replay --world {self.world} --seed {self.seed}"


def world_of(seed: int) -> str:
    """Seeds take turns among the worlds."""
    return tuple(WORLDS)[seed % len(WORLDS)]


def run(seed: int, world: str | None = None) -> Result:
    """Run one seed to its end, inside an `engine()`."""
    name = world or world_of(seed)
    with running(seed, WORLDS[name].weather) as simulation:
        try:
            WORLDS[name].script(simulation)
            simulation.run()
            found = violations(simulation)
        except Exception as error:  # noqa: BLE001 (whatever the simulated service raises is a violation)
            found = [f"{type(error).__name__}: {error}"]
        return Result(seed, name, tuple(found), tuple(simulation.scheduler.trace))
