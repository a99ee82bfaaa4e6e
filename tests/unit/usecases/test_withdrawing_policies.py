"""A version of a policy document is withdrawn before it begins, or not at all; what leans on it is not left alone."""

from datetime import timedelta

import pytest

from shared.usecases.policies.read_policies import read_version
from tests.fakes import World
from tests.fakes.policies import AS_SHIPPED, as_shipped, bounds, deadlines
from tests.unit.usecases.operators import decided, in_force, proposed, refusal, withdrawn

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def test_what_waits_is_withdrawn_by_who_proposed_it_or_another(world: World) -> None:
    for number, by in ((2, "usr-1"), (3, "usr-2")):
        proposed(world, "prices", bounds("60"))
        assert withdrawn(world, "prices", number, by) == f"prices-{number} withdrawn"
    standing = world.policy_history.register().standing("prices")
    assert (standing.latest, standing.waiting, standing.agreed) == (3, (), ())


def test_what_was_agreed_to_for_later_never_comes_in_force_once_it_is_withdrawn(world: World) -> None:
    start = world.clock.now() + HOUR
    proposed(world, "prices", bounds("60"), activates_at=start)
    decided(world, "prices", 2, by="usr-2")
    assert in_force(world, start).version == f"{AS_SHIPPED} prices-2"
    assert withdrawn(world, "prices", 2, by="usr-3") == "prices-2 withdrawn"
    assert in_force(world, start + HOUR).version == AS_SHIPPED
    kept = read_version(world.policy_history, "prices", 2)
    assert (kept.decided_by, kept.withdrawn_by, kept.note) == ("usr-2", "usr-3", "Not after all.")


def test_what_comes_after_it_still_comes(world: World) -> None:
    start = world.clock.now() + HOUR
    proposed(world, "deadlines", deadlines(3600), activates_at=start)
    proposed(world, "deadlines", deadlines(7200), activates_at=start + HOUR)
    withdrawn(world, "deadlines", 2)
    assert [in_force(world, at).version for at in (start, start + HOUR)] == [AS_SHIPPED, f"{AS_SHIPPED} deadlines-3"]


@pytest.mark.parametrize("left", [timedelta(), MINUTE - timedelta(seconds=1)])
def test_what_has_begun_or_begins_within_a_minute_stays(world: World, left: timedelta) -> None:
    """Other processes may rule by it already, or will before they hear."""
    proposed(world, "deadlines", deadlines(3600), activates_at=world.clock.now() + left)
    assert refusal(lambda: withdrawn(world, "deadlines", 2)).code == "version-begun"
    assert read_version(world.policy_history, "deadlines", 2).status == "agreed"


def test_a_minute_before_it_begins_is_early_enough(world: World) -> None:
    proposed(world, "deadlines", deadlines(3600), activates_at=world.clock.now() + MINUTE)
    assert withdrawn(world, "deadlines", 2) == "deadlines-2 withdrawn"


def test_what_was_shipped_is_not_withdrawn(world: World) -> None:
    assert refusal(lambda: withdrawn(world, "deadlines", 1)).code == "version-begun"
    assert refusal(lambda: withdrawn(world, "deadlines", 2)).code == "version-not-found"


def test_a_version_that_was_rejected_or_withdrawn_waits_no_more(world: World) -> None:
    proposed(world, "prices", bounds("60"))
    decided(world, "prices", 2, decision="reject")
    assert refusal(lambda: withdrawn(world, "prices", 2)).code == "not-waiting"
    proposed(world, "prices", bounds("60"))
    withdrawn(world, "prices", 3)
    assert refusal(lambda: withdrawn(world, "prices", 3)).code == "not-waiting"
    assert refusal(lambda: decided(world, "prices", 3)).code == "not-waiting"
    assert refusal(lambda: proposed(world, "prices", None, restores=3)).violations[0].code == "unknown-version"


def test_what_comes_later_and_needs_it_is_not_left_alone(world: World) -> None:
    """A reason that a fee will be spared for."""
    start, reasons = world.clock.now() + HOUR, as_shipped("reasons")
    more = {"codes": [*reasons["codes"], {"code": "recall", "title": "Recalled", "kinds": ["cancellation"]}]}
    proposed(world, "reasons", more, activates_at=start)
    fees = as_shipped("cancellation")
    first, *others = fees["restocking"]
    spared = fees | {"restocking": [first | {"except_reasons": [*first["except_reasons"], "recall"]}, *others]}
    proposed(world, "cancellation", spared, activates_at=start + HOUR)
    decided(world, "cancellation", 2)

    refused = refusal(lambda: withdrawn(world, "reasons", 2))

    assert (refused.code, {each.code for each in refused.violations}) == ("policy-outdated", {"document-in-use"})
    assert "cancellation.restocking names recall" in refused.violations[0].detail
    withdrawn(world, "cancellation", 2)
    assert withdrawn(world, "reasons", 2) == "reasons-2 withdrawn"


def test_nobody_alone_makes_their_own_version_last(world: World) -> None:
    """A sale until tomorrow: who proposed it does not take tomorrow away."""
    proposed(world, "prices", bounds("60"), by="usr-1")
    decided(world, "prices", 2, by="usr-2")
    proposed(world, "prices", bounds("80"), by="usr-2", activates_at=world.clock.now() + HOUR)
    decided(world, "prices", 3, by="usr-1")
    assert refusal(lambda: withdrawn(world, "prices", 3, by="usr-1")).code == "own-change"
    assert withdrawn(world, "prices", 3, by="usr-2") == "prices-3 withdrawn"


def test_what_moves_no_money_is_withdrawn_by_anybody(world: World) -> None:
    proposed(world, "deadlines", deadlines(3600))
    proposed(world, "deadlines", deadlines(7200), activates_at=world.clock.now() + HOUR)
    assert withdrawn(world, "deadlines", 3, by="usr-1") == "deadlines-3 withdrawn"


def test_of_a_withdrawal_and_a_decision_at_once_one_is_heard(world: World) -> None:
    proposed(world, "prices", bounds("60"))
    world.policy_history.before_write = lambda: withdrawn(world, "prices", 2)
    assert refusal(lambda: decided(world, "prices", 2)).code == "not-waiting"
    assert in_force(world).version == AS_SHIPPED


def test_a_repeated_withdrawal_gets_its_first_answer(world: World) -> None:
    proposed(world, "prices", bounds("60"))
    first = withdrawn(world, "prices", 2, key="k1")
    assert withdrawn(world, "prices", 2, key="k1") == first
