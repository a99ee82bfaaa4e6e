"""Every edit of the domain can be asked for, and is shown as it was sent."""

from dataclasses import fields
from typing import Any, get_args

import pytest

from shared.domain.planning.edits import BY_OP, RequestedEdit
from shared.http.resources.amendment.request import AmendmentBody
from shared.http.resources.edit.request import Edit
from shared.http.resources.edit.view import edit_view

MADE_BY_US = {
    "restore": "an undo of a committed change makes it",
    "cancel_units": "a cancellation of lines makes it",
    "cancel_order": "a cancellation of the whole order makes it",
    "credit": "a cancellation with goodwill makes it",
    "take_back": "the cancel_line of an exchange makes it",
    "settle": "a settlement makes it",
}
"""Edits that no caller can send in an amendment."""

MODELS = get_args(get_args(Edit)[0])
OPS = {get_args(model.model_fields["op"].annotation)[0]: model for model in MODELS}


def test_every_edit_of_the_domain_can_be_asked_for_but_those_that_are_made_here() -> None:
    assert set(BY_OP) - set(OPS) == set(MADE_BY_US)
    assert set(OPS) == {op for op, kind in BY_OP.items() if kind in get_args(RequestedEdit)}


def test_every_edit_that_can_be_asked_for_has_an_example_here() -> None:
    assert {sent["op"] for sent in SENT} == set(OPS)


@pytest.mark.parametrize("op", OPS)
def test_an_edit_asks_for_what_the_domain_knows_and_for_all_of_it(op: str) -> None:
    """One that is shaped otherwise says so by a `to_domain` of its own."""
    if "to_domain" not in vars(OPS[op]):
        assert set(OPS[op].model_fields) == {each.name for each in fields(BY_OP[op])}  # type: ignore[arg-type]


SENT: list[dict[str, Any]] = [
    {"op": "set_quantity", "line_id": "l1", "quantity": 2},
    {"op": "fit_to_stock", "line_id": "l1"},
    {"op": "set_unit_price", "line_id": "l1", "unit_price": {"amount": "9.00", "currency": "USD"}},
    {"op": "set_discount", "line_id": "l1", "discount": {"type": "percent", "value": "7.5"}},
    {"op": "set_dates", "line_id": "l1", "start_date": "2026-12-01", "end_date": "2027-05-31"},
    {
        "op": "add_line",
        "sku": "A",
        "quantity": 1,
        "parent_line_id": "l1",
        "end_date": "2027-05-31",
        "charges": [
            {"charge_id": "m", "type": "recurring", "period": "month", "price": {"amount": "9.00", "currency": "USD"}}
        ],
    },
    {"op": "replace_sku", "sku": "A", "with_sku": "B"},
    {"op": "cancel_line", "line_id": "l1", "quantity": 1},
    {"op": "set_shipping_address", "address": {"line1": "1 Main Street", "city": "Springfield", "country": "US"}},
    {"op": "set_shipping_method", "method": "express", "price": {"amount": "5.00", "currency": "USD"}},
]


@pytest.mark.parametrize("sent", SENT, ids=lambda sent: sent["op"])
def test_an_edit_is_shown_as_it_was_sent(sent: dict[str, Any]) -> None:
    wanted = AmendmentBody.model_validate({"reason_code": "x", "edits": [sent]}).to_domain("ord_1")
    assert edit_view(wanted.edits[0]) == sent
