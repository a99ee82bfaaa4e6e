"""Checks that a new version of a document makes sense with all others, for as long as it would be in force.

A document is judged together with those that are in force beside it then, and with those that will be later.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from shared.domain.policy.documents.document import Document
from shared.domain.policy.documents.registry import DOCUMENTS, SHIPPED, PolicyName, assembled, shipped_name
from shared.domain.policy.policy import Policy
from shared.domain.policy.versions import PolicyVersion, Register
from shared.domain.policy_making.validation import problems
from shared.domain.refusal import Violation

Read = Callable[[PolicyName, str | None], Document]
"""A document's JSON text as its type; without a text, the document as it was shipped. Raises ValueError if the text
does not fit."""

LEANING: dict[PolicyName, tuple[PolicyName, ...]] = {"approvals": ("eligibility", "checks")}
"""Documents that name things of another: they are judged again when that one changes."""


def policy_at(register: Register, moment: datetime, read: Read) -> Policy:
    """Returns all documents as they are in force at `moment`.

    Raises:
        ValueError: one of them cannot be read.
    """
    in_force = register.in_force(moment)
    texts = {name: in_force[name].document if name in in_force else None for name in DOCUMENTS}
    versions = {name: in_force[name].version if name in in_force else SHIPPED for name in DOCUMENTS}
    documents = {name: read(name, text) for name, text in texts.items()}
    return assembled(documents, versions, shipped_name({name: read(name, None) for name in DOCUMENTS}))


def findings(register: Register, version: PolicyVersion, now: datetime, read: Read) -> tuple[Violation, ...]:
    """Returns the mistakes of an agreed version; each finding once, its pointer beginning with `/document`."""
    after = register.including(version, now)
    found: dict[Violation, None] = {}
    for moment in (version.activates_at, *after.changes_after(version.activates_at)):
        in_force = after.standing(version.name).at(moment)
        if in_force is not None and in_force.version == version.version:
            found |= dict.fromkeys(_found(register, after, moment, version.name, read))
    return tuple(found)


def findings_without(register: Register, version: PolicyVersion, read: Read) -> tuple[Violation, ...]:
    """Returns the findings that would arise if this version, agreed to and still to come, were `withdrawn`."""
    after = register.including(version, version.written_at)
    moments = (version.activates_at, *after.changes_after(version.activates_at))
    found = (each for moment in moments for each in _missed(register, after, moment, read))
    return tuple(dict.fromkeys(found))


def _missed(register: Register, after: Register, moment: datetime, read: Read) -> Iterator[Violation]:
    before, policy = policy_at(register, moment, read), policy_at(after, moment, read)
    for name in DOCUMENTS:
        known = set(problems(before, name))
        for each in problems(policy, name):
            if each not in known:
                words = f"{name}, at {each.pointer} on {moment:%Y-%m-%d %H:%M} UTC: {each.detail}"
                yield Violation("document-in-use", words, "")


def _found(register: Register, after: Register, moment: datetime, name: PolicyName, read: Read) -> Iterator[Violation]:
    try:
        policy = policy_at(after, moment, read)
    except ValueError as error:
        words = f"Another document in force cannot be read any more; propose a new version of it first. {error}"
        yield Violation("version-outgrown", words, "/document")
        return
    yield from _own(policy, name)
    if name in LEANING:
        yield from _of_others(policy_at(register, moment, read), policy, name)


def _own(policy: Policy, name: PolicyName) -> Iterator[Violation]:
    for each in problems(policy, name):
        yield Violation(each.code, each.detail, f"/document{each.pointer}")


def _of_others(before: Policy, policy: Policy, name: PolicyName) -> Iterator[Violation]:
    """Yields the mistakes that another document has now and did not have before."""
    for other in LEANING.get(name, ()):
        known = set(problems(before, other))
        for each in problems(policy, other):
            if each not in known:
                words = f"{other}, at {each.pointer}: {each.detail} Change that first."
                yield Violation("document-in-use", words, "/document")
