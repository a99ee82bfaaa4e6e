"""The planner and the oracle agree to the last minor unit: 1,000 random histories (20,000 in `make bench`)."""

from dataclasses import replace

import pytest

from tests.oracle import compare
from tests.oracle.counting import EVERYTHING, held
from tests.oracle.histories import History, history, started
from tests.oracle.words import told
from tests.support.effort import times

HISTORIES, PARTS = times(1_000, least=8), 8
SHOWN = 3


@pytest.mark.parametrize("part", range(PARTS))
def test_the_planner_and_the_oracle_agree_on_every_figure_of_every_step(part: int) -> None:
    found = [each for seed in range(part, HISTORIES, PARTS) if (each := history(seed)).differences]
    assert not found, in_words(found)


def in_words(found: list[History]) -> str:
    """Tells the first of them whole, so that a person can work them out, and names the others."""
    stories = ["\n".join(told(each)) for each in found[:SHOWN]]
    return "\n\n".join([f"seeds that differ: {[each.seed for each in found]}", *stories])


def test_the_histories_hold_every_edit_currency_kind_of_line_and_way_to_settle() -> None:
    missing = set(EVERYTHING)
    for seed in range(1_000):
        missing -= set(held(history(seed)))
        if not missing:
            return
    raise AssertionError(missing)


def test_a_seed_gives_the_same_history_again() -> None:
    first, again = history(7), history(7)
    assert list(told(first)) == list(told(again))


def test_a_minor_unit_that_is_wrong_in_the_order_is_named() -> None:
    run = started(3)
    line = run.order.lines[0]
    wrong = replace(line, gross=line.gross + 1)
    found = compare.of_order(run.book, replace(run.order, lines=(wrong, *run.order.lines[1:])))
    assert {name for name, _, _ in found} >= {f"line {line.line_id}: gross", "totals.items", "totals.total"}
