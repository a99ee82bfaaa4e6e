"""Golden rows: what was stored in today's shape, which bears no number, is read for ever, and as the same values."""

from typing import Any

import pytest

from shared.adapters.dynamodb.stored.upcasters import NUMBER
from tests.golden.files import LATER, ROWS, VALUES, Json, of_shape, read
from tests.golden.stored import KINDS, kind_of, values

SHAPES = (1, *LATER)
EXPECTED: dict[int, Json] = {number: read(of_shape(VALUES, number))["values"] for number in SHAPES}


@pytest.fixture(scope="module")
def found() -> dict[int, Json]:
    return {number: values(of_shape(ROWS, number)) for number in SHAPES}


def holds(expected: Any, found: Any) -> bool:
    """Whether everything expected is found; objects may have fields more, which the row knew nothing of."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return all(name in found and holds(value, found[name]) for name, value in expected.items())
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(holds, expected, found))
    return bool(expected == found)


@pytest.mark.parametrize(("number", "name"), [(number, name) for number in SHAPES for name in EXPECTED[number]])
def test_a_row_of_any_shape_is_read_as_the_value_that_was_written(
    number: int, name: str, found: dict[int, Json]
) -> None:
    if not holds(EXPECTED[number][name], found[number][name]):
        assert found[number][name] == EXPECTED[number][name]


@pytest.mark.parametrize("number", SHAPES)
def test_every_value_that_rows_have_is_expected(number: int, found: dict[int, Json]) -> None:
    assert set(found[number]) == set(EXPECTED[number])


@pytest.mark.parametrize("number", SHAPES)
def test_every_kind_of_row_that_is_written_stands_among_the_golden_rows(number: int) -> None:
    rows = read(of_shape(ROWS, number))
    assert {kind_of(table, row) for table, found in rows.items() for row in found.values()} == KINDS


def test_the_newest_shape_has_golden_rows() -> None:
    assert max(SHAPES) == NUMBER
