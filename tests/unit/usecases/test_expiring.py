"""A change expires when its time is over, or when the approval of its own round has waited as long as it may."""

import pytest

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.usecases.sweeping.expire_change import expire_change
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


def test_an_approval_that_waited_too_long_ends_its_own_round_only(world: World, waiting: Change) -> None:
    assert not expire_change(world.services, waiting.change_id, unanswered_round=waiting.round + 1)
    assert expire_change(world.services, waiting.change_id, unanswered_round=waiting.round)
    assert now(world, waiting).status is ChangeStatus.EXPIRED
