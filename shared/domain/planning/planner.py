"""plan(order, edits, context): what a change would do. Pure: no clock, no AWS, no randomness of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple

from shared.domain.order.assets import touched
from shared.domain.order.line import Progress
from shared.domain.order.order import ChangeKind, Order, Totals
from shared.domain.order.party import Address
from shared.domain.order.payment import Payment
from shared.domain.order.product import Catalogue
from shared.domain.planning import shipping as shipping_rules
from shared.domain.planning import stock_cover
from shared.domain.planning.apply_edits import apply_edits
from shared.domain.planning.approvals_needed import needed_approvals
from shared.domain.planning.cancellation import recalled
from shared.domain.planning.changed_aspects import what_changed
from shared.domain.planning.checks import failed_checks
from shared.domain.planning.condition_inputs import Priced, facts_of
from shared.domain.planning.confirmations_needed import needed_confirmations
from shared.domain.planning.departments import Changed, concerned
from shared.domain.planning.digest import digest_of
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.edits import Edit
from shared.domain.planning.erased_values import needs_what_is_erased
from shared.domain.planning.fees import kept_fees, lapsed_fees, with_fees
from shared.domain.planning.margins import check_margins
from shared.domain.planning.plan import (
    CancelledUnits,
    ChangePlan,
    Effects,
    LineChange,
    Planned,
    PlannedFee,
    PlannedRefund,
    ReducedAuthorisation,
    StockDelta,
    TimelineEstimate,
)
from shared.domain.planning.refunds import amount_due, in_refund_order, reduced, refundable, spread
from shared.domain.planning.reprice_lines import changed_lines, prorated
from shared.domain.planning.terms import cancelled_units, refund_seconds, reversed_taxes
from shared.domain.policy.evaluation import Judge
from shared.domain.policy.policy import Policy
from shared.domain.policy.subjects import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContext:
    """What a plan is judged by. `held` is the stock that this very change already holds, by SKU; `now` is the time of
    asking, for what has run out, what ends and what arrives."""

    kind: ChangeKind = "amendment"
    role: Role
    policy: Policy
    reason_code: str = ""
    catalogue: Catalogue = field(default_factory=Catalogue)
    held: dict[str, int] = field(default_factory=dict)
    now: datetime | None = None

    @property
    def today(self) -> date | None:
        return self.now.date() if self.now else None


def plan(order: Order, edits: Sequence[Edit], context: PlanContext) -> Planned:
    """Everything that `edits` would do to `order`, violations included, and the order as it would be after.

    A plan with violations is for reading only; use cases refuse to go on with it.
    """
    judge = Judge(context.policy, order, context.kind, context.role, context.reason_code)
    draft = apply_edits(EditDraft(judge, context.catalogue, context.now, context.held), edits)
    address = draft.address or order.shipping_address
    changes = changed_lines(order, draft, address)
    cancelled = cancelled_units(draft.taken, changes)
    after = _order_after(order, changes, _moved(order, address, context.now), draft)
    after, fees = with_fees(after, cancelled, draft.credit, judge)
    check_margins(judge, changes, context.catalogue)
    deltas = stock_cover.deltas(order, changes)
    draft.violations += stock_cover.shortages(deltas, context.catalogue.stock, context.held, _pointers(draft))
    changed = what_changed(order, after, changes)
    if needs_what_is_erased(order, after):
        draft.refuse("order-erased", "Its customer was erased: there is nobody left to deliver to.", "")
    if not changed and not draft.violations:
        draft.refuse("nothing-changes", "These edits leave the order as it is.", "/edits")
    ops = tuple(edit.op for edit in edits)
    return _assembled(order, after, Parts(tuple(changes), cancelled, fees, deltas, changed, ops), context, draft)


class Parts(NamedTuple):
    """What was worked out of a plan before its money."""

    lines: tuple[LineChange, ...]
    cancelled: tuple[CancelledUnits, ...]
    fees: tuple[PlannedFee, ...]
    stock: tuple[StockDelta, ...]
    changed: tuple[Changed, ...]
    edits: tuple[str, ...]


def _moved(order: Order, address: Address | None, now: datetime | None) -> Order:
    if address == order.shipping_address:
        return order
    return replace(order, shipping_address=address, address_changed_at=now)


def _order_after(order: Order, changes: Iterable[LineChange], moved: Order, draft: EditDraft) -> Order:
    by_id = {change.line_id: change.after for change in changes if change.before}
    lines = [by_id.get(line.line_id, line) for line in order.lines]
    lines += [change.after for change in changes if not change.before]
    after = replace(moved, version=order.version + 1, lines=tuple(lines), progress=_progress(order, draft))
    shipping, fees = draft.shipping, order.fees if draft.fees is None else draft.fees
    if shipping is None or shipping_rules.costs_lapse(after, draft.policy):
        shipping = shipping_rules.recalculated(order, after, draft.policy)
    after = replace(after, shipping=shipping, fees=fees)
    return replace(after, fees=kept_fees(after, draft.policy))


def _progress(order: Order, draft: EditDraft) -> dict[str, Progress]:
    """The order's own progress, unless units that had left are called back."""
    moved = {
        taken.line.line_id: progress
        for taken in draft.taken
        if (progress := recalled(order.progress_of(taken.line), taken.stages)) is not None
    }
    return {**order.progress, **moved} if moved else order.progress


