"""Golden rows: what was stored in today's shape, which bears no number, is read for ever, and as the same values."""

from typing import Any

import pytest

from tests.golden.files import ROWS, VALUES, Json, read
from tests.golden.stored import KINDS, kind_of, values

EXPECTED: Json = read(VALUES)["values"]


@pytest.fixture(scope="module")
def found() -> Json:
    return values()


def holds(expected: Any, found: Any) -> bool:
    """Whether everything expected is found; objects may have fields more, which the row knew nothing of."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return all(name in found and holds(value, found[name]) for name, value in expected.items())
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(holds, expected, found))
    return bool(expected == found)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_row_of_todays_shape_is_read_as_the_value_that_was_written(name: str, found: Json) -> None:
    if not holds(EXPECTED[name], found[name]):
        assert found[name] == EXPECTED[name]


def test_every_value_that_rows_have_is_expected(found: Json) -> None:
    assert set(found) == set(EXPECTED)


def test_every_kind_of_row_that_is_written_stands_among_the_golden_rows() -> None:
    assert {kind_of(table, row) for table, rows in read(ROWS).items() for row in rows.values()} == KINDS
