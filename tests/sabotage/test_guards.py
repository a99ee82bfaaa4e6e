"""The table of guards is complete and up to date: no test is run on broken code here, `make sabotage` does that."""

import ast
from functools import cache

import pytest

from tests.sabotage.conditions import condition_guards
from tests.sabotage.guard import ROOT, Guard
from tests.sabotage.guards import all_guards
from tests.sabotage.witnesses import witnesses

GUARDS = all_guards()


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_guard_stands_once_in_the_code_and_what_is_left_without_it_is_code(guard: Guard) -> None:
    left = guard.removed()
    assert left != (ROOT / guard.path).read_text()
    ast.parse(left)


def test_every_guard_has_a_name_of_its_own() -> None:
    assert len({guard.name for guard in GUARDS}) == len(GUARDS)


def test_a_witness_is_kept_for_guards_that_there_are() -> None:
    """`python -m tests.sabotage --remember <name>` forgets those of guards that are gone or have another name."""
    assert sorted(set(witnesses()) - {guard.name for guard in GUARDS}) == []


def test_a_witness_is_a_test_that_there_is() -> None:
    """Functions are looked up in the source, which is quick; `make sabotage` collects parameters too."""
    gone = [f"{guard}: {test}" for guard, test in witnesses().items() if not _is_there(test)]
    assert not gone, "\n".join(gone)


def test_a_witness_with_parameters_is_a_test_that_there_is(request: pytest.FixtureRequest) -> None:
    """Ids of parameters are known of what was collected anyway: of everything, when all tests are run."""
    if any("::" in each for each in request.config.args) or request.config.option.keyword:
        pytest.skip("only some tests of a file were collected")
    collected = {item.nodeid for item in request.session.items}
    files = {nodeid.partition("::")[0] for nodeid in collected}
    gone = {test for test in witnesses().values() if "[" in test and test.partition("::")[0] in files} - collected
    assert not gone, "\n".join(sorted(gone))


def test_every_condition_of_a_write_has_a_test_that_notices_when_it_is_gone() -> None:
    """A new condition needs one: `python -m tests.sabotage --remember <its name>` finds and keeps it."""
    assert {guard.name for guard in condition_guards()} <= set(witnesses())


def test_every_condition_that_is_given_to_a_write_is_found() -> None:
    """Whatever a ConditionExpression is made of, in whichever adapter, stands in a literal that is found."""
    found = {guard.path for guard in condition_guards()}
    giving = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "shared").rglob("*.py")
        if "ConditionExpression=" in path.read_text().replace("KeyConditionExpression=", "")
    }
    assert giving <= found


def _is_there(test: str) -> bool:
    path, *names = test.partition("[")[0].split("::")
    return "::".join(names) in _functions_of(path)


@cache
def _functions_of(path: str) -> frozenset[str]:
    """The tests of a file: functions, and methods as `Class::method`; none where there is no such file."""
    if not (ROOT / path).exists():
        return frozenset()
    found = set[str]()
    for node in ast.parse((ROOT / path).read_text()).body:
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{each.name}" for each in node.body if isinstance(each, ast.FunctionDef)}
        elif isinstance(node, ast.FunctionDef):
            found.add(node.name)
    return frozenset(found)
