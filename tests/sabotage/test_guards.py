"""The table of guards is complete and up to date: no test is run on broken code here, `make sabotage` does that."""

import ast

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
