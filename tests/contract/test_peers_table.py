"""Checks that the tables beside others' numbers hold the planner's results."""

from tests.contract.peers_table import tables


def test_a_dropped_unit_gives_back_what_was_paid_for_it_and_17_days_cost_17_days() -> None:
    shown = list(tables())
    assert "| Inflight | 21.60 | 10.80 | 32.40 |" in shown
    assert "| seats, a month | 10 × 12.00 × 12 = 1440.00 | 10 × 12.00 × (12 + 17/31) = 1505.81 | 65.81 |" in shown
    assert "Due: 93.23. Refund: 0.00. Rule: periods_then_days." in shown
