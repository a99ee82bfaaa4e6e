"""The table of a line's fields: its exceptions have reasons, and what counts of an order goes all the way."""

from dataclasses import fields, replace

import pytest

from shared.domain.fields import fields_without
from shared.domain.order import line_fields
from shared.domain.order.line import Line
from shared.domain.order.line_fields import But, counting, left_out
from shared.domain.order.order import Order
from shared.domain.order.party import Address, Customer
from shared.domain.planning.edits import Restore
from shared.domain.planning.plan import ChangePlan, planned_order
from shared.domain.planning.planner import PlanContext, plan
from tests.fakes.builders import an_order
from tests.unit.domain.test_planner import POLICY

PLAN_FIELDS = {"shipping_address": "address_after", "shipping": "shipping_after", "fees": "fees_after"}
"""By an order's field, the plan's that tells what it becomes, where that has another name."""
UNDONE_BY = {"shipping_address": "address"}
"""By an order's field, the one of an undo that puts it back, where that has another name."""


def names(kind: type) -> set[str]:
    return {each.name for each in fields(kind)}


@pytest.mark.parametrize("kind", line_fields._ROWS, ids=lambda kind: kind.__name__)
def test_every_exception_names_a_field_and_gives_a_reason(kind: type) -> None:
    rows = line_fields._ROWS[kind]
    assert set(rows) <= names(kind)
    assert "" not in {getattr(row, place) for row in rows.values() for place in names(But)}


def test_an_exception_of_a_field_that_is_gone_is_refused() -> None:
    with pytest.raises(ValueError, match="Line has no field gone"):
        fields_without(Line, ["sku", "gone"])


@pytest.mark.parametrize("name", counting(Order, "log"))
def test_what_counts_of_an_order_is_carried_by_its_plan_and_put_back_by_an_undo(name: str) -> None:
    """A new field of an order's content needs a field of the plan (so it is in the digest) and one of the undo."""
    assert PLAN_FIELDS.get(name, name) in names(ChangePlan)
    assert UNDONE_BY.get(name, name) in names(Restore)


def test_a_plan_tells_all_that_becomes_of_an_orders_content() -> None:
    order = an_order().with_line("MUG", 2, 1000).paid().build()
    moved = replace(order, shipping_address=None, shipping=replace(order.shipping, price=1), lines=())
    made = plan(order, (), PlanContext(role="agent", policy=POLICY)).plan
    made = replace(made, address_after=None, shipping_after=moved.shipping, fees_after=moved.fees, lines=())
    shown = planned_order(replace(order, lines=()), made)
    assert [getattr(shown, name) for name in counting(Order, "log")] == [
        getattr(moved, name) for name in counting(Order, "log")
    ]


@pytest.mark.parametrize("kind", [Address, Customer])
def test_what_an_erasure_leaves_of_a_person_is_a_field(kind: type) -> None:
    assert set(kind.STAYS) <= names(kind)  # type: ignore[attr-defined]


def test_an_undo_compares_all_of_a_line_but_its_stock_cover_version_and_what_follows_from_quantities() -> None:
    left = {"allocated", "backordered", "basis", "taxed", "since", "sold", "sold_as", "moves_as", "goodwill", "upgrade"}
    assert set(left_out(Line, "undo")) == left