def _pointers(draft: EditDraft) -> dict[str, str]:
    pointers = {line_draft.line.sku: f"{line_draft.pointer}/quantity" for line_draft in draft.lines.values()}
    pointers |= {
        line_draft.product.sku: line_draft.pointer for line_draft in draft.lines.values() if line_draft.product
    }
    return pointers | {addition.sku: f"{addition.pointer}/quantity" for addition in draft.additions}


def _assembled(order: Order, after: Order, parts: Parts, context: PlanContext, draft: EditDraft) -> Planned:
    policy, before_totals, totals = context.policy, order.totals, after.totals
    payments = in_refund_order(order.payments, policy.cancellation.refund_methods_first)
    refunds = spread(refundable(before_totals, totals.total, order.payments), payments)
    totals = replace(totals, balance_due=totals.balance_due + sum(refund.amount for refund in refunds))
    refunding = _refunding(order.payments, refunds)
    authorisations = reduced(refunding, totals.balance_due) if parts.changed else ()
    after = replace(after, payments=_reauthorised(refunding, authorisations))
    magnitude = sum(abs(each.after.total - (each.before.total if each.before else 0)) for each in parts.lines)
    magnitude += abs(after.shipping.total - order.shipping.total) + draft.credit + lapsed_fees(order, after)
    judge = draft.judge
    facts = facts_of(_priced(order, after, parts, context, (before_totals, totals), bool(refunds)), judge)
    failed, warnings = failed_checks(judge, facts)
    needs = needed_approvals(judge, facts, magnitude, order.unapproved)
    confirmations = needed_confirmations(judge, facts, parts.cancelled)
    deadline = policy.deadlines.of(judge.subject)
    unsigned = ChangePlan(
        digest="",
        kind=context.kind,
        order_id=order.order_id,
        base_version=order.version,
        currency=order.currency,
        violations=(*draft.violations, *failed),
        warnings=warnings,
        lines=parts.lines,
        address_before=order.shipping_address,
        address_after=after.shipping_address,
        shipping_before=order.shipping,
        shipping_after=after.shipping,
        fees_before=order.fees,
        fees_after=after.fees,
        totals_before=before_totals,
        totals_after=totals,
        delta=totals.total - before_totals.total,
        refunds=refunds,
        authorisations=authorisations,
        amount_due=amount_due(before_totals, totals.balance_due),
        fees=parts.fees,
        stock=parts.stock,
        approvals=needs.approvals,
        confirmations=confirmations,
        cancelled=parts.cancelled,
        taxes_reversed=reversed_taxes(parts.lines, order.shipping, after.shipping),
        assets=touched(order, after),
        proration=prorated(parts.lines, policy),
        effects=_effects(order, after, context, _revenue(after, totals) - _revenue(order, before_totals)),
        changed=parts.changed,
        departments=concerned(parts.changed),
        timeline_estimate=TimelineEstimate(
            approval_seconds=sum(policy.approvals.level(each.role).deadline_seconds for each in needs.approvals),
            confirmation_seconds=deadline.confirmation_seconds if confirmations else 0,
            acknowledgement_seconds=deadline.acknowledgement_seconds,
            refund_seconds=refund_seconds(refunds, policy.cancellation),
        ),
        magnitude=magnitude,
        policy_version=policy.version,
        rulings=tuple(judge.rulings.values()),
    )
    digest = digest_of(unsigned, order.log_key)
    return Planned(
        plan=replace(unsigned, digest=digest),
        after=replace(after, unapproved=needs.unapproved),
        refunds_today=context.catalogue.refunds_today,
    )


def _refunding(payments: Iterable[Payment], refunds: Iterable[PlannedRefund]) -> tuple[Payment, ...]:
    amounts = {refund.payment_id: refund.amount for refund in refunds}
    return tuple(
        replace(payment, refunding=payment.refunding + amounts.get(payment.payment_id, 0)) for payment in payments
    )


def _reauthorised(payments: Iterable[Payment], cuts: Iterable[ReducedAuthorisation]) -> tuple[Payment, ...]:
    amounts = {cut.payment_id: cut.after for cut in cuts}
    return tuple(
        replace(payment, authorised=amounts.get(payment.payment_id, payment.authorised)) for payment in payments
    )


def _revenue(order: Order, totals: Totals) -> int:
    """Without tax, be it added to prices or contained in them."""
    contained = sum(line.tax for line in order.lines if line.tax_included)
    return totals.total - totals.tax - contained - (order.shipping.tax if order.shipping.tax_included else 0)


def _effects(order: Order, after: Order, context: PlanContext, revenue: int) -> Effects:
    policy = context.policy
    before = shipping_rules.expected_delivery(order.shipping, order, policy, order.placed_at.date())
    sent_anew = (order.shipping, order.shipping_address) != (after.shipping, after.shipping_address)
    if sent_anew or len(after.lines) > len(order.lines):
        fresh = shipping_rules.expected_delivery(after.shipping, order, policy, context.today)
    else:
        fresh = before
    return Effects(revenue=revenue, expected_delivery_before=before, expected_delivery_after=fresh)


def _priced(
    order: Order, after: Order, parts: Parts, context: PlanContext, totals: tuple[Totals, Totals], refunds: bool
) -> Priced:
    was, becomes = totals
    return Priced(
        before=order,
        after=after,
        total_before=was.total,
        total_after=becomes.total,
        edits=parts.edits,
        skus=frozenset(change.after.sku for change in parts.lines),
        cancelled=parts.cancelled,
        balance_due=becomes.balance_due,
        refunds=refunds,
        refunds_today=context.catalogue.refunds_today,
        now=context.now,
    )
