"""Every edit of the domain can be asked for, and is shown as it was sent."""

from typing import Any, get_args

import pytest

from shared.domain.planning import edits as domain_edits
from shared.http.resources.amendment.request import AmendmentBody
from shared.http.resources.edit.request import Edit
from shared.http.resources.edit.view import edit_view


def test_every_edit_of_the_domain_can_be_asked_for_and_is_shown_as_it_was_sent() -> None:
    models = {model.model_fields["op"].annotation for model in get_args(get_args(Edit)[0])}
    asked = {get_args(annotation)[0] for annotation in models}
    known = {edit.__dataclass_fields__["op"].default for edit in get_args(domain_edits.Edit)}
    made_by_us = {"restore", "cancel_units", "cancel_order", "credit"}
    assert known - asked == made_by_us, "restore is made by undo alone, the others by cancellations"


SENT: list[dict[str, Any]] = [
    {"op": "set_quantity", "line_id": "l1", "quantity": 2},
    {"op": "fit_to_stock", "line_id": "l1"},
    {"op": "set_unit_price", "line_id": "l1", "unit_price": {"amount": "9.00", "currency": "USD"}},
    {"op": "set_discount", "line_id": "l1", "discount": {"type": "percent", "value": "7.5"}},
    {"op": "set_dates", "line_id": "l1", "start_date": "2026-12-01", "end_date": "2027-05-31"},
    {"op": "add_line", "sku": "A", "quantity": 1, "parent_line_id": "l1", "end_date": "2027-05-31"},
    {"op": "replace_sku", "sku": "A", "with_sku": "B"},
    {"op": "cancel_line", "line_id": "l1", "quantity": 1},
    {"op": "set_shipping_address", "address": {"line1": "1 Main Street", "city": "Springfield", "country": "US"}},
    {"op": "set_shipping_method", "method": "express", "price": {"amount": "5.00", "currency": "USD"}},
]


@pytest.mark.parametrize("sent", SENT, ids=lambda sent: sent["op"])
def test_an_edit_is_shown_as_it_was_sent(sent: dict[str, Any]) -> None:
    wanted = AmendmentBody.model_validate({"reason_code": "x", "edits": [sent]}).to_domain("ord_1")
    assert edit_view(wanted.edits[0]) == sent
