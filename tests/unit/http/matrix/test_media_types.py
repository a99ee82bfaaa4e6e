"""Every route that takes a body takes JSON in UTF-8, sent as it is; in any other disguise it refuses it and does
nothing."""

import pytest

from tests.fakes import World
from tests.unit.http.matrix.asking import ask
from tests.unit.http.matrix.identities import IDENTITIES
from tests.unit.http.matrix.places import Places, copied
from tests.unit.http.matrix.rows import ROWS, Row

DISGUISES = (
    {"Content-Type": "text/plain"},
    {"Content-Type": "application/x-www-form-urlencoded"},
    {"Content-Type": "application/json; charset=utf-16"},
    {"Content-Encoding": "gzip"},
)
SIGNED = ("POST /callbacks/{gateway}",)
"""A gateway's signature is over the raw bytes, whatever it calls them."""

TAKING = [row for row in ROWS if row.body is not None and row.route not in SIGNED]


@pytest.mark.parametrize("sent_with", DISGUISES, ids=str)
@pytest.mark.parametrize("row", TAKING, ids=lambda row: row.route)
def test_a_body_in_disguise_is_refused_on_every_route(
    world: World, places: Places, row: Row, sent_with: dict[str, str]
) -> None:
    welcome = next(identity for identity in IDENTITIES if row.outcome(identity) is None)
    place = places.at(row.at)
    before = copied(world.memory)
    reply = ask(row, welcome, place, sent_with)
    assert (reply.status, reply.code) == (415, "unsupported-media-type")
    assert copied(world.memory) == before
