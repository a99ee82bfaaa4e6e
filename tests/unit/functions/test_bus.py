"""The bus's adapter: what was taken in part has failed, so that the stream brings it again."""

from typing import Any

import pytest

from shared.adapters.eventbridge import EventBridgeBus
from shared.ports.bus import PublishFailed
from tests.fakes import World
from tests.unit.functions.stories import a_paid_order


class Client:
    def put_events(self, **asked: Any) -> Any:
        return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"} for _ in asked["Entries"]]}


def test_events_that_the_bus_took_in_part_are_not_published(world: World) -> None:
    a_paid_order(world)
    client: Any = Client()
    with pytest.raises(PublishFailed, match="ThrottlingException"):
        EventBridgeBus(client, "bus").publish(world.memory.events)
