"""Who must agree inside, in which order and by when; what is looked at in a change as a whole."""

from tests.sabotage.guard import Guard, guard

_APPROVING = "shared/usecases/approving/approver_check.py"
_ASKING = "shared/domain/change/approval_request.py"
_CHANGE = "shared/domain/change/change.py"
_CHECKS = "shared/domain/planning/checks.py"
_DECIDE = "shared/usecases/approving/decide_change.py"
_LAPSE = "shared/usecases/approving/lapse_approval.py"
_MOVED = "shared/domain/planning/moved_money.py"
_NEEDED = "shared/domain/planning/approvals_needed.py"
_PASSING = "shared/domain/change/milestones.py"
_STEP_UP = "shared/usecases/core/stepping_up.py"
_ALLOWED = "        check_refund_allowed(services, request.principal, order, planned)\n"

GUARDS: tuple[Guard, ...] = (
    guard("nobody gives two approvals", _APPROVING, "if principal.id in change.deciders:", "if False:"),
    guard(
        "who submits a change asked for it",
        "shared/domain/change/transitions.py",
        "holding(asked_by(counted, actor.id), planned",
        "holding(counted, planned",
    ),
    guard(
        "who sent edits before has asked too",
        "shared/usecases/amending/replace_edits.py",
        "            asked_by(change, actor.id),\n            requested_by",
        "            change,\n            requested_by",
    ),
    guard(
        "edits are judged by the rights of who sends them",
        "shared/usecases/amending/replace_edits.py",
        "plan_edits(services, order, wanted, actor, held=change.holds)",
        "plan_edits(services, order, wanted, change.requested_by, held=change.holds)",
    ),
    guard(
        "staff stands in",
        _APPROVING,
        " and bool(principal.roles & STAFF)",
        "",
        redundant="the table of steps gives a customer no decision either",
    ),
    guard(
        "nobody stands in for who has a part in it",
        _APPROVING,
        "(*change.askers, *change.deciders))",
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
    guard(
        "a level that policy has lost is followed by whom policy asks now",
        _ASKING,
        "return None if instead in (current.role, *current.passed_over) else instead",
        "return None",
    ),
    guard(
        "nobody is asked again who was passed over", _ASKING, "(current.role, *current.passed_over)", "(current.role,)"
    ),
    guard(
        "a change that time cannot move on stops none of those after it",
        "shared/usecases/core/isolate_failures.py",
        "except Exception as error:",
        "except ZeroDivisionError as error:",
    ),
    guard("a round that is over is not looked after", _LAPSE, " or change.round != round_:", ":"),
    guard(
        "only a change that waits for an approval is looked after",
        _LAPSE,
        "if change.status is not ChangeStatus.PENDING_APPROVAL or change.round != round_:",
        "if change.round != round_:",
    ),
    guard(
        "a change that is over is not escalated",
        _LAPSE,
        "if change.expires_at is not None and now >= change.expires_at:",
        "if False:",
    ),
    guard(
        "the most specific route decides",
        _NEEDED,
        "return [route for route in found if route.only.rank == rank]",
        "return found",
    ),
    guard(
        "what was not approved yet counts",
        _NEEDED,
        "deciding(routes, lambda route: magnitude + _since(route, unapproved), facts.currency)",
        "deciding(routes, lambda route: magnitude, facts.currency)",
    ),
    guard(
        "who was told of something else approved no sum",
        _NEEDED,
        "told = {role for route in routes for role in route.approvers}",
        "told = set(roles)",
    ),
    guard("a route for some products leaves the others theirs", _NEEDED, "facts.skus <= set(", "facts.skus & set("),
    guard(
        "a line never nets against itself",
        _MOVED,
        "*(_total_at(before, terms) for terms in _steps(before, after)), ",
        "",
    ),
    guard(
        "units and the tax of another place never net",
        "shared/domain/planning/reprice_lines.py",
        "            draft.one_step.discard(line.line_id)\n",
        "",
    ),
    guard(
        "units and the price or the dates of a line never net",
        "shared/domain/planning/reprice_lines.py",
        "if fresh is sized and wish.unit_price is None and wish.dates is None:",
        "if fresh is sized:",
    ),
    guard("another product moves the whole of both", _MOVED, "if before.sku != after.sku:", "if False:"),
    guard(
        "fees that lapse are part of a change",
        "shared/domain/planning/plan_money.py",
        " + lapsed_fees(order, after)",
        "",
    ),
    guard(
        "a route that asks nobody is for the currencies it names",
        "shared/domain/policy/documents/approvals.py",
        "if not self.approvers and not self._names(currency):",
        "if False:",
    ),
    guard("a check that denies forbids", _CHECKS, 'if rule.outcome == "deny":', "if False:"),
    guard(
        "a check for others is not asked",
        _CHECKS,
        "if rule.only.products and not facts.skus",
        "if False and not facts.skus",
    ),
    guard(
        "a large amendment asks for a step-up",
        "shared/usecases/amending/start_amendment.py",
        f"{_ALLOWED}        make_way",
        "        make_way",
    ),
    guard(
        "a large cancellation asks for a step-up",
        "shared/usecases/core/start_at_once.py",
        _ALLOWED,
        "",
    ),
    guard("a large undo asks for a step-up", "shared/usecases/amending/undo_committed.py", _ALLOWED, ""),
    guard(
        "what is submitted asks for a step-up",
        "shared/usecases/amending/submit_change.py",
        f"{_ALLOWED}        approvals",
        "        approvals",
    ),
    guard(
        "what is accepted asks for a step-up",
        "shared/usecases/amending/accept_change.py",
        f"{_ALLOWED}        passed",
        "        passed",
    ),
    guard(
        "step-up adds up over changes",
        "shared/usecases/core/stepping_up.py",
        "planned.sums.most(rule.adds_up)",
        "0",
    ),
    guard(
        "velocity adds up over changes",
        "shared/domain/planning/checks.py",
        "facts.sums.of(rule.per) + facts.refunded",
        "facts.refunded",
    ),
    guard(
        "a change that waits is counted",
        "shared/domain/change/tally.py",
        "    if change.counted is not None or not planned.plan.refunds:\n",
        "    if change.counted is not None or not planned.plan.refunds or planned.plan.approvals:\n",
    ),
    guard(
        "a change is counted once",
        "shared/domain/change/tally.py",
        "    if change.counted is not None or not planned.plan.refunds:\n",
        "    if not planned.plan.refunds:\n",
    ),
    guard(
        "other edits are counted anew",
        "shared/domain/change/transitions.py",
        "confirmed=(), counted=None)",
        "confirmed=())",
    ),
    guard(
        "a refund is counted under who asks for it",
        "shared/domain/change/tally.py",
        "    seen |= {asker_key(asker, now): sums.asked_today} if asker else {}\n",
        "",
    ),
)
