"""Folding edits into what each line should become, so that edits which commute give the same plan in any order.

Each edit is judged where it stands (unknown line, policy, limits) and leaves its wish on a `Target`; lines are priced
once, afterwards.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from shared.domain import money
from shared.domain.edits import AddLine, CancelLine, Edit, Money, SetQuantity, SetShippingAddress, SetUnitPrice
from shared.domain.order import Address, Line, Order, display
from shared.domain.policy import Policy, Role
from shared.domain.product import Catalogue, Product
from shared.domain.refusal import Violation
from shared.domain.states import line_status


@dataclass(slots=True, kw_only=True)
class Target:
    """What a line should become: None where no edit says otherwise."""

    line: Line
    pointer: str
    quantity: int | None = None
    cancelled: int = 0
    unit_price: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A line to add, at a price in minor units."""

    sku: str
    title: str
    quantity: int
    unit_price: int
    product: Product | None
    pointer: str


@dataclass(slots=True)
class Targets:
    """The edits of one change, folded. `approvals` are the reasons that policy gives for having it approved."""

    order: Order
    role: Role
    policy: Policy
    catalogue: Catalogue
    lines: dict[str, Target] = field(default_factory=dict)
    additions: list[Addition] = field(default_factory=list)
    address: Address | None = None
    approvals: list[str] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)

    def fold(self, edits: Iterable[Edit]) -> "Targets":
        for index, edit in enumerate(edits):
            _FOLD[type(edit)](self, edit, f"/edits/{index}")
        return self

    def refuse(self, code: str, detail: str, pointer: str) -> None:
        self.violations.append(Violation(code, detail, pointer))

    def set_quantity(self, edit: SetQuantity, pointer: str) -> None:
        line = self._line(edit.line_id, "set_quantity", pointer)
        if line is None:
            return
        shipped = self.order.progress_of(line).shipped
        if edit.quantity < shipped:
            self.refuse(
                "quantity-below-shipped",
                f"{shipped} of line {line.line_id} have shipped; the quantity cannot fall below that.",
                f"{pointer}/quantity",
            )
        elif not self._quantity_modifiable(line):
            self.refuse(
                "quantity-not-modifiable",
                f"The quantity of {line.sku} is fixed; cancel the line or add another instead.",
                f"{pointer}/quantity",
            )
        else:
            self._wish(line, pointer, quantity=edit.quantity)

    def set_unit_price(self, edit: SetUnitPrice, pointer: str) -> None:
        line = self._line(edit.line_id, "set_unit_price", pointer)
        if line is not None and self._same_currency(edit.unit_price, f"{pointer}/unit_price"):
            self._wish(line, pointer, unit_price=edit.unit_price.amount)
            self._check_bounds(line.sku, edit.unit_price.amount, line.unit_price)

    def cancel_line(self, edit: CancelLine, pointer: str) -> None:
        for line_id in self._matching(edit, pointer):
            line = self._line(line_id, "cancel_line", pointer)
            if line is None:
                continue
            left = line.quantity - self.order.progress_of(line).shipped
            quantity = left if edit.quantity is None else edit.quantity
            if quantity > left:
                self.refuse(
                    "more-than-left", f"Only {left} of line {line.line_id} can be cancelled.", f"{pointer}/quantity"
                )
            else:
                self._wish(line, pointer, quantity=line.quantity - quantity, cancelled=quantity)

    def add_line(self, edit: AddLine, pointer: str) -> None:
        if not self._allowed("add_line", None, pointer):
            return
        product = self.catalogue.products.get(edit.sku)
        listed = product.list_price.get(self.order.currency) if product else None
        if edit.unit_price is not None:
            if not self._allowed("add_line.unit_price", None, f"{pointer}/unit_price"):
                return
            if not self._same_currency(edit.unit_price, f"{pointer}/unit_price"):
                return
            self._check_bounds(edit.sku, edit.unit_price.amount, listed)
        price = listed if edit.unit_price is None else edit.unit_price.amount
        if price is None:
            self.refuse("price-unknown", f"{edit.sku} has no list price in {self.order.currency}.", f"{pointer}/sku")
            return
        if not self._in_flight(edit.sku, pointer):
            return
        title = edit.title or (product.title if product else edit.sku)
        self.additions.append(
            Addition(
                sku=edit.sku,
                title=title,
                quantity=edit.quantity,
                unit_price=price,
                product=product,
                pointer=pointer,
            )
        )

    def set_shipping_address(self, edit: SetShippingAddress, pointer: str) -> None:
        if not self._allowed("set_shipping_address", None, pointer):
            return
        if any(self.order.progress_of(line).packed for line in self.order.lines):
            self.refuse(
                "address-after-packing",
                "Goods are packed for the old address; ask logistics to re-route the parcel instead.",
                f"{pointer}/address",
            )
        elif self.address is not None:
            self.refuse("conflicting-edits", "Another edit sets the address too.", pointer)
        else:
            self.address = edit.address

    def _matching(self, edit: CancelLine, pointer: str) -> list[str]:
        if edit.line_id is not None:
            return [edit.line_id]
        found = [line.line_id for line in self.order.lines if line.sku == edit.sku and line.quantity]
        if not found:
            self.refuse("unknown-line", f"The order has no line of {edit.sku}.", f"{pointer}/sku")
        return found

    def _line(self, line_id: str, op: str, pointer: str) -> Line | None:
        line = self.order.line(line_id)
        if line is None:
            self.refuse("unknown-line", f"The order has no line '{line_id}'.", f"{pointer}/line_id")
        elif not self._allowed(op, line, pointer) or not self._in_flight(line.sku, pointer):
            return None
        return line

    def _allowed(self, op: str, line: Line | None, pointer: str) -> bool:
        status = line_status(line, self.order.progress_of(line)) if line else None
        rule = self.policy.judge(op, status, self.role)
        if rule.outcome == "approve":
            self.approvals.append(rule.words)
        if rule.outcome == "deny":
            self.refuse("not-eligible", rule.words, pointer)
        return rule.outcome != "deny"

    def _in_flight(self, sku: str, pointer: str) -> bool:
        product = self.catalogue.products.get(sku)
        if product is None or product.in_flight_enabled:
            return True
        self.refuse(
            "in-flight-disabled",
            f"{sku} cannot be changed once it is ordered; cancel the line and place a new order.",
            pointer,
        )
        return False

    def _quantity_modifiable(self, line: Line) -> bool:
        product = self.catalogue.products.get(line.sku)
        return line.quantity_modifiable and (product is None or product.quantity_modifiable)

    def _same_currency(self, given: Money, pointer: str) -> bool:
        if given.currency == self.order.currency:
            return True
        self.refuse(
            "other-currency",
            f"The order is in {self.order.currency}; {given.currency} cannot be mixed in.",
            f"{pointer}/currency",
        )
        return False

    def _check_bounds(self, sku: str, price: int, current: int | None) -> None:
        """A price far from the list price (or, without one, from the line's own) needs approval, not refusal."""
        product = self.catalogue.products.get(sku)
        reference = product.list_price.get(self.order.currency, current) if product else current
        if reference is None:
            self.approvals.append(f"The price of {sku} was entered by hand and has no list price to compare with.")
            return
        bounds, currency = self.policy.price_bounds, self.order.currency
        floor = money.percent_of(reference, bounds.floor_percent)
        ceiling = money.percent_of(reference, bounds.ceiling_percent)
        if price < floor:
            self.approvals.append(
                f"The price of {sku}, {display(price, currency)}, is below its floor of {display(floor, currency)}."
            )
        elif price > ceiling:
            self.approvals.append(
                f"The price of {sku}, {display(price, currency)}, is over its ceiling of {display(ceiling, currency)}."
            )

    def _wish(
        self,
        line: Line,
        pointer: str,
        *,
        quantity: int | None = None,
        cancelled: int = 0,
        unit_price: int | None = None,
    ) -> None:
        target = self.lines.setdefault(line.line_id, Target(line=line, pointer=pointer))
        if (quantity is not None and target.quantity is not None) or (
            unit_price is not None and target.unit_price is not None
        ):
            self.refuse("conflicting-edits", f"Two edits set the same of line {line.line_id}.", pointer)
            return
        if quantity is not None:
            target.quantity, target.cancelled, target.pointer = quantity, cancelled, pointer
        if unit_price is not None:
            target.unit_price = unit_price


_FOLD: dict[type, Callable[..., None]] = {
    SetQuantity: Targets.set_quantity,
    SetUnitPrice: Targets.set_unit_price,
    CancelLine: Targets.cancel_line,
    AddLine: Targets.add_line,
    SetShippingAddress: Targets.set_shipping_address,
}
