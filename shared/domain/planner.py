"""plan(order, edits, context): what a change would do. Pure: no clock, no AWS, no randomness of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from shared.domain import pricing, stocking
from shared.domain.departments import Changed, concerned
from shared.domain.digest import digest_of
from shared.domain.edits import Edit
from shared.domain.order import Address, ChangeKind, Line, LineDiscount, Order, Payment, display, jurisdiction_words
from shared.domain.plan import (
    ChangePlan,
    LineChange,
    NeededApproval,
    Planned,
    PlannedRefund,
    StockDelta,
    TimelineEstimate,
)
from shared.domain.policy import Policy, Role
from shared.domain.product import Catalogue
from shared.domain.refunds import amount_due, refundable, spread
from shared.domain.targets import Addition, Target, Targets


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContext:
    """What a plan is judged by. `held` is the stock that this very change already holds, by SKU."""

    kind: ChangeKind = "amendment"
    role: Role
    policy: Policy
    catalogue: Catalogue = field(default_factory=Catalogue)
    held: dict[str, int] = field(default_factory=dict)


def plan(order: Order, edits: Sequence[Edit], context: PlanContext) -> Planned:
    """Everything that `edits` would do to `order`, violations included, and the order as it would be after.

    A plan with violations is for reading only; use cases refuse to go on with it.
    """
    targets = Targets(order, context.role, context.policy, context.catalogue).fold(edits)
    address = targets.address or order.shipping_address
    changes = _changed_lines(order, targets, context.catalogue)
    changes = _retaxed(order, changes, address, targets)
    after = _order_after(order, changes, address)
    stock = stocking.deltas((change.before, change.after) for change in changes)
    targets.violations += stocking.shortages(stock, context.catalogue.stock, context.held, _pointers(targets))
    changed = _what_changed(order, changes, address)
    if not changed and not targets.violations:
        targets.refuse("nothing-changes", "These edits leave the order as it is.", "/edits")
    return _assembled(order, after, changes, context, targets, stock, changed)


def _changed_lines(order: Order, targets: Targets, catalogue: Catalogue) -> list[LineChange]:
    changes = []
    for line in order.lines:
        target = targets.lines.get(line.line_id)
        after = _moved(line, target) if target else line
        if after != line:
            shipped = order.progress_of(line).shipped
            after = stocking.restocked(line, replace(after, since=order.version + 1), shipped, catalogue.stock)
            change: LineChange = LineChange(
                line_id=line.line_id,
                change="changed" if after.quantity else "cancelled",
                before=line,
                after=after,
            )
            changes.append(change)
    for count, addition in enumerate(targets.additions, start=1):
        line = _added(order, targets, addition, count)
        line = stocking.restocked(None, line, 0, catalogue.stock)
        changes.append(LineChange(line_id=line.line_id, change="added", before=None, after=line))
    return changes


def _moved(line: Line, target: Target) -> Line:
    """The line as its edits want it: quantity first, then one pricing, so that the edits commute."""
    moved = line
    if target.quantity is not None:
        moved = pricing.with_quantity(moved, target.quantity)
        moved = replace(moved, cancelled_quantity=line.cancelled_quantity + target.cancelled)
    if target.unit_price is not None and target.unit_price != line.unit_price:
        moved = pricing.with_unit_price(moved, target.unit_price)
    return moved


def _added(order: Order, targets: Targets, addition: Addition, count: int) -> Line:
    """A new line takes part in the order's percentage discounts, and pays the rates that policy knows."""
    category = addition.product.tax_category if addition.product else "standard"
    rates = targets.policy.tax_rates(targets.address or order.shipping_address, category)
    if rates is None:
        _refuse_tax(targets, order, addition.sku, addition.pointer)
    line = Line(
        line_id=f"v{order.version + 1}-{count}",
        sku=addition.sku,
        title=addition.title,
        quantity=addition.quantity,
        unit_price=addition.unit_price,
        gross=0,
        discounts=_percentages(order),
        taxes=tuple(rates or ()),
        tax_included=any(other.tax_included for other in order.lines),
        quantity_modifiable=addition.product.quantity_modifiable if addition.product else True,
        since=order.version + 1,
    )
    return pricing.repriced(line)


