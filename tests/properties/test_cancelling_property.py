"""Cancelling piece by piece ends exactly where cancelling together ends: 300 random orders (10,000 in `make bench`)."""

from tests.support.cancellations import broken, case
from tests.support.effort import times

CASES = times(300)


def test_partial_cancellations_refund_together_what_one_cancellation_would_and_no_more_than_was_captured() -> None:
    found = {seed: words for seed in range(CASES) if (words := broken(case(seed)))}
    assert not found, f"seeds that break it: {found}"
