"""Holds policy's decision on a change in a comparable form: denials, agreements needed, and money in minor units."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from shared.domain.planning.plan import ChangePlan, Party
from shared.domain.policy.subjects import Approver
from shared.domain.refusal import Violation


class Rule(NamedTuple):
    """A rule of policy, with the subject that it decides."""

    decides: str
    rule: str


class Say(NamedTuple):
    """A rule's decision with its result: roles, parties, amounts."""

    by: Rule
    outcome: str
    led_to: tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The decision on a change. `denied` are the codes of the violations. A denied change asks nobody and moves no
    money: its `total` is the order's before. `paid_first` is what the customer pays before the commit."""

    denied: tuple[str, ...]
    approvals: tuple[Approver, ...]
    confirmations: tuple[Party, ...]
    fees: tuple[tuple[str, int], ...]
    refunds: tuple[tuple[str, int], ...]
    total: int
    paid_first: int = 0
    says: tuple[Say, ...]

    @property
    def fees_total(self) -> int:
        return sum(amount for _, amount in self.fees)

    @property
    def refunds_total(self) -> int:
        return sum(amount for _, amount in self.refunds)

    @property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(dict.fromkeys(say.by for say in self.says))


def decision_of(plan: ChangePlan, more: Iterable[Violation] = ()) -> Decision:
    """Returns the decision that the plan states; `more` are violations that are not in the plan."""
    says = tuple(_says(plan))
    if denied := tuple(dict.fromkeys(each.code for each in (*more, *plan.violations))):
        total = plan.totals_before.total
        return Decision(denied=denied, approvals=(), confirmations=(), fees=(), refunds=(), total=total, says=says)
    return Decision(
        denied=(),
        approvals=tuple(each.role for each in plan.approvals),
        confirmations=tuple(each.party for each in plan.confirmations),
        fees=tuple((fee.code, fee.amount) for fee in plan.fees),
        refunds=tuple((refund.payment_id, refund.amount) for refund in plan.refunds),
        total=plan.totals_after.total,
        paid_first=plan.collection.amount if plan.collection and plan.collection.mode == "before_commit" else 0,
        says=says,
    )


def _says(plan: ChangePlan) -> Iterator[Say]:
    """Yields each ruling of the plan with its result, which the ruling alone does not show: a fee of 10 or of 5 per
    cent comes from the same rule."""
    for ruling in plan.rulings:
        roles = (each.role for each in plan.approvals if ruling.rule in each.rule.split())
        parties = (each.party for each in plan.confirmations if ruling.rule in each.rule.split())
        fees = (fee.amount for fee in plan.fees if fee.rule == ruling.rule)
        yield Say(Rule(ruling.decides, ruling.rule), ruling.outcome, (*roles, *parties, *fees))