def _percentages(order: Order) -> tuple[LineDiscount, ...]:
    """The order-wide percentage discounts that its lines have a share of, each once."""
    shares = (
        replace(discount, amount=0)
        for line in order.lines
        for discount in line.discounts
        if discount.scope == "order" and discount.type == "percent"
    )
    return tuple(dict.fromkeys(shares))


def _retaxed(order: Order, changes: list[LineChange], address: Address | None, targets: Targets) -> list[LineChange]:
    """A move to another jurisdiction puts every line's tax on that jurisdiction's rates; nothing else does."""
    old = order.shipping_address
    if address is None or old is None or address.jurisdiction == old.jurisdiction:
        return changes
    touched = {change.line_id: change for change in changes}
    retaxed = []
    for line in order.lines:
        change = touched.pop(line.line_id, None)
        current = change.after if change else line
        product = targets.catalogue.products.get(line.sku)
        rates = targets.policy.tax_rates(address, product.tax_category if product else "standard")
        if current.quantity and rates is None:
            _refuse_tax(targets, order, line.sku, "/edits", address)
        elif current.quantity and rates is not None:
            current = replace(pricing.taxed(current, rates), since=order.version + 1)
        if current != line:
            retaxed.append(
                LineChange(
                    line_id=line.line_id,
                    change="changed" if current.quantity else "cancelled",
                    before=line,
                    after=current,
                )
            )
    return retaxed + list(touched.values())


def _refuse_tax(targets: Targets, order: Order, sku: str, pointer: str, address: Address | None = None) -> None:
    place = jurisdiction_words(address or targets.address or order.shipping_address)
    targets.refuse("tax-unknown", f"Policy knows no tax rate for {sku} in {place}; an operator must add one.", pointer)


def _order_after(order: Order, changes: Iterable[LineChange], address: Address | None) -> Order:
    by_id = {change.line_id: change.after for change in changes if change.before}
    lines = [by_id.get(line.line_id, line) for line in order.lines]
    lines += [change.after for change in changes if not change.before]
    return replace(order, version=order.version + 1, lines=tuple(lines), shipping_address=address)


def _pointers(targets: Targets) -> dict[str, str]:
    pointers = {target.line.sku: f"{target.pointer}/quantity" for target in targets.lines.values()}
    return pointers | {addition.sku: f"{addition.pointer}/quantity" for addition in targets.additions}


def _what_changed(order: Order, changes: Iterable[LineChange], address: Address | None) -> tuple[Changed, ...]:
    changed: set[Changed] = set()
    for change in changes:
        before, after = change.before, change.after
        if before is None or before.quantity != after.quantity:
            changed.add("quantity")
        if before is None or before.unit_price != after.unit_price or _rates(before) != _rates(after):
            changed.add("price")
    if address != order.shipping_address:
        changed.add("address")
    return tuple(kind for kind in ("quantity", "price", "address") if kind in changed)


def _rates(line: Line) -> list[tuple[str, object]]:
    return [(tax.name, tax.rate) for tax in line.taxes]


def _assembled(
    order: Order,
    after: Order,
    changes: list[LineChange],
    context: PlanContext,
    targets: Targets,
    stock: tuple[StockDelta, ...],
    changed: tuple[Changed, ...],
) -> Planned:
    before_totals = order.totals
    refunds = spread(refundable(before_totals, after.totals.total, order.payments), order.payments)
    after = replace(after, payments=_refunding(order.payments, refunds))
    totals = after.totals
    magnitude = sum(abs(change.after.total - (change.before.total if change.before else 0)) for change in changes)
    approvals = _approvals(order, magnitude, context.policy, targets.approvals)
    policy = context.policy
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
        totals_before=before_totals,
        totals_after=totals,
        delta=totals.total - before_totals.total,
        refunds=refunds,
        amount_due=amount_due(before_totals, totals.balance_due),
        fees=(),
        stock=stock,
        approvals=approvals,
        confirmations=(),
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
