"""Finds checks that would deny too much: every ordinary change of a kind, by a role, or with money going one way.

It tries ordinary changes one by one: of each kind, by each role that eligibility allows, edit by edit, in whole or in
part, with money going back, coming in, or neither.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

from shared.domain.order.order import ChangeKind
from shared.domain.policy.conditions import Flag, Kind, Number, holds
from shared.domain.policy.policy import Policy
from shared.domain.policy.subjects import NEVER, Role, Value
from shared.domain.policy_making.lockout import may
from shared.domain.policy_making.vocabulary import EDITS, NEEDED, OF_A_CHANGE
from shared.domain.refusal import Violation

Values = Mapping[str, Value]

_MOVE = "set_shipping_address"
_MONEY: Sequence[Values] = (
    {},
    {"refunds": True},
    {"raises_total": True},
    {"raises_total": True, "authorisation": "valid", "credit": "within"},
)
"""The directions of an amendment's money; money that comes in may be authorised already, and must be if a check wants
it."""
_PLAIN: Values = {
    "kind": "amendment",
    "role": "agent",
    "channel": "direct",
    "tier": "standard",
    "currency": "USD",
    "edits": ("set_quantity",),
    "extent": "partial",
}
_GROUPS: Sequence[tuple[str, Values]] = (
    *((f"every {kind}", {"kind": kind}) for kind in NEEDED),
    *((f"every change by the role {role}", {"role": role}) for role in get_args(Role)),
    ("every change that gives money back", {"refunds": True}),
    ("every change that raises the total", {"raises_total": True}),
    ("the plainest change", {**_PLAIN, "refunds": False, "raises_total": False}),
)
"""Groups of changes; of each, somebody must be able to make some change."""


def denials(policy: Policy) -> Iterator[Violation]:
    """Yields a finding for each check that denies all of a group, and for each group that several checks deny
    together."""
    found = {index: rule for index, rule in enumerate(policy.checks.rules) if rule.outcome == "deny"}
    rules = {index: rule for index, rule in found.items() if rule.only.rank == 0}
    changes = list(_ordinary_changes(policy)) if rules else []
    denied = {index: [holds(rule.when, change) for change in changes] for index, rule in rules.items()}
    told: set[int] = set()
    for words, group in _GROUPS:
        meant = [place for place, change in enumerate(changes) if group.items() <= change.items()]
        alone = {index for index, said in denied.items() if meant and all(said[place] for place in meant)}
        for index in sorted(alone - told):
            yield _finding(f"'{rules[index].id}'", words, f"/rules/{index}")
        if meant and not alone and all(any(said[place] for said in denied.values()) for place in meant):
            yield _finding("All checks together", words, "/rules")
        told |= alone


def _finding(who: str, words: str, where: str) -> Violation:
    return Violation("locks-everyone-out", f"{who} would deny {words} of an ordinary order.", where)


def _ordinary_changes(policy: Policy) -> Iterator[Values]:
    """Yields the ordinary changes. A cancelled order is paid for, and an amendment never concerns the whole order."""
    for role in get_args(Role):
        for edit in EDITS["amendment"]:
            if may(policy, "amendment", edit, role):
                for money in _MONEY:
                    yield _change("amendment", role, edit, **money)
        if may(policy, "cancellation", "cancel_units", role):
            yield _change("cancellation", role, "cancel_units", refunds=True)
            yield _change("cancellation", role, "cancel_order", refunds=True, extent="whole")


def _change(kind: ChangeKind, role: Role, edit: str, **more: Value) -> Values:
    stage = "ordered" if kind == "cancellation" else "none"
    told: Values = {"kind": kind, "role": role, "edits": (edit,), "stage": stage, "moves_address": edit == _MOVE}
    plain = {name: _plain(name, of) for name, of in OF_A_CHANGE.items()}
    return {**plain, **_PLAIN, **told, **more}


def _plain(name: str, kind: Kind) -> Value:
    if isinstance(kind, Flag):
        return False
    if isinstance(kind, Number):
        return NEVER if name.startswith("hours_since") else 0
    return "none" if "none" in kind.known else next(iter(kind.known), "")
