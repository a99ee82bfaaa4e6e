"""Collects the wishes of a change's edits, and the refusals, before anything is priced.

Each edit says what it wants; here wishes meet, and refusals are collected. Lines are priced once, afterwards, so edits
that commute give the same plan in any order.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from shared.domain import money
from shared.domain.money.given import Money
from shared.domain.order.bundles import children_of
from shared.domain.order.charges import at_least
from shared.domain.order.line import Line
from shared.domain.order.line_price import Charge, Tax
from shared.domain.order.order import ChangeKind, Fee, Order, Shipping
from shared.domain.order.party import Address
from shared.domain.order.product import Catalogue
from shared.domain.order.sold import sold_as
from shared.domain.order.terms import gross_of
from shared.domain.planning.edit_rights import EditRights
from shared.domain.planning.line_draft import (
    Addition,
    BundleDates,
    CreditWish,
    LineDraft,
    SettleWish,
    ShippingWish,
    Taken,
    Wish,
)
from shared.domain.planning.price_bounds import check_price
from shared.domain.policy.evaluation import Judge
from shared.domain.policy.policy import Policy
from shared.domain.refusal import Violation

_EDITS_AT: Mapping[ChangeKind, str] = {
    "amendment": "/edits",
    "cancellation": "/lines",
    "exchange": "/edits",
    "settlement": "",
}


@dataclass(slots=True)
class EditDraft:
    """Applies and judges the edits of one change one by one. `held` is the stock that the change itself holds, and
    `fitted` the units that lines were fitted to, by SKU; `credits` are goodwill. `kept_after_all` are units, by
    line, that were to be sent back and are not. `shipping` is a former one, taken whole; `spared` is what an undo
    leaves of the value that counts for free shipping. `untaxed_at` holds what an exempt order has for taxes in each
    jurisdiction. `one_step` are the lines whose price moves by nothing but their number of units."""

    judge: Judge
    catalogue: Catalogue
    now: datetime | None = None
    held: Mapping[str, int] = field(default_factory=dict)
    fitted: Counter[str] = field(default_factory=Counter)
    lines: dict[str, LineDraft] = field(default_factory=dict)
    additions: list[Addition] = field(default_factory=list)
    address: Address | None = None
    shipping: Shipping | None = None
    shipping_wish: ShippingWish | None = None
    spared: int | None = None
    untaxed_at: dict[str | None, Sequence[Tax] | None] = field(default_factory=dict)
    fees: tuple[Fee, ...] | None = None
    credits: list[CreditWish] = field(default_factory=list)
    settlement: SettleWish | None = None
    taken: list[Taken] = field(default_factory=list)
    kept_after_all: dict[str, int] = field(default_factory=dict)
    bundle_dates: list[BundleDates] = field(default_factory=list)
    one_step: set[str] = field(default_factory=set)
    violations: list[Violation] = field(default_factory=list)
    by_id: dict[str, Line] = field(init=False)
    rights: EditRights = field(init=False)
    _children: Mapping[str, list[Line]] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.by_id = {line.line_id: line for line in self.order.lines}
        self.rights = EditRights(self.judge, self.catalogue, self.violations)

    @property
    def order(self) -> Order:
        return self.judge.order

    @property
    def children(self) -> Mapping[str, list[Line]]:
        """Returns the lines directly below each line that has any, worked out once for all edits."""
        if self._children is None:
            self._children = children_of(self.order)
        return self._children

    @property
    def policy(self) -> Policy:
        return self.judge.policy

    @property
    def kind(self) -> ChangeKind:
        return self.judge.kind

    @property
    def edits_at(self) -> str:
        """Returns the place in a request that names its edits."""
        return _EDITS_AT[self.kind]

    @property
    def today(self) -> date | None:
        return self.now.date() if self.now else None

    def refuse(self, code: str, detail: str, pointer: str) -> None:
        self.violations.append(Violation(code, detail, pointer))

    def wish(self, line: Line, pointer: str, wish: Wish) -> None:
        """Notes what a line should become; a second wish for the same is a conflict."""
        known = self.lines.get(line.line_id)
        if known is None:
            self.lines[line.line_id] = LineDraft(line, pointer, wish)
        elif known.wish.conflicts(wish):
            self.refuse("conflicting-edits", f"Two edits set the same of line {line.line_id}.", pointer)
        else:
            leading = known.pointer if wish.quantity is None else pointer
            self.lines[line.line_id] = LineDraft(line, leading, known.wish.and_also(wish))

    def line(self, line_id: str, op: str, pointer: str) -> Line | None:
        """Returns the line that an edit names, if policy lets this edit touch it."""
        line = self.by_id.get(line_id)
        if line is None:
            self.refuse("unknown-line", f"The order has no line '{line_id}'.", f"{pointer}/line_id")
        elif not self.rights.allowed(op, line, pointer) or not self.rights.in_flight(line.sku, pointer):
            return None
        return line

    def quantity_after(self, line: Line) -> int:
        """The units that the line would have after the change, as far as its edits are applied."""
        known = self.lines.get(line.line_id)
        if known is None:
            return line.quantity
        if known.wish.restored is not None:
            return known.wish.restored.quantity
        return line.quantity if known.wish.quantity is None else known.wish.quantity

    def matching(self, line_id: str | None, sku: str | None, pointer: str) -> list[str]:
        """Returns the ids of the live lines that an edit names by id or by SKU."""
        if line_id is not None:
            return [line_id]
        found = [line.line_id for line in self.order.lines if line.sku == sku and line.quantity]
        if not found:
            self.refuse("unknown-line", f"The order has no line of {sku}.", f"{pointer}/sku")
        return found

    def same_currency(self, given: Money, pointer: str) -> bool:
        """Returns True if the money is in the order's currency; otherwise keeps a refusal."""
        currency = self.order.currency
        if given.currency != currency:
            words = f"The order is in {currency}; {given.currency} cannot be mixed in."
            self.refuse("other-currency", words, f"{pointer}/currency")
        return given.currency == currency

    def list_price(self, sku: str) -> int | None:
        """Returns the product's list price in minor units of the order's currency; None if it has none."""
        product = self.catalogue.products.get(sku)
        return product.list_price.get(self.order.currency) if product else None

    def refuse_unpriced(self, sku: str, pointer: str) -> None:
        """Keeps the refusal of a product that has no list price in the order's currency."""
        self.refuse("price-unknown", f"{sku} has no list price in {self.order.currency}.", pointer)

    def check_price(self, line: Line, price: int) -> None:
        """Asks for an approval of a unit price in minor units that leaves its bounds around the list price, or, without
        one, around the price that the line was sold at."""
        listed = self.list_price(line.sku)
        check_price(self.judge, line.sku, price, sold_as(line).unit_price if listed is None else listed)

    def check_discounted(self, line: Line) -> None:
        """Asks for an approval of what the line's own discounts leave of each unit, if that leaves its bounds around
        all that a unit was sold at: its price, and its charges for the whole term."""
        left = money.divide(line.gross - line.own_discount, line.quantity)
        check_price(self.judge, line.sku, left, self._undiscounted(line))

    def _undiscounted(self, line: Line) -> int:
        """Returns the minor units that each unit of the line comes to at the price by which it is bounded."""
        product = self.catalogue.products.get(line.sku)
        listed, sold = self.list_price(line.sku), sold_as(line).unit_price
        if not line.charges:
            price = sold if listed is None else listed
            return price if not line.ended and not line.formerly else _gross_of_each(line, price, line.charges)
        if product is None or not product.charges:
            return _gross_of_each(line, sold, line.charges)  # a list price is none of a term
        charges = tuple(at_least(charge, product.charges, self.order.currency) for charge in line.charges)
        return _gross_of_each(line, max(sold, listed or 0), charges)

    def check_added(self, sku: str, price: int, listed: int | None) -> None:
        """Asks for an approval of an added line's price or charge in minor units that leaves its bounds around the
        product's own."""
        check_price(self.judge, sku, price, listed)


def _gross_of_each(line: Line, price: int, charges: tuple[Charge, ...]) -> int:
    """Returns what each unit of the line would come to at another price and other charges, in minor units."""
    more = gross_of(replace(line, charges=charges), unit_price=price) - gross_of(line)
    return money.divide(line.gross + more, line.quantity)
