"""Compares two decisions on past changes: their differences, the rules that made them, and the cost."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import ChangeKind
from shared.domain.replay.policy_outcome import Decision, Rule

Difference = Literal[
    "now_denied",
    "now_allowed",
    "denied_otherwise",
    "approvals_more",
    "approvals_fewer",
    "confirmations",
    "fees",
    "refunds",
    "totals",
    "collection",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One past change, decided `before` (by today's policy) and `after` (by the draft). `has_effect` means that it took
    effect or still may. `drifted` means that today's policy decides otherwise than the record, although it is the
    same."""

    change_id: str
    order_id: str
    kind: ChangeKind
    status: ChangeStatus
    created_at: datetime
    currency: str
    has_effect: bool
    drifted: bool
    before: Decision
    after: Decision

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Returns the ways in which the decisions differ, whichever rules made them; none if they are the same."""
        return tuple(_differences(self.before, self.after))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Returns the rules that decide differently, or in one of the two decisions only."""
        differ = {*self.before.says} ^ {*self.after.says}
        return tuple(dict.fromkeys(say.by for say in (*self.before.says, *self.after.says) if say in differ))


class Cost(NamedTuple):
    """The money that the draft would have changed in one currency (minor units): after minus before, of the changes
    that have an effect."""

    currency: str
    refunds: int
    fees: int
    totals: int


def counted(compared: Iterable[Compared]) -> Mapping[Difference, int]:
    """Returns the number of changes for each difference; differences without any are left out."""
    return Counter(difference for each in compared for difference in each.differences)


def costs(compared: Iterable[Compared]) -> tuple[Cost, ...]:
    """Returns the costs by currency, because amounts of two currencies are never added; a currency without cost gives
    0."""
    found: dict[str, Cost] = {}
    for each in compared:
        if each.has_effect:
            known, before, after = found.get(each.currency, Cost(each.currency, 0, 0, 0)), each.before, each.after
            found[each.currency] = Cost(
                each.currency,
                known.refunds + after.refunds_total - before.refunds_total,
                known.fees + after.fees_total - before.fees_total,
                known.totals + after.total - before.total,
            )
    return tuple(found[currency] for currency in sorted(found))


def _differences(before: Decision, after: Decision) -> Iterator[Difference]:
    if before.denied or after.denied:
        if before.denied != after.denied:
            yield "denied_otherwise" if before.denied and after.denied else _turned(after)
        return
    if set(after.approvals) - set(before.approvals):
        yield "approvals_more"
    if set(before.approvals) - set(after.approvals):
        yield "approvals_fewer"
    if before.confirmations != after.confirmations:
        yield "confirmations"
    if before.fees != after.fees:
        yield "fees"
    if before.refunds != after.refunds:
        yield "refunds"
    if before.total != after.total:
        yield "totals"
    if before.paid_first != after.paid_first:
        yield "collection"


def _turned(after: Decision) -> Difference:
    return "now_denied" if after.denied else "now_allowed"
