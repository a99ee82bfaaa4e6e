"""Says who may take which step of a change: one table, step × who asked × who acts (DESIGN.md, "Versions and states").

The routes' rows say who comes in at all, policy says which edits a role may ask for; this table says whose change it is
to go on with, or to end. `shared/usecases/core/step_check.py` asks it for every use case.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

StepName = Literal[
    "start",
    "edit",
    "submit",
    "accept",
    "withdraw",
    "undo",
    "take_back",
    "decide",
    "confirm",
    "collect",
    "acknowledge",
    "settle",
    "resolve",
]
"""`edit` gives a change other edits; `withdraw` and `undo` end an open one, `take_back` compensates a committed one;
`decide` gives an approval, `confirm` the customer's word; `collect` books the payment that a change waits for."""

AskedBy = Literal["customer", "taken_over", "staff", "guarded"]
"""`taken_over`: by a customer, before staff gave it other edits. `guarded`: for a reason of fraud or law, as policy
marks it (`ReasonCode.guarded`), whoever of the staff asked."""

Who = Literal[
    "owner", "author", "other_customer", "agent", "lead", "manager", "finance", "operator", "service", "asked"
]
"""`author` is staff that had a part in asking; `asked` holds, or stands in for, the role whose approval is awaited."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The problem type and the words with which a step is refused."""

    code: str
    words: str


Answer: TypeAlias = Refused | None
"""None: allowed."""

_FORBIDDEN = Refused("forbidden", "Your role does not allow this.")
_NOT_THERE = Refused("change-not-found", "There is no such change.")
_OF_STAFF = Refused("change-of-another", "Customer service asked for this; only they go on with it, or end it.")
_OF_THEM_NOW = Refused(
    "change-of-another", "Customer service has changed this: agree when you are asked, send your own edits, or end it."
)
_DONE_BY_STAFF = Refused("change-of-another", "Customer service asked for this; ask them to take it back.")
_OF_A_COLLEAGUE = Refused("change-of-another", "A colleague asked for this; they, a lead or a manager end it.")
_OWN = Refused("own-change", "Nobody approves what they asked for themselves.")
_WRONG_ROLE = Refused("wrong-role", "This change waits for another role.")
_NOT_ASKED = Refused("not-waiting", "This change does not wait for the customer.")
_THEIR_WORD = Refused("not-waiting", "This change waits for the customer, and only they agree to it.")
_OURS_ALONE = Refused("unknown-reason", "Only our staff can give this reason; name your own.")

_OTHERS: Mapping[Who, Refused] = {
    "owner": _OF_STAFF,
    "author": _FORBIDDEN,
    "other_customer": _NOT_THERE,
    "agent": _FORBIDDEN,
    "lead": _FORBIDDEN,
    "manager": _FORBIDDEN,
    "finance": _FORBIDDEN,
    "operator": _FORBIDDEN,
    "service": _FORBIDDEN,
    "asked": _FORBIDDEN,
}
"""Somebody whom a row does not let in is refused so, unless the row says otherwise."""

_Whom: TypeAlias = frozenset[Who]
_OWNER: _Whom = frozenset({"owner"})
_STAFF: _Whom = frozenset({"author", "agent", "lead", "manager"})
_SENIOR: _Whom = frozenset({"author", "lead", "manager"})
_ANY: _Whom = _OWNER | _STAFF
_NONE: _Whom = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One step: whom it is open to, by who asked for the change, and how some of the others are refused."""

    customer: _Whom
    taken_over: _Whom
    staff: _Whom
    guarded: _Whom
    refused: Mapping[Who, Refused] = field(default_factory=dict)

    def answer(self, asked_by: AskedBy, who: Who) -> Answer:
        whom: _Whom = getattr(self, asked_by)
        if who in whom:
            return None
        if asked_by == "taken_over" and who == "owner" and who not in self.refused:
            return _OF_THEM_NOW
        return self.refused.get(who) or (_OF_A_COLLEAGUE if who in self.staff else _OTHERS[who])


def _row(customer: _Whom, staff: _Whom, guarded: _Whom, **refused: Refused) -> Row:
    """Returns a row in which a customer's change that staff has given other edits is as one that staff asked for."""
    return Row(
        customer=customer,
        taken_over=staff,
        staff=staff,
        guarded=guarded,
        refused={who: refused[who] for who in _OTHERS if who in refused},
    )


def _still_theirs(row: Row) -> Row:
    """Returns the row of a step that a customer keeps when staff gives their change other edits."""
    return replace(row, taken_over=row.customer)


def _always(whom: _Whom, **refused: Refused) -> Row:
    """Returns the row of a step that has nothing to do with who asked for the change."""
    return _row(whom, whom, whom, **refused)


def _reported(*whom: Who) -> Row:
    """Returns the row of a step that no customer comes near: the route keeps them out before it looks."""
    return _always(frozenset(whom), owner=_FORBIDDEN, other_customer=_FORBIDDEN)


_NEITHER = dict.fromkeys(("owner", "agent", "lead", "manager", "finance", "operator"), _WRONG_ROLE)
_NOT_THEIRS = dict.fromkeys(("author", "agent", "lead", "manager", "finance", "operator", "asked"), _THEIR_WORD)

STEP_RIGHTS: Mapping[StepName, Row] = {
    # The row `customer` is for what customers ask for, the others are for what staff does.
    "start": _row(_OWNER, _STAFF, _STAFF, owner=_OURS_ALONE),
    # Whoever gives other edits asks for the change from then on. A customer does not lose theirs by that: they edit it
    # back or end it, and what staff made of it goes on with their consent alone (`Change.parties`). Any colleague helps
    # a guarded change on its way; only those who had a part in it, a lead or a manager change or end it, which lets the
    # order go.
    "edit": _still_theirs(_row(_ANY, _STAFF, _SENIOR)),
    "submit": _row(_ANY, _STAFF, _STAFF),
    "accept": _row(_ANY, _STAFF, _STAFF),
    "withdraw": _still_theirs(_row(_ANY, _STAFF, _SENIOR)),
    "undo": _still_theirs(_row(_ANY, _STAFF, _SENIOR)),
    "take_back": _row(_ANY, _STAFF, _SENIOR, owner=_DONE_BY_STAFF),
    # Four eyes, whoever asked. The customer is never asked about a guarded change.
    "decide": _always(frozenset({"asked"}), author=_OWN, **_NEITHER),
    "confirm": _row(_OWNER, _OWNER, _NONE, owner=_NOT_ASKED, **_NOT_THEIRS),
    "collect": _reported("service"),
    "acknowledge": _reported("service", "operator"),
    "settle": _reported("finance", "operator"),
    "resolve": _reported("operator"),
}
