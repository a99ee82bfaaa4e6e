"""Shows the arithmetic of recurring charges whose time a change moves, so that people can check it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from operator import attrgetter

from shared.domain.money.proration import Period, in_words, periods
from shared.domain.order.line import Line
from shared.domain.order.line_price import Charge
from shared.domain.order.terms import charge_amount
from shared.domain.order.unit_terms import unit_terms
from shared.domain.planning.plan import LineChange, ProratedCharge
from shared.domain.policy.policy import Policy


def prorated(changes: Iterable[LineChange], policy: Policy) -> tuple[ProratedCharge, ...]:
    """Returns every recurring charge of a line whose dates moved, of which some units count from or to another day, or
    which became another product."""
    found: list[ProratedCharge] = []
    for change in changes:
        before, after = change.before, change.after
        if before is not None and _time(before) != _time(after):
            found += _of_line(before, after, policy)
    return tuple(found)


def _of_line(before: Line, after: Line, policy: Policy) -> Iterator[ProratedCharge]:
    if before.charges == after.charges:
        yield from _rows(after, after.charges, before, after, policy)
        return
    more = len(after.formerly) > len(before.formerly)
    used = replace(before, end_date=after.formerly[-1].end_date) if more else None
    yield from _rows(after, before.charges, before, used, policy)
    yield from _rows(after, after.charges, None, after, policy)


def _rows(
    line: Line, charges: Iterable[Charge], before: Line | None, after: Line | None, policy: Policy
) -> Iterator[ProratedCharge]:
    """Yields a row for each recurring charge; None is a line that does not have it."""
    for charge in charges:
        if charge.type == "recurring" and charge.period:
            yield ProratedCharge(
                line_id=line.line_id,
                charge_id=charge.charge_id,
                rule=policy.prices.day_count,
                periods_before=_periods(before, charge.period),
                periods_after=_periods(after, charge.period),
                amount_before=charge_amount(before, charge, before.quantity) if before else 0,
                amount_after=charge_amount(after, charge, after.quantity) if after else 0,
            )


_time = attrgetter("start_date", "end_date", "joined", "ended", "charges")


def _periods(line: Line | None, period: Period) -> str:
    """Returns the periods of a unit as text or, where not all count alike, of so many units each: `3 × 12 + 2 × (6 +
    2/31)`."""
    if line is None or line.start_date is None or line.end_date is None:
        return "0"
    if not line.joined and not line.ended:
        return in_words(periods(line.start_date, line.end_date, period))
    terms = ((term.units, in_words(periods(term.start, term.end, period))) for term in unit_terms(line, line.quantity))
    return " + ".join(f"{units} × ({count})" if " " in count else f"{units} × {count}" for units, count in terms)
