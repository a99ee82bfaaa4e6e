"""Puts events on EventBridge in batches of ten; a batch that was accepted in part counts as failed."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from shared.domain.change.events import SOURCE, Event
from shared.ports.bus import PublishFailed

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

BATCH = 10
"""EventBridge takes at most ten entries, and 256 KB, a call."""


class EventBridgeBus:
    """`path` is what links begin with: the path under which callers reach the API."""

    def __init__(self, client: "EventBridgeClient", bus: str, path: str = "") -> None:
        self._client = client
        self._bus = bus
        self._path = path

    def publish(self, events: Sequence[Event]) -> None:
        for batch in _batches([_linked(event, self._path) for event in events]):
            reply = self._client.put_events(
                Entries=[
                    {
                        "EventBusName": self._bus,
                        "Source": SOURCE,
                        "DetailType": event.type,
                        "Time": event.occurred_at,
                        "Detail": _detail(event),
                    }
                    for event in batch
                ]
            )
            if reply["FailedEntryCount"]:
                codes = {entry.get("ErrorCode") for entry in reply["Entries"] if entry.get("ErrorCode")}
                raise PublishFailed(f"{reply['FailedEntryCount']} of {len(batch)}: {sorted(map(str, codes))}")


def _linked(event: Event, path: str) -> Event:
    return replace(event, data={**event.data, "link": f"{path}{event.data['link']}"}) if path else event


def _detail(event: Event) -> str:
    return json.dumps(event.detail, separators=(",", ":"))


def _batches(events: Sequence[Event]) -> list[list[Event]]:
    """Returns batches within both limits of a call."""
    batches: list[list[Event]] = []
    room = 0
    for event in events:
        size = len(_detail(event).encode()) + 500
        if not batches or len(batches[-1]) == BATCH or size > room:
            batches.append([])
            room = 250_000
        batches[-1].append(event)
        room -= size
    return batches
