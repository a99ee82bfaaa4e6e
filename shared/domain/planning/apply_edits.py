"""What each edit wishes: one function for each, in one table. Each judges its edit where it stands."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from shared.domain import money
from shared.domain.order.line import Line, LineDiscount
from shared.domain.order.order import ChangeKind
from shared.domain.planning import bundles
from shared.domain.planning.cancellation import cancel_order, cancel_units, credit, divisible, running
from shared.domain.planning.edit_draft import Addition, EditDraft
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


def apply_edits(draft: EditDraft, edits: Iterable[Edit]) -> EditDraft:
    """Every edit's wish, then what follows from them for bundles."""
    for index, edit in enumerate(edits):
        _FOLD[edit.op](draft, edit, f"{_WHERE[draft.kind]}/{index}")
    bundles.cancel_components(draft)
    bundles.check_required(draft)
    return draft


def set_quantity(draft: EditDraft, edit: SetQuantity, pointer: str) -> None:
    line = draft.line(edit.line_id, "set_quantity", pointer)
    if line is not None and _quantity_may_be(draft, line, edit.quantity, f"{pointer}/quantity"):
        draft.wish(line, pointer, quantity=edit.quantity)


def fit_to_stock(draft: EditDraft, edit: FitToStock, pointer: str) -> None:
    """Down to the units that are allocated, plus those available now, which it takes unless a line fitted before has;
    an untracked SKU needs no fitting."""
    line = draft.line(edit.line_id, "fit_to_stock", pointer)
    if line is None:
        return
    level = draft.catalogue.stock.get(line.sku)
    if level is None:
        draft.wish(line, pointer, quantity=line.quantity)
        return
    progress = draft.order.progress_of(line)
    allocated = cover_so_far(line, progress).allocated
    left = level.available + draft.held.get(line.sku, 0) - draft.fitted[line.sku]
    taken = max(0, min(line.quantity + progress.recalled - allocated, left))
    covered = allocated + taken - progress.recalled
    if covered == 0:
        draft.refuse("nothing-in-stock", f"Stock covers none of {line.sku}; cancel the line instead.", pointer)
    elif _quantity_may_be(draft, line, covered, pointer):
        draft.fitted[line.sku] += taken
        draft.wish(line, pointer, quantity=covered, allocated=allocated + taken)


def set_unit_price(draft: EditDraft, edit: SetUnitPrice, pointer: str) -> None:
    line = draft.line(edit.line_id, "set_unit_price", pointer)
    if line is not None and draft.same_currency(edit.unit_price, f"{pointer}/unit_price"):
        draft.wish(line, pointer, unit_price=edit.unit_price.amount)
        draft.check_bounds(line.sku, edit.unit_price.amount, line.unit_price)


def set_discount(draft: EditDraft, edit: SetDiscount, pointer: str) -> None:
    line = draft.line(edit.line_id, "set_discount", pointer)
    if line is None:
        return
    where = f"{pointer}/discount/value"
    try:
        discount = _discount(edit, draft.order.currency)
    except Refusal as refusal:
        draft.refuse(refusal.code, refusal.detail, where)
        return
    draft.wish(line, where, discount=discount)


def set_dates(draft: EditDraft, edit: SetDates, pointer: str) -> None:
    line = draft.line(edit.line_id, "set_dates", pointer)
    if line is None:
        return
    if line.start_date is None or line.end_date is None:
        draft.refuse("line-without-dates", f"Line {line.line_id} is no subscription; it has no dates.", pointer)
        return
    start, end = edit.start_date or line.start_date, edit.end_date or line.end_date
    if end < start:
        draft.refuse("end-before-start", f"It would end on {end}, before it starts on {start}.", pointer)
        return
    if may_run(draft, line, start, end, pointer):
        draft.wish(line, pointer, start_date=start, end_date=end)


def cancel_line(draft: EditDraft, edit: CancelLine, pointer: str) -> None:
    for line_id in draft.matching(edit.line_id, edit.sku, pointer):
        line = draft.line(line_id, "cancel_line", pointer)
        if line is None:
            continue
        left = line.quantity - (0 if running(draft, line) else draft.order.progress_of(line).out)
        quantity = left if edit.quantity is None else edit.quantity
        if quantity > left:
            draft.refuse(
                "more-than-left", f"Only {left} of line {line.line_id} can be cancelled.", f"{pointer}/quantity"
            )
        elif quantity < left and not divisible(draft, line):
            _fixed_quantity(draft, line, f"{pointer}/quantity")
        else:
            drop(draft, line, quantity, pointer)


