"""Tell who has agreed to the terms of a change: its order's owner alone can (DESIGN.md, "Identity")."""

from shared.domain.change.answers import Consent
from shared.domain.order.order import ChangeKind, Order
from shared.ports.services import Services
from shared.usecases.core.access import Principal

OF_TERMS: frozenset[ChangeKind] = frozenset({"cancellation", "exchange"})
"""These kinds of change have terms that a customer who asks for one must agree to."""


def consent_of(
    services: Services, order: Order, principal: Principal, digest: str | None, kind: ChangeKind
) -> Consent | None:
    """Return the owner's consent to the plan with this digest; None from anybody else, and where there are no terms."""
    actor = principal.acting()
    if digest is None or actor.role != "customer" or not principal.owns(order.customer.customer_id):
        return None
    if kind not in OF_TERMS:
        return None
    return Consent(at=services.clock.now(), by=actor.id, digest=digest, means="token")
