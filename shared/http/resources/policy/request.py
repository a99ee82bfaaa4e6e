"""Reads proposals of policy documents and decisions on them; a document has the types of its own in the domain."""

import json
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError, field_validator
from pydantic_core.core_schema import ValidationInfo

from shared.domain.policy.documents.registry import DOCUMENTS, PolicyName
from shared.domain.refusal import Refusal, Violation
from shared.http.door.validation import violations_of
from shared.http.parts.fields import Given, Note, QueryFlag, Time, refuse, within
from shared.http.parts.listing import Cursor, PageSize
from shared.usecases.policies.decide_policy import PolicyDecision
from shared.usecases.policies.propose_policy import Proposal
from shared.usecases.policies.withdraw_policy import Withdrawal

Why = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]

Number = Annotated[int, Field(strict=True, ge=1, le=99_999_999), within(1, 99_999_999)]


class PolicyBody(Given):
    """Exactly one of `document`, as `GET /policies/{name}` shows it, and `restores`, the number of an earlier version.

    Without `activates_at` it comes in force at once, or as soon as a second operator has agreed. If-Match may be sent
    with the document's ETag, and is checked then.
    """

    why: Why
    document: dict[str, Any] | None = None
    restores: Number | None = Field(default=None, validate_default=True)
    activates_at: Time | None = None

    @field_validator("restores")
    @classmethod
    def _one_of_both(cls, restores: int | None, info: ValidationInfo) -> int | None:
        if "document" in info.data and (info.data["document"] is None) == (restores is None):
            refuse("document-or-restores", "Send either a document, or the version that is to be restored.")
        return restores

    def to_domain(self, name: PolicyName, by: str) -> Proposal:
        """Returns the proposal, made by operator `by`.

        Raises:
            Refusal: whatever in the document is none of its fields, or has another type.
        """
        return Proposal(
            name=name,
            why=self.why,
            by=by,
            document=None if self.document is None else document_text(name, self.document),
            restores=self.restores,
            activates_at=self.activates_at,
        )


class PolicyQuery(Given):
    """`dry_run=true` answers with what is wrong and what would come of it, and keeps nothing."""

    dry_run: QueryFlag = False


class PolicyVersionsQuery(Given):
    """A page of versions: `limit` at most, from `cursor` on."""

    limit: PageSize = 50
    cursor: Cursor | None = None


class PolicyDecisionBody(Given):
    """What a second operator says to a version that waits; or `withdraw`, by anybody, before it begins."""

    decision: Literal["approve", "reject", "withdraw"]
    note: Note | None = None

    def to_domain(self, name: PolicyName, version: int, by: str) -> PolicyDecision | Withdrawal:
        if self.decision == "withdraw":
            return Withdrawal(name=name, version=version, by=by, note=self.note)
        return PolicyDecision(name=name, version=version, decision=self.decision, by=by, note=self.note)


def document_text(name: PolicyName, given: dict[str, Any]) -> str:
    """Returns the document as JSON text, in the form that is kept: each of its fields, in their own order.

    Raises:
        Refusal
    """
    adapter = _adapter(name)
    try:
        document = adapter.validate_json(json.dumps(given, default=str), strict=True)  # Decimals as text
    except ValidationError as error:
        found = (Violation(each.code, each.detail, f"/document{each.pointer}") for each in violations_of(error, given))
        raise Refusal.of(tuple(found)) from None
    return adapter.dump_json(document).decode()


@cache
def _adapter(name: PolicyName) -> TypeAdapter[Any]:
    return TypeAdapter(DOCUMENTS[name])
