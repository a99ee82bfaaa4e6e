"""What `make bench` measures of policy, and what it must stay below."""

from tests.bench.policy import policy_share


def test_policy_takes_less_than_two_milliseconds_of_a_typical_plan() -> None:
    """It takes about a tenth of that; ten lines, each changed."""
    assert policy_share(10, 10, runs=20)["policy_ms"] < 2
