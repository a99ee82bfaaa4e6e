"""Judges which edits policy lets a change make: each is judged as the line stands, and every objection is kept."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from shared.domain.order.line import Line
from shared.domain.order.payment import PaymentState, payment_state
from shared.domain.order.product import Catalogue
from shared.domain.order.states import line_status
from shared.domain.policy.documents.eligibility import EligibilityRule
from shared.domain.policy.evaluation import Judge
from shared.domain.policy.subjects import Case
from shared.domain.refusal import Violation

TAKES_UNITS = "cancel_units"
"""Names the edit whose rules decide on every edit that takes units out of an order."""


class Paid(NamedTuple):
    """Tells how far an order is paid, and by which methods."""

    state: PaymentState
    methods: tuple[str, ...]


@dataclass(slots=True)
class EditRights:
    """Judges the edits of one change. Refusals are added to `violations`, reasons for an approval to the judge."""

    judge: Judge
    catalogue: Catalogue
    violations: list[Violation]
    _paid: Paid | None = None
    _cases: dict[tuple[object, ...], Case] = field(default_factory=dict)
    _of_cancellations: Judge | None = None
    _of_amendments: Judge | None = None

    @property
    def paid(self) -> Paid:
        """Returns the payment state and methods of the order, worked out once for all its lines."""
        if self._paid is None:
            order = self.judge.order
            state = payment_state(order.payments, order.totals.total)
            self._paid = Paid(state, tuple(payment.method for payment in order.payments))
        return self._paid

    def case(self, key: tuple[object, ...], make: Callable[[], Case]) -> Case:
        """Returns one case for all lines that are judged alike."""
        return self._cases.get(key) or self._cases.setdefault(key, make())

    def allowed(self, op: str, line: Line | None, pointer: str) -> bool:
        """Returns True if policy allows the edit of this line, or of the order as a whole."""
        status = line_status(line, self.judge.order.progress_of(line)) if line else None
        case = self._cases.get((status,)) or self._cases.setdefault((status,), Case(line_status=status))
        return self._judged(op, case, pointer, line.sku if line else None)

    def cancellable(self, case: Case, pointer: str, sku: str) -> bool:
        """Returns True if a cancellation may take these units. An amendment or an exchange that takes them is asked the
        same: it may not do what a cancellation is denied, and needs the approval that one would."""
        if self.judge.kind == "cancellation":
            return self._judged(TAKES_UNITS, case, pointer, sku)
        if self._of_cancellations is None:  # shares the asks of this change, but not its rulings
            self._of_cancellations = replace(self.judge, kind="cancellation", rulings={}, _rules={}, _decided={})
        rule = self._of_cancellations.eligibility(TAKES_UNITS, case, sku)
        if rule.outcome != "allow":
            self.judge.rule(TAKES_UNITS, rule.id, rule.outcome, rule.words)
        return self._heeded(rule, pointer)

    def in_flight(self, sku: str, pointer: str) -> bool:
        """Returns True if the product may be changed once it is ordered; otherwise keeps a refusal."""
        product = self.catalogue.products.get(sku)
        if product is None or product.in_flight_enabled:
            return True
        words = f"{sku} cannot be changed once it is ordered; cancel the line and place a new order."
        self.violations.append(Violation("in-flight-disabled", words, pointer))
        return False

    def _judged(self, op: str, case: Case, pointer: str, sku: str | None) -> bool:
        """Judges an edit by the rules of its kind of change. What an exchange adds is judged by those of amendments, so
        that it is no way round them."""
        judge = self.judge
        if judge.kind == "exchange":
            if self._of_amendments is None:
                self._of_amendments = replace(judge, kind="amendment", _rules={}, _decided={})
            judge = self._of_amendments
        return self._heeded(judge.eligibility(op, case, sku), pointer)

    def _heeded(self, rule: EligibilityRule, pointer: str) -> bool:
        if rule.outcome == "deny":
            self.violations.append(Violation(rule.code, rule.words, pointer))
        return rule.outcome != "deny"
