"""From draft to lines: each touched line priced once, lines added, taxes moved with the address."""

from collections.abc import Iterable
from dataclasses import replace

from shared.domain import money
from shared.domain.money.proration import Period, in_words, periods
from shared.domain.order import pricing
from shared.domain.order.line import NO_PROGRESS, Line, LineDiscount
from shared.domain.order.order import Order, jurisdiction_words
from shared.domain.order.party import Address
from shared.domain.order.product import Catalogue
from shared.domain.planning import stock_cover
from shared.domain.planning.edit_draft import Addition, EditDraft, LineDraft
from shared.domain.planning.plan import LineChange, ProratedCharge
from shared.domain.policy.policy import Policy


def changed_lines(order: Order, draft: EditDraft, address: Address | None) -> list[LineChange]:
    """Every line that the draft change, with its stock covered, and those they add."""
    moves = address is not None and _jurisdiction(address) != _jurisdiction(order.shipping_address)
    changes = []
    for line in order.lines:
        line_draft = draft.lines.get(line.line_id)
        after = _moved(draft, line, line_draft) if line_draft else line
        if moves and after.quantity and not (line_draft and line_draft.restored):
            after = _retaxed(draft, after, address)
        fitted = line_draft.allocated if line_draft and not line_draft.product else None
        if (after is not line and after != line) or fitted not in (None, line.allocated):
            changes.append(_change(order, line, after, draft.catalogue, fitted))
    for count, addition in enumerate(draft.additions, start=1):
        added = _added(draft, addition, count, address)
        cover = stock_cover.cover_of(None, added, NO_PROGRESS, draft.catalogue.stock)
        added = replace(added, allocated=cover.allocated)
        changes.append(LineChange(line_id=added.line_id, change="added", before=None, after=added))
    return changes


def prorated(changes: Iterable[LineChange], policy: Policy) -> tuple[ProratedCharge, ...]:
    """The arithmetic of every recurring charge whose dates moved."""
    charges = []
    for change in changes:
        before, after = change.before, change.after
        if before is None or (before.start_date, before.end_date) == (after.start_date, after.end_date):
            continue
        for charge in after.charges:
            if charge.type == "recurring" and charge.period:
                charges.append(
                    ProratedCharge(
                        line_id=after.line_id,
                        charge_id=charge.charge_id,
                        rule=policy.prices.day_count,
                        periods_before=_periods(before, charge.period),
                        periods_after=_periods(after, charge.period),
                        amount_before=pricing.charge_amount(before, charge, before.quantity),
                        amount_after=pricing.charge_amount(after, charge, after.quantity),
                    )
                )
    return tuple(charges)


def _periods(line: Line, period: Period) -> str:
    if line.start_date is None or line.end_date is None:
        return "0"
    return in_words(periods(line.start_date, line.end_date, period))


def _change(order: Order, line: Line, after: Line, catalogue: Catalogue, fitted: int | None) -> LineChange:
    cover = stock_cover.cover_of(line, after, order.progress_of(line), catalogue.stock)
    cover = cover if fitted is None else stock_cover.Cover(fitted, 0)
    if (after.since, after.allocated, after.backordered) != (order.version + 1, *cover):
        after = replace(after, since=order.version + 1, allocated=cover.allocated, backordered=cover.backordered)
    return LineChange(
        line_id=line.line_id, change="changed" if after.quantity else "cancelled", before=line, after=after
    )


def _moved(draft: EditDraft, line: Line, line_draft: LineDraft) -> Line:
    """The line as its edits want it: quantity first, then one pricing, so that the edits commute."""
    if line_draft.restored is not None:
        return replace(line_draft.restored, since=line.since)
    moved = line
    if line_draft.quantity is not None:
        cancelled = line.cancelled_quantity + line_draft.cancelled
        since = draft.order.version + 1
        moved = pricing.with_quantity(moved, line_draft.quantity, cancelled_quantity=cancelled, since=since)
    fresh = _reshaped(draft, moved, line_draft)
    if fresh is moved or fresh == moved:
        return moved
    same = line_draft.product is None and pricing.gross_of(fresh) == pricing.gross_of(moved)
    return _checked_discount(draft, pricing.repriced(fresh, moved.gross if same else None), line_draft)


