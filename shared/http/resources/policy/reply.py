"""Documents policy documents and their versions in replies."""

from typing import Annotated, Any, Literal

from pydantic import Field

from shared.domain.policy.documents.registry import PolicyName
from shared.http.parts.reply import ProblemDetail, Reply, Stamp

Document = Annotated[dict[str, Any], Field(description="Each policy has a form of its own.")]


class ScheduledReply(Reply):
    """A version that was agreed to and comes in force by itself."""

    version: int
    activates_at: Stamp


class PolicyInList(Reply):
    """`since` is null for what is in force as it was shipped. What moves money needs a second operator."""

    name: PolicyName
    version: int
    since: Stamp | None
    moves_money: bool
    waiting: list[int]
    scheduled: list[ScheduledReply]


class PolicyReply(Reply):
    """The version in force; `why`, `by` and `at` are those of its proposal, and missing for what was shipped."""

    name: PolicyName
    version: int
    document: Document
    why: str
    by: str | None = None
    at: Stamp | None = None
    agreed_by: str | None = None
    activates_at: Stamp | None = None
    moves_money: bool
    waiting: list[int]
    scheduled: list[ScheduledReply]


class PolicyVersionInList(Reply):
    """`by` proposed it; `agreed_by` or `rejected_by` is another, who decided; `withdrawn_by` is anybody, before it
    began. A version 1 is as it was shipped."""

    name: PolicyName
    version: int
    status: Literal["waiting", "agreed", "rejected", "withdrawn"]
    why: str
    by: str | None = None
    at: Stamp | None = None
    activates_at: Stamp | None = None
    restores: int | None = None
    waiting_for: Literal["operator"] | None = None
    agreed_by: str | None = None
    agreed_at: Stamp | None = None
    rejected_by: str | None = None
    rejected_at: Stamp | None = None
    withdrawn_by: str | None = None
    withdrawn_at: Stamp | None = None
    note: str | None = None


class PolicyVersionReply(PolicyVersionInList):
    document: Document


class WouldBe(Reply):
    """The version that a proposal would make, and whom it would wait for."""

    version: int
    activates_at: Stamp
    waiting_for: Literal["operator"] | None = None


class PolicyTrialReply(Reply):
    """With `dry_run=true`: nothing was kept."""

    violations: list[ProblemDetail]
    would_be: WouldBe
