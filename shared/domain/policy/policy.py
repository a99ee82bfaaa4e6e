"""Holds one version of all the rules that a business changes weekly. Each document has its type in `documents`."""

from dataclasses import dataclass, field

from shared.domain.policy.documents.approvals import Approvals
from shared.domain.policy.documents.cancellation import CancellationPolicy
from shared.domain.policy.documents.checks import Checks
from shared.domain.policy.documents.collection import CollectionPolicy
from shared.domain.policy.documents.deadlines import Deadlines
from shared.domain.policy.documents.eligibility import Eligibility
from shared.domain.policy.documents.prices import Prices
from shared.domain.policy.documents.reasons import Reasons
from shared.domain.policy.documents.shipping import ShippingPolicy
from shared.domain.policy.documents.taxes import Taxes


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All documents that are in force together. `shipped` names the shipped documents by their content; `version` is
    that name, followed by the documents that differ from the shipped ones."""

    version: str
    shipped: str
    reasons: Reasons
    eligibility: Eligibility
    approvals: Approvals
    cancellation: CancellationPolicy
    prices: Prices
    taxes: Taxes
    shipping: ShippingPolicy
    checks: Checks
    deadlines: Deadlines
    collection: CollectionPolicy = field(default_factory=CollectionPolicy)
