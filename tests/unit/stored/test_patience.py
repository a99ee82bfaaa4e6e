"""A table without room gives keys back unread: they are asked for again after waits that grow, and not for ever."""

from typing import Any

import pytest

from shared.adapters.dynamodb.listing import rows_of_tables
from shared.adapters.dynamodb.patience import WAITS, Patience
from shared.ports.stores import Conflict

KEYS = {"orders": [{"pk": {"S": str(number)}} for number in range(3)]}


class Busy:
    """A table that answers one key a call, `refusals` times none at all first."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.calls = 0

    def batch_get_item(self, RequestItems: Any) -> Any:  # noqa: N803 - as the client's
        self.calls += 1
        asked = RequestItems["orders"]["Keys"]
        read, left = ([], asked) if self.calls <= self.refusals else (asked[:1], asked[1:])
        unread = {"UnprocessedKeys": {"orders": {"Keys": left}}} if left else {}
        return {"Responses": {"orders": read}, **unread}


def test_keys_that_were_given_back_are_asked_for_after_waits_that_grow() -> None:
    waits: list[float] = []
    client: Any = Busy(refusals=2)
    found = rows_of_tables(client, KEYS, patience=Patience(waits.append))
    assert found == {"orders": KEYS["orders"]}
    assert len(waits) == client.calls - 1 == 4
    assert all(wait / 2 <= waited <= wait for waited, wait in zip(waits, WAITS, strict=False))


def test_a_table_that_never_has_room_is_given_up_in_the_end() -> None:
    waits: list[float] = []
    client: Any = Busy(refusals=10_000)
    with pytest.raises(Conflict):
        rows_of_tables(client, KEYS, patience=Patience(waits.append))
    assert client.calls == len(WAITS) + 1
    assert sum(waits) < 2
