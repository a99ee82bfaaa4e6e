"""What `make bench` measures of policy, and what it must stay below."""

import pytest

from tests.bench.policy import policy_share


@pytest.mark.parametrize(("lines", "runs"), [(10, 20), (1000, 5)])
def test_policy_takes_less_than_two_milliseconds_of_a_plan(lines: int, runs: int) -> None:
    """It takes a tenth of that of ten lines, each changed, and half of a thousand."""
    assert policy_share(lines, lines, runs=runs)["policy_ms"] < 2
