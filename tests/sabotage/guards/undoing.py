"""Undo after commit: whose it is, what it is judged by, what has moved on, and what is left of costs."""

from tests.sabotage.guard import Guard, guard

_UNDO = "shared/usecases/amending/undo_committed.py"
_RESTORING = "shared/domain/planning/edits/restore.py"
_LINE = "shared/domain/planning/edits/restored_line.py"
_AFTER = "shared/domain/planning/order_after.py"

GUARDS: tuple[Guard, ...] = (
    guard(
        "an undone upgrade charges no setup twice",
        "shared/domain/planning/edits/restored_line.py",
        "_without_setup(pricing.uncut(bare), line)",
        "pricing.uncut(bare)",
    ),
    guard("an undone move takes its tax along", _LINE, "_taxed_as(without_goodwill(line), was) if moved else ", ""),
    guard(
        "units whose start was put off keep what was agreed for them",
        "shared/domain/order/pricing.py",
        "if each.start_date == put_off != today)",
        "if False)",
    ),
    guard(
        "an exchange gets no fee of what was waived",
        "shared/domain/planning/fees.py",
        "less_waived(before, left).totals.total",
        "left.totals.total",
    ),
    guard(
        "customers undo what they asked for themselves",
        _UNDO,
        '    check_step("take_back", change, principal)\n',
        "",
    ),
    guard(
        "what is put back is judged",
        _LINE,
        "[draft.rights.allowed(_OP[edit], line, pointer) for edit in edits]",
        "[True for _ in edits]",
    ),
    guard("an added line goes as its cancellation would", _LINE, "and may_fall(draft, line, 0, pointer)", ""),
    guard(
        "days that lie behind are not undone",
        _LINE,
        "allowed.append(_may_run(draft, line, was, edits, pointer))",
        "pass",
    ),
    guard("an undo gives back no time that was used", _LINE, "made_on != draft.today", "False"),
    guard(
        "a later undo charges no days on which a line had stopped",
        "shared/domain/order/unit_terms.py",
        "    if begun and (end := _paused(line, was, today)):\n",
        "    if False and (end := line.end_date):\n",
    ),
    guard(
        "a later undo charges no days before a line began",
        _LINE,
        " or _used(draft, was, made_on)",
        "",
    ),
    guard(
        "a price that is put back has its bounds",
        _LINE,
        "if was.quantity and (SetUnitPrice in edits or SetDiscount in edits):",
        "if False:",
    ),
    guard("units that shipped as another SKU stay", _LINE, "if was and was.sku == line.sku else 0", "if was else 0"),
    guard(
        "shipping is not put back once goods have shipped",
        _RESTORING,
        "        nothing_shipped(draft, pointer)\n",
        "        pass\n",
    ),
    guard(
        "an undo that leaves nothing leaves no shipping",
        "shared/domain/planning/shipping_after.py",
        "    if draft.shipping is not None and not lapses:\n",
        "    if draft.shipping is not None:\n",
    ),
    guard(
        "an undo that leaves nothing leaves no fees",
        _AFTER,
        "return replace(after, fees=kept_fees(after, draft))",
        "return after if draft.fees is not None else replace(after, fees=kept_fees(after, draft))",
    ),
)
