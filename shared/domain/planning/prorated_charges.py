"""Shows the arithmetic of recurring charges whose dates a change moves, so that people can check it."""

from collections.abc import Iterable, Iterator

from shared.domain.money.proration import Period, in_words, periods
from shared.domain.order import pricing
from shared.domain.order.line import Line
from shared.domain.planning.plan import LineChange, ProratedCharge
from shared.domain.policy.policy import Policy


def prorated(changes: Iterable[LineChange], policy: Policy) -> tuple[ProratedCharge, ...]:
    """Returns every recurring charge of a line whose dates moved."""
    found: list[ProratedCharge] = []
    for change in changes:
        before, after = change.before, change.after
        if before is not None and (before.start_date, before.end_date) != (after.start_date, after.end_date):
            found += _of_line(before, after, policy)
    return tuple(found)


def _of_line(before: Line, after: Line, policy: Policy) -> Iterator[ProratedCharge]:
    for charge in after.charges:
        if charge.type == "recurring" and charge.period:
            yield ProratedCharge(
                line_id=after.line_id,
                charge_id=charge.charge_id,
                rule=policy.prices.day_count,
                periods_before=_periods(before, charge.period),
                periods_after=_periods(after, charge.period),
                amount_before=pricing.charge_amount(before, charge, before.quantity),
                amount_after=pricing.charge_amount(after, charge, after.quantity),
            )


def _periods(line: Line, period: Period) -> str:
    if line.start_date is None or line.end_date is None:
        return "0"
    return in_words(periods(line.start_date, line.end_date, period))
