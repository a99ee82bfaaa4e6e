"""Shows the arithmetic of recurring charges whose time a change moves, so that people can check it."""

from collections.abc import Iterable, Iterator
from operator import attrgetter

from shared.domain.money.proration import Period, in_words, periods
from shared.domain.order import pricing
from shared.domain.order.line import Line
from shared.domain.order.unit_terms import unit_terms
from shared.domain.planning.plan import LineChange, ProratedCharge
from shared.domain.policy.policy import Policy


def prorated(changes: Iterable[LineChange], policy: Policy) -> tuple[ProratedCharge, ...]:
    """Returns every recurring charge of a line whose dates moved, or some units of which count from or to another
    day."""
    found: list[ProratedCharge] = []
    for change in changes:
        before, after = change.before, change.after
        if before is not None and _time(before) != _time(after):
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


_time = attrgetter("start_date", "end_date", "joined", "ended")


def _periods(line: Line, period: Period) -> str:
    """Returns the periods of a unit as text or, where not all count alike, of so many units each: `3 × 12 + 2 × (6 +
    2/31)`."""
    if line.start_date is None or line.end_date is None:
        return "0"
    if not line.joined and not line.ended:
        return in_words(periods(line.start_date, line.end_date, period))
    terms = ((term.units, in_words(periods(term.start, term.end, period))) for term in unit_terms(line, line.quantity))
    return " + ".join(f"{units} × ({count})" if " " in count else f"{units} × {count}" for units, count in terms)
