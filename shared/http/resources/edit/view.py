"""Shows an edit in replies as it was sent."""

from dataclasses import fields
from datetime import date

from shared.domain.order.party import Address
from shared.domain.planning.edits import Edit, GivenCharge, Money, Restore, SetDiscount, TakeBack
from shared.domain.planning.edits.base import op_of
from shared.http.parts.view import Json, address, money, present

_SENT_AS = {op_of(TakeBack): "cancel_line"}
"""Gives the op that an edit was sent as, where the domain knows it by another."""


def edit_view(edit: Edit) -> Json:
    """Shows the edit's op and its own fields; of an undo only the change it undoes, because the rest is made here."""
    if isinstance(edit, Restore):
        return {"op": edit.op, "change_id": edit.change_id}
    if isinstance(edit, SetDiscount):
        return {"op": edit.op, "line_id": edit.line_id, "discount": {"type": edit.type, "value": edit.value}}
    values = {"op": edit.op} | {field.name: _value(getattr(edit, field.name)) for field in fields(edit)}
    return present(values | {"op": _SENT_AS.get(edit.op, edit.op)})


def _value(value: object) -> object:
    if isinstance(value, tuple):
        return [_value(each) for each in value]
    if isinstance(value, GivenCharge):
        return present({field.name: _value(getattr(value, field.name)) for field in fields(value)})
    if isinstance(value, Money):
        return money(value.amount, value.currency)
    if isinstance(value, Address):
        return address(value)
    return value.isoformat() if isinstance(value, date) else value
