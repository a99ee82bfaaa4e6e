"""Defines the edit `restore`: undo after commit, which puts lines, address and shipping back where nothing has moved on
since.

Whoever undoes needs what they would need to do it: each thing put back is judged as the edit that does the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter
from typing import Literal, TypeVar

from shared.domain.order.goodwill import shipping_with_goodwill, shipping_without_goodwill, terms_of
from shared.domain.order.line_fields import counting
from shared.domain.order.order import Fee, Shipping
from shared.domain.order.party import Address
from shared.domain.order.progress import NO_PROGRESS
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits.base import OrderEdit, op_of
from shared.domain.planning.edits.restored_line import RestoredLine, restore_line
from shared.domain.planning.edits.set_shipping_address import SetShippingAddress
from shared.domain.planning.edits.set_shipping_method import SetShippingMethod
from shared.domain.planning.known_lines import KnownLines
from shared.domain.planning.line_draft import Wish
from shared.domain.planning.line_taxes import is_taxed_elsewhere
from shared.domain.planning.plan import ChangePlan
from shared.domain.planning.shipping import nothing_shipped
from shared.domain.policy.subjects import Stage

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredAddress:
    left: Address | None
    was: Address | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredShipping:
    left: Shipping
    was: Shipping


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredFees:
    left: tuple[Fee, ...]
    was: tuple[Fee, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore(OrderEdit):
    """Undoes a committed change. Only an undo makes this edit; no caller can send it. `version` is the one that the
    change made, `made_on` the day on which it did; `recalled` are the lines of which units had left: they are on their
    way back and cannot be un-cancelled. `returning` are units, by line, that an exchange asks the customer to send
    back: until they do, the exchange can be undone."""

    change_id: str
    version: int = 0
    made_on: date | None = None
    lines: tuple[RestoredLine, ...]
    address: RestoredAddress | None = None
    shipping: RestoredShipping | None = None
    fees: RestoredFees | None = None
    recalled: tuple[str, ...] = ()
    returning: tuple[tuple[str, int], ...] = ()
    op: Literal["restore"] = "restore"

    def apply(self, draft: EditDraft, pointer: str) -> None:
        if not draft.rights.allowed(self.op, None, pointer):
            return
        for line_id, units in self.returning:
            _keep(draft, line_id, units, pointer)
        moved = self.address is not None and is_taxed_elsewhere(self.address.left, self.address.was)
        for restored in self.lines:
            restore_line(draft, restored, self.made_on, pointer, moved=moved)
        for line_id in self.recalled:
            draft.refuse("goods-moved-on", f"Units of line {line_id} are on their way back.", pointer)
        if self.address is not None:
            self._restore_address(draft, self.address, pointer)
        _restore_shipping(draft, self.shipping, pointer)
        if self.fees is not None and self.fees.left != draft.order.fees:
            draft.refuse("changed-since", "Fees were changed again since; undo that first.", pointer)
        draft.fees = self.fees.was if self.fees else None

    def affected_skus(self, known: KnownLines) -> set[str]:
        """Returns the SKUs of the lines on both sides of the change; those of every line, where the address moves
        back."""
        sides = [side for restored in self.lines for side in (restored.left, restored.was)]
        skus = {side.sku for side in sides if side is not None}
        return skus | known.skus if self.address is not None else skus

    def _restore_address(self, draft: EditDraft, address: RestoredAddress, pointer: str) -> None:
        draft.rights.allowed(op_of(SetShippingAddress), None, pointer)
        if address.left != draft.order.shipping_address:
            draft.refuse("changed-since", "The address was changed again since; undo that first.", pointer)
        if any(draft.order.progress_of(line).packed for line in draft.order.lines):
            draft.refuse("goods-moved-on", "Goods are packed for the new address.", pointer)
        draft.address = address.was
        for line in draft.order.lines:
            if line.since < self.version:  # the move left it alone, and so does its undo
                draft.wish(line, pointer, Wish(restored=line))


def restoration(change_id: str, plan: ChangePlan, made_on: date | None = None) -> Restore:
    """Returns the edit that undoes a plan that was committed on the day `made_on`."""
    return Restore(
        change_id=change_id,
        version=plan.base_version + 1,
        made_on=made_on,
        lines=tuple(RestoredLine(left=line.after, was=line.before) for line in plan.lines),
        address=_if_moved(RestoredAddress, plan.address_after, plan.address_before),
        shipping=RestoredShipping(left=plan.shipping_after, was=plan.shipping_before),
        fees=_if_moved(RestoredFees, plan.fees_after, plan.fees_before),
        recalled=tuple(units.line_id for units in plan.cancelled if units.stage in _gone_by(plan)),
        returning=tuple(
            (units.line_id, units.quantity)
            for units in plan.cancelled
            if units.stage == "delivered" and plan.kind == "exchange"
        ),
    )


def _gone_by(plan: ChangePlan) -> Sequence[Stage]:
    """Returns the stages of the units that move as soon as the plan is committed: of an exchange, those that have
    arrived stay with the customer for a while."""
    return ("shipped",) if plan.kind == "exchange" else ("shipped", "delivered")


def _keep(draft: EditDraft, line_id: str, units: int, pointer: str) -> None:
    """Lets the customer keep units that they were to send back, unless some of the line have come back."""
    progress = draft.order.progress.get(line_id, NO_PROGRESS)
    if progress.returning - progress.returned < units:
        draft.refuse("goods-moved-on", f"Units of line {line_id} have come back.", pointer)
    else:
        draft.kept_after_all[line_id] = units


def _if_moved(kind: Callable[..., T], left: object, was: object) -> T | None:
    return kind(left=left, was=was) if left != was else None


def _restore_shipping(draft: EditDraft, shipping: RestoredShipping | None, pointer: str) -> None:
    """Puts back the shipping as it was, where nobody has moved it since. Where a later change has, and the undone one
    had left it alone, it is worked out for the lines that come back."""
    now = draft.order.shipping
    if shipping is None:  # an undo from before it named the shipping that its change left alone
        draft.shipping = now
        return
    left, was = shipping.left, shipping.was
    draft.spared = now.spared - (left.spared - was.spared)
    moved_since = _content(shipping_without_goodwill(left)) != _content(shipping_without_goodwill(now))
    if _given_again(shipping, now) or (moved_since and _moves(shipping)):
        draft.refuse("changed-since", "Shipping was changed again since; undo that first.", pointer)
    elif not moved_since:
        draft.shipping = replace(_shipping_again(shipping, now), spared=draft.spared)
        if left.method != was.method and draft.rights.allowed(op_of(SetShippingMethod), None, pointer):
            nothing_shipped(draft, pointer)


def _moves(restored: RestoredShipping) -> bool:
    """Tells if the change that is undone moved shipping, or gave goodwill on it."""
    left, was = restored.left, restored.was
    bare_left, bare_was = shipping_without_goodwill(left), shipping_without_goodwill(was)
    return _content(bare_left) != _content(bare_was) or terms_of(left) != terms_of(was)


def _given_again(restored: RestoredShipping, now: Shipping) -> bool:
    """Tells if the change gave goodwill, and more was given since."""
    return terms_of(restored.left) not in (terms_of(restored.was), terms_of(now))


def _shipping_again(restored: RestoredShipping, now: Shipping) -> Shipping:
    """Returns the former shipping, under the goodwill that it was given since."""
    if now.goodwill is None or terms_of(now) == terms_of(restored.left):
        return restored.was
    return shipping_with_goodwill(shipping_without_goodwill(restored.was), now.goodwill)


_content = attrgetter(*counting(Shipping, "undo"), "tax")
