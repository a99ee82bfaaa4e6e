"""Evaluates policy for a change that is being planned, and records which rule decided each thing and who must
approve."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Literal, NamedTuple

from shared.domain.order.order import ChangeKind, Order
from shared.domain.policy.conditions import context, true_in, variables
from shared.domain.policy.documents.eligibility import EligibilityRule
from shared.domain.policy.documents.prices import PriceBounds
from shared.domain.policy.policy import Policy
from shared.domain.policy.scope import by_rank
from shared.domain.policy.subjects import Approver, Case, Fault, Role, Subject, Value

RulingOutcome = Literal["allow", "deny", "approve", "warn", "confirm", "fee", "collect", "bill", "waive"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """One rule that decided something: its subject, its outcome, and its words for people."""

    decides: str
    rule: str
    outcome: RulingOutcome
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A reason for an approval. Without `approvers`, policy's `approvals.asked` names them."""

    because: str
    rule: str
    approvers: tuple[Approver, ...] = ()


class _Rules(NamedTuple):
    """The rules that may decide one kind of edit, and the variables that they compare."""

    rules: Sequence[EligibilityRule]
    of_case: tuple[str, ...]
    of_change: tuple[str, ...]
    by_product: bool
    seen: Callable[[Case], object]
    """Returns the parts of a case that make a difference to the rules."""
    known: dict[int, tuple[Case, EligibilityRule]]
    """The decision on the very same case, by its `id`; a change of 1,000 lines has few cases."""


def subject_of(order: Order) -> Subject:
    """Returns the account, channel, tier and segment of the order, by which rules are tuned."""
    customer = order.customer
    return Subject(
        channel=order.channel, account=customer.customer_id, tier=customer.tier, segment=customer.segment or ""
    )


@dataclass
class Judge:
    """Evaluates policy for one change of one order. It looks rules up once per kind of edit, and decides each distinct
    case once."""

    policy: Policy
    order: Order
    kind: ChangeKind
    role: Role
    reason_code: str = ""
    rulings: dict[tuple[str, str], Ruling] = field(default_factory=dict)
    asks: list[Ask] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    _rules: dict[str, _Rules] = field(default_factory=dict)
    _decided: dict[tuple[object, ...], EligibilityRule] = field(default_factory=dict)

    @cached_property
    def subject(self) -> Subject:
        return subject_of(self.order)

    @cached_property
    def fault(self) -> Fault:
        """Returns whose fault the reason of the change is."""
        return self.policy.reasons.fault_of(self.reason_code, self.kind)

    @cached_property
    def whose(self) -> dict[str, Value]:
        """Returns the variables that are the same for the whole change."""
        return {
            "kind": self.kind,
            "role": self.role,
            "reason": self.reason_code,
            "fault": self.fault,
            "channel": self.subject.channel,
            "account": self.subject.account,
            "tier": self.subject.tier,
            "segment": self.subject.segment,
            "currency": self.order.currency,
        }

    def eligibility(self, edit: str, case: Case, sku: str | None) -> EligibilityRule:
        """Returns the rule that decides on this edit, and records its ruling and the approval that it wants."""
        known = self._rules.get(edit) or self._rules_for(edit)
        same = None if known.by_product else known.known.get(id(case))
        rule = same[1] if same and same[0] is case else self._looked_up(known, edit, case, sku)
        if rule.outcome == "approve":
            self.ask(rule.words, rule.id, rule.approvers)
        return rule

    def _looked_up(self, known: _Rules, edit: str, case: Case, sku: str | None) -> EligibilityRule:
        key = (edit, sku if known.by_product else None, known.seen(case))
        rule = self._decided.get(key)
        if rule is None:
            rule = self._decided[key] = self._decide(known, edit, case, sku)
            self.rule(edit, rule.id, rule.outcome, rule.words)
        known.known[id(case)] = (case, rule)
        return rule

    @cached_property
    def _price_bounds(self) -> Sequence[PriceBounds]:
        return by_rank(self.policy.prices.bounds, self.subject)

    def price_bounds(self, sku: str) -> PriceBounds | None:
        """Returns the most specific bounds of a product's price that hold for this order; None if there are none."""
        return next((bounds for bounds in self._price_bounds if bounds.only.admits_product(sku)), None)

    def rule(self, decides: str, rule: str, outcome: RulingOutcome, words: str) -> None:
        self.rulings.setdefault((decides, rule), Ruling(decides=decides, rule=rule, outcome=outcome, words=words))

    def warn(self, words: str) -> None:
        """Keeps words for whoever reads the plan; the same words once."""
        if words not in self.warnings:
            self.warnings.append(words)

    def ask(self, because: str, rule: str, approvers: Iterable[Approver] = ()) -> None:
        self.asks.append(Ask(because=because, rule=rule, approvers=tuple(approvers)))

    def _rules_for(self, edit: str) -> _Rules:
        rules = self.policy.eligibility.rules_for(self.kind, edit, self.role, self.subject)
        compared = {name for rule in rules for name in variables(rule.when)}
        of_case = tuple(sorted(compared & set(Case.__dataclass_fields__)))
        of_change = tuple(sorted(compared & set(self.whose)))
        by_product = "sku" in compared or any(rule.only.products for rule in rules)
        seen = attrgetter(*of_case) if of_case else _nothing
        found = self._rules[edit] = _Rules(rules, of_case, of_change, by_product, seen, {})
        return found

    def _decide(self, known: _Rules, edit: str, case: Case, sku: str | None) -> EligibilityRule:
        values: dict[str, Value] = {name: self.whose[name] for name in known.of_change}
        values |= {name: case.value(name) for name in known.of_case}
        given = context({**values, "edit": edit, "sku": sku or ""})
        return next(
            rule
            for rule in known.rules
            if rule.only.admits_product(sku)
            and (not rule.when or true_in(rule.when, given, unanswered=rule.outcome != "allow"))
        )


def _nothing(_: Case) -> None:
    return None
