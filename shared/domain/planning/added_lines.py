"""Adds the new lines of a change."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from shared.domain.order import pricing
from shared.domain.order.line import Line
from shared.domain.order.line_history import Proportion
from shared.domain.order.line_price import LineDiscount
from shared.domain.order.order import Order
from shared.domain.order.party import Address
from shared.domain.order.progress import NO_PROGRESS
from shared.domain.planning import stock_cover
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.line_draft import Addition
from shared.domain.planning.line_taxes import rates_for
from shared.domain.planning.plan import LineChange
from shared.domain.planning.replacements import new_line_id, with_replacements


def added_lines(draft: EditDraft, address: Address | None, others: Sequence[LineChange] = ()) -> list[LineChange]:
    """Returns the lines to add, numbered and priced, with their stock covered. `others` are the lines that the same
    change touches: in an exchange, what some of them lose goes on with those that are added."""
    changes = []
    for count, addition in enumerate(with_replacements(draft, others), start=1):
        added = addition.like or _added(draft, addition, count, address)
        cover = stock_cover.cover_of(None, added, NO_PROGRESS, draft.catalogue.stock)
        added = replace(added, allocated=cover.allocated)
        changes.append(LineChange(line_id=added.line_id, change="added", before=None, after=added))
    return changes


def _added(draft: EditDraft, addition: Addition, count: int, address: Address | None) -> Line:
    """Makes a new line: it takes part in the order's percentage discounts, and pays the rates that policy knows."""
    order, product, parent = draft.order, addition.product, addition.parent
    parents = draft.quantity_after(parent) if parent else 0
    rates = rates_for(draft, addition.sku, product, address, addition.pointer)
    line = Line(
        line_id=new_line_id(order, count),
        sku=addition.sku,
        title=addition.title,
        quantity=addition.quantity,
        unit_price=addition.unit_price or 0,
        gross=0,
        discounts=_percentages(order),
        taxes=rates or (),
        tax_included=_tax_included(draft, addition),
        quantity_modifiable=product.quantity_modifiable if product else True,
        start_date=addition.start_date,
        end_date=addition.end_date,
        charges=addition.charges,
        parent_line_id=parent.line_id if parent else None,
        bundle_id=(parent.bundle_id or parent.line_id) if parent else None,
        sold_as=Proportion(units=addition.quantity, parents=parents) if parents else None,
        since=order.version + 1,
    )
    return pricing.repriced(line)


def _percentages(order: Order) -> tuple[LineDiscount, ...]:
    """Returns the order-wide percentage discounts that its lines have a share of, in the order in which they have them,
    each as often as the line that has it most: two of 10 % without a code are two."""
    found: list[LineDiscount] = []
    for shares in sorted(dict.fromkeys(_shares(line) for line in order.lines), key=len, reverse=True):
        found = _merged(found, shares)
    return tuple(found)


def _merged(known: Sequence[LineDiscount], shares: Sequence[LineDiscount]) -> list[LineDiscount]:
    """Returns the known discounts with those of the shares that they lack, each after the one that it comes after."""
    found, lacking, place = list(known), Counter(shares) - Counter(known), 0
    for share in shares:
        if share in found[place:]:
            place = found.index(share, place) + 1
        elif lacking[share]:
            lacking[share] -= 1
            found.insert(place, share)
            place += 1
    return found


def _shares(line: Line) -> tuple[LineDiscount, ...]:
    return tuple(
        replace(discount, amount=0)
        for discount in line.discounts
        if discount.scope == "order" and discount.type == "percent"
    )


def _tax_included(draft: EditDraft, addition: Addition) -> bool:
    """Returns True if the line's price contains tax, and asks for an approval where that is otherwise than with the
    order's own lines: floors and list prices are theirs, with or without tax."""
    included = _said_or_known(draft, addition)
    every = draft.order.lines
    known = {line.tax_included for line in every if line.sku == addition.sku} or {line.tax_included for line in every}
    if addition.parent is not None and addition.tax_included is None:
        known = known | {included}
    if included not in known or (included and addition.tax_included is not None and len(known) > 1):
        words = f"The price of {addition.sku} is to be with tax where others of this order are without, or without."
        draft.judge.rule("price", "tax-included", "approve", words)
        draft.judge.ask(words, "tax-included")
    return included


def _said_or_known(draft: EditDraft, addition: Addition) -> bool:
    """Returns what the edit says, what its parent or another line of the product has, or what all lines have. Where
    these disagree the edit must say, because it is never guessed."""
    if addition.tax_included is not None:
        return addition.tax_included
    if addition.parent is not None:
        return addition.parent.tax_included
    live = [line for line in draft.order.lines if line.quantity] or draft.order.lines
    known = {line.tax_included for line in live if line.sku == addition.sku} or {line.tax_included for line in live}
    if len(known) > 1:
        words = f"Prices of this order are with and without tax; say which that of {addition.sku} is."
        draft.refuse("tax-inclusion-unknown", words, f"{addition.pointer}/tax_included")
    return len(known) == 1 and known.pop()
