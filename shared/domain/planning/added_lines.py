"""Adds the new lines of a change."""

from dataclasses import replace

from shared.domain.order import pricing
from shared.domain.order.line import NO_PROGRESS, Line, LineDiscount, Proportion
from shared.domain.order.order import Order
from shared.domain.order.party import Address
from shared.domain.planning import stock_cover
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.line_draft import Addition
from shared.domain.planning.line_taxes import rates_for
from shared.domain.planning.plan import LineChange


def added_lines(draft: EditDraft, address: Address | None) -> list[LineChange]:
    """Returns the lines to add, numbered and priced, with their stock covered."""
    changes = []
    for count, addition in enumerate(draft.additions, start=1):
        added = _added(draft, addition, count, address)
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
        line_id=f"v{order.version + 1}-{count}",
        sku=addition.sku,
        title=addition.title,
        quantity=addition.quantity,
        unit_price=addition.unit_price,
        gross=0,
        discounts=_percentages(order),
        taxes=rates or (),
        tax_included=any(other.tax_included for other in order.lines),
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
    """Returns the order-wide percentage discounts that its lines have a share of, each once."""
    shares = (
        replace(discount, amount=0)
        for line in order.lines
        for discount in line.discounts
        if discount.scope == "order" and discount.type == "percent"
    )
    return tuple(dict.fromkeys(shares))
