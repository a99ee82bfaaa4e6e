"""An approval that nobody gives: a role is reminded once, and then the next one is asked."""

from datetime import timedelta

from shared.adapters.policy_file import shipped
from shared.domain.change.approval_request import asked, escalated, lapse_of, reminded
from tests.fakes.world import NOW

APPROVALS = shipped().approvals
LEAD = asked(APPROVALS, "lead", 0, NOW)


def test_a_role_is_reminded_once() -> None:
    soon = NOW + timedelta(seconds=APPROVALS.level("lead").remind_after_seconds or 0)
    assert lapse_of(APPROVALS, LEAD, soon) == "remind"
    assert lapse_of(APPROVALS, reminded(LEAD), soon) is None


def test_when_its_time_is_over_the_next_role_is_asked_and_reminded_anew() -> None:
    late = LEAD.deadline
    assert lapse_of(APPROVALS, LEAD, late) == "escalate"
    assert lapse_of(APPROVALS, reminded(LEAD), late) == "escalate"
    manager = escalated(APPROVALS, reminded(LEAD), late)
    assert (manager.role, manager.passed_over, manager.since) == ("manager", ("lead",), NOW)
    assert manager.remind_at is not None
