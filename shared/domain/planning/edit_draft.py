"""What the edits of one change add up to: a line_draft for each line, lines to add, an address, shipping.

`apply_edits` says what each edit wishes; here wishes meet and refusals are collected. Lines are priced once,
afterwards, so edits that commute give the same plan in any order.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple

from shared.domain import money
from shared.domain.order.line import Line, LineDiscount
from shared.domain.order.order import ChangeKind, Fee, Order, Shipping, display
from shared.domain.order.party import Address
from shared.domain.order.payment import PaymentState, payment_state
from shared.domain.order.product import Catalogue, Product
from shared.domain.order.states import line_status
from shared.domain.planning.edits import Money
from shared.domain.policy.documents.eligibility import EligibilityRule
from shared.domain.policy.evaluation import Judge
from shared.domain.policy.policy import Policy
from shared.domain.policy.subjects import CancelException, Case, Stage
from shared.domain.refusal import Violation


@dataclass(slots=True, kw_only=True)
class LineDraft:
    """What a line should become: None where no edit says otherwise. `restored` is a former content, taken whole;
    `allocated` is what a line is fitted to, and it waits for no more."""

    line: Line
    pointer: str
    quantity: int | None = None
    allocated: int | None = None
    cancelled: int = 0
    unit_price: int | None = None
    discount: LineDiscount | None = None
    start_date: date | None = None
    end_date: date | None = None
    product: Product | None = None
    restored: Line | None = None
    stops: bool | None = None
    exception: CancelException | None = None

    @property
    def ends(self) -> bool:
        """Whether nothing of the line would be left, or a running subscription would stop."""
        return self.quantity == 0 or bool(self.stops)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A line to add, at a price in minor units."""

    sku: str
    title: str
    quantity: int
    unit_price: int
    product: Product | None
    pointer: str
    parent: Line | None = None
    start_date: date | None = None
    end_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Units that a cancellation takes from a line, by the stage they had reached, least far first."""

    line: Line
    stages: tuple[tuple[Stage, int], ...]


class Paid(NamedTuple):
    """How far an order is paid, and by which methods."""

    state: PaymentState
    methods: tuple[str, ...]


@dataclass(slots=True)
class EditDraft:
    """The edits of one change, folded, and judged one by one. `held` is the stock that the change itself holds, and
    `fitted` what lines were fitted to, by SKU."""

    judge: Judge
    catalogue: Catalogue
    now: datetime | None = None
    held: Mapping[str, int] = field(default_factory=dict)
    fitted: Counter[str] = field(default_factory=Counter)
    lines: dict[str, LineDraft] = field(default_factory=dict)
    additions: list[Addition] = field(default_factory=list)
    address: Address | None = None
    shipping: Shipping | None = None
    fees: tuple[Fee, ...] | None = None
    credit: int = 0
    taken: list[Taken] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    by_id: dict[str, Line] = field(init=False)
    _paid: Paid | None = None
    _cases: dict[tuple[object, ...], Case] = field(default_factory=dict)
    _of_cancellations: Judge | None = None

    def __post_init__(self) -> None:
        self.by_id = {line.line_id: line for line in self.order.lines}

    @property
    def order(self) -> Order:
        return self.judge.order

    @property
    def policy(self) -> Policy:
        return self.judge.policy

    @property
    def kind(self) -> ChangeKind:
        return self.judge.kind

    @property
    def today(self) -> date | None:
        return self.now.date() if self.now else None

    @property
    def paid(self) -> Paid:
        """How the order is paid: worked out once, however many lines ask."""
        if self._paid is None:
            payments = self.order.payments
            state = payment_state(payments, self.order.totals.total)
            self._paid = Paid(state, tuple(payment.method for payment in payments))
        return self._paid

    def refuse(self, code: str, detail: str, pointer: str) -> None:
        self.violations.append(Violation(code, detail, pointer))

    def line_draft(self, line: Line, pointer: str) -> LineDraft:
        """Where the wishes for a line meet."""
        return self.lines.setdefault(line.line_id, LineDraft(line=line, pointer=pointer))

    def wish(self, line: Line, pointer: str, **wishes: object) -> None:
        """Note what a line should become; a second wish for the same is a conflict."""
        line_draft = self.line_draft(line, pointer)
        taken = [name for name in wishes if name != "cancelled" and getattr(line_draft, name) is not None]
        if taken or (line_draft.restored is not None and wishes):
            self.refuse("conflicting-edits", f"Two edits set the same of line {line.line_id}.", pointer)
            return
        for name, wish in wishes.items():
            setattr(line_draft, name, wish)
        if "quantity" in wishes:
            line_draft.pointer = pointer

    def line(self, line_id: str, op: str, pointer: str) -> Line | None:
        """The line that an edit names, if policy lets this edit touch it."""
        line = self.by_id.get(line_id)
        if line is None:
            self.refuse("unknown-line", f"The order has no line '{line_id}'.", f"{pointer}/line_id")
        elif not self.allowed(op, line, pointer) or not self.in_flight(line.sku, pointer):
            return None
        return line

    def matching(self, line_id: str | None, sku: str | None, pointer: str) -> list[str]:
        """The live lines that an edit names by id or by SKU."""
        if line_id is not None:
            return [line_id]
        found = [line.line_id for line in self.order.lines if line.sku == sku and line.quantity]
        if not found:
            self.refuse("unknown-line", f"The order has no line of {sku}.", f"{pointer}/sku")
        return found

    def allowed(self, op: str, line: Line | None, pointer: str) -> bool:
        status = line_status(line, self.order.progress_of(line)) if line else None
        case = self.case((status,), lambda: Case(line_status=status))
        return self.judged(op, case, pointer, line.sku if line else None)

    def case(self, key: tuple[object, ...], make: Callable[[], Case]) -> Case:
        """One for all lines of which the same is to be judged."""
        return self._cases.get(key) or self._cases.setdefault(key, make())

    def judged(self, op: str, case: Case, pointer: str, sku: str | None = None) -> bool:
        """Whether policy allows it; its words are kept as a refusal, or as a reason for an approval."""
        return self._heeded(self.judge.eligibility(op, case, sku), pointer)

    def cancellable(self, case: Case, pointer: str, sku: str) -> bool:
        """Whether a cancellation may take these units. An amendment that takes them is asked the same, beside its own
        rules: it may not do what a cancellation is denied, and needs the approval that one would."""
        if self.kind == "cancellation":
            return self.judged("cancel_units", case, pointer, sku)
        if self._of_cancellations is None:  # its asks are those of this change; its rulings only where they say no
            self._of_cancellations = replace(self.judge, kind="cancellation", rulings={}, _rules={}, _decided={})
        rule = self._of_cancellations.eligibility("cancel_units", case, sku)
        if rule.outcome != "allow":
            self.judge.rule("cancel_units", rule.id, rule.outcome, rule.words)
        return self._heeded(rule, pointer)

    def _heeded(self, rule: EligibilityRule, pointer: str) -> bool:
        if rule.outcome == "deny":
            self.refuse(rule.code, rule.words, pointer)
        return rule.outcome != "deny"

    def in_flight(self, sku: str, pointer: str) -> bool:
        product = self.catalogue.products.get(sku)
        if product is None or product.in_flight_enabled:
            return True
        self.refuse(
            "in-flight-disabled",
            f"{sku} cannot be changed once it is ordered; cancel the line and place a new order.",
            pointer,
        )
        return False

    def same_currency(self, given: Money, pointer: str) -> bool:
        if given.currency == self.order.currency:
            return True
        self.refuse(
            "other-currency",
            f"The order is in {self.order.currency}; {given.currency} cannot be mixed in.",
            f"{pointer}/currency",
        )
        return False

    def list_price(self, sku: str) -> int | None:
        product = self.catalogue.products.get(sku)
        return product.list_price.get(self.order.currency) if product else None

    def check_bounds(self, sku: str, price: int, current: int | None) -> None:
        """A price far from the list price (or, without one, from the line's own) needs approval, not refusal."""
        listed = self.list_price(sku)
        reference = current if listed is None else listed
        if reference is None:
            words = f"The price of {sku} was entered by hand and has no list price to compare with."
            if self.policy.prices.unlisted == "approve":
                self.judge.rule("price", "unlisted", "approve", words)
                self.judge.ask(words, "unlisted")
            return
        bounds, currency = self.judge.price_bounds(sku), self.order.currency
        if bounds is None:
            return
        floor = money.percent_of(reference, bounds.floor_percent)
        ceiling = money.percent_of(reference, bounds.ceiling_percent)
        if floor <= price <= ceiling:
            return
        limit = f"below its floor of {display(floor, currency)}"
        if price > ceiling:
            limit = f"over its ceiling of {display(ceiling, currency)}"
        words = f"The price of {sku}, {display(price, currency)}, is {limit}."
        self.judge.rule("price", bounds.id, "approve", words)
        self.judge.ask(words, bounds.id)
