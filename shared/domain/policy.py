"""One version of all the rules that a business changes weekly. Each document has its own file in `policies`."""

from dataclasses import dataclass

from shared.domain.policies.approvals import Approvals
from shared.domain.policies.cancellation import CancellationPolicy
from shared.domain.policies.checks import Checks
from shared.domain.policies.deadlines import Deadlines
from shared.domain.policies.eligibility import Eligibility
from shared.domain.policies.prices import Prices
from shared.domain.policies.reasons import Reasons
from shared.domain.policies.shipping import ShippingPolicy
from shared.domain.policies.taxes import Taxes


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All documents as they are in force together; `version` names those that are not as they were shipped."""

    version: str
    reasons: Reasons
    eligibility: Eligibility
    approvals: Approvals
    cancellation: CancellationPolicy
    prices: Prices
    taxes: Taxes
    shipping: ShippingPolicy
    checks: Checks
    deadlines: Deadlines
