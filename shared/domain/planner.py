"""plan(order, edits, context): what a change would do. Pure: no clock, no AWS, no randomness of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple

from shared.domain import shipping as shipping_rules
from shared.domain import stocking
from shared.domain.assets import touched
from shared.domain.cancelling import recalled
from shared.domain.departments import Changed, concerned
from shared.domain.differing import what_changed
from shared.domain.digest import digest_of
from shared.domain.edits import Edit
from shared.domain.fees import kept_fees, with_fees
from shared.domain.folding import fold
from shared.domain.line import Progress
from shared.domain.order import ChangeKind, Order, Totals, display
from shared.domain.payment import Payment
from shared.domain.plan import (
    CancelledUnits,
    ChangePlan,
    Effects,
    LineChange,
    NeededApproval,
    NeededConfirmation,
    Planned,
    PlannedFee,
    PlannedRefund,
    ReducedAuthorisation,
    StockDelta,
    TimelineEstimate,
    extent_of,
)
from shared.domain.policy import Policy, Role
from shared.domain.product import Catalogue
from shared.domain.refunds import amount_due, in_refund_order, reduced, refundable, spread
from shared.domain.relining import changed_lines, prorated
from shared.domain.targets import Targets
from shared.domain.terms import cancelled_units, refund_seconds, reversed_taxes


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
    targets = fold(
        Targets(
            order,
            context.role,
            context.policy,
            context.catalogue,
            today=context.today,
            kind=context.kind,
            now=context.now,
        ),
        edits,
    )
    address = targets.address or order.shipping_address
    changes = changed_lines(order, targets, address)
    cancelled = cancelled_units(targets.taken, changes)
    after = _order_after(order, changes, replace(order, shipping_address=address), targets)
    after, fees = with_fees(after, cancelled, targets.credit, context.reason_code, context.policy)
    stock = stocking.deltas((change.before, change.after) for change in changes)
    targets.violations += stocking.shortages(stock, context.catalogue.stock, context.held, _pointers(targets))
    changed = what_changed(order, after, changes, cancelled)
    if not changed and not targets.violations:
        targets.refuse("nothing-changes", "These edits leave the order as it is.", "/edits")
    parts = Parts(tuple(changes), cancelled, fees, stock, changed, _agreements(after, cancelled, context))
    return _assembled(order, after, parts, context, targets)


class Parts(NamedTuple):
    """What was worked out of a plan before its money."""

    lines: tuple[LineChange, ...]
    cancelled: tuple[CancelledUnits, ...]
    fees: tuple[PlannedFee, ...]
    stock: tuple[StockDelta, ...]
    changed: tuple[Changed, ...]
    confirmations: tuple[NeededConfirmation, ...]


def _order_after(order: Order, changes: Iterable[LineChange], moved: Order, targets: Targets) -> Order:
    by_id = {change.line_id: change.after for change in changes if change.before}
    lines = [by_id.get(line.line_id, line) for line in order.lines]
    lines += [change.after for change in changes if not change.before]
    after = replace(moved, version=order.version + 1, lines=tuple(lines), progress=_progress(order, targets))
    after = replace(after, shipping=targets.shipping or shipping_rules.recalculated(order, after, targets.policy))
    return replace(after, fees=kept_fees(after, targets.policy) if targets.fees is None else targets.fees)


def _progress(order: Order, targets: Targets) -> dict[str, Progress]:
    """The order's own progress, unless units that had left are called back."""
    moved = {
        taken.line.line_id: progress
        for taken in targets.taken
        if (progress := recalled(order.progress_of(taken.line), taken.stages)) is not None
    }
    return {**order.progress, **moved} if moved else order.progress


def _agreements(
    after: Order, cancelled: Sequence[CancelledUnits], context: PlanContext
) -> tuple[NeededConfirmation, ...]:
    """Whose agreement is needed: the customer's where policy asks for it, the carrier's for what is on its way."""
    found = [
        NeededConfirmation(party="customer", because=rule.words)
        for rule in context.policy.cancellation.confirmations
        if cancelled and rule.fits(context.kind, context.role, extent_of(after))
    ][:1]
    moving = sum(units.quantity for units in cancelled if units.stage == "shipped")
    if moving:
        those = "1 unit is on its way" if moving == 1 else f"{moving} units are on their way"
        words = f"{those}; the carrier must stop {'it' if moving == 1 else 'them'} first."
        found.append(NeededConfirmation(party="carrier", because=words))
    return tuple(found)


