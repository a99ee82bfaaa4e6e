"""A change of what runs is priced by the day: on another one its digest fits no more, and the refusal says why."""

from datetime import timedelta

import pytest

from shared.domain.refusal import Refusal
from shared.usecases.core.planning import check_digest
from tests.unit.domain.test_seats_in_time import TODAY, change, seats, to


def test_a_change_in_mid_term_that_is_decided_on_a_later_day_is_refused_with_the_reason_and_the_fresh_plan() -> None:
    asked, later = change(seats(), to(5)), change(seats(), to(5), on=TODAY + timedelta(days=1))
    check_digest(asked, asked.plan.digest)
    with pytest.raises(Refusal, match="priced by the day") as refused:
        check_digest(later, asked.plan.digest)
    assert (refused.value.code, refused.value.extra) == ("plan-changed", {"plan": later.plan})


def test_what_does_not_go_by_the_day_says_nothing_of_it() -> None:
    with pytest.raises(Refusal) as refused:
        check_digest(change(seats(), to(5), on=None), "other")
    assert "by the day" not in refused.value.detail
