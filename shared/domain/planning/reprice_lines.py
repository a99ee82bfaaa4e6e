"""Makes lines of the draft: each touched line is priced once, and its stock covered."""

from dataclasses import replace

from shared.domain import money
from shared.domain.fields import changed
from shared.domain.order import pricing
from shared.domain.order.formerly import keeping_former
from shared.domain.order.goodwill import keeping_goodwill
from shared.domain.order.line import Line
from shared.domain.order.order import Order
from shared.domain.order.party import Address
from shared.domain.order.product import Product
from shared.domain.order.sold import given_since, keeping_sold, price_left
from shared.domain.order.terms import Terms, gross_of
from shared.domain.order.unit_terms import MAX_HISTORY, Counted, recounted
from shared.domain.order.upgrades import becoming, before_upgrade, upgraded
from shared.domain.planning import stock_cover
from shared.domain.planning.added_lines import added_lines
from shared.domain.planning.cancellation import recurring, running
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.line_draft import LineDraft, Wish
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
            _check_history(draft, after, line_draft.pointer)
        if moves and after.quantity and not (line_draft and line_draft.wish.restored):
            after = keeping_goodwill(after, lambda bare: retaxed(draft, bare, address))
            draft.one_step.discard(line.line_id)
        if _differs(line, after) or fitted not in (None, line.allocated):
            changes.append(_change(order, line, after, draft, fitted))
    return changes + added_lines(draft, address, changes)


def _differs(line: Line, after: Line) -> bool:
    """Tells if a line has other content; most that do say so by the version that gave it to them."""
    return after is not line and (after.since != line.since or after != line)


def _check_history(draft: EditDraft, line: Line, pointer: str) -> None:
    """Refuses a running line that units have joined and left, or that became other products, too often to be told."""
    if len(line.joined) + len(line.ended) + len(line.formerly) > MAX_HISTORY:
        words = f"Line {line.line_id} has changed {MAX_HISTORY} times while it ran; cancel it and add another line."
        draft.refuse("changed-too-often", words, pointer)


def _change(order: Order, line: Line, after: Line, draft: EditDraft, fitted: int | None) -> LineChange:
    kept = draft.kept_after_all.get(line.line_id, 0)  # they are with the customer: no stock has to cover them
    was = replace(line, quantity=line.quantity + kept) if kept else line
    cover = stock_cover.cover_of(was, after, order.progress_of(line), draft.catalogue.stock)
    cover = cover if fitted is None else stock_cover.Cover(fitted, 0)
    if (after.since, after.allocated, after.backordered) != (order.version + 1, *cover):
        after = changed(after, since=order.version + 1, allocated=cover.allocated, backordered=cover.backordered)
    return LineChange(
        line_id=line.line_id, change="changed" if after.quantity else "cancelled", before=line, after=after
    )


def _reworked(draft: EditDraft, line: Line, line_draft: LineDraft) -> Line:
    """Applies the wishes to the line: quantity, price and dates at once, then what else is priced, so that the edits
    commute. Goodwill lies on top of the price."""
    if line_draft.wish.restored is not None:
        return replace(line_draft.wish.restored, since=line.since)
    if line.goodwill is None:
        return _in_time(draft, line, line_draft)
    return keeping_goodwill(line, lambda bare: _in_time(draft, bare, line_draft))


def _in_time(draft: EditDraft, line: Line, line_draft: LineDraft) -> Line:
    """Applies the wishes to the part of a line that is not used up: to what it is as its present product or, on the day
    of an upgrade, to what it was, which then becomes the other product."""
    wish, was = line_draft.wish, before_upgrade(line, draft.today)
    if was is None and (wish.product is None or not running(draft, line)):
        after = keeping_former(line, lambda rest: _bounded(draft, rest, _priced(draft, rest, line_draft), line_draft))
        return replace(after, upgrade=None) if after is not line and after.upgrade is not None else after
    if was is not None and wish.product is not None and wish.product.sku == was.sku:
        same = line_draft._replace(wish=wish._replace(product=None, unit_price=None))
        back = keeping_former(was, lambda rest: _bounded(draft, rest, _priced(draft, rest, same), same))
        return replace(back, allocated=0, backordered=0)
    return _bounded(draft, line, _upgraded(draft, line, was or line, line_draft), line_draft)


def _upgraded(draft: EditDraft, line: Line, was: Line, line_draft: LineDraft) -> Line:
    """Returns a running line that becomes another product, or has done so today and `was` another before."""
    wish = line_draft.wish
    as_it_was = line_draft._replace(wish=wish._replace(product=None, unit_price=None))
    moved = keeping_former(was, lambda rest: _priced(draft, rest, as_it_was))
    if wish.discount is not None:
        moved = keeping_sold(was, moved, discounted=True)
    into = becoming(moved, line)
    if wish.product is not None:
        into = _as_product(draft, into, wish.product, line_draft)
    if wish.unit_price is not None:
        into = replace(into, unit_price=wish.unit_price)
    return upgraded(moved, into, draft.today) if draft.today is not None and moved.quantity else moved


