"""What a cancellation takes: units of lines, those that came least far first, each judged at the stage it has reached.

Units that have left are taken only by exception: intercepted on their way, or sent back after delivery. A subscription
that has begun is not undone: it stops, and its unused part is credited.
"""

from collections.abc import Iterable
from dataclasses import replace

from shared.domain.cases import Case, Cover, Stage
from shared.domain.edits import CancelException, CancelOrder, CancelUnits, Credit
from shared.domain.line import Line, Progress
from shared.domain.states import line_status
from shared.domain.targets import Taken, Targets

HOURS = 3600


def cancel_units(targets: Targets, edit: CancelUnits, pointer: str) -> None:
    line = targets.by_id.get(edit.line_id)
    if line is None:
        targets.refuse("unknown-line", f"The order has no line '{edit.line_id}'.", f"{pointer}/line_id")
        return
    wanted = line.quantity if edit.quantity is None else edit.quantity
    if line.quantity and wanted > line.quantity:
        words = f"Only {line.quantity} of line {line.line_id} are left to cancel."
        targets.refuse("more-than-left", words, f"{pointer}/quantity")
    elif 0 < wanted < line.quantity and not _divisible(targets, line):
        words = f"The quantity of {line.sku} is fixed; cancel the whole line."
        targets.refuse("quantity-not-modifiable", words, f"{pointer}/quantity")
    else:
        take(targets, line, wanted, edit.exception, pointer)


def cancel_order(targets: Targets, edit: CancelOrder, pointer: str) -> None:
    """Every line that is left; components of bundles on their own account, so that none is left out."""
    left = [line for line in targets.order.lines if line.quantity]
    if not left:
        targets.refuse("already-cancelled", "Nothing of this order is left to cancel.", "/lines")
    for line in left:
        take(targets, line, line.quantity, edit.exception, "/lines")


def credit(targets: Targets, edit: Credit, pointer: str) -> None:
    """Goodwill: never more than the order still costs."""
    where = "/goodwill/amount"
    if not targets.allowed("credit", None, where) or not targets.same_currency(edit.amount, where):
        return
    if edit.amount.amount > max(0, targets.order.totals.total):
        targets.refuse("credit-over-total", "A goodwill credit cannot exceed what the order costs.", where)
        return
    targets.credit += edit.amount.amount


def take(targets: Targets, line: Line, units: int, exception: CancelException | None, pointer: str) -> None:
    """Take `units` from a line, if policy lets them go at the stages they have reached."""
    if running(targets, line):
        _stop(targets, line, units, exception, pointer)
        return
    stages = stages_of(line, targets.order.progress_of(line), units)
    if not _all_may_go(targets, line, stages or (("ordered", 0),), exception, pointer):
        return
    targets.wish(line, pointer, quantity=line.quantity - units, cancelled=units, exception=exception)
    targets.taken.append(Taken(line=line, stages=stages))


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


def running(targets: Targets, line: Line) -> bool:
    """Whether the line is a subscription that has begun and has not ended."""
    recurring = any(charge.type == "recurring" for charge in line.charges)
    if not recurring or line.start_date is None or line.end_date is None or targets.today is None:
        return False
    return line.quantity > 0 and line.start_date < targets.today


def _stop(targets: Targets, line: Line, units: int, exception: CancelException | None, pointer: str) -> None:
    today = targets.today
    if units < line.quantity:
        words = f"Line {line.line_id} is running; cancel it whole, or amend its quantity."
        targets.refuse("subscription-running", words, f"{pointer}/quantity")
    elif line.end_date is None or today is None or line.end_date <= today:
        targets.refuse("subscription-ended", f"This subscription ends on {line.end_date} anyway.", pointer)
    elif _all_may_go(targets, line, (("running", units),), exception, pointer):
        targets.wish(line, pointer, start_date=line.start_date, end_date=today, stops=True, exception=exception)
        targets.taken.append(Taken(line=line, stages=(("running", units),)))


def _all_may_go(
    targets: Targets,
    line: Line,
    stages: Iterable[tuple[Stage, int]],
    exception: CancelException | None,
    pointer: str,
) -> bool:
    verdicts = [
        targets.judged("cancel_units", _case(targets, line, stage, exception), pointer, line.sku) for stage, _ in stages
    ]
    return all(verdicts)  # each stage was judged, so that the user reads all that stands against it


def _case(targets: Targets, line: Line, stage: Stage, exception: CancelException | None) -> Case:
    order, now, today = targets.order, targets.now, targets.today
    progress = order.progress_of(line)
    arrived = progress.delivered_on
    return Case(
        line_status=line_status(line, progress),
        stage=stage,
        exception=exception,
        payment_state=targets.paid.state,
        payment_methods=targets.paid.methods,
        constraints=line.constraints,
        cover=_cover(line),
        hours_since_placed=int((now - order.placed_at).total_seconds() // HOURS) if now else 0,
        days_since_delivered=(today - arrived).days if today and arrived and stage == "delivered" else 0,
    )


def _cover(line: Line) -> Cover:
    if line.backordered:
        return "backordered"
    return "in_stock" if line.allocated else "untracked"


def _divisible(targets: Targets, line: Line) -> bool:
    product = targets.catalogue.products.get(line.sku)
    return line.quantity_modifiable and (product is None or product.quantity_modifiable)
