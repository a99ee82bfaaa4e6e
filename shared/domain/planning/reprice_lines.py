"""Makes lines of the draft: each touched line is priced once, and its stock covered."""

from dataclasses import replace

from shared.domain import money
from shared.domain.order import pricing
from shared.domain.order.goodwill import keeping_goodwill
from shared.domain.order.line import Line
from shared.domain.order.order import Order
from shared.domain.order.party import Address
from shared.domain.order.product import Catalogue, Product
from shared.domain.planning import stock_cover
from shared.domain.planning.added_lines import added_lines
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.line_draft import LineDraft
from shared.domain.planning.line_taxes import is_taxed_elsewhere, retaxed, retaxed_category
from shared.domain.planning.plan import LineChange


def changed_lines(order: Order, draft: EditDraft, address: Address | None) -> list[LineChange]:
    """Returns every line that the draft changes, with its stock covered, and those it adds."""
    moves = is_taxed_elsewhere(order.shipping_address, address)
    changes, drafts = [], draft.lines
    for line in order.lines:
        line_draft = drafts.get(line.line_id)
        if line_draft is None:
            after, fitted = line, None
            if not moves:
                continue
        else:
            after, fitted = _reworked(draft, line, line_draft), line_draft.wish.fitted
        if moves and after.quantity and not (line_draft and line_draft.wish.restored):
            after = keeping_goodwill(after, lambda bare: retaxed(draft, bare, address))
        if (after is not line and after != line) or fitted not in (None, line.allocated):
            changes.append(_change(order, line, after, draft.catalogue, fitted))
    return changes + added_lines(draft, address)


def _change(order: Order, line: Line, after: Line, catalogue: Catalogue, fitted: int | None) -> LineChange:
    cover = stock_cover.cover_of(line, after, order.progress_of(line), catalogue.stock)
    cover = cover if fitted is None else stock_cover.Cover(fitted, 0)
    if (after.since, after.allocated, after.backordered) != (order.version + 1, *cover):
        after = replace(after, since=order.version + 1, allocated=cover.allocated, backordered=cover.backordered)
    return LineChange(
        line_id=line.line_id, change="changed" if after.quantity else "cancelled", before=line, after=after
    )


def _reworked(draft: EditDraft, line: Line, line_draft: LineDraft) -> Line:
    """Applies the wishes to the line: quantity first, then one pricing, so that the edits commute."""
    if line_draft.wish.restored is not None:
        return replace(line_draft.wish.restored, since=line.since)
    if line.goodwill is None:
        return _rewished(draft, line, line_draft)
    return keeping_goodwill(line, lambda bare: _rewished(draft, bare, line_draft))


def _rewished(draft: EditDraft, line: Line, line_draft: LineDraft) -> Line:
    wish, sized = line_draft.wish, line
    if wish.quantity is not None:
        cancelled = line.cancelled_quantity + wish.cancelled
        since = draft.order.version + 1
        sized = pricing.with_quantity(sized, wish.quantity, cancelled_quantity=cancelled, since=since)
    if wish.proportions is not None:
        sized = replace(sized, sold_as=wish.proportions.sold_as, moves_as=wish.proportions.moves_as)
    fresh = _reshaped(draft, sized, line_draft)
    if fresh is sized or fresh == sized:
        return sized
    same = wish.product is None and pricing.gross_of(fresh) == pricing.gross_of(sized)
    return _checked_discount(draft, pricing.repriced(fresh, sized.gross if same else None), line_draft)


def _reshaped(draft: EditDraft, line: Line, line_draft: LineDraft) -> Line:
    """Applies every wish but the quantity; the line is not priced yet."""
    wish = line_draft.wish
    if wish.unit_price is not None and wish.unit_price != line.unit_price:
        line = replace(line, unit_price=wish.unit_price, since=draft.order.version + 1)
    if wish.dates is not None:
        line = replace(line, start_date=wish.dates.start, end_date=wish.dates.end)
    if wish.discount is not None:
        shares = tuple(discount for discount in line.discounts if discount.scope == "order")
        line = replace(line, discounts=(wish.discount, *shares))
    if wish.product is not None:
        line = _as_product(draft, line, wish.product, line_draft)
    for reshape in wish.content.values():
        line = reshape(line)
    return line


def _as_product(draft: EditDraft, line: Line, product: Product, line_draft: LineDraft) -> Line:
    line = replace(line, sku=product.sku, title=product.title or product.sku, allocated=0, backordered=0)
    return retaxed_category(draft, line, product, line_draft)


def _checked_discount(draft: EditDraft, line: Line, line_draft: LineDraft) -> Line:
    """Checks that a discount does not exceed the price, nor presses it below the floor unapproved."""
    wanted = line_draft.wish.discount
    if wanted is None or not line.quantity:
        return line
    if wanted.amount > line.gross:
        draft.refuse("discount-over-price", "The discount exceeds the line's price.", line_draft.pointer)
        return line
    own = sum(discount.amount for discount in line.discounts if discount.scope == "line")
    draft.check_price(line.sku, money.divide(line.gross - own, line.quantity), line_draft.line.unit_price)
    return line
