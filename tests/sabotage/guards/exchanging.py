"""Exchanges: no way round a cancellation, an amendment or a price, and agreed to; and bundles, fitted whole."""

from tests.sabotage.guard import Guard, guard

_REPLACEMENTS = "shared/domain/planning/replacements.py"
_RESTORE = "shared/domain/planning/edits/restore.py"

GUARDS: tuple[Guard, ...] = (
    guard(
        "what an exchange adds is judged as an amendment",
        "shared/domain/planning/edit_rights.py",
        'if judge.kind == "exchange":',
        "if False:",
    ),
    guard(
        "an exchange has two sides",
        "shared/domain/planning/apply_edits.py",
        "        _check_sides(draft, edits)\n",
        "        pass\n",
    ),
    guard(
        "a part that went with its bundle is not sold at what it cost there",
        _REPLACEMENTS,
        "if parent in self._gone else",
        "if False else",
    ),
    guard(
        "a price given by hand replaces nothing",
        _REPLACEMENTS,
        "if addition.by_hand or addition.start_date is not None:",
        "if addition.start_date is not None:",
    ),
    guard(
        "no more is replaced than goes",
        _REPLACEMENTS,
        "units = min(left, gone.left)",
        "units = left",
    ),
    guard(
        "a required component is replaced or stays",
        "shared/domain/planning/group_moves.py",
        "and not _is_replaced(draft, line):",
        'and draft.kind != "exchange":',
    ),
    guard(
        "a bundle is fitted to its scarcest part",
        "shared/domain/planning/edits/fit_to_stock.py",
        "draft.catalogue.stock.get(line.sku), parts_of(draft, line)",
        "draft.catalogue.stock.get(line.sku), ()",
    ),
    guard(
        "the customer agrees to their own exchange",
        "shared/domain/change/change.py",
        '(theirs and self.kind in ("cancellation", "exchange"))',
        '(theirs and self.kind == "cancellation")',
    ),
    guard(
        "units that came back are not left with the customer",
        _RESTORE,
        "if progress.returning - progress.returned < units:",
        "if False:",
    ),
    guard(
        "units that the carrier stops stay stopped",
        _RESTORE,
        'return ("shipped",) if plan.kind == "exchange" else ("shipped", "delivered")',
        'return () if plan.kind == "exchange" else ("shipped", "delivered")',
    ),
)
