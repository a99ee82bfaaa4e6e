"""What `make bench` measures of policy, and what it must stay below."""

import pytest

from tests.bench.policy import policy_share


@pytest.mark.parametrize(("lines", "runs"), [(10, 20), (1000, 5)])
def test_policy_takes_less_than_two_milliseconds_of_a_plan(lines: int, runs: int) -> None:
    """Ten lines, each changed, take an eighth of that, a thousand three quarters; the machine may be busy once."""
    assert min(policy_share(lines, lines, runs=runs)["policy_ms"] for _ in range(3)) < 2
