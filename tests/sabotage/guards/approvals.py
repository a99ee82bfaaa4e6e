"""Who must agree inside, in which order and by when; what is looked at in a change as a whole."""

from tests.sabotage.guard import Guard, guard

_APPROVING = "shared/usecases/approving.py"
_ASKING = "shared/domain/asking.py"
_CHANGE = "shared/domain/change.py"
_CHECKS = "shared/domain/checking.py"
_DECIDE = "shared/usecases/decide_change.py"
_LAPSE = "shared/usecases/lapse_approval.py"
_NEEDED = "shared/domain/approving.py"
_PASSING = "shared/domain/passing.py"
_STEP_UP = "shared/usecases/stepping_up.py"
_ALLOWED = "        check_refund_allowed(services, request.principal, order, planned)\n"

GUARDS: tuple[Guard, ...] = (
    guard("nobody gives two approvals", _APPROVING, "if principal.id in change.deciders:", "if False:"),
    guard("staff stands in", _APPROVING, " and bool(principal.roles & STAFF)", ""),
    guard(
        "nobody stands in for who has a part in it",
        _APPROVING,
        "(change.requested_by.id, *change.deciders))",
        "())",
    ),
    guard(
        "who is asked too late decides no more",
        _APPROVING,
        "if change.asked is not None and now >= change.asked.deadline:",
        "if False:",
    ),
    guard(
        "all approvals are given",
        _DECIDE,
        "if len(change.approvals) + 1 < len(planned.plan.approvals):",
        "if False:",
    ),
    guard("approvals are counted", _PASSING, "last = len(given) >= len(change.plan.approvals)", "last = True"),
    guard(
        "whose place was taken counts as having decided",
        _CHANGE,
        "for name in (given.by, given.on_behalf_of) if name)",
        "for name in (given.by,) if name)",
    ),
    guard("an approval that nobody gives goes to the next", _ASKING, "if now >= current.deadline:", "if False:"),
    guard(
        "who is asked is reminded",
        _ASKING,
        "current.remind_at is not None and now >= current.remind_at",
        "current.remind_at is None",
    ),
    guard("a reminder goes out once", _ASKING, "return replace(current, remind_at=None)", "return current"),
    guard("a round that is over is not looked after", _LAPSE, " or change.round != round_:", ":"),
    guard(
        "a change that is over is not escalated",
        _LAPSE,
        "if change.expires_at is not None and now >= change.expires_at:",
        "if False:",
    ),
    guard(
        "the most specific route decides",
        _NEEDED,
        "return [route for route in fitting if route.only.rank == rank]",
        "return fitting",
    ),
    guard("what was not approved yet counts", _NEEDED, "unapproved + magnitude", "magnitude"),
    guard("a check that denies forbids", _CHECKS, 'if rule.outcome == "deny":', "if False:"),
    guard(
        "a check for others is not asked",
        _CHECKS,
        "if rule.only.products and not facts.skus",
        "if False and not facts.skus",
    ),
    guard(
        "a large amendment asks for a step-up",
        "shared/usecases/start_amendment.py",
        f"{_ALLOWED}        change = new_change",
        "        change = new_change",
    ),
    guard(
        "a large cancellation asks for a step-up",
        "shared/usecases/start_cancellation.py",
        _ALLOWED,
        "",
    ),
    guard("a large undo asks for a step-up", "shared/usecases/undo_committed.py", _ALLOWED, ""),
    guard(
        "what is submitted asks for a step-up",
        "shared/usecases/continue_change.py",
        f"{_ALLOWED}        approvals",
        "        approvals",
    ),
    guard(
        "what is accepted asks for a step-up",
        "shared/usecases/continue_change.py",
        f"{_ALLOWED}        return",
        "        return",
    ),
)
