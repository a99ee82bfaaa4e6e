"""Lists the policy documents by name, and tells which of them move money and which versions need a second operator."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Literal

from shared.domain.canonical import canonical, sha256
from shared.domain.policy.documents.approvals import Approvals
from shared.domain.policy.documents.cancellation import CancellationPolicy
from shared.domain.policy.documents.checks import Checks
from shared.domain.policy.documents.collection import CollectionPolicy
from shared.domain.policy.documents.deadlines import Deadlines
from shared.domain.policy.documents.document import Document
from shared.domain.policy.documents.eligibility import Eligibility
from shared.domain.policy.documents.prices import Prices
from shared.domain.policy.documents.reasons import Reasons
from shared.domain.policy.documents.shipping import ShippingPolicy
from shared.domain.policy.documents.taxes import Taxes
from shared.domain.policy.policy import Policy

PolicyName = Literal[
    "reasons",
    "eligibility",
    "approvals",
    "cancellation",
    "prices",
    "taxes",
    "shipping",
    "checks",
    "collection",
    "deadlines",
]

DOCUMENTS: dict[PolicyName, type[Document]] = {
    "reasons": Reasons,
    "eligibility": Eligibility,
    "approvals": Approvals,
    "cancellation": CancellationPolicy,
    "prices": Prices,
    "taxes": Taxes,
    "shipping": ShippingPolicy,
    "checks": Checks,
    "collection": CollectionPolicy,
    "deadlines": Deadlines,
}

WITHOUT_MONEY: frozenset[PolicyName] = frozenset({"reasons", "deadlines"})
"""Documents that move no money by themselves; every other one decides on payments or permissions."""

SHIPPED = 1
"""The version of each document that ships with the code."""


def moves_money(name: PolicyName) -> bool:
    return name not in WITHOUT_MONEY


def needs_a_second(name: PolicyName, document: Document) -> bool:
    """Tells if another operator must agree to this version: it moves money, its reasons lay a fault on somebody, which
    fees and shipping depend on, or its deadlines are so short that its author could stop all approvals by it."""
    if isinstance(document, Reasons):
        return document.lays_fault
    return moves_money(name) or (isinstance(document, Deadlines) and document.hurried)


def assembled(documents: Mapping[PolicyName, Document], versions: Mapping[PolicyName, int], shipped: str) -> Policy:
    """Returns one policy of the documents; its version names `shipped` and every document that differs from the shipped
    one."""
    named: dict[str, Any] = {str(name): document for name, document in documents.items()}
    return Policy(version=version_of(versions, shipped), shipped=shipped, **named)


def shipped_name(documents: Mapping[PolicyName, Document]) -> str:
    """Returns a name for shipped documents made of their content, for instance `shipped-3f9a2c81d07b`: two different
    rules never stand under one name in the log, also when a file was edited and deployed without a version of its
    own."""
    content = {name: asdict(document) for name, document in documents.items()}  # type: ignore[call-overload]
    return f"shipped-{sha256(canonical(content))[:12]}"


def version_of(versions: Mapping[PolicyName, int], shipped: str) -> str:
    """Returns the name that an auditor looks up: `shipped-3f9a2c81d07b`, or for instance `shipped-3f9a2c81d07b
    approvals-3`."""
    changed = [f"{name}-{version}" for name, version in sorted(versions.items()) if version != SHIPPED]
    return " ".join([shipped, *changed])
