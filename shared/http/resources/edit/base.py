"""Defines the base of the edits that requests bring, and turns one into the domain's edit of the same op."""

from typing import Any, Self

from pydantic import model_validator

from shared.domain.planning.edits import BY_OP, Edit
from shared.http.parts.address import Address
from shared.http.parts.fields import Given, Id, refuse
from shared.http.parts.money import Money
from shared.http.resources.line.charge import NewCharge


class GivenEdit(Given):
    """An edit as a request brings it. Its fields are those of the domain's edit, unless it says otherwise."""

    def to_domain(self) -> Edit:
        """Returns the domain's edit of the same op, with the fields of the same names."""
        given = {name: _in_domain(getattr(self, name)) for name in type(self).model_fields}
        kind: Any = BY_OP[given["op"]]
        edit: Edit = kind(**given)
        return edit


class OfLines(GivenEdit):
    """An edit of one line, or of every line of a SKU."""

    line_id: Id | None = None
    sku: Id | None = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        if (self.line_id is None) == (self.sku is None):
            refuse("line-not-named", "Name the line by line_id or by sku: one of the two.")
        return self


def _in_domain(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_in_domain(each) for each in value)
    return value.to_domain() if isinstance(value, Money | Address | NewCharge) else value
