"""Reads the policy that ships with the code: version 1 of every document, validated when it is loaded."""

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from pydantic import TypeAdapter

from shared.domain.policy.documents.document import Document
from shared.domain.policy.documents.registry import DOCUMENTS, SHIPPED, PolicyName, assembled, shipped_name
from shared.domain.policy.policy import Policy

ADAPTERS: dict[PolicyName, TypeAdapter[Any]] = {name: TypeAdapter(type_) for name, type_ in DOCUMENTS.items()}

FOLDER: Traversable = resources.files("shared.policies")
"""The folder of the shipped documents, one JSON file each."""


class ShippedPolicies:
    def current(self) -> Policy:
        return shipped()

    def fresh(self) -> Policy:
        return shipped()


@cache
def shipped() -> Policy:
    documents = shipped_documents()
    return assembled(documents, dict.fromkeys(DOCUMENTS, SHIPPED), shipped_name(documents))


@cache
def shipped_documents() -> dict[PolicyName, Document]:
    return {
        name: adapter.validate_json(FOLDER.joinpath(f"{name}.json").read_bytes(), strict=True)
        for name, adapter in ADAPTERS.items()
    }
