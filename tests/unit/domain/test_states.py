"""A change moves along its table, and nowhere else."""

from itertools import product

import pytest

from shared.domain.change.states import CHANGE_TRANSITIONS, ChangeStatus, check_transition
from shared.domain.refusal import Refusal


@pytest.mark.parametrize(("current", "target"), list(product(ChangeStatus, ChangeStatus)))
def test_a_change_becomes_what_the_table_lets_it_become(current: ChangeStatus, target: ChangeStatus) -> None:
    if target in CHANGE_TRANSITIONS[current]:
        check_transition(current, target)
    else:
        with pytest.raises(Refusal, match="illegal-transition"):
            check_transition(current, target)
