"""Policy documents as tests send them: as shipped, with some fields changed."""

import json
from typing import Any

from shared.adapters.policy_documents import shipped_version
from shared.adapters.policy_file import shipped
from shared.domain.policy.documents.registry import PolicyName
from shared.usecases.core.access import Principal

OPERATOR_2 = Principal(id="usr-operator-2", roles=frozenset({"operator"}))

AS_SHIPPED = shipped().version
"""The name of the frozen policy, as plans and log entries carry it."""


def as_shipped(name: PolicyName, **changed: Any) -> dict[str, Any]:
    """The document with these of its fields changed."""
    document: dict[str, Any] = json.loads(shipped_version(name).document)
    return document | changed


def deadlines(change_seconds: int) -> dict[str, Any]:
    """Open changes live this long; the plainest change of a document that moves no money."""
    (rule,) = as_shipped("deadlines")["rules"]
    return {"rules": [rule | {"change_seconds": change_seconds}]}


def bounds(floor_percent: str) -> dict[str, Any]:
    """Prices may fall to this share of the list price; the plainest change of a document that moves money."""
    first, *others = as_shipped("prices")["bounds"]
    return as_shipped("prices", bounds=[first | {"floor_percent": floor_percent}, *others])
