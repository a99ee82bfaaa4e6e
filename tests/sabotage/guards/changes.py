"""What a change must still be when it goes on: of this version, in time, in its status, of the terms that were seen."""

from tests.sabotage.guard import Guard, guard

_ETAGS = "shared/usecases/core/etags.py"
_START = "shared/usecases/amending/start_amendment.py"
_AT_ONCE = "shared/usecases/core/start_at_once.py"
_UNDO = "shared/usecases/amending/undo_committed.py"
_OPEN = "shared/usecases/core/open_changes.py"
_REPLACE = "shared/usecases/amending/replace_edits.py"
_SUBMIT = "shared/usecases/amending/submit_change.py"
_ACCEPT = "shared/usecases/amending/accept_change.py"
_DECIDE = "shared/usecases/approving/decide_change.py"
_CONFIRM = "shared/usecases/confirming/customer_answer.py"
_CARRIER = "shared/usecases/fulfilling/acknowledge_change.py"
_PLANNING = "shared/usecases/core/planning.py"
_ADVANCE = "shared/usecases/core/next_step.py"
_CHANGE = "shared/domain/change/change.py"
_STATES = "shared/domain/change/states.py"

_IF_MATCH = "        check_order_etag(order, request.if_match)\n"
_IF_MATCH_OF_A_START = "        way.check_etag(order, request.if_match)\n"
_OTHER_DIGEST = "if decision.digest != change.plan.digest:"
_NOT_THE_PLAN = '\n        raise Refusal("plan-changed", "This is not the plan that waits."'
_NOT_THE_TERMS = '\n        raise Refusal("plan-changed", "These are not the terms that wait."'
_NOTHING_OPEN = "        check_nothing_open(order)\n"
_ALLOWED = "        check_refund_allowed(services, request.principal, order, planned)\n"