def replace_sku(draft: EditDraft, edit: ReplaceSku, pointer: str) -> None:
    product = draft.catalogue.products.get(edit.with_sku)
    price = draft.list_price(edit.with_sku)
    if product is None or price is None:
        _price_unknown(draft, edit.with_sku, f"{pointer}/with_sku")
        return
    if not draft.in_flight(edit.with_sku, f"{pointer}/with_sku"):
        return
    for line_id in draft.matching(edit.line_id, edit.sku, pointer):
        line = draft.line(line_id, "replace_sku", pointer)
        if line is None:
            continue
        if draft.order.progress_of(line).out:
            draft.refuse("sku-shipped", f"Units of line {line_id} have shipped as {line.sku}.", pointer)
        elif line.charges:
            draft.refuse(
                "sku-has-charges", f"Line {line_id} has charges of its own; cancel it and add another line.", pointer
            )
        else:
            draft.wish(line, pointer, product=product, unit_price=price)


def add_line(draft: EditDraft, edit: AddLine, pointer: str) -> None:
    if not draft.allowed("add_line", None, pointer) or not draft.in_flight(edit.sku, pointer):
        return
    price = _price_of_added(draft, edit, pointer)
    parent = bundles.parent_of(draft, edit, pointer)
    if price is None or (edit.parent_line_id is not None and parent is None):
        return
    start, end = edit.start_date, edit.end_date
    if (start is None) != (end is None) or (start and end and end < start):
        draft.refuse("end-before-start", "A subscription has a start, and an end that is not before it.", pointer)
        return
    product = draft.catalogue.products.get(edit.sku)
    draft.additions.append(
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


def set_shipping_address(draft: EditDraft, edit: SetShippingAddress, pointer: str) -> None:
    if not draft.allowed("set_shipping_address", None, pointer):
        return
    if any(draft.order.progress_of(line).packed for line in draft.order.lines):
        draft.refuse(
            "address-after-packing",
            "Goods are packed for the old address; ask logistics to re-route the parcel instead.",
            f"{pointer}/address",
        )
    elif draft.address is not None:
        draft.refuse("conflicting-edits", "Another edit sets the address too.", pointer)
    else:
        draft.address = edit.address


def _discount(edit: SetDiscount, currency: str) -> LineDiscount:
    if edit.type == "amount":
        return LineDiscount(type="amount", amount=money.parse(edit.value, currency))
    percent = Decimal(edit.value)
    if percent > 100:
        raise Refusal("discount-over-price", "A discount of more than 100 per cent exceeds the price.")
    return LineDiscount(type="percent", percent=percent, amount=0)


def _quantity_may_be(draft: EditDraft, line: Line, quantity: int, pointer: str) -> bool:
    shipped = draft.order.progress_of(line).out
    if quantity < shipped:
        draft.refuse(
            "quantity-below-shipped",
            f"{shipped} of line {line.line_id} have shipped; the quantity cannot fall below that.",
            pointer,
        )
        return False
    if divisible(draft, line):
        return may_fall(draft, line, quantity, pointer)
    _fixed_quantity(draft, line, pointer)
    return False


def _fixed_quantity(draft: EditDraft, line: Line, pointer: str) -> None:
    words = f"The quantity of {line.sku} is fixed; cancel the line or add another instead."
    draft.refuse("quantity-not-modifiable", words, pointer)


def _price_of_added(draft: EditDraft, edit: AddLine, pointer: str) -> int | None:
    listed = draft.list_price(edit.sku)
    if edit.unit_price is not None:
        given = f"{pointer}/unit_price"
        if not draft.allowed("add_line.unit_price", None, given) or not draft.same_currency(edit.unit_price, given):
            return None
        draft.check_bounds(edit.sku, edit.unit_price.amount, listed)
        return edit.unit_price.amount
    if listed is None:
        _price_unknown(draft, edit.sku, f"{pointer}/sku")
    return listed


def _price_unknown(draft: EditDraft, sku: str, pointer: str) -> None:
    draft.refuse("price-unknown", f"{sku} has no list price in {draft.order.currency}.", pointer)


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
