"""The places of the matrix: told once, and found as they were by each request."""

import copy
from dataclasses import fields, replace
from typing import Any

from tests.fakes import World
from tests.fakes.world import Memory
from tests.unit.http.matrix.stories import STORIES, TOLD_ANEW, Place, place_of, stock


class Places:
    """By name; each request finds them as they were."""

    def __init__(self, world: World) -> None:
        stock(world)
        self._told = {name: place_of(world, tell(world, number)) for number, (name, tell) in enumerate(STORIES.items())}
        self._memory = copied(world.memory)
        self._count, self._time = world.ids.count, world.clock.time

    def in_world(self, world: World) -> None:
        """The same things have happened in `world`."""
        for each in fields(Memory):
            value, own = getattr(copied(self._memory), each.name), getattr(world.memory, each.name)
            if isinstance(own, dict):
                own.update(value)
            else:
                setattr(world.memory, each.name, value)
        world.ids.count = world.ids.secrets = self._count + 100
        world.clock.time = self._time

    def at(self, name: str) -> Place:
        """What happened outside the memory of orders and changes happens now, in the world of the request."""
        return TOLD_ANEW[name](self._told["order"]) if name in TOLD_ANEW else self._told[name]


def copied(memory: Memory) -> Memory:
    """Deep enough: what lies in the containers' containers is frozen."""
    return replace(memory, **{each.name: _shallow(getattr(memory, each.name)) for each in fields(Memory)})


def _shallow(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: copy.copy(each) if isinstance(each, list | dict) else each for key, each in value.items()}
    return copy.copy(value)
