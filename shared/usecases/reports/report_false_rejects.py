"""Report requests that were refused in a period, and made after all: by a higher role, or by the same in another
way."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain.change.change import Change
from shared.domain.period import Period
from shared.domain.replay.false_rejects import PATIENCE, Refused, Verdict, verdict
from shared.ports.paging import Filter
from shared.ports.services import Services
from shared.ports.stores import Changes

MOST_ORDERS = 400
"""A report looks at each order that something was refused on: two calls an order."""
MOST_REFUSALS = 2_000
MOST_ACCOUNTS = 50
PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejects:
    """Counts requests that were refused under a name (a channel, an account, a rule, a code), and those refused
    wrongly."""

    name: str
    refused: int
    forced: int
    resubmitted: int

    @property
    def wrong(self) -> int:
        return self.forced + self.resubmitted

    @property
    def rate(self) -> float | None:
        """Return the fraction that was made after all; None where nothing was refused."""
        return round(self.wrong / self.refused, 4) if self.refused else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseRejects:
    """Holds the figures. `counted_until` is before the period's end where more was refused than a report looks at:
    everything before it is counted, and nothing after. `by_account` are those with most false rejects. A request that
    several rules denied counts for each."""

    period: Period
    counted_until: datetime
    all: Rejects
    by_channel: Sequence[Rejects]
    by_account: Sequence[Rejects]
    by_rule: Sequence[Rejects]
    by_code: Sequence[Rejects]

    @property
    def truncated(self) -> bool:
        return self.counted_until < self.period.until


Judged = Sequence[tuple[Refused, Verdict | None]]


def report_false_rejects(services: Services, period: Period) -> FalseRejects:
    refused, counted_until = _refused(services, period)
    judged = _judged(services.changes, refused)
    return FalseRejects(
        period=period,
        counted_until=counted_until,
        all=_counted("", (outcome for _, outcome in judged)),
        by_channel=_by(judged, lambda each: (each.channel,)),
        by_account=_by(judged, lambda each: (each.customer_id,))[:MOST_ACCOUNTS],
        by_rule=_by(judged, lambda each: each.rules),
        by_code=_by(judged, lambda each: each.codes),
    )


def _refused(services: Services, period: Period) -> tuple[Sequence[Refused], datetime]:
    """Return the oldest refusals of the period, on as many orders as a report looks at, and the time until which these
    are all."""
    found = services.refusals.within(period.since, period.until, MOST_REFUSALS + 1)
    orders: set[str] = set()
    for number, each in enumerate(found):
        orders.add(each.order_id)
        if number == MOST_REFUSALS or len(orders) > MOST_ORDERS:
            return found[:number], each.at
    return found, period.until


def _judged(changes: Changes, refused: Sequence[Refused]) -> Judged:
    by_order: dict[str, list[Refused]] = {}
    for each in refused:
        by_order.setdefault(each.order_id, []).append(each)
    later = {order_id: _later(changes, order_id, own) for order_id, own in by_order.items()}
    return [(each, verdict(each, later[each.order_id])) for each in refused]


def _later(changes: Changes, order_id: str, refused: Sequence[Refused]) -> Sequence[Change]:
    """Return changes that were started soon after: a change open before would itself have been refused."""
    until = refused[-1].at + PATIENCE
    return changes.list(Filter(values={"order_id": order_id}, since=refused[0].at, until=until, limit=PAGE)).items


def _by(judged: Judged, names: Callable[[Refused], Iterable[str]]) -> Sequence[Rejects]:
    """Return the figures under each name, the most wrongly refused first."""
    found: dict[str, list[Verdict | None]] = {}
    for each, outcome in judged:
        for name in names(each):
            found.setdefault(name, []).append(outcome)
    counted = [_counted(name, outcomes) for name, outcomes in found.items()]
    return sorted(counted, key=lambda each: (-each.wrong, -each.refused, each.name))


def _counted(name: str, outcomes: Iterable[Verdict | None]) -> Rejects:
    told = Counter(outcomes)
    return Rejects(name=name, refused=told.total(), forced=told["forced"], resubmitted=told["resubmitted"])
