"""A guard is tried on the code without it, and on nothing else: forks import from their own place."""

from collections.abc import Iterator

import pytest

from shared.ports.stores import Conflict
from tests.sabotage.bench import Bench, bench
from tests.sabotage.guard import ROOT, Guard, guard
from tests.sabotage.guards import all_guards
from tests.sabotage.runner import Runner
from tests.sabotage.witness import is_fair

STATES = "shared/domain/change/states.py"
TESTS = "tests/unit/domain/test_states.py"


@pytest.fixture(scope="module")
def place() -> Iterator[Bench]:
    with bench() as place:
        yield place


def before_the_check(statement: str) -> Guard:
    """A module that does this before it defines its function."""
    check = "def check_transition("
    return guard("a table", STATES, check, f"{statement}\n{check}")


def test_a_fork_imports_the_code_without_the_guard_and_the_next_one_all_of_it(place: Bench) -> None:
    """Bytecode of the whole file is there already when the file is broken, and its text is shared until then."""
    assert place.failing(TESTS) is None
    with place.placed(before_the_check("raise RuntimeError('it is gone')")) as there:
        found = place.first_failure(there, (TESTS,))
    assert found is not None
    assert "it is gone" in found["error"]
    assert (place.origin / STATES).read_text() == (ROOT / STATES).read_text()
    assert place.failing(TESTS) is None


ONE_A_FOLDER = {each.path.partition("/")[0]: each for each in all_guards() if not each.redundant}


@pytest.mark.parametrize("each", ONE_A_FOLDER.values(), ids=list(ONE_A_FOLDER))
def test_a_guard_is_taken_out_of_a_place_and_stays_in_the_origin(place: Bench, each: Guard) -> None:
    origin = place.origin / each.path
    before = origin.read_text()
    with place.placed(each) as there:
        assert (there / each.path).read_text() != before
        assert origin.read_text() == before


def test_a_witness_that_is_gone_is_told_apart(place: Bench) -> None:
    there = f"{TESTS}::test_a_change_becomes_what_the_table_lets_it_become"
    gone = (f"{there}[nothing-nowhere]", f"{TESTS}::test_that_was_renamed", "tests/unit/test_moved.py::test_a")
    assert place.existing((there, f"{there}[draft-completed]", *gone)) == {there, f"{there}[draft-completed]"}


def test_without_a_search_nobody_but_the_witness_is_asked(place: Bench) -> None:
    blind = f"{TESTS}::test_a_change_becomes_what_the_table_lets_it_become"
    broken = before_the_check("raise RuntimeError('it is gone')")
    assert place.tried(broken, searching=False).test == ""
    assert place.tried(broken, blind, searching=False).test == ""  # it fails unfairly, so it proves nothing


def test_what_never_ends_is_killed(place: Bench) -> None:
    runner = Runner(longest=5)
    try:
        with place.placed(before_the_check("while True: ...")) as there:
            assert runner.first_failure(there, (TESTS,)) == {"test": TESTS, "fair": True, "error": "it never ended"}
    finally:
        runner.close()


class Alien(Exception):
    """Belongs to no code of ours, as a library's exceptions do."""


def raised(error: BaseException) -> pytest.ExceptionInfo[BaseException]:
    """Returns the error as a library would have raised it: its last frame is outside the tests."""
    with pytest.raises(type(error)) as caught:
        exec(compile("raise error", "/usr/lib/library.py", "exec"), {"error": error})  # noqa: S102
    return caught


@pytest.mark.parametrize(
    ("error", "fair"),
    [
        (Conflict("stage"), True),
        (Alien(), False),
        (ExceptionGroup("unfinished", [Alien(), ExceptionGroup("inner", [Conflict("stage")])]), True),
        (ExceptionGroup("unfinished", [Alien()]), False),
    ],
)
def test_an_exception_of_ours_notices_in_a_group_as_it_does_alone(error: BaseException, fair: bool) -> None:
    assert is_fair(raised(error)) is fair
