"""What a change differs in, whatever kind of change it is: so every department hears of what concerns it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from shared.domain.order.product import Catalogue, Product
from shared.domain.order.progress import Progress
from shared.domain.planning.edits import CancelLine, CancelUnits, Edit, ReplaceSku, SetQuantity, SetShippingAddress
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.plan import Planned
from shared.domain.planning.planner import PlanContext, plan
from tests.fakes.builders import HOME, an_order
from tests.unit.domain.test_planner import POLICY

BUILDER = an_order().with_line("MUG", 3, 1000).paid()
PACKED = BUILDER.build(l1=Progress(picked=3, packed=3))
ONE_PACKED = BUILDER.build(l1=Progress(picked=1, packed=1))
FEWER = SetQuantity(line_id="l1", quantity=2)
CUPS = Catalogue(products={"CUP": Product(sku="CUP", list_price={"USD": 1000})})


def planned(order: object, edit: Edit, kind: str = "amendment") -> Planned:
    context = PlanContext(kind=kind, role="agent", policy=POLICY, catalogue=CUPS)  # type: ignore[arg-type]
    return plan(order, (edit,), context)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "edit"),
    [
        ("amendment", FEWER),
        ("amendment", CancelLine(line_id="l1")),
        ("amendment", ReplaceSku(line_id="l1", with_sku="CUP")),
        ("cancellation", CancelUnits(line_id="l1", quantity=1)),
    ],
)
def test_logistics_hears_of_every_change_that_takes_units_of_a_parcel(kind: str, edit: Edit) -> None:
    result = planned(PACKED, edit, kind).plan
    assert ("shipment" in result.changed, "logistics" in result.departments) == (True, True)


@pytest.mark.parametrize("edit", [FEWER, SetQuantity(line_id="l1", quantity=4)], ids=["not packed yet", "more"])
def test_logistics_hears_of_no_units_that_are_in_no_parcel(edit: Edit) -> None:
    assert planned(ONE_PACKED, edit).plan.departments == ("warehouse", "billing")


def test_an_undo_that_takes_packed_units_again_is_heard_by_logistics() -> None:
    more = planned(BUILDER.build(), SetQuantity(line_id="l1", quantity=4))
    packed = replace(more.after, progress={"l1": Progress(picked=4, packed=4)})
    assert "shipment" in planned(packed, restoration("chg_1", more.plan)).plan.changed


def test_billing_hears_of_a_tax_that_another_jurisdiction_gets_at_the_same_rate() -> None:
    rates = tuple(replace(rate, rate=Decimal("0.20")) for rate in POLICY.taxes.rates)
    policy = replace(POLICY, taxes=replace(POLICY.taxes, rates=rates))
    moved = SetShippingAddress(address=replace(HOME, region="CA", city="Fresno"))
    result = plan(BUILDER.build(), (moved,), PlanContext(role="agent", policy=policy)).plan
    assert (result.delta, "billing" in result.departments) == (0, True)
