"""What is stored is what is read: every edit stays the edit that it was."""

from dataclasses import replace

import pytest

from shared.adapters.dynamodb.stored.kinds import CHANGE
from shared.domain.planning.edits import (
    AddLine,
    CancelLine,
    Edit,
    FitToStock,
    Money,
    ReplaceSku,
    SetDates,
    SetDiscount,
    SetQuantity,
    SetShippingAddress,
    SetShippingMethod,
    SetUnitPrice,
)
from shared.domain.planning.edits.restore import restoration
from tests.fakes.builders import HOME
from tests.fakes.edge import told
from tests.integration.test_stores import AGENT, World, amended, an_order, on_hand, taken

EVERY_EDIT: list[Edit] = [
    SetQuantity(line_id="l1", quantity=1),
    FitToStock(line_id="l1"),
    SetUnitPrice(line_id="l1", unit_price=Money(amount=1, currency="USD")),
    SetDiscount(line_id="l1", type="percent", value="5"),
    SetDates(line_id="l1"),
    AddLine(sku="S", quantity=1),
    ReplaceSku(line_id="l1", with_sku="S"),
    ReplaceSku(sku="A", with_sku="S"),
    CancelLine(line_id="l1"),
    CancelLine(line_id="l1", quantity=1),
    CancelLine(sku="A"),
    CancelLine(sku="A", quantity=1),
    SetShippingAddress(address=HOME),
    SetShippingMethod(method="express"),
]


@pytest.mark.parametrize("edit", EVERY_EDIT, ids=lambda edit: str(edit)[:60])
def test_an_edit_stays_the_edit_that_it_was(world: World, edit: Edit) -> None:
    on_hand(world, "SKU-1", 9)
    order = taken(world, an_order().with_lines(1).paid())
    answer = amended(world, order, (SetQuantity(line_id="l1", quantity=1),), accept=False)
    change = world.services.changes.get(told(answer).body.split("/")[0])
    assert change is not None
    for edits in ((edit,), (edit, restoration(change.change_id, change.plan))):
        stored = replace(change, edits=edits)
        assert CHANGE.unpack(CHANGE.pack(stored)) == stored
    assert AGENT.id == change.requested_by.id
