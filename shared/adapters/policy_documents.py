"""Converts policy documents to JSON text and back, and reads version 1 of each, which ships with the code."""

from functools import cache, lru_cache

from pydantic import ValidationError

from shared.adapters.policy_file import ADAPTERS, shipped_documents
from shared.domain.policy.documents.document import Document
from shared.domain.policy.documents.registry import SHIPPED, PolicyName
from shared.domain.policy.versions import ALWAYS, PolicyVersion
from shared.ports.policies import UnreadablePolicy


def read_document(name: PolicyName, text: str | None) -> Document:
    """Returns the document of a JSON text; without one, the document as it was shipped.

    Raises:
        UnreadablePolicy: names the place of the mistake, never the value.
    """
    return shipped_documents()[name] if text is None else _read(name, text)


@lru_cache(maxsize=64)
def _read(name: PolicyName, text: str) -> Document:
    try:
        document: Document = ADAPTERS[name].validate_json(text, strict=True)
    except ValidationError as error:
        places = ["/".join(map(str, each["loc"])) for each in error.errors(include_input=False)[:5]]
        raise UnreadablePolicy(f"{name}: {', '.join(places)}") from None
    return document


@cache
def shipped_version(name: PolicyName) -> PolicyVersion:
    return PolicyVersion(
        name=name,
        version=SHIPPED,
        document=ADAPTERS[name].dump_json(shipped_documents()[name]).decode(),
        status="agreed",
        why="As it ships with the code.",
        by="",
        at=ALWAYS,
        activates_at=ALWAYS,
    )
