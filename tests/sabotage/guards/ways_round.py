"""What a step or a reason forbids is not come to by another way: by other edits, other steps, or other fields."""

from tests.sabotage.guard import Guard, guard

_WITHHELD = "shared/domain/planning/withheld.py"
_SHOWN = "shared/http/resources"

GUARDS: tuple[Guard, ...] = (
    guard(
        "what was taken for fraud is kept on its line",
        _WITHHELD,
        "    return [_noted(each) for each in changes]\n",
        "    return changes\n",
    ),
    guard(
        "a customer buys back nothing that was withheld",
        _WITHHELD,
        '        if draft.judge.role == "customer":\n',
        "        if False:\n",
    ),
    guard(
        "an agent gives nothing withheld back alone",
        _WITHHELD,
        '            draft.judge.ask(words, "withheld")\n',
        "",
    ),
    guard(
        "the undo of what was withheld is judged once",
        _WITHHELD,
        "    released = _released(before, after)\n",
        "    released = 0\n",
    ),
    guard(
        "a term that was cut is not prolonged",
        _WITHHELD,
        " or (not released and _longer(before, after))",
        "",
    ),
    guard(
        "no new line brings a withheld term",
        _WITHHELD,
        "        return after.quantity > (_released(before, after) if before else 0)\n",
        "        return False\n",
    ),
    guard(
        "no line makes up for what another line of a withheld product loses",
        _WITHHELD,
        "    return after.quantity > before.quantity + released or",
        "    return",
    ),
    guard(
        "nobody but staff revives what was cancelled for fraud",
        _WITHHELD,
        "(*sorted(_given_back(order, changes)), *_revived(order, changes)):",
        "sorted(_given_back(order, changes)):",
    ),
    guard(
        "what staff is to do with what they asked for is staff's",
        f"{_SHOWN}/change/audience.py",
        ', within="requester"',
        "",
    ),
    guard(
        "a settlement is proposed to those who may ask for it",
        f"{_SHOWN}/overpayment/audience.py",
        'staff="method path"',
        '"method path"',
    ),
    guard(
        "what staff made of a customer's change waits for their consent",
        "shared/domain/change/change.py",
        "if self.taken_over or (",
        "if (",
    ),
    guard(
        "a customer's change stays theirs to edit and to end",
        "shared/usecases/core/step_check.py",
        'return "taken_over" if change.taken_over else "staff"',
        'return "staff"',
    ),
    guard(
        "what a customer began is known after other edits",
        "shared/usecases/amending/replace_edits.py",
        '            begun_by_customer=change.begun_by_customer or change.requested_by.role == "customer",\n',
        "            begun_by_customer=False,\n",
    ),
    guard(
        "a preview warns of another change that is open",
        "shared/usecases/core/open_warning.py",
        "    if change is None or not change.is_open:\n",
        "    if True:\n",
    ),
    guard(
        "a customer is warned of staff's change without its reason",
        "shared/usecases/core/open_warning.py",
        "    if principal.roles & STAFF:\n",
        "    if True:\n",
    ),
    guard(
        "a discount given before counts on for another product",
        "shared/domain/order/sold.py",
        "        sold = replace(sold, unit_price=after.unit_price)\n",
        "        sold = Sold(unit_price=after.unit_price)\n",
    ),
    guard(
        "another product bears no discount below its floor",
        "shared/domain/planning/reprice_lines.py",
        "    if given and line.quantity:\n",
        "    if False:\n",
    ),
)
