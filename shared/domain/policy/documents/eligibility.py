"""Defines the eligibility document: rules for who may change a line in which state, the most specific first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from shared.domain.order.order import ChangeKind
from shared.domain.policy.documents.document import Document
from shared.domain.policy.scope import EVERYWHERE, Only, by_rank
from shared.domain.policy.subjects import Approver, Outcome, Role, Subject

EligibilityCode = Literal[
    "not-eligible",
    "charge-fulfilled",
    "already-cancelled",
    "unit-shipped",
    "unit-delivered",
    "unit-not-delivered",
    "logistics-constraint",
    "too-late",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityRule(Document):
    """A rule that decides on edits. A selector that is left out fits everything; so does an empty `when` (CEL,
    `vocabulary.OF_AN_EDIT`).

    With `outcome` approve, the edit needs an approval by `approvers`, or by those in `approvals.asked`. The user reads
    `words`.
    """

    id: str
    only: Only = EVERYWHERE
    kinds: tuple[ChangeKind, ...] = ()
    edits: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    when: str = ""
    outcome: Outcome
    approvers: tuple[Approver, ...] = ()
    words: str
    code: EligibilityCode = "not-eligible"

    def concerns(self, kind: ChangeKind, edit: str, role: Role) -> bool:
        return (
            (not self.kinds or kind in self.kinds)
            and (not self.edits or edit in self.edits)
            and (not self.roles or role in self.roles)
        )

    def covers(self, other: "EligibilityRule") -> bool:
        """Tells if its selectors fit everything that those of `other` fit."""
        return self.only.covers(other.only) and all(
            not mine or (theirs and set(mine) >= set(theirs))
            for mine, theirs in ((self.kinds, other.kinds), (self.edits, other.edits), (self.roles, other.roles))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility(Document):
    rules: tuple[EligibilityRule, ...]

    def rules_for(self, kind: ChangeKind, edit: str, role: Role, subject: Subject) -> Sequence[EligibilityRule]:
        """Returns the rules that may decide an edit of `role`, in the order in which they are tried; the last one
        denies everything else."""
        concerned = (rule for rule in self.rules if rule.concerns(kind, edit, role))
        return [*by_rank(concerned, subject), NOTHING_FITS_CUSTOMERS if role == "customer" else NOTHING_FITS]


NOTHING_FITS = EligibilityRule(
    id="nothing-fits", outcome="deny", words="No policy rule allows this; ask a manager whether it should."
)
NOTHING_FITS_CUSTOMERS = replace(
    NOTHING_FITS, words="No policy rule allows this; ask customer service whether it can be."
)
