"""Replaces units of an exchange by others of their kind: what is added carries what the units that go have carried.

A like-for-like exchange is no new sale. The replacement takes the price that the customer accepted, with discounts,
the tax actually charged and what was given back as goodwill, and its place in the bundle, so that taking a unit back
and sending another costs nothing.
Units beyond those that go are sold as an amendment adds them, at list price. So are those of another product, and those
with a price or dates of their own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from shared.domain import money
from shared.domain.order import pricing
from shared.domain.order.accepted import basis_of
from shared.domain.order.goodwill import carrying_goodwill, resized, without_goodwill
from shared.domain.order.line import Line
from shared.domain.order.line_history import Basis, Proportion
from shared.domain.order.order import Order
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.line_draft import Addition
from shared.domain.planning.plan import LineChange

MOST_ADDED = 2000
"""Lines that one exchange adds at most: a bundle that is replaced in many parts brings its components with each."""


def new_line_id(order: Order, count: int) -> str:
    """Returns the id of the `count`-th line that a change adds."""
    return f"v{order.version + 1}-{count}"


def with_replacements(draft: EditDraft, changes: Sequence[LineChange]) -> Sequence[Addition]:
    """Returns the lines to add; in an exchange, those that replace units of their kind carry what these have carried.

    A replaced bundle comes with its components, as they went. `changes` are the lines that the exchange takes units
    from.
    """
    return _Exchanged(draft, changes).additions() if draft.kind == "exchange" else draft.additions


@dataclass(slots=True)
class _Gone:
    """Counts the units that go from a line; `carried` is all that they carry together, and `replaced` of them have been
    replaced so far."""

    carried: Line
    replaced: int = 0

    def next(self, units: int) -> Line:
        """Returns what the next `units` carry. It is worked out on all that are replaced so far, so that replacing them
        singly comes to the same as together."""
        upto = resized(self.carried, self.replaced + units)
        part = carried_by(upto, resized(self.carried, self.replaced))
        self.replaced += units
        return part

    @property
    def left(self) -> int:
        return self.carried.quantity - self.replaced


class _Exchanged:
    """Matches the lines that an exchange adds with the units that go."""

    def __init__(self, draft: EditDraft, changes: Sequence[LineChange]) -> None:
        self._draft = draft
        self._found: list[Addition] = []
        self._gone = {gone.carried.line_id: gone for gone in _gone(draft, changes)}
        self._alone: dict[str, list[_Gone]] = {}
        self._below: dict[str, list[_Gone]] = {}
        for gone in self._gone.values():
            parent = gone.carried.parent_line_id
            of, name = (self._below, parent) if parent in self._gone else (self._alone, gone.carried.sku)
            of.setdefault(name or "", []).append(gone)

    def additions(self) -> Sequence[Addition]:
        for addition in self._draft.additions:
            if len(self._found) > MOST_ADDED:
                words = f"This would add more than {MOST_ADDED:,} lines; exchange bundles in fewer lines."
                self._draft.refuse("too-many-lines", words, addition.pointer)
                break
            left = addition.quantity
            for gone in self._alike(addition):
                units = min(left, gone.left)
                left -= units
                if units:
                    self._replace(addition, gone, units)
            if left:
                self._sell(replace(addition, quantity=left))
        return self._found

    def _alike(self, addition: Addition) -> Iterator[_Gone]:
        """Yields the units that the addition can replace. A component goes on with its bundle where that goes, and is
        nothing of its own."""
        if addition.by_hand or addition.start_date is not None:
            return
        for gone in self._alone.get(addition.sku, ()):
            if addition.parent is None or addition.parent.line_id == gone.carried.parent_line_id:
                yield gone

    def _sell(self, addition: Addition) -> None:
        if addition.unit_price is None:
            self._draft.refuse_unpriced(addition.sku, f"{addition.pointer}/sku")
        else:
            self._found.append(addition)

    def _replace(self, addition: Addition, gone: _Gone, units: int) -> None:
        """Adds the units of one line, and below them what goes with them."""
        parent = self._draft.by_id.get(gone.carried.parent_line_id or "")
        parents = self._draft.quantity_after(parent) if parent else 0
        whole, before = gone.carried.quantity, gone.replaced
        placed = self._place(addition, replace(gone.next(units), sold_as=_proportion(units, parents)))
        self._replace_below(addition, gone.carried.line_id, placed, (before, before + units, whole))

    def _replace_below(self, addition: Addition, head_id: str, head: Line, span: tuple[int, int, int]) -> None:
        """Adds the components of a replaced bundle. `span` are the units of its head that were replaced before and are
        now, and all that go."""
        before, now, whole = span
        for gone in self._below.get(head_id, ()):
            total = gone.carried.quantity
            units = money.share(total, now, whole) - money.share(total, before, whole)
            if not units:
                continue
            below = (gone.replaced, gone.replaced + units, total)
            joined = replace(
                gone.next(units),
                parent_line_id=head.line_id,
                bundle_id=head.bundle_id or head.line_id,
                sold_as=_proportion(units, head.quantity),
            )
            placed = self._place(addition, joined)
            self._replace_below(addition, gone.carried.line_id, placed, below)

    def _place(self, addition: Addition, content: Line) -> Line:
        """Gives the content a line of its own among those that are added."""
        order = self._draft.order
        line_id = new_line_id(order, len(self._found) + 1)
        fresh = replace(
            content,
            line_id=line_id,
            bundle_id=line_id if content.bundle_id and not content.parent_line_id else content.bundle_id,
            cancelled_quantity=0,
            allocated=0,
            backordered=0,
            moves_as=None,
            since=order.version + 1,
        )
        like = replace(addition, sku=fresh.sku, quantity=fresh.quantity, unit_price=fresh.unit_price, like=fresh)
        self._found.append(like)
        return fresh


def _gone(draft: EditDraft, changes: Sequence[LineChange]) -> Iterator[_Gone]:
    """Yields the goods that go, in the order of their lines. A subscription that has begun stops: nothing of it is
    replaced."""
    taken = {each.line.line_id for each in draft.taken if all(stage != "running" for stage, _ in each.stages)}
    for change in changes:
        if change.before is not None and change.line_id in taken:
            yield _Gone(carried_by(change.before, change.after))


def carried_by(line: Line, rest: Line) -> Line:
    """Returns the line as the units that make the difference to `rest` carry it: their price, discounts, tax and
    goodwill, to the minor unit, and what was accepted for them. Both are the same line, with more units and with
    fewer."""
    bare, less = without_goodwill(line), without_goodwill(rest)
    carried = replace(_difference(bare, less), basis=_accepted_for(bare, less) if bare.basis else None)
    carried = replace(carried, taxed=basis_of(carried) if bare.taxed and carried.basis else None)
    return carrying_goodwill(carried, line, rest)


def _difference(line: Line, rest: Line) -> Line:
    discounts = [one.amount - other.amount for one, other in zip(line.discounts, rest.discounts, strict=True)]
    taxes = [one.amount - other.amount for one, other in zip(line.taxes, rest.taxes, strict=True)]
    return replace(
        line,
        quantity=line.quantity - rest.quantity,
        gross=line.gross - rest.gross,
        charges=tuple(charge for charge in line.charges if charge.type != "one_time" or not rest.quantity),
        discounts=tuple(
            replace(each, amount=part) for each, part in zip(line.discounts, _settled(discounts), strict=True)
        ),
        taxes=tuple(replace(each, amount=part) for each, part in zip(line.taxes, _settled(taxes), strict=True)),
    )


def _accepted_for(line: Line, rest: Line) -> Basis | None:
    """Returns what was accepted for the units, where they are away from it: at another price or for other dates, or at
    a price that has no room for all of a discount."""
    accepted = pricing.as_accepted(line)
    was = basis_of(_difference(accepted, pricing.as_accepted(rest)))
    unit_price = None if accepted.unit_price == line.unit_price else accepted.unit_price
    start = None if accepted.start_date == line.start_date else accepted.start_date
    end = None if accepted.end_date == line.end_date else accepted.end_date
    if unit_price is None and start is None and end is None and sum(was.discounts) <= was.gross:
        return None
    return replace(was, unit_price=unit_price, start_date=start, end_date=end)


def _settled(parts: Sequence[int]) -> Sequence[int]:
    """Returns the parts with the same sum, none below 0: rounding can leave one a minor unit short of nothing."""
    if all(part >= 0 for part in parts):
        return parts
    return money.allocate(sum(parts), [max(0, part) for part in parts])


def _proportion(units: int, parents: int) -> Proportion | None:
    return Proportion(units=units, parents=parents) if parents else None
