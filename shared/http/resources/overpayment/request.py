"""Reads a settlement as it is asked for: a reason, and how much of what is overpaid goes back on which payment."""

from pydantic import field_validator

from shared.domain.planning.edits import Settle
from shared.http.parts.fields import Given, Id, Note, QueryFlag, Word, refuse
from shared.http.parts.money import Money
from shared.usecases.settling.start_settlement import Settlement


class Seen(Given):
    """The plan that the caller has seen: its digest."""

    digest: Word


class OverpaymentBody(Given):
    """Without `amount` all that is overpaid, or all that the payment named can give back of it; without `payment_id` on
    the last payments first. `accept` pins the plan that was seen."""

    reason_code: Word
    sub_code: Word | None = None
    note: Note | None = None
    amount: Money | None = None
    payment_id: Id | None = None
    accept: Seen | None = None

    @field_validator("amount")
    @classmethod
    def _some(cls, value: Money | None) -> Money | None:
        if value is not None and value.minor == 0:
            refuse("nothing-changes", "A settlement of nothing leaves the order as it is: give an amount above 0.")
        return value

    def to_domain(self, order_id: str) -> Settlement:
        return Settlement(
            order_id=order_id,
            reason_code=self.reason_code,
            sub_code=self.sub_code,
            note=self.note,
            settle=Settle(amount=self.amount.to_domain() if self.amount else None, payment_id=self.payment_id),
            accept=self.accept.digest if self.accept else None,
        )


class OverpaymentWithdrawalBody(Given):
    """Nothing needs to be said."""


class OverpaymentQuery(Given):
    """`dry_run=true` answers with the plan and keeps nothing."""

    dry_run: QueryFlag = False
