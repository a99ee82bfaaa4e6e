"""plan(order, edits, context): what a change would do. Pure: no clock, no AWS, no randomness of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from shared.domain import shipping as shipping_rules
from shared.domain import stocking
from shared.domain.assets import touched
from shared.domain.departments import ROUTING, Changed, concerned
from shared.domain.digest import digest_of
from shared.domain.edits import Edit
from shared.domain.folding import fold
from shared.domain.line import Line
from shared.domain.order import ChangeKind, Fee, Order, Totals, display
from shared.domain.payment import Payment
from shared.domain.plan import (
    ChangePlan,
    Effects,
    LineChange,
    NeededApproval,
    Planned,
    PlannedRefund,
    ReducedAuthorisation,
    StockDelta,
    TimelineEstimate,
)
from shared.domain.policy import Policy, Role
from shared.domain.product import Catalogue
from shared.domain.refunds import amount_due, in_refund_order, reduced, refundable, spread
from shared.domain.relining import changed_lines, prorated
from shared.domain.targets import Targets


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContext:
    """What a plan is judged by. `held` is the stock that this very change already holds, by SKU; `today` is a date of
    the order's business, for what ends and what arrives."""

    kind: ChangeKind = "amendment"
    role: Role
    policy: Policy
    catalogue: Catalogue = field(default_factory=Catalogue)
    held: dict[str, int] = field(default_factory=dict)
    today: date | None = None


def plan(order: Order, edits: Sequence[Edit], context: PlanContext) -> Planned:
    """Everything that `edits` would do to `order`, violations included, and the order as it would be after.

    A plan with violations is for reading only; use cases refuse to go on with it.
    """
    targets = fold(Targets(order, context.role, context.policy, context.catalogue, context.today), edits)
    address = targets.address or order.shipping_address
    changes = changed_lines(order, targets, address)
    after = _order_after(order, changes, replace(order, shipping_address=address), targets)
    stock = stocking.deltas((change.before, change.after) for change in changes)
    targets.violations += stocking.shortages(stock, context.catalogue.stock, context.held, _pointers(targets))
    changed = _what_changed(order, after, changes)
    if not changed and not targets.violations:
        targets.refuse("nothing-changes", "These edits leave the order as it is.", "/edits")
    return _assembled(order, after, changes, context, targets, stock, changed)


def _order_after(order: Order, changes: Iterable[LineChange], moved: Order, targets: Targets) -> Order:
    by_id = {change.line_id: change.after for change in changes if change.before}
    lines = [by_id.get(line.line_id, line) for line in order.lines]
    lines += [change.after for change in changes if not change.before]
    after = replace(moved, version=order.version + 1, lines=tuple(lines))
    after = replace(after, shipping=targets.shipping or shipping_rules.recalculated(order, after, targets.policy))
    return replace(after, fees=_kept_fees(after) if targets.fees is None else targets.fees)


def _kept_fees(order: Order) -> tuple[Fee, ...]:
    """The order's fees; a deduction (a shop's rounding, say) never takes off more than there is, the last first."""
    if all(fee.amount >= 0 for fee in order.fees):
        return order.fees
    below = -order.totals.total
    kept: list[Fee] = []
    for fee in reversed(order.fees):
        cut = min(max(0, below), max(0, -fee.amount))
        below -= cut
        kept.append(replace(fee, amount=fee.amount + cut) if cut else fee)
    return tuple(reversed(kept))


def _pointers(targets: Targets) -> dict[str, str]:
    pointers = {target.line.sku: f"{target.pointer}/quantity" for target in targets.lines.values()}
    pointers |= {target.product.sku: target.pointer for target in targets.lines.values() if target.product}
    return pointers | {addition.sku: f"{addition.pointer}/quantity" for addition in targets.additions}


def _what_changed(order: Order, after: Order, changes: Iterable[LineChange]) -> tuple[Changed, ...]:
    changed: set[Changed] = set()
    for change in changes:
        changed |= _line_changed(change.before, change.after)
    if after.shipping_address != order.shipping_address:
        changed.add("address")
    if after.shipping != order.shipping:
        changed.add("shipping")
    return tuple(kind for kind in ROUTING if kind in changed)


def _line_changed(before: Line | None, after: Line) -> set[Changed]:
    if before is None:
        return {"quantity", "price"}
    different: dict[Changed, bool] = {
        "quantity": (before.quantity, before.sku) != (after.quantity, after.sku),
        "price": (before.unit_price, _terms(before)) != (after.unit_price, _terms(after)),
        "dates": (before.start_date, before.end_date) != (after.start_date, after.end_date),
    }
    return {kind for kind, differs in different.items() if differs}


def _terms(line: Line) -> list[tuple[object, ...]]:
    """Rates and own discounts: what makes a price besides the price."""
    rates: list[tuple[object, ...]] = [(tax.name, tax.rate) for tax in line.taxes]
    own = [discount for discount in line.discounts if discount.scope == "line"]
    return rates + [(each.type, each.percent, each.amount if each.type == "amount" else 0) for each in own]


def _assembled(
    order: Order,
    after: Order,
    changes: list[LineChange],
    context: PlanContext,
    targets: Targets,
    stock: tuple[StockDelta, ...],
    changed: tuple[Changed, ...],
) -> Planned:
    policy, before_totals, totals = context.policy, order.totals, after.totals
    payments = in_refund_order(order.payments, policy.refund_methods_first)
    refunds = spread(refundable(before_totals, totals.total, order.payments), payments)
    totals = replace(totals, balance_due=totals.balance_due + sum(refund.amount for refund in refunds))
    refunding = _refunding(order.payments, refunds)
    authorisations = reduced(refunding, totals.balance_due) if changed else ()
    after = replace(after, payments=_reauthorised(refunding, authorisations))
    magnitude = sum(abs(change.after.total - (change.before.total if change.before else 0)) for change in changes)
    magnitude += abs(after.shipping.total - order.shipping.total)
    approvals = _approvals(order, magnitude, policy, targets.approvals)
    unsigned = ChangePlan(
        digest="",
        kind=context.kind,
        order_id=order.order_id,
        base_version=order.version,
        currency=order.currency,
        violations=tuple(targets.violations),
        warnings=(),
        lines=tuple(changes),
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
        fees=(),
        stock=stock,
        approvals=approvals,
        confirmations=(),
        assets=touched(order, after),
        proration=prorated(changes, policy),
        effects=_effects(order, after, context, _revenue(after, totals) - _revenue(order, before_totals)),
        changed=changed,
        departments=concerned(changed),
        timeline_estimate=TimelineEstimate(
            approval_seconds=policy.approval.deadline_seconds if approvals else 0,
            acknowledgement_seconds=policy.acknowledgement_deadline_seconds,
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
