"""What each edit wishes: one function for each, in one table. Each judges its edit where it stands."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from shared.domain import money
from shared.domain.order.line import Line, LineDiscount
from shared.domain.order.order import ChangeKind
from shared.domain.planning import bundles
from shared.domain.planning.cancellation import cancel_order, cancel_units, credit, divisible, running
from shared.domain.planning.edit_draft import Addition, Targets
from shared.domain.planning.edits import (
    AddLine,
    CancelLine,
    Edit,
    FitToStock,
    ReplaceSku,
    SetDates,
    SetDiscount,
    SetQuantity,
    SetShippingAddress,
    SetUnitPrice,
)
from shared.domain.planning.reductions import drop, may_fall, may_run
from shared.domain.planning.revert import restore
from shared.domain.planning.shipping import set_shipping_method
from shared.domain.planning.stock_cover import cover_so_far
from shared.domain.refusal import Refusal

_WHERE: dict[ChangeKind, str] = {"amendment": "/edits", "cancellation": "/lines"}
"""Where a request names what it asks for."""


def fold(targets: Targets, edits: Iterable[Edit]) -> Targets:
    """Every edit's wish, then what follows from them for bundles."""
    for index, edit in enumerate(edits):
        _FOLD[edit.op](targets, edit, f"{_WHERE[targets.kind]}/{index}")
    bundles.cancel_components(targets)
    bundles.check_required(targets)
    return targets


def set_quantity(targets: Targets, edit: SetQuantity, pointer: str) -> None:
    line = targets.line(edit.line_id, "set_quantity", pointer)
    if line is not None and _quantity_may_be(targets, line, edit.quantity, f"{pointer}/quantity"):
        targets.wish(line, pointer, quantity=edit.quantity)


def fit_to_stock(targets: Targets, edit: FitToStock, pointer: str) -> None:
    """Down to the units that are allocated, plus those available now, which it takes unless a line fitted before has;
    an untracked SKU needs no fitting."""
    line = targets.line(edit.line_id, "fit_to_stock", pointer)
    if line is None:
        return
    level = targets.catalogue.stock.get(line.sku)
    if level is None:
        targets.wish(line, pointer, quantity=line.quantity)
        return
    progress = targets.order.progress_of(line)
    allocated = cover_so_far(line, progress).allocated
    left = level.available + targets.held.get(line.sku, 0) - targets.fitted[line.sku]
    taken = max(0, min(line.quantity + progress.recalled - allocated, left))
    covered = allocated + taken - progress.recalled
    if covered == 0:
        targets.refuse("nothing-in-stock", f"Stock covers none of {line.sku}; cancel the line instead.", pointer)
    elif _quantity_may_be(targets, line, covered, pointer):
        targets.fitted[line.sku] += taken
        targets.wish(line, pointer, quantity=covered, allocated=allocated + taken)


def set_unit_price(targets: Targets, edit: SetUnitPrice, pointer: str) -> None:
    line = targets.line(edit.line_id, "set_unit_price", pointer)
    if line is not None and targets.same_currency(edit.unit_price, f"{pointer}/unit_price"):
        targets.wish(line, pointer, unit_price=edit.unit_price.amount)
        targets.check_bounds(line.sku, edit.unit_price.amount, line.unit_price)


def set_discount(targets: Targets, edit: SetDiscount, pointer: str) -> None:
    line = targets.line(edit.line_id, "set_discount", pointer)
    if line is None:
        return
    where = f"{pointer}/discount/value"
    try:
        discount = _discount(edit, targets.order.currency)
    except Refusal as refusal:
        targets.refuse(refusal.code, refusal.detail, where)
        return
    targets.wish(line, where, discount=discount)


def set_dates(targets: Targets, edit: SetDates, pointer: str) -> None:
    line = targets.line(edit.line_id, "set_dates", pointer)
    if line is None:
        return
    if line.start_date is None or line.end_date is None:
        targets.refuse("line-without-dates", f"Line {line.line_id} is no subscription; it has no dates.", pointer)
        return
    start, end = edit.start_date or line.start_date, edit.end_date or line.end_date
    if end < start:
        targets.refuse("end-before-start", f"It would end on {end}, before it starts on {start}.", pointer)
        return
    if may_run(targets, line, start, end, pointer):
        targets.wish(line, pointer, start_date=start, end_date=end)


def cancel_line(targets: Targets, edit: CancelLine, pointer: str) -> None:
    for line_id in targets.matching(edit.line_id, edit.sku, pointer):
        line = targets.line(line_id, "cancel_line", pointer)
        if line is None:
            continue
        left = line.quantity - (0 if running(targets, line) else targets.order.progress_of(line).out)
        quantity = left if edit.quantity is None else edit.quantity
        if quantity > left:
            targets.refuse(
                "more-than-left", f"Only {left} of line {line.line_id} can be cancelled.", f"{pointer}/quantity"
            )
        elif quantity < left and not divisible(targets, line):
            _fixed_quantity(targets, line, f"{pointer}/quantity")
        else:
            drop(targets, line, quantity, pointer)


