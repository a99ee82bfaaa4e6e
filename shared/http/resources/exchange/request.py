"""Reads an exchange as it is asked for: a reason, the units that go, and the lines that come."""

from typing import Annotated, Literal

from pydantic import Field

from shared.domain.planning import edits
from shared.domain.policy.subjects import CancelException
from shared.http.parts.fields import Given, Note, Units, Word
from shared.http.resources.amendment.request import MAX_EDITS, Accept
from shared.http.resources.edit.base import OfLines
from shared.http.resources.edit.request import AddLine
from shared.usecases.core.new_change import Wanted


class TakenBack(OfLines):
    """Without `quantity` all of it. Units that have left are intercepted or sent back. The units that came least far go
    first; `exception` says which are meant instead: `return` those that have arrived, `intercept` those on their
    way."""

    op: Literal["cancel_line"]
    quantity: Units | None = None
    exception: CancelException | None = None

    def to_domain(self) -> edits.TakeBack:
        return edits.TakeBack(line_id=self.line_id, sku=self.sku, quantity=self.quantity, exception=self.exception)


class ComesInstead(AddLine):
    """A line that comes. As many units as go of its SKU take their price, discounts, tax and place in the bundle.
    Others, and those with a `unit_price`, are added as in an amendment."""


ExchangeEdit = Annotated[TakenBack | ComesInstead, Field(discriminator="op")]


class ExchangeBody(Given):
    """Of its `edits` at least one takes units back and one adds a line. With `accept` the exchange goes as far as it
    can in the first call; from the order's owner that is consent to its terms."""

    reason_code: Word
    sub_code: Word | None = None
    note: Note | None = None
    edits: Annotated[tuple[ExchangeEdit, ...], Field(max_length=MAX_EDITS)]
    accept: Accept | None = None

    def to_domain(self, order_id: str) -> Wanted:
        return Wanted(
            order_id=order_id,
            kind="exchange",
            reason_code=self.reason_code,
            sub_code=self.sub_code,
            note=self.note,
            edits=tuple(edit.to_domain() for edit in self.edits),
            accept_digest=self.accept.digest if self.accept else None,
        )