GUARDS: tuple[Guard, ...] = (
    guard("an ETag must be the order's", _ETAGS, "if if_match != order.etag:", "if False:"),
    guard("an ETag must be given", _ETAGS, "if if_match is None:", "if False:"),
    guard("an amendment starts on the version that was read", _START, _IF_MATCH_OF_A_START, ""),
    guard("a cancellation starts on the version that was read", _AT_ONCE, _IF_MATCH_OF_A_START, ""),
    guard("an undo starts on the version that was read", _UNDO, _IF_MATCH, ""),
    guard("a change goes on on the version that was read", _OPEN, _IF_MATCH, ""),
    guard(
        "an ETag is compared before the content is judged",
        "shared/http/door/preconditions.py",
        "    if order and call.route.needs_if_match:\n        check_order_etag(order, call.if_match)\n",
        "",
    ),
    guard("one open change: amendments", _START, "in_the_way(services, order, wanted)", "None"),
    guard("one open change: cancellations", _AT_ONCE, "in_the_way(services, order, asked)", "None"),
    guard("one open change: undoing", _UNDO, _NOTHING_OPEN, ""),
    guard(
        "accepted in the first call is what was previewed",
        _START,
        "    check_digest(planned, change.accept_digest)\n",
        "",
    ),
    guard(
        "consent is to the terms as they are",
        _AT_ONCE,
        "            check_digest(planned, digest)\n",
        "            pass\n",
    ),
    guard(
        "what is submitted is what was previewed",
        _SUBMIT,
        f"        check_digest(planned, digest)\n{_ALLOWED}        approvals",
        f"{_ALLOWED}        approvals",
    ),
    guard("what is accepted is what was approved", _ACCEPT, "        check_digest(planned, change.plan.digest)\n", ""),
    guard(
        "what is accepted is what was seen",
        _ACCEPT,
        f"        check_digest(planned, digest)\n{_ALLOWED}        passed",
        f"{_ALLOWED}        passed",
    ),
    guard(
        "what is decided on is what waits",
        _DECIDE,
        f"{_OTHER_DIGEST}{_NOT_THE_PLAN}",
        f"if False:{_NOT_THE_PLAN}",
    ),
    guard("what is approved is what would happen now", _DECIDE, "    check_digest(planned, decision.digest)\n", ""),
    guard("what is approved is what was accepted", _DECIDE, "    check_digest(planned, change.accept_digest)\n", ""),
    guard(
        "what the owner confirms is what waits",
        _DECIDE,
        f"{_OTHER_DIGEST}{_NOT_THE_TERMS}",
        f"if False:{_NOT_THE_TERMS}",
    ),
    guard(
        "what is confirmed is what would happen now", _CONFIRM, "    check_digest(planned, change.plan.digest)\n", ""
    ),
    guard(
        "what was intercepted is what would happen now", _CARRIER, "    check_digest(planned, change.plan.digest)\n", ""
    ),
    guard(
        "a plan that no longer holds is refused",
        _PLANNING,
        "if violations := planned.plan.violations:",
        "if violations := ():",
    ),
    guard(
        "a plan that breaks a rule is refused",
        _PLANNING,
        "    if planned.plan.violations:\n        raise Refusal.of",
        "    if False:\n        raise Refusal.of",
    ),
    guard(
        "a reason is one of policy's",
        _PLANNING,
        "    if unknown := unknown_reason(policy, wanted, role):\n        raise",
        "    if unknown := ():\n        raise",
    ),
    guard("digests differ or do not", _PLANNING, "if planned.plan.digest != digest:", "if False:"),
    guard(
        "a plan that needs an approval waits for it",
        _ADVANCE,
        "if given < len(planned.plan.approvals):",
        "if False:",
    ),
    guard(
        "a plan that needs a confirmation waits for it", _ADVANCE, "if _awaited(change, planned, passed):", "if False:"
    ),
    guard("a change expires", _CHANGE, "if change.expires_at is not None and now >= change.expires_at:", "if False:"),
    guard(
        "an expired change does not go on",
        _OPEN,
        "        if not expired_too:\n            check_in_time(change, services.clock.now())\n",
        "",
    ),
    guard("an expired change is not decided on", _DECIDE, "        check_in_time(change, services.clock.now())\n", ""),
    guard(
        "an expired change is not confirmed",
        _CONFIRM,
        '    check_in_time(change, now)\n    if decision == "decline"',
        '    if decision == "decline"',
    ),
    guard("an expired change is not intercepted", _CARRIER, "    check_in_time(change, now)\n", ""),
    guard("an amendment is not continued as a cancellation", _OPEN, "        _check_kind(change, kind)\n", ""),
    guard(
        "a change that has ended is not continued",
        _OPEN,
        "        check_open(change)\n",
        "",
        redundant="from where a change has ended, the table of transitions leads nowhere: each step is refused by it",
    ),
    guard(
        "edits are replaced in a draft",
        _REPLACE,
        "        require_editable(change.status)\n",
        "",
    ),
    guard(
        "other edits make approvals void",
        "shared/domain/change/transitions.py",
        "replace(without_holds(change), approvals=(), decided_by=None,",
        "replace(without_holds(change), decided_by=None,",
    ),
    guard(
        "what was held for former edits is free",
        "shared/domain/change/transitions.py",
        "        stock=_freed(replaced),\n",
        "",
    ),
    guard(
        "a draft is submitted",
        _SUBMIT,
        "        require(change.status, ChangeStatus.DRAFT)\n",
        "",
    ),
    guard("what is approved is accepted", _ACCEPT, "        require(change.status, ChangeStatus.APPROVED)\n", ""),
    guard(
        "what waits for approval is decided",
        _DECIDE,
        '        require(change.status, ChangeStatus.PENDING_APPROVAL, "not-waiting")\n',
        "",
    ),
    guard(
        "what fell out is resolved",
        "shared/usecases/refunding/resolve_fallout.py",
        '        require(change.status, ChangeStatus.FALLOUT, "not-fallen-out")\n',
        "",
    ),
    guard(
        "what is committed is undone by compensation",
        _UNDO,
        "    if not change.has_taken_effect:\n        raise",
        "    if False:\n        raise",
    ),
    guard("a change moves along its table", _STATES, "if target not in CHANGE_TRANSITIONS[current]:", "if False:"),
    guard("what is required is required", _STATES, "if current is not wanted:", "if False:"),
    guard(
        "what is not committed is not acknowledged",
        _CARRIER,
        "    if not change.has_taken_effect:",
        "    if False:",
    ),
    guard(
        "a department that is not concerned has no word",
        _CARRIER,
        "if said.department not in change.plan.departments:",
        "if False:",
    ),
    guard(
        "a change is completed once everything is settled",
        "shared/usecases/core/completion.py",
        " and change.settled:",
        ":",
    ),
    guard(
        "a change waits for its departments",
        _CHANGE,
        "return not self.surplus and not self.unacknowledged and all(",
        "return not self.surplus and all(",
    ),
    guard(
        "a change waits for its refunds",
        _CHANGE,
        "not self.unacknowledged and all(refund.is_over for refund in self.refunds)",
        "not self.unacknowledged",
    ),
    guard(
        "logistics hears of whatever takes units of a parcel",
        "shared/domain/planning/changed_aspects.py",
        'changed.add("shipment")',
        "pass",
    ),
    guard(
        "billing hears of another jurisdiction",
        "shared/domain/order/line_fields.py",
        '"jurisdiction": But(log=_SUM, aspect="price")',
        '"jurisdiction": But(log=_SUM, departments="it costs the same")',
    ),
    guard(
        "a new field of a plan is in its digest",
        "shared/domain/planning/digest.py",
        "return outcomes | _collection(plan, key) | forms.PLAN.of(plan, key)",
        "return outcomes | _collection(plan, key)",
    ),
    guard(
        "a new field of a line is in the log",
        "shared/domain/audit/differences.py",
        "return {**told, **_OF_LINE.of(line, key), **discounts, **taxes}",
        "return {**told, **discounts, **taxes}",
    ),
    guard(
        "a new field of a line concerns somebody",
        "shared/domain/order/line_fields.py",
        'for name in counting(kind, "departments"):',
        'for name in _ROWS[kind].keys() & set(counting(kind, "departments")):',
    ),
    guard(
        "a new personal field is hashed",
        "shared/domain/fields.py",
        "return personal(canonical(plain(value, key)), key) if _ERASED_AS in field.metadata else plain(value, key)",
        "return plain(value, key)",
    ),
    guard(
        "a digest tells how a discount scales",
        "shared/domain/planning/digest.py",
        'None if percent is None else f"{percent.normalize():f}"',
        "None",
    ),
)
