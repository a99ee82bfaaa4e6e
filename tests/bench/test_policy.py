"""What keeps policy quick, as far as it can be counted; `make bench` measures how quick that is."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import pytest

from shared.domain.planning.planner import plan
from shared.domain.policy import conditions
from tests.bench.policy import ASKED, all_changed


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """How often each of the functions is called that ask policy, and how often a condition is evaluated."""
    calls: Counter[str] = Counter()

    def counting(owner: Any, name: str) -> Any:
        asked = getattr(owner, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            calls[name] += 1
            return asked(*args, **kwargs)

        return patch.object(owner, name, call)

    with ExitStack() as stack:
        for owner, name in (*ASKED, (conditions, "answer")):
            stack.enter_context(counting(owner, name))
        yield calls


def asked_of(lines: int) -> Counter[str]:
    with counted() as calls:
        plan(*all_changed(lines))
    return calls


@pytest.mark.parametrize("lines", [20, 1000])
def test_as_many_conditions_are_evaluated_for_many_lines_as_for_ten(lines: int) -> None:
    """Lines that are alike to policy are judged together; only the look-up is done for each."""
    few, many = asked_of(10), asked_of(lines)
    assert many["answer"] == few["answer"] > 0
    assert many["eligibility"] * 10 == few["eligibility"] * lines
    for name in {*few} - {"eligibility"}:
        assert many[name] == few[name], name


def test_a_second_plan_compiles_no_condition() -> None:
    plan(*all_changed(10))
    before = conditions.compiled.cache_info().misses
    plan(*all_changed(1000))
    assert conditions.compiled.cache_info().misses == before
