"""Reads a cancellation as it is asked for: a reason, the units that go, and the terms that were seen."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, ValidationInfo, field_validator

from shared.domain.order.bounds import MAX_LINES
from shared.domain.planning.edits import Credit
from shared.domain.policy.subjects import CancelException
from shared.http.parts.fields import OBJECT, WORD, Given, Id, Note, QueryFlag, Units, Word, refuse, word_or_object
from shared.http.parts.money import Money
from shared.usecases.cancelling.start_cancellation import Cancellation, LineToCancel


class CancelledLine(Given):
    """A line to cancel; without `quantity` all of it. The units that came least far go first, with an exception too:
    those not begun, then picked or packed, on their way, arrived."""

    line_id: Id
    quantity: Units | None = None

    def to_domain(self) -> LineToCancel:
        return LineToCancel(line_id=self.line_id, quantity=self.quantity)


class GoodwillOnLine(Given):
    """One line, by its id."""

    line_id: Id


class Goodwill(Given):
    """An amount given back while the goods stay with the customer, tax included: on the whole order, on shipping, or on
    one line. It lowers what that costs, and its tax in proportion."""

    amount: Money
    on: Annotated[
        Annotated[Literal["order", "shipping"], Tag(WORD)] | Annotated[GoodwillOnLine, Tag(OBJECT)],
        Discriminator(word_or_object),
    ] = "order"

    def to_domain(self) -> Credit:
        line_id = self.on.line_id if isinstance(self.on, GoodwillOnLine) else None
        shipping = True if self.on == "shipping" else None
        return Credit(amount=self.amount.to_domain(), line_id=line_id, shipping=shipping)

    @field_validator("amount")
    @classmethod
    def _some(cls, value: Money) -> Money:
        if value.minor == 0:
            refuse("nothing-changes", "Goodwill of nothing leaves the order as it is: give an amount above 0.")
        return value


class Terms(Given):
    """The terms that the caller has seen: the plan's digest."""

    digest: Word


class CancellationBody(Given):
    """Without `lines` the whole order. `exception` is asked for units that have left. `goodwill` stands alone: it
    cancels nothing. From the order's owner `consent` is consent, and without it the change waits for theirs, whatever
    `confirmations` says; from staff it pins the terms."""

    reason_code: Word
    sub_code: Word | None = None
    note: Note | None = None
    lines: Annotated[tuple[CancelledLine, ...], Field(min_length=1, max_length=MAX_LINES)] | None = None
    exception: CancelException | None = None
    goodwill: Goodwill | None = None
    consent: Terms | None = None

    @field_validator("goodwill")
    @classmethod
    def _alone(cls, value: Goodwill | None, info: ValidationInfo) -> Goodwill | None:
        if value is not None and (info.data.get("lines") is not None or info.data.get("exception") is not None):
            refuse("conflicting-edits", "Goodwill cancels nothing: ask for it without lines and without an exception.")
        return value

    def to_domain(self, order_id: str) -> Cancellation:
        return Cancellation(
            order_id=order_id,
            reason_code=self.reason_code,
            sub_code=self.sub_code,
            note=self.note,
            lines=tuple(line.to_domain() for line in self.lines) if self.lines else None,
            exception=self.exception,
            goodwill=self.goodwill.to_domain() if self.goodwill else None,
            consent=self.consent.digest if self.consent else None,
        )


class WithdrawalBody(Given):
    """Nothing needs to be said."""


class CancellationQuery(Given):
    """`dry_run=true` answers with the terms and keeps nothing."""

    dry_run: QueryFlag = False
