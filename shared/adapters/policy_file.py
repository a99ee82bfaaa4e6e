"""Policy as it ships with the code: version 1 of every document, validated when it is loaded."""

from functools import cache
from importlib import resources
from typing import Any

from pydantic import TypeAdapter

from shared.domain.policy.documents.document import Document
from shared.domain.policy.documents.registry import DOCUMENTS, SHIPPED, PolicyName, assembled
from shared.domain.policy.policy import Policy

ADAPTERS: dict[PolicyName, TypeAdapter[Any]] = {name: TypeAdapter(type_) for name, type_ in DOCUMENTS.items()}


class ShippedPolicies:
    def current(self) -> Policy:
        return shipped()

    def fresh(self) -> Policy:
        return shipped()


@cache
def shipped() -> Policy:
    return assembled(shipped_documents(), dict.fromkeys(DOCUMENTS, SHIPPED))


@cache
def shipped_documents() -> dict[PolicyName, Document]:
    folder = resources.files("shared.policies")
    return {
        name: adapter.validate_json(folder.joinpath(f"{name}.json").read_bytes(), strict=True)
        for name, adapter in ADAPTERS.items()
    }