def _reshaped(draft: EditDraft, line: Line, line_draft: LineDraft) -> Line:
    if line_draft.unit_price is not None and line_draft.unit_price != line.unit_price:
        line = replace(line, unit_price=line_draft.unit_price, since=draft.order.version + 1)
    if line_draft.start_date is not None and line_draft.end_date is not None:
        line = replace(line, start_date=line_draft.start_date, end_date=line_draft.end_date)
    if line_draft.discount is not None:
        shares = tuple(discount for discount in line.discounts if discount.scope == "order")
        line = replace(line, discounts=(line_draft.discount, *shares))
    if line_draft.product is not None:
        title = line_draft.product.title or line_draft.product.sku
        line = replace(line, sku=line_draft.product.sku, title=title, allocated=0, backordered=0)
        line = _retaxed_category(draft, line, line_draft)
    return line


def _checked_discount(draft: EditDraft, line: Line, line_draft: LineDraft) -> Line:
    """A discount may not exceed the price, nor press it below the floor unapproved."""
    wanted = line_draft.discount
    if wanted is None or not line.quantity:
        return line
    if wanted.amount > line.gross:
        draft.refuse("discount-over-price", "The discount exceeds the line's price.", line_draft.pointer)
        return line
    own = sum(discount.amount for discount in line.discounts if discount.scope == "line")
    draft.check_bounds(line.sku, money.divide(line.gross - own, line.quantity), line_draft.line.unit_price)
    return line


def _added(draft: EditDraft, addition: Addition, count: int, address: Address | None) -> Line:
    """A new line takes part in the order's percentage discounts, and pays the rates that policy knows."""
    order, product = draft.order, addition.product
    rates = draft.policy.taxes.due(address, product.tax_category if product else "standard")
    if rates is None:
        _refuse_tax(draft, addition.sku, addition.pointer, address)
    parent = addition.parent
    line = Line(
        line_id=f"v{order.version + 1}-{count}",
        sku=addition.sku,
        title=addition.title,
        quantity=addition.quantity,
        unit_price=addition.unit_price,
        gross=0,
        discounts=_percentages(order),
        taxes=tuple(rates or ()),
        tax_included=any(other.tax_included for other in order.lines),
        quantity_modifiable=product.quantity_modifiable if product else True,
        start_date=addition.start_date,
        end_date=addition.end_date,
        parent_line_id=parent.line_id if parent else None,
        bundle_id=(parent.bundle_id or parent.line_id) if parent else None,
        since=order.version + 1,
    )
    return pricing.repriced(line)


def _percentages(order: Order) -> tuple[LineDiscount, ...]:
    """The order-wide percentage discounts that its lines have a share of, each once."""
    shares = (
        replace(discount, amount=0)
        for line in order.lines
        for discount in line.discounts
        if discount.scope == "order" and discount.type == "percent"
    )
    return tuple(dict.fromkeys(shares))


def _retaxed(draft: EditDraft, line: Line, address: Address | None) -> Line:
    """The line on the rates of another jurisdiction; nothing else ever moves the tax of an untouched line."""
    product = draft.catalogue.products.get(line.sku)
    rates = draft.policy.taxes.due(address, product.tax_category if product else "standard")
    if rates is None:
        _refuse_tax(draft, line.sku, "/edits", address)
        return line
    return pricing.taxed(line, rates)


def _retaxed_category(draft: EditDraft, line: Line, line_draft: LineDraft) -> Line:
    """Another product keeps the accepted rates, unless it is of another tax category."""
    old, new = draft.catalogue.products.get(line_draft.line.sku), line_draft.product
    if new is None or (old.tax_category if old else "standard") == new.tax_category:
        return line
    address = draft.address or draft.order.shipping_address
    rates = draft.policy.taxes.due(address, new.tax_category)
    if rates is None:
        _refuse_tax(draft, new.sku, line_draft.pointer, address)
        return line
    return replace(line, taxes=tuple(rates))


def _refuse_tax(draft: EditDraft, sku: str, pointer: str, address: Address | None) -> None:
    place = jurisdiction_words(address)
    draft.refuse("tax-unknown", f"Policy knows no tax rate for {sku} in {place}; an operator must add one.", pointer)


def _jurisdiction(address: Address | None) -> str | None:
    return address.jurisdiction if address else None
