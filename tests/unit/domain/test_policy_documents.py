"""What ships makes sense, and at any time exactly one version of each document is in force."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.policy_documents import read_document, shipped_version
from shared.adapters.policy_file import ADAPTERS, shipped, shipped_documents
from shared.domain.policy.documents.registry import DOCUMENTS, PolicyName
from shared.domain.policy.versions import ALWAYS, SKEW, PolicyVersion, Register
from shared.domain.policy_making.trial import policy_at
from shared.domain.policy_making.validation import problems

START = datetime(2026, 11, 20, tzinfo=UTC)
NAMES: tuple[PolicyName, ...] = tuple(DOCUMENTS)


@pytest.mark.parametrize("name", NAMES)
def test_a_document_as_shipped_has_no_problems(name: PolicyName) -> None:
    assert problems(shipped(), name) == ()


@pytest.mark.parametrize("name", NAMES)
def test_a_document_survives_being_kept_as_text(name: PolicyName) -> None:
    text = ADAPTERS[name].dump_json(shipped_documents()[name]).decode()
    assert read_document(name, text) == shipped_documents()[name]
    assert (shipped_version(name).document, shipped_version(name).activates_at) == (text, ALWAYS)


def test_with_no_version_of_its_own_policy_is_as_shipped() -> None:
    assert policy_at(Register(), START, read_document) == shipped()


hours = st.integers(min_value=0, max_value=30)
schedules = st.lists(
    st.tuples(st.sampled_from(NAMES[:2]), hours, hours, st.sampled_from(["agreed", "waiting", "rejected"])), max_size=12
)


def kept(schedule: list[tuple[PolicyName, int, int, str]]) -> tuple[Register, list[PolicyVersion]]:
    """The register after these versions: each written some hours after the one before, to begin some hours later."""
    register, now, versions = Register(), START, []
    for name, later, delay, status in schedule:
        now += timedelta(hours=later)
        version = PolicyVersion(
            name=name,
            version=register.standing(name).latest + 1,
            document="{}",
            status=status,  # type: ignore[arg-type]
            why="?",
            by="usr-1",
            at=now,
            activates_at=now + timedelta(hours=delay),
        )
        register = register.including(version, now)
        versions.append(version)
    return register, versions


@given(schedules, st.integers(min_value=0, max_value=800))
def test_whatever_was_scheduled_the_version_begun_last_is_in_force_from_an_hour_ago_on(
    schedule: list[tuple[PolicyName, int, int, str]], later: int
) -> None:
    register, versions = kept(schedule)
    written = versions[-1].at if versions else START
    moment = written - SKEW + timedelta(hours=later)
    in_force = {name: agreed.version for name, agreed in register.in_force(moment).items()}
    for name in NAMES[:2]:
        begun = [each for each in versions if each.name == name and each.status == "agreed"]
        begun = [each for each in begun if each.activates_at <= moment]
        expected = max(begun, key=lambda each: (each.activates_at, each.version)).version if begun else None
        assert in_force.get(name) == expected


@given(schedules)
def test_versions_are_dense_and_every_one_that_waits_is_known(
    schedule: list[tuple[PolicyName, int, int, str]],
) -> None:
    register, versions = kept(schedule)
    for name in NAMES[:2]:
        own = [each for each in versions if each.name == name]
        assert [each.version for each in own] == list(range(2, len(own) + 2))
        assert register.standing(name).latest == len(own) + 1
        assert list(register.standing(name).waiting) == [each.version for each in own if each.status == "waiting"]
    assert register.revision == len(versions)


@given(schedules)
def test_the_register_does_not_grow_with_what_is_over(schedule: list[tuple[PolicyName, int, int, str]]) -> None:
    register, versions = kept(schedule)
    for name, standing in register.standings.items():
        touched = max(each.at for each in versions if each.name == name)
        over = [each for each in standing.agreed if each.activates_at <= touched - SKEW]
        assert len(over) <= 1


@given(schedules)
def test_who_moves_through_time_is_told_of_every_moment_at_which_something_begins(
    schedule: list[tuple[PolicyName, int, int, str]],
) -> None:
    register, _ = kept(schedule)
    moments = [START, *register.changes_after(START)]
    for moment, following in pairwise(moments):
        just_before = following - timedelta(microseconds=1)
        assert register.in_force(moment) == register.in_force(just_before)
