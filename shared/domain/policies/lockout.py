"""A policy that would leave nobody able to do anything is a mistake, not a policy."""

from collections.abc import Iterator
from typing import get_args

from shared.domain.cases import Case, Role, Subject
from shared.domain.line import LineStatus
from shared.domain.policies.conditions import Flag, Number, Vocabulary, holds
from shared.domain.policies.vocabulary import EDITS, NEVER, OF_A_CHANGE
from shared.domain.policy import Policy
from shared.domain.refusal import Violation

_TYPICAL = Case(
    line_status=LineStatus.PENDING, stage="ordered", payment_state="paid", payment_methods=("card",), cover="in_stock"
)
"""An ordinary line of an ordinary order, paid by card: somebody must be able to change it."""
_ANYONE = Subject(channel="direct", tier="standard")


def locked_out(policy: Policy) -> Iterator[Violation]:
    """A finding for each kind of change that no role could make any more on an ordinary order."""
    for kind, edits in EDITS.items():
        if not any(_may(policy, kind, edit, role) for edit in edits for role in get_args(Role)):
            words = f"Nobody could make a change of kind {kind} any more, not even on an ordinary, unshipped order."
            yield Violation("locks-everyone-out", words, "/rules")


def typical_denials(policy: Policy) -> Iterator[Violation]:
    """A finding for each check that would deny an ordinary change."""
    values = {name: _ordinary(name, OF_A_CHANGE) for name in OF_A_CHANGE}
    for index, rule in enumerate(policy.checks.rules):
        if rule.outcome == "deny" and rule.only.rank == 0 and holds(rule.when, values):
            words = f"'{rule.id}' would deny even an ordinary change of an ordinary order."
            yield Violation("locks-everyone-out", words, f"/rules/{index}")


def _may(policy: Policy, kind: str, edit: str, role: Role) -> bool:
    rules = policy.eligibility.rules_for(kind, edit, role, _ANYONE)  # type: ignore[arg-type]
    whose = {"kind": kind, "role": role, "edit": edit, "reason": "", "sku": "", "currency": "USD", "segment": ""}
    whose |= {"channel": _ANYONE.channel, "account": "", "tier": _ANYONE.tier}
    case = {name: _TYPICAL.value(name) for name in Case.__dataclass_fields__}
    rule = next(rule for rule in rules if not rule.only.products and holds(rule.when, {**whose, **case}))
    return rule.outcome != "deny"


def _ordinary(name: str, vocabulary: Vocabulary) -> str | int | bool | tuple[str, ...]:
    kind = vocabulary[name]
    if isinstance(kind, Flag):
        return False
    if isinstance(kind, Number):
        return NEVER if name.startswith("hours_since") else 0
    ordinary = {"kind": "amendment", "role": "agent", "channel": "direct", "tier": "standard", "currency": "USD"}
    if kind.many:
        return ("set_quantity",)
    return ordinary.get(name, "none" if "none" in kind.known else next(iter(kind.known), ""))
