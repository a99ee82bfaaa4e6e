"""Place a draft of a policy document among the documents in force, for policy as it is and as it would be."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from shared.domain.policy.documents.document import Document
from shared.domain.policy.documents.registry import DOCUMENTS, SHIPPED, PolicyName, assembled
from shared.domain.policy.policy import Policy
from shared.domain.policy.versions import PolicyVersion, Register
from shared.domain.policy_making.trial import findings, policy_at
from shared.domain.refusal import Refusal
from shared.ports.policies import PolicyHistory, UnreadablePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Holds a document as JSON text, or the number of a version that is kept, be it in force, past, waiting or
    rejected."""

    name: PolicyName
    by: str
    document: str | None = None
    version: int | None = None


class Drafted(NamedTuple):
    """Holds all documents as they are in force, and the same with the draft instead of its document."""

    before: Policy
    after: Policy


def drafted(history: PolicyHistory, draft: Draft, now: datetime) -> Drafted:
    """Judge the draft as if it came in force at once, and return both policies.

    Raises:
        Refusal: `unknown-version`, `version-outgrown`, what makes no sense in the draft (`validation.problems`).
    """
    register = history.register()
    version = _version(history, register, draft, now)
    document = _read(history, version)
    if found := findings(register, version, now, history.read):
        raise Refusal.of(found)
    before = policy_at(register, now, history.read)
    numbers = {name: agreed.version for name, agreed in register.in_force(now).items()}
    numbers = dict.fromkeys(DOCUMENTS, SHIPPED) | numbers | {draft.name: version.version}
    documents: dict[PolicyName, Document] = {name: getattr(before, name) for name in DOCUMENTS}
    return Drafted(before=before, after=assembled(documents | {draft.name: document}, numbers, before.shipped))


def _version(history: PolicyHistory, register: Register, draft: Draft, now: datetime) -> PolicyVersion:
    """Return the version that it would be, agreed to just now."""
    number, text = register.standing(draft.name).latest + 1, draft.document
    if text is None:
        kept = history.version(draft.name, draft.version or 0)
        if kept is None:
            words = f"There is no version {draft.version} of {draft.name}."
            raise Refusal("unknown-version", words, pointer="/version")
        number, text = kept.version, kept.document
    return PolicyVersion(
        name=draft.name,
        version=number,
        document=text,
        status="agreed",
        why="a replay",
        by=draft.by,
        at=now,
        activates_at=now,
    )


def _read(history: PolicyHistory, version: PolicyVersion) -> Document:
    try:
        return history.read(version.name, version.document)
    except UnreadablePolicy:
        words = "This version has fields that are no more; send it as a document, in today's form."
        raise Refusal("version-outgrown", words, pointer="/version") from None
