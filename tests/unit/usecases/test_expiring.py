"""A change expires when its time is over, and not before."""

import pytest

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.usecases.core.expire_change import expire_change
from tests.fakes import World
from tests.unit.usecases.approvals import a_dear_order, asked_for, now, over_500, ruled


@pytest.fixture
def waiting(world: World) -> Change:
    """501.00, of which a lead is asked first."""
    ruled(world, over_500("lead"))
    return asked_for(world, a_dear_order(world))


def test_a_change_stays_open_as_long_as_it_has_time(world: World, waiting: Change) -> None:
    assert not expire_change(world.services, waiting.change_id)
    assert now(world, waiting).status is ChangeStatus.PENDING_APPROVAL


def test_a_change_expires_when_its_time_is_over_and_once_only(world: World, waiting: Change) -> None:
    world.clock.passes(hours=25)
    assert expire_change(world.services, waiting.change_id)
    assert now(world, waiting).status is ChangeStatus.EXPIRED
    assert not expire_change(world.services, waiting.change_id)
