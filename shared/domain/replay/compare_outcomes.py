"""Past changes decided twice: in which ways the decisions differ, by which rules, and what the difference costs."""

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
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One past change, decided `before` (as policy is) and `after` (as it would be). `has_effect`: it took effect, or
    still may. `drifted`: as policy is it comes out otherwise than it is recorded, although policy is the same."""

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
        """In which ways the decisions differ, whichever rules made them; none: they are the same."""
        return tuple(_differences(self.before, self.after))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that have another say, or only one of both times."""
        differ = {*self.before.says} ^ {*self.after.says}
        return tuple(dict.fromkeys(say.by for say in (*self.before.says, *self.after.says) if say in differ))


class Cost(NamedTuple):
    """What the draft would have changed in one currency: after minus before, of the changes that have an effect."""

    currency: str
    refunds: int
    fees: int
    totals: int


def counted(compared: Iterable[Compared]) -> Mapping[Difference, int]:
    """How many of the changes differ in each way; ways in which none does are left out."""
    return Counter(difference for each in compared for difference in each.differences)


def costs(compared: Iterable[Compared]) -> tuple[Cost, ...]:
    """By currency, for no amounts of two currencies are ever added; a currency that nothing costs is told as 0."""
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


def _turned(after: Decision) -> Difference:
    return "now_denied" if after.denied else "now_allowed"