def replace_sku(targets: Targets, edit: ReplaceSku, pointer: str) -> None:
    product = targets.catalogue.products.get(edit.with_sku)
    price = targets.list_price(edit.with_sku)
    if product is None or price is None:
        _price_unknown(targets, edit.with_sku, f"{pointer}/with_sku")
        return
    if not targets.in_flight(edit.with_sku, f"{pointer}/with_sku"):
        return
    for line_id in targets.matching(edit.line_id, edit.sku, pointer):
        line = targets.line(line_id, "replace_sku", pointer)
        if line is None:
            continue
        if targets.order.progress_of(line).out:
            targets.refuse("sku-shipped", f"Units of line {line_id} have shipped as {line.sku}.", pointer)
        elif line.charges:
            targets.refuse(
                "sku-has-charges", f"Line {line_id} has charges of its own; cancel it and add another line.", pointer
            )
        else:
            targets.wish(line, pointer, product=product, unit_price=price)


def add_line(targets: Targets, edit: AddLine, pointer: str) -> None:
    if not targets.allowed("add_line", None, pointer) or not targets.in_flight(edit.sku, pointer):
        return
    price = _price_of_added(targets, edit, pointer)
    parent = bundles.parent_of(targets, edit, pointer)
    if price is None or (edit.parent_line_id is not None and parent is None):
        return
    start, end = edit.start_date, edit.end_date
    if (start is None) != (end is None) or (start and end and end < start):
        targets.refuse("end-before-start", "A subscription has a start, and an end that is not before it.", pointer)
        return
    product = targets.catalogue.products.get(edit.sku)
    targets.additions.append(
        Addition(
            sku=edit.sku,
            title=edit.title or (product.title if product else edit.sku),
            quantity=edit.quantity,
            unit_price=price,
            product=product,
            pointer=pointer,
            parent=parent,
            start_date=start,
            end_date=end,
        )
    )


def set_shipping_address(targets: Targets, edit: SetShippingAddress, pointer: str) -> None:
    if not targets.allowed("set_shipping_address", None, pointer):
        return
    if any(targets.order.progress_of(line).packed for line in targets.order.lines):
        targets.refuse(
            "address-after-packing",
            "Goods are packed for the old address; ask logistics to re-route the parcel instead.",
            f"{pointer}/address",
        )
    elif targets.address is not None:
        targets.refuse("conflicting-edits", "Another edit sets the address too.", pointer)
    else:
        targets.address = edit.address


def _discount(edit: SetDiscount, currency: str) -> LineDiscount:
    if edit.type == "amount":
        return LineDiscount(type="amount", amount=money.parse(edit.value, currency))
    percent = Decimal(edit.value)
    if percent > 100:
        raise Refusal("discount-over-price", "A discount of more than 100 per cent exceeds the price.")
    return LineDiscount(type="percent", percent=percent, amount=0)


def _quantity_may_be(targets: Targets, line: Line, quantity: int, pointer: str) -> bool:
    shipped = targets.order.progress_of(line).out
    if quantity < shipped:
        targets.refuse(
            "quantity-below-shipped",
            f"{shipped} of line {line.line_id} have shipped; the quantity cannot fall below that.",
            pointer,
        )
        return False
    if divisible(targets, line):
        return may_fall(targets, line, quantity, pointer)
    _fixed_quantity(targets, line, pointer)
    return False


def _fixed_quantity(targets: Targets, line: Line, pointer: str) -> None:
    words = f"The quantity of {line.sku} is fixed; cancel the line or add another instead."
    targets.refuse("quantity-not-modifiable", words, pointer)


def _price_of_added(targets: Targets, edit: AddLine, pointer: str) -> int | None:
    listed = targets.list_price(edit.sku)
    if edit.unit_price is not None:
        given = f"{pointer}/unit_price"
        if not targets.allowed("add_line.unit_price", None, given) or not targets.same_currency(edit.unit_price, given):
            return None
        targets.check_bounds(edit.sku, edit.unit_price.amount, listed)
        return edit.unit_price.amount
    if listed is None:
        _price_unknown(targets, edit.sku, f"{pointer}/sku")
    return listed


def _price_unknown(targets: Targets, sku: str, pointer: str) -> None:
    targets.refuse("price-unknown", f"{sku} has no list price in {targets.order.currency}.", pointer)


_FOLD: dict[str, Callable[..., None]] = {
    "set_quantity": set_quantity,
    "fit_to_stock": fit_to_stock,
    "set_unit_price": set_unit_price,
    "set_discount": set_discount,
    "set_dates": set_dates,
    "cancel_line": cancel_line,
    "cancel_units": cancel_units,
    "cancel_order": cancel_order,
    "credit": credit,
    "replace_sku": replace_sku,
    "add_line": add_line,
    "set_shipping_address": set_shipping_address,
    "set_shipping_method": set_shipping_method,
    "restore": restore,
}
