"""Takes units of lines for a cancellation, those that came least far first, each judged at the stage it has reached.

Units that have left are taken only by exception: intercepted on their way, or sent back after delivery. An exchange
asks for that by its nature; an exception that it names says which units it means first. A subscription that has begun
is not undone: it stops, and its unused part is credited.
"""

from collections.abc import Iterable
from dataclasses import replace

from shared.domain.order.line import Line
from shared.domain.order.progress import Progress
from shared.domain.order.states import line_status
from shared.domain.planning.edit_draft import EditDraft
from shared.domain.planning.line_draft import Dates, Taken, Wish
from shared.domain.policy.subjects import CancelException, Case, Cover, Stage

HOURS = 3600
_MEANT: dict[CancelException, Stage] = {"intercept": "shipped", "return": "delivered"}
"""Gives the stage of the units that an exception is for."""
_BY_NATURE: dict[Stage, CancelException] = {stage: exception for exception, stage in _MEANT.items()}


def take(draft: EditDraft, line: Line, units: int, exception: CancelException | None, pointer: str) -> None:
    """Takes `units` from a line, if policy lets them go at the stages they have reached."""
    if running(draft, line):
        stop(draft, line, units, exception, pointer)
        return
    first = _MEANT.get(exception) if exception and draft.kind == "exchange" else None
    stages = stages_of(line, draft.order.progress_of(line), units, first)
    if not all_may_go(draft, line, stages or (("ordered", 0),), exception, pointer):
        return
    draft.wish(line, pointer, Wish(quantity=line.quantity - units, cancelled=units, exception=exception))
    draft.taken.append(Taken(line=line, stages=stages))


def stages_of(line: Line, progress: Progress, units: int, first: Stage | None = None) -> tuple[tuple[Stage, int], ...]:
    """Returns how many of `units` to be cancelled have reached each stage; those at the stage `first` are taken before
    all others, and of these those that came least far."""
    begun = min(line.quantity, max(progress.picked, progress.packed, progress.shipped) - progress.recalled)
    counts: tuple[tuple[Stage, int], ...] = (
        ("ordered", line.quantity - begun),
        ("in_warehouse", begun - progress.out),
        ("shipped", progress.out - progress.arrived),
        ("delivered", progress.arrived),
    )
    taken: list[tuple[Stage, int]] = []
    for stage, count in sorted(counts, key=lambda each: each[0] != first) if first else counts:
        part = min(units, max(0, count))
        if part:
            taken.append((stage, part))
            units -= part
    return tuple(taken)


def recalled(progress: Progress, stages: Iterable[tuple[Stage, int]]) -> Progress | None:
    """Returns the line's progress when the units that had left are called back; None if none had."""
    units = dict(stages)
    if not units.get("shipped") and not units.get("delivered"):
        return None
    return replace(
        progress,
        intercepted=progress.intercepted + units.get("shipped", 0),
        returning=progress.returning + units.get("delivered", 0),
    )


def recurring(line: Line) -> bool:
    return bool(line.charges) and any(charge.type == "recurring" for charge in line.charges)


def running(draft: EditDraft, line: Line) -> bool:
    """Returns True for a subscription that has begun, so that something of it is used; it may have ended since."""
    if not recurring(line) or line.start_date is None or line.end_date is None or draft.today is None:
        return False
    return line.quantity > 0 and line.start_date < draft.today


def ended(draft: EditDraft, line: Line) -> bool:
    """Returns True for a subscription used to its end, today included: nothing is left to stop."""
    today, end = draft.today, line.end_date
    return running(draft, line) and today is not None and end is not None and end <= today


def stop(draft: EditDraft, line: Line, units: int, exception: CancelException | None, pointer: str) -> None:
    """Ends a running subscription today, or some units of it: the unused part is credited, the used part stays paid."""
    start, today = line.start_date, draft.today
    if ended(draft, line):
        draft.refuse("subscription-ended", f"This subscription ends on {line.end_date} anyway.", pointer)
    elif start and today and all_may_go(draft, line, (("running", units),), exception, pointer):
        whole = Wish(dates=Dates(start, today), stops=True, exception=exception)
        some = Wish(quantity=line.quantity - units, cancelled=units, exception=exception)
        draft.wish(line, pointer, some if units < line.quantity else whole)
        if draft.kind != "amendment":
            draft.taken.append(Taken(line=line, stages=(("running", units),)))


def all_may_go(
    draft: EditDraft,
    line: Line,
    stages: Iterable[tuple[Stage, int]],
    exception: CancelException | None,
    pointer: str,
) -> bool:
    """Returns True if policy lets units of all these stages be cancelled."""
    verdicts = [
        draft.rights.cancellable(_case(draft, line, stage, _asked_for(draft, stage, exception)), pointer, line.sku)
        for stage, _ in stages
    ]
    return all(verdicts)  # every stage is judged, so that the user reads every objection


def _asked_for(draft: EditDraft, stage: Stage, exception: CancelException | None) -> CancelException | None:
    if exception is None and draft.kind == "exchange":
        return _BY_NATURE.get(stage)
    return exception


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
            payment_state=draft.rights.paid.state,
            payment_methods=draft.rights.paid.methods,
            constraints=line.constraints,
            cover=cover,
            hours_since_placed=int((now - order.placed_at).total_seconds() // HOURS) if now else 0,
            days_since_delivered=days,
        )

    return draft.rights.case((status, stage, exception, line.constraints, cover, days), made)


def _cover(line: Line) -> Cover:
    if line.backordered:
        return "backordered"
    return "in_stock" if line.allocated else "untracked"


def divisible(draft: EditDraft, line: Line) -> bool:
    """Returns True if a part of the line's units can go."""
    product = draft.catalogue.products.get(line.sku)
    return line.quantity_modifiable and (product is None or product.quantity_modifiable)