def _bounded(draft: EditDraft, line: Line, after: Line, line_draft: LineDraft) -> Line:
    """Returns the line with what it was sold at after an edit of its price or discounts, and checks them by that."""
    wish = line_draft.wish
    if wish.unit_price is None and wish.discount is None:
        return after
    after = keeping_sold(line, after, discounted=wish.discount is not None)
    if wish.discount is not None:
        _check_discount(draft, after, line_draft)
    elif wish.product is not None:
        _check_carried(draft, after)
    elif (left := price_left(after)) != wish.unit_price:
        draft.check_price(after, left)
    return after


def _check_carried(draft: EditDraft, line: Line) -> None:
    """Checks that discounts given before press the price of another product not below its floor unapproved."""
    given = given_since(line)
    if given and line.quantity:
        left = money.divide(line.gross - given, line.quantity)
        draft.check_added(line.sku, left, money.divide(line.gross, line.quantity))


def _priced(draft: EditDraft, line: Line, line_draft: LineDraft) -> Line:
    wish, sized = line_draft.wish, _moved(draft, line, line_draft.wish)
    if wish.proportions is not None:
        sized = replace(sized, sold_as=wish.proportions.sold_as, moves_as=wish.proportions.moves_as)
    fresh = _reshaped(draft, sized, line_draft)
    if fresh is sized and wish.unit_price is None and wish.dates is None:
        draft.one_step.add(line.line_id)
    if fresh is sized or _priced_by(fresh) == _priced_by(sized):
        return fresh
    same = wish.product is None and gross_of(fresh) == gross_of(sized)
    return pricing.repriced(fresh, sized.gross if same else None)


def _moved(draft: EditDraft, line: Line, wish: Wish) -> Line:
    if wish.quantity is None and wish.unit_price is None and wish.dates is None:
        return line
    units = line.quantity if wish.quantity is None else wish.quantity
    start, end = wish.dates or (line.start_date, line.end_date)
    price = line.unit_price if wish.unit_price is None else wish.unit_price
    terms = Terms(units, price, start, end, *_counted(draft, line, wish))
    cancelled = line.cancelled_quantity + (wish.cancelled if terms.quantity != line.quantity else 0)
    return pricing.moved(line, terms, cancelled_quantity=cancelled, since=draft.order.version + 1)


def _counted(draft: EditDraft, line: Line, wish: Wish) -> Counted:
    """Returns from when and to when the units of the line count with the quantity that is wanted, if it runs."""
    if wish.quantity is None or not recurring(line):
        return Counted(line.joined, line.ended)
    today = draft.today if running(draft, line) and not wish.as_never_begun else None
    return recounted(line, wish.quantity, today)


def _priced_by(line: Line) -> tuple[object, ...]:
    """Returns what a price is worked out by, besides quantity, unit price and dates."""
    return line.sku, line.discounts, line.taxes, line.tax_included, gross_of(line)


def _reshaped(draft: EditDraft, line: Line, line_draft: LineDraft) -> Line:
    """Applies every other wish; the line is not priced by them yet. Its fixed discounts are whole where they are."""
    wish = line_draft.wish
    if wish.discount is not None:
        shares = tuple(discount for discount in pricing.uncut(line).discounts if discount.scope == "order")
        line = replace(line, discounts=(wish.discount, *shares))
    elif wish.product is not None:
        line = pricing.uncut(line)
    if wish.product is not None:
        line = _as_product(draft, line, wish.product, line_draft)
    for reshape in wish.content.values():
        line = reshape(line)
    return line


def _as_product(draft: EditDraft, line: Line, product: Product, line_draft: LineDraft) -> Line:
    charges = product.charges_in(draft.order.currency) or ()
    line = replace(
        line,
        sku=product.sku,
        title=product.title or product.sku,
        charges=charges,
        allocated=0,
        backordered=0,
        sold=None,
    )
    return retaxed_category(draft, line, product, line_draft)


def _check_discount(draft: EditDraft, line: Line, line_draft: LineDraft) -> None:
    """Checks that a discount does not exceed the price, nor presses it below the floor unapproved."""
    wanted = line_draft.wish.discount
    if wanted is None or not line.quantity:
        return
    if wanted.amount > line.gross:
        draft.refuse("discount-over-price", "The discount exceeds the line's price.", line_draft.pointer)
        return
    draft.check_discounted(line)
