"""Record the refusals of starts of a change, so that a report can show later if they were right.

It is best effort, and after the fact: a change that goes through costs nothing more, and the answer is the same whether
the refusal was kept or not.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from shared.domain.order.order import Order
from shared.domain.planning.plan import ChangePlan, Planned
from shared.domain.refusal import Refusal
from shared.domain.replay.false_rejects import Refused, fingerprint, touched
from shared.ports.services import Services
from shared.usecases.core.access import Principal
from shared.usecases.core.new_change import Wanted

logger = logging.getLogger(__name__)


@dataclass
class Noted:
    """Notes the order and the plan of a start that was refused."""

    order: Order | None = None
    plan: ChangePlan | None = None

    def judged(self, order: Order, planned: Planned) -> Planned:
        self.order, self.plan = order, planned.plan
        return planned


@contextmanager
def keeping_refusals(services: Services, principal: Principal, wanted: Wanted, noted: Noted) -> Iterator[None]:
    """Keep a refusal if it is the plan's; any other refusal (a stale ETag, say) is no judgement."""
    try:
        yield
    except Refusal as refusal:
        if noted.order and noted.plan and refusal.violations and refusal.violations == noted.plan.violations:
            _keep(services, principal, wanted, noted.order, noted.plan)
        raise


def _keep(services: Services, principal: Principal, wanted: Wanted, order: Order, plan: ChangePlan) -> None:
    try:
        services.refusals.keep(_refused(services, principal, wanted, order, plan))
    except Exception as error:  # noqa: BLE001 (whatever it is, the caller is to hear why they were refused)
        logger.warning("a refusal was not kept: %s", type(error).__name__)


def _refused(services: Services, principal: Principal, wanted: Wanted, order: Order, plan: ChangePlan) -> Refused:
    return Refused(
        id=services.ids.new("rfs"),
        at=services.clock.now(),
        order_id=order.order_id,
        customer_id=order.customer.customer_id,
        channel=order.channel,
        tier=order.customer.tier,
        kind=plan.kind,
        role=principal.acting().role,
        reason_code=wanted.reason_code,
        edits=touched(wanted.edits),
        wanted=fingerprint(wanted.edits),
        codes=tuple(dict.fromkeys(violation.code for violation in plan.violations)),
        rules=tuple(dict.fromkeys(ruling.rule for ruling in plan.rulings if ruling.outcome == "deny")),
        policy_version=plan.policy_version,
    )
