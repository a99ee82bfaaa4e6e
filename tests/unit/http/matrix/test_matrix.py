"""Every route × everybody: who is let in, who is kept out by what, and that being kept out leaves no trace."""

from operator import attrgetter

import pytest

from shared.http.door.route import Route
from shared.http.routes import ROUTES
from tests.fakes import World
from tests.fakes.world import Memory
from tests.unit.http.matrix.asking import ask
from tests.unit.http.matrix.derived import NARROWER, disagreements, unlisted
from tests.unit.http.matrix.identities import IDENTITIES
from tests.unit.http.matrix.places import Places, copied
from tests.unit.http.matrix.rows import BY_NAME, ROWS

CASES = [(row.route, identity) for row in ROWS for identity in IDENTITIES]
KEPT_OUT = (401, 403, 404)


def kept(world: World) -> tuple[Memory, object]:
    """All that a request can leave a trace in."""
    return copied(world.memory), (world.policy_history.register(), {**world.policy_history.kept})


def test_every_route_has_its_row() -> None:
    assert unlisted(ROUTES) == (set(), set())


def test_what_is_written_by_hand_agrees_with_the_rows_but_where_it_says_why() -> None:
    assert disagreements(ROUTES) == {name: set(narrower.identities) for name, narrower in NARROWER.items()}


@pytest.mark.parametrize("route", ROUTES, ids=attrgetter("name"))
def test_what_is_owned_and_which_scope_is_let_in_stands_in_both(route: Route) -> None:
    row = BY_NAME[route.name]
    assert (row.owned, row.scope) == (route.owned, route.scope)


def test_the_matrix_is_every_route_with_everybody() -> None:
    assert len(set(CASES)) == len(ROUTES) * len(IDENTITIES)


@pytest.mark.parametrize(("route", "identity"), CASES)
def test_who_is_let_in_and_who_is_not(world: World, places: Places, route: str, identity: str) -> None:
    row, place = BY_NAME[route], places.at(BY_NAME[route].at)
    before = kept(world)
    reply = ask(row, identity, place)
    kept_out = row.outcome(identity)
    assert (reply.status if reply.status in KEPT_OUT else None) == kept_out
    assert reply.status < 500
    if kept_out:
        assert kept(world) == before
        assert (reply.headers["Content-Type"], reply.body["status"]) == ("application/problem+json", kept_out)


@pytest.mark.parametrize("route", BY_NAME)
def test_what_is_asked_works_for_somebody(world: World, places: Places, route: str) -> None:
    """So who is let in has come as far as the use case, and who is kept out could have left a trace."""
    row, place = BY_NAME[route], places.at(BY_NAME[route].at)
    before = kept(world)
    assert any(ask(row, identity, place).status < 300 for identity in sorted(row.who))
    assert (kept(world) == before) == (route.startswith("GET") or not row.keeps)
