"""The digest: the same for the same outcome however it was asked for, another for every other outcome."""

from itertools import permutations

import pytest

from shared.domain.planning.edits import AddLine, CancelUnits, Edit, Money, SetDiscount
from shared.domain.planning.plan import ChangePlan
from shared.domain.planning.planner import PlanContext, plan
from tests.fakes.builders import an_order
from tests.unit.domain.test_planner import POLICY

ORDER = an_order().with_line("MUG", 2, 1000).with_line("CUP", 2, 1500).paid().build()


def planned(*edits: Edit, kind: str = "amendment") -> ChangePlan:
    return plan(ORDER, edits, PlanContext(kind=kind, role="agent", policy=POLICY)).plan  # type: ignore[arg-type]


def added(sku: str = "BOWL", price: int = 500, **more: object) -> AddLine:
    return AddLine(sku=sku, quantity=1, unit_price=Money(amount=price, currency="USD"), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (added(), added(parent_line_id="l1")),
        (added(), added(title="Solid gold bowl")),
        (SetDiscount(line_id="l1", type="percent", value="10"), SetDiscount(line_id="l1", type="amount", value="2.00")),
        (
            SetDiscount(line_id="l1", type="percent", value="10"),
            SetDiscount(line_id="l1", type="percent", value="10.01"),
        ),
    ],
    ids=["another parent", "another title", "a discount that scales otherwise", "a percentage that scales otherwise"],
)
def test_what_comes_out_otherwise_has_another_digest(one: Edit, other: Edit) -> None:
    first, second = planned(one), planned(other)
    assert first.totals_after == second.totals_after
    assert first.digest != second.digest


def test_a_percentage_is_the_same_however_it_is_written() -> None:
    ten, same = (SetDiscount(line_id="l1", type="percent", value=value) for value in ("10", "10.0"))
    assert planned(ten).digest == planned(same).digest


@pytest.mark.parametrize(
    ("kind", "edits"),
    [
        ("cancellation", (CancelUnits(line_id="l1", quantity=1), CancelUnits(line_id="l2", quantity=1))),
        ("amendment", (added("BOWL", 500), added("PLATE", 700), added("PLATE", 700, parent_line_id="l1"))),
    ],
    ids=["lines to cancel", "lines to add"],
)
def test_the_order_in_which_lines_are_named_is_no_outcome(kind: str, edits: tuple[Edit, ...]) -> None:
    assert len({planned(*each, kind=kind).digest for each in permutations(edits)}) == 1


def test_units_cancelled_are_listed_in_the_order_of_the_lines() -> None:
    result = planned(CancelUnits(line_id="l2", quantity=1), CancelUnits(line_id="l1", quantity=1), kind="cancellation")
    assert [units.line_id for units in result.cancelled] == ["l1", "l2"]
