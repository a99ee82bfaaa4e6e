"""Only the table says who may take which step of a change, and what is staff's alone."""

from tests.sabotage.guard import Guard, guard

_CHECK = "shared/usecases/core/step_check.py"
_TABLE = "shared/domain/change/step_rights.py"
_OPEN = "shared/usecases/core/open_changes.py"
_HOLD = "shared/domain/change/shipping_hold.py"
_RESOURCES = "shared/http/resources"
_DOOR = "shared/http/door/audiences.py"
_AUDIENCE = "shared/http/parts/audience.py"
_WAY = "shared/usecases/core/make_way.py"
_STARTS = {
    "an amendment": ("shared/usecases/amending/start_amendment.py", "wanted"),
    "a cancellation": ("shared/usecases/core/start_at_once.py", "asked"),
}

GUARDS: tuple[Guard, ...] = (
    guard(
        "an open change is gone on with by who may", _OPEN, "        check_step(name, change, request.principal)\n", ""
    ),
    guard(
        "staff's change is staff's",
        _CHECK,
        'if change.requested_by.role == "customer":',
        "if True:",
    ),
    guard(
        "a customer accepts nothing of staff's",
        _TABLE,
        '"accept": _row(_ANY, _STAFF, _STAFF)',
        '"accept": _row(_ANY, _ANY, _ANY)',
    ),
    guard(
        "a customer withdraws nothing of staff's",
        _TABLE,
        '"withdraw": _still_theirs(_row(_ANY, _STAFF, _SENIOR',
        '"withdraw": _still_theirs(_row(_ANY, _ANY, _ANY',
    ),
    guard(
        "a colleague lets no guarded order go",
        _TABLE,
        '"withdraw": _still_theirs(_row(_ANY, _STAFF, _SENIOR',
        '"withdraw": _still_theirs(_row(_ANY, _STAFF, _STAFF',
    ),
    guard("a case of fraud stays one whoever asks", _CHECK, "if change.guarded:", "if False:"),
    *(
        guard(
            f"{what} for a reason of staff's is not a customer's",
            path,
            f"        check_start(services, request.principal, order, {name})\n",
            "",
        )
        for what, (path, name) in _STARTS.items()
    ),
    guard(
        "other edits give no reason of staff's",
        "shared/usecases/amending/replace_edits.py",
        "        check_start(services, request.principal, order, wanted)\n",
        "",
    ),
    guard("only what a customer asked for makes way", _WAY, ' and asked_by(change) in ("customer", "taken_over")', ""),
    guard("what staff took over makes way too", _WAY, ' in ("customer", "taken_over")', ' == "customer"'),
    guard("only a guarded reason makes room", _WAY, "services.policies.current().reasons.guards(reason_code) and ", ""),
    guard(
        "money that comes while way is made keeps no case of fraud away",
        _WAY,
        "if self.ended is None or order.version != self.version:",
        "if True:",
    ),
    guard(
        "who made way starts on no other version",
        _WAY,
        "if self.ended is None or order.version != self.version:",
        "if self.ended is None:",
    ),
    guard("a refusal tells that way was made", _WAY, "            if self.ended is None:\n", "            if True:\n"),
    guard(
        "what makes way is ended first",
        _WAY,
        "    write_step(services, transitions.closed(",
        "    str(transitions.closed(",
    ),
    guard(
        "of fraud the customer is not asked",
        "shared/domain/planning/confirmations_needed.py",
        " and not judge.policy.reasons.guards(judge.reason_code)",
        "",
    ),
    guard(
        "what the law asks for waits for no payment",
        "shared/domain/planning/collection.py",
        " and not judge.policy.reasons.guards(judge.reason_code)",
        "",
    ),
    guard(
        "a hold follows from the change",
        "shared/usecases/core/write_assembly.py",
        "(*step.facts, *hold_facts(step))",
        "step.facts",
    ),
    guard("only what is guarded holds an order back", _HOLD, " and change.guarded and", " and"),
    guard("what has ended holds nothing back", _HOLD, " and change.guarded and change.is_open", " and change.guarded"),
    guard(
        "a department that fails at last is heard",
        "shared/usecases/fulfilling/acknowledge_change.py",
        "_HEARD = (ChangeStatus.COMMITTED, ChangeStatus.COMPLETED)",
        "_HEARD = (ChangeStatus.COMMITTED,)",
    ),
    guard(
        "a customer reads what is for customers",
        _DOOR,
        " or shows == WHOLE or _reads_all(event):",
        " or shows == WHOLE or True:",
    ),
    guard(
        "who is not known reads as a customer does",
        _DOOR,
        "        return frozenset()\n",
        "        return STAFF\n",
    ),
    guard(
        "a field without a declaration is not for customers",
        _AUDIENCE,
        "around=theirs)\n        for key, value in view.items()\n        if key in let_in or key in declared.parts\n",
        "around=theirs) if key in declared.parts else value\n        for key, value in view.items()\n",
    ),
    guard(
        "what staff asked for is not the customer's own", _AUDIENCE, "if theirs else frozenset())", "if True else ())"
    ),
    guard(
        "a list by reason is staff's",
        f"{_RESOURCES}/change/request.py",
        "if self.reason_code is not None and not",
        "if False and not",
    ),
    guard("a link tells no reason of fraud", f"{_RESOURCES}/confirmation/view.py", " and not change.guarded", ""),
)
