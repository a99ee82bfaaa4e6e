"""What a cancellation takes: units of lines, those that came least far first, each judged at the stage it has reached.

Units that have left are taken only by exception: intercepted on their way, or sent back after delivery. A subscription
that has begun is not undone: it stops, and its unused part is credited.
"""

from collections.abc import Iterable
from dataclasses import replace

from shared.domain.order.line import Line, Progress
from shared.domain.order.states import line_status
from shared.domain.planning.edit_draft import EditDraft, Taken
from shared.domain.planning.edits import CancelOrder, CancelUnits, Credit
from shared.domain.policy.subjects import CancelException, Case, Cover, Stage

HOURS = 3600


def cancel_units(draft: EditDraft, edit: CancelUnits, pointer: str) -> None:
    line = draft.by_id.get(edit.line_id)
    if line is None:
        draft.refuse("unknown-line", f"The order has no line '{edit.line_id}'.", f"{pointer}/line_id")
        return
    wanted = line.quantity if edit.quantity is None else edit.quantity
    if line.quantity and wanted > line.quantity:
        words = f"Only {line.quantity} of line {line.line_id} are left to cancel."
        draft.refuse("more-than-left", words, f"{pointer}/quantity")
    elif 0 < wanted < line.quantity and not divisible(draft, line):
        words = f"The quantity of {line.sku} is fixed; cancel the whole line."
        draft.refuse("quantity-not-modifiable", words, f"{pointer}/quantity")
    else:
        take(draft, line, wanted, edit.exception, pointer)


def cancel_order(draft: EditDraft, edit: CancelOrder, pointer: str) -> None:
    """Every line that is left; components of bundles on their own account, so that none is left out. Of a subscription
    that has ended nothing is left, unless there is nothing else: then its refusal says so."""
    live = [line for line in draft.order.lines if line.quantity]
    left = [line for line in live if not ended(draft, line)] or live
    if not left:
        draft.refuse("already-cancelled", "Nothing of this order is left to cancel.", "/lines")
    for line in left:
        take(draft, line, line.quantity, edit.exception, "/lines")


def credit(draft: EditDraft, edit: Credit, pointer: str) -> None:
    """Goodwill: never more than the order still costs."""
    where = "/goodwill/amount"
    if not draft.allowed("credit", None, where) or not draft.same_currency(edit.amount, where):
        return
    if edit.amount.amount > max(0, draft.order.totals.total):
        draft.refuse("credit-over-total", "A goodwill credit cannot exceed what the order costs.", where)
        return
    draft.credit += edit.amount.amount


def take(draft: EditDraft, line: Line, units: int, exception: CancelException | None, pointer: str) -> None:
    """Take `units` from a line, if policy lets them go at the stages they have reached."""
    if running(draft, line):
        stop(draft, line, units, exception, pointer)
        return
    stages = stages_of(line, draft.order.progress_of(line), units)
    if not all_may_go(draft, line, stages or (("ordered", 0),), exception, pointer):
        return
    draft.wish(line, pointer, quantity=line.quantity - units, cancelled=units, exception=exception)
    draft.taken.append(Taken(line=line, stages=stages))


def stages_of(line: Line, progress: Progress, units: int) -> tuple[tuple[Stage, int], ...]:
    """How many of `units` to be cancelled have come how far; they are taken from those that came least far."""
    begun = min(line.quantity, max(progress.picked, progress.packed, progress.shipped) - progress.recalled)
    counts: tuple[tuple[Stage, int], ...] = (
        ("ordered", line.quantity - begun),
        ("in_warehouse", begun - progress.out),
        ("shipped", progress.out - progress.arrived),
        ("delivered", progress.arrived),
    )
    taken: list[tuple[Stage, int]] = []
    for stage, count in counts:
        part = min(units, max(0, count))
        if part:
            taken.append((stage, part))
            units -= part
    return tuple(taken)


def recalled(progress: Progress, stages: Iterable[tuple[Stage, int]]) -> Progress | None:
    """The line's progress when the units that had left are called back; None if none had."""
    units = dict(stages)
    if not units.get("shipped") and not units.get("delivered"):
        return None
    return replace(
        progress,
        intercepted=progress.intercepted + units.get("shipped", 0),
        returning=progress.returning + units.get("delivered", 0),
    )


def recurring(line: Line) -> bool:
    return any(charge.type == "recurring" for charge in line.charges)


def running(draft: EditDraft, line: Line) -> bool:
    """Whether the line is a subscription that has begun, so that something of it is used; it may have ended since."""
    if not recurring(line) or line.start_date is None or line.end_date is None or draft.today is None:
        return False
    return line.quantity > 0 and line.start_date < draft.today


def ended(draft: EditDraft, line: Line) -> bool:
    """Whether the line is a subscription that has been used to its end, today included: nothing is left to stop."""
    today, end = draft.today, line.end_date
    return running(draft, line) and today is not None and end is not None and end <= today


def stop(draft: EditDraft, line: Line, units: int, exception: CancelException | None, pointer: str) -> None:
    """End a running subscription today: its unused part is credited, what it has used stays paid."""
    if units < line.quantity:
        words = f"Line {line.line_id} is running; cancel it whole, and add a line for what is to go on."
        draft.refuse("subscription-running", words, f"{pointer}/quantity")
    elif ended(draft, line):
        draft.refuse("subscription-ended", f"This subscription ends on {line.end_date} anyway.", pointer)
    elif all_may_go(draft, line, (("running", units),), exception, pointer):
        ends = {"start_date": line.start_date, "end_date": draft.today}
        draft.wish(line, pointer, **ends, stops=True, exception=exception)
        if draft.kind == "cancellation":
            draft.taken.append(Taken(line=line, stages=(("running", units),)))


def all_may_go(
    draft: EditDraft,
    line: Line,
    stages: Iterable[tuple[Stage, int]],
    exception: CancelException | None,
    pointer: str,
) -> bool:
    """Whether policy lets units of all these stages be cancelled."""
    verdicts = [draft.cancellable(_case(draft, line, stage, exception), pointer, line.sku) for stage, _ in stages]
    return all(verdicts)  # each stage was judged, so that the user reads all that stands against it


def _case(draft: EditDraft, line: Line, stage: Stage, exception: CancelException | None) -> Case:
    order, now, today = draft.order, draft.now, draft.today
    progress = order.progress_of(line)
    arrived, status, cover = progress.delivered_on, line_status(line, progress), _cover(line)
    days = (today - arrived).days if today and arrived and stage == "delivered" else 0

    def made() -> Case:
        return Case(
            line_status=status,
            stage=stage,
            exception=exception,
            payment_state=draft.paid.state,
            payment_methods=draft.paid.methods,
            constraints=line.constraints,
            cover=cover,
            hours_since_placed=int((now - order.placed_at).total_seconds() // HOURS) if now else 0,
            days_since_delivered=days,
        )

    return draft.case((status, stage, exception, line.constraints, cover, days), made)


def _cover(line: Line) -> Cover:
    if line.backordered:
        return "backordered"
    return "in_stock" if line.allocated else "untracked"


def divisible(draft: EditDraft, line: Line) -> bool:
    """Whether a part of the line's units can go."""
    product = draft.catalogue.products.get(line.sku)
    return line.quantity_modifiable and (product is None or product.quantity_modifiable)
