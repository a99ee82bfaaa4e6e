"""Plans the effects of a change on an order. It is pure: no clock, no AWS, no randomness of its own."""

from collections.abc import Sequence
from dataclasses import replace

from shared.domain.order.assets import touched
from shared.domain.order.order import Order
from shared.domain.planning import stock_cover
from shared.domain.planning.apply_edits import apply_edits
from shared.domain.planning.changed_aspects import what_changed
from shared.domain.planning.collection import planned_collection, waived
from shared.domain.planning.departments import concerned
from shared.domain.planning.digest import digest_of
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits import Edit
from shared.domain.planning.erased_values import needs_what_is_erased
from shared.domain.planning.fees import less_waived, with_fees
from shared.domain.planning.goodwill import with_goodwill
from shared.domain.planning.growth import outgrown
from shared.domain.planning.holding import held_less, held_while
from shared.domain.planning.line_taxes import unclear_address
from shared.domain.planning.margins import check_margins
from shared.domain.planning.order_after import order_after
from shared.domain.planning.plan import ChangePlan, Planned, StockDelta
from shared.domain.planning.plan_context import PlanContext
from shared.domain.planning.plan_effects import planned_effects
from shared.domain.planning.plan_money import planned_money
from shared.domain.planning.plan_needs import planned_needs
from shared.domain.planning.plan_parts import OrderPart, Outcome
from shared.domain.planning.reprice_lines import changed_lines
from shared.domain.planning.settlement import settled
from shared.domain.planning.sound_money import check_not_below_zero
from shared.domain.planning.terms import cancelled_units
from shared.domain.planning.withheld import check_withheld, with_withheld
from shared.domain.policy.evaluation import Judge
from shared.domain.refusal import Violation

__all__ = ["PlanContext", "plan"]


def plan(order: Order, edits: Sequence[Edit], context: PlanContext) -> Planned:
    """Returns everything that `edits` would do to `order`, violations included, and the order as it would be after.

    A plan with violations is for reading only; use cases refuse to go on with it.

    Raises:
        Refusal: `outcome-below-zero`.
    """
    judge = Judge(context.policy, order, context.kind, context.role, context.reason_code)
    draft = apply_edits(EditDraft(judge, context.catalogue, context.now, context.held), edits)
    outcome = _outcome(order, draft, tuple(edit.op for edit in edits))
    _check(outcome, draft)
    return _planned(outcome, draft, context)


def _outcome(order: Order, draft: EditDraft, ops: tuple[str, ...]) -> Outcome:
    """Prices the draft and returns its outcome."""
    address = draft.address or order.shipping_address
    changes = with_withheld(draft, changed_lines(order, draft, address), undoes="restore" in ops)
    cancelled = cancelled_units(draft.taken, changes)
    after = order_after(order, changes, address, draft)
    after, fees = with_fees(after, cancelled, draft.judge)
    changes, after, given, beside = with_goodwill(order, changes, less_waived(order, after), draft)
    check_margins(draft.judge, changes, draft.catalogue)
    stock = stock_cover.deltas(order, changes)
    back = settled(order, draft)
    changed = what_changed(order, after, changes) if back is None else ("payment",)
    return Outcome(
        before=order,
        after=after,
        lines=tuple(changes),
        cancelled=cancelled,
        fees=(*fees, *given),
        stock=stock,
        changed=changed,
        ops=ops,
        beside=beside,
        settled=back,
        one_step=draft.one_step,
    )


def _check(outcome: Outcome, draft: EditDraft) -> None:
    """Keeps the reasons that forbid the change as a whole."""
    draft.violations += _shortages(outcome.stock, draft)
    check_withheld(draft, outcome.before, outcome.lines)
    if needs_what_is_erased(outcome.before, outcome.after):
        draft.refuse("order-erased", "Its customer was erased: there is nobody left to deliver to.", "")
    grown = outgrown(outcome.after, outcome.lines)
    if grown and grown.code not in {each.code for each in draft.violations}:
        draft.violations.append(grown)
    if not outcome.changed and not draft.violations:
        draft.refuse("nothing-changes", "These edits leave the order as it is.", "/edits")


def _shortages(stock: Sequence[StockDelta], draft: EditDraft) -> list[Violation]:
    pointers = {each.line.sku: f"{each.pointer}/quantity" for each in draft.lines.values()}
    pointers |= {each.wish.product.sku: each.pointer for each in draft.lines.values() if each.wish.product}
    pointers |= {addition.sku: f"{addition.pointer}/quantity" for addition in draft.additions}
    tells = draft.judge.role != "customer"
    return stock_cover.shortages(stock, draft.catalogue.stock, draft.held, pointers, tells=tells)


def _planned(outcome: Outcome, draft: EditDraft, context: PlanContext) -> Planned:
    """Makes the plan of its parts: the order, its money, its needs, and its further effects."""
    judge = draft.judge
    money, after = planned_money(outcome, context.policy)
    collection = planned_collection(judge, money, after)
    if collection and collection.mode == "waive":
        outcome = waived(outcome, collection)
        money, after = planned_money(outcome, context.policy)
    check_not_below_zero(after, money["totals_after"], outcome.lines)
    needs, unapproved = planned_needs(judge, outcome, money, after, draft.violations, context)
    if unclear := unclear_address(draft):
        needs["warnings"] = (*needs["warnings"], f"{unclear} Ask the customer.")
    holds = held_while(judge, outcome.stock, outcome.lines, context.sums.units_waiting)
    needs["warnings"] = (*needs["warnings"], *held_less(holds, outcome.stock, needs, collection))
    unsigned = ChangePlan(
        digest="",
        kind=context.kind,
        policy_version=context.policy.version,
        **_order_part(outcome),
        **money,
        **needs,
        **planned_effects(outcome, money, needs, judge.subject, context),
        collection=collection,
        rulings=tuple(judge.rulings.values()),
    )
    return Planned(
        plan=replace(unsigned, digest=digest_of(unsigned, outcome.before.log_key)),
        after=replace(after, unapproved=unapproved),
        refunds_today=context.catalogue.refunds_today,
        sums=context.sums,
        holds=holds,
    )


def _order_part(outcome: Outcome) -> OrderPart:
    order, after = outcome.before, outcome.after
    return OrderPart(
        order_id=order.order_id,
        base_version=order.version,
        currency=order.currency,
        lines=outcome.lines,
        address_before=order.shipping_address,
        address_after=after.shipping_address,
        shipping_before=order.shipping,
        shipping_after=after.shipping,
        fees_before=order.fees,
        fees_after=after.fees,
        fees=outcome.fees,
        stock=outcome.stock,
        cancelled=outcome.cancelled,
        assets=touched(order, after),
        changed=outcome.changed,
        departments=concerned(outcome.changed),
    )
