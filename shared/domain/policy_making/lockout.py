"""Finds policies under which nobody could make a kind of change any more."""

from collections.abc import Iterator
from typing import get_args

from shared.domain.order.line import LineStatus
from shared.domain.order.order import ChangeKind
from shared.domain.policy.conditions import holds
from shared.domain.policy.policy import Policy
from shared.domain.policy.subjects import Case, Role, Subject
from shared.domain.policy_making.vocabulary import EDITS, NEEDED
from shared.domain.refusal import Violation

_TYPICAL = Case(
    line_status=LineStatus.PENDING, stage="ordered", payment_state="paid", payment_methods=("card",), cover="in_stock"
)
"""An ordinary line of an ordinary order, paid by card: somebody must be able to change it."""
_ANYONE = Subject(channel="direct", tier="standard")


def locked_out(policy: Policy) -> Iterator[Violation]:
    """Yields a finding for each kind of change that no role could make any more on an ordinary order."""
    for kind in NEEDED:
        if not any(may(policy, kind, edit, role) for edit in EDITS[kind] for role in get_args(Role)):
            words = f"Nobody could make a change of kind {kind} any more, not even on an ordinary, unshipped order."
            yield Violation("locks-everyone-out", words, "/rules")


def may(policy: Policy, kind: ChangeKind, edit: str, role: Role) -> bool:
    """Tells if eligibility lets this role make the edit on an ordinary line of an ordinary order, with or without
    approval."""
    rules = policy.eligibility.rules_for(kind, edit, role, _ANYONE)
    whose = {"kind": kind, "role": role, "edit": edit, "reason": "", "sku": "", "currency": "USD", "segment": ""}
    whose |= {"fault": "nobody", "channel": _ANYONE.channel, "account": "", "tier": _ANYONE.tier}
    case = {name: _TYPICAL.value(name) for name in Case.__dataclass_fields__}
    values = {**whose, **case}
    decided = (
        rule.outcome
        for rule in rules
        if not rule.only.products and holds(rule.when, values, unanswered=rule.outcome != "allow")
    )
    return next(decided) != "deny"