def _pointers(targets: Targets) -> dict[str, str]:
    pointers = {target.line.sku: f"{target.pointer}/quantity" for target in targets.lines.values()}
    pointers |= {target.product.sku: target.pointer for target in targets.lines.values() if target.product}
    return pointers | {addition.sku: f"{addition.pointer}/quantity" for addition in targets.additions}


def _assembled(order: Order, after: Order, parts: Parts, context: PlanContext, targets: Targets) -> Planned:
    policy, before_totals, totals = context.policy, order.totals, after.totals
    payments = in_refund_order(order.payments, policy.refund_methods_first)
    refunds = spread(refundable(before_totals, totals.total, order.payments), payments)
    totals = replace(totals, balance_due=totals.balance_due + sum(refund.amount for refund in refunds))
    refunding = _refunding(order.payments, refunds)
    authorisations = reduced(refunding, totals.balance_due) if parts.changed else ()
    after = replace(after, payments=_reauthorised(refunding, authorisations))
    magnitude = sum(abs(each.after.total - (each.before.total if each.before else 0)) for each in parts.lines)
    magnitude += abs(after.shipping.total - order.shipping.total) + targets.credit
    approvals = _approvals(order, magnitude, policy, targets.approvals)
    unsigned = ChangePlan(
        digest="",
        kind=context.kind,
        order_id=order.order_id,
        base_version=order.version,
        currency=order.currency,
        violations=tuple(targets.violations),
        warnings=(),
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
        approvals=approvals,
        confirmations=parts.confirmations,
        cancelled=parts.cancelled,
        taxes_reversed=reversed_taxes(parts.lines, order.shipping, after.shipping),
        assets=touched(order, after),
        proration=prorated(parts.lines, policy),
        effects=_effects(order, after, context, _revenue(after, totals) - _revenue(order, before_totals)),
        changed=parts.changed,
        departments=concerned(parts.changed),
        timeline_estimate=TimelineEstimate(
            approval_seconds=policy.approval.deadline_seconds if approvals else 0,
            confirmation_seconds=policy.cancellation.lifetime_seconds if parts.confirmations else 0,
            acknowledgement_seconds=policy.acknowledgement_deadline_seconds,
            refund_seconds=refund_seconds(refunds, policy.cancellation),
        ),
        magnitude=magnitude,
        policy_version=policy.version,
    )
    unapproved = 0 if approvals else order.unapproved + magnitude
    return Planned(plan=replace(unsigned, digest=digest_of(unsigned)), after=replace(after, unapproved=unapproved))


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
    policy, currency = context.policy, order.currency
    before = shipping_rules.expected_delivery(order.shipping, currency, policy, order.placed_at.date())
    sent_anew = (order.shipping, order.shipping_address) != (after.shipping, after.shipping_address)
    if sent_anew or len(after.lines) > len(order.lines):
        fresh = shipping_rules.expected_delivery(after.shipping, currency, policy, context.today)
    else:
        fresh = before
    return Effects(revenue=revenue, expected_delivery_before=before, expected_delivery_after=fresh)


def _approvals(order: Order, magnitude: int, policy: Policy, reasons: Sequence[str]) -> tuple[NeededApproval, ...]:
    """One approval with every reason for it. The magnitude counts since the last approval, so that splitting a
    change, or netting one line against another, evades nothing."""
    threshold, together = policy.approval.threshold(order.currency), order.unapproved + magnitude
    because = list(dict.fromkeys(reasons))
    if magnitude and threshold is None:
        because.append(f"There is no approval threshold in {order.currency}.")
    elif magnitude and threshold is not None and together > threshold:
        because.append(
            f"Changes of {display(together, order.currency)} since the last approval exceed "
            f"{display(threshold, order.currency)}."
        )
    return (NeededApproval(role=policy.approval.role, because=" ".join(because)),) if because else ()
