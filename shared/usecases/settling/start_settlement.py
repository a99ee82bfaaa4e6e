"""Give back what is overpaid on an order, or preview it: it goes as far as it can in this one call."""

from dataclasses import dataclass

from shared.domain.change.step import Step
from shared.domain.planning.edits import Settle
from shared.domain.planning.plan import ChangePlan
from shared.ports.services import Services
from shared.usecases.core.access import Principal, read_order
from shared.usecases.core.new_change import Wanted
from shared.usecases.core.open_warning import warned_of_open
from shared.usecases.core.planning import preview
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.start_at_once import start_at_once
from shared.usecases.core.stepping_up import warned


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """Asks for a settlement: of all that is overpaid, or what `settle` names of it. `accept` is the digest of the plan
    as seen."""

    order_id: str
    reason_code: str
    sub_code: str | None = None
    note: str | None = None
    settle: Settle
    accept: str | None = None

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            order_id=self.order_id,
            kind="settlement",
            reason_code=self.reason_code,
            sub_code=self.sub_code,
            note=self.note,
            edits=(self.settle,),
        )


def preview_settlement(services: Services, principal: Principal, asked: Settlement) -> ChangePlan:
    """Return the plan: refund per payment, and who must approve; nothing is kept.

    Raises:
        Refusal: `order-not-found`.
    """
    order = read_order(services.orders, asked.order_id, principal)
    plan = warned(services, principal, order, preview(services, order, asked.wanted, principal.acting()))
    return warned_of_open(services, principal, order, plan, asked.reason_code)


def start_settlement(services: Services, request: Request[Step], asked: Settlement) -> Outcome[Step]:
    """Start a settlement: it is committed, or waits for its approval. Of two settlements at once, or of one beside a
    cancellation or a payment, the second is judged anew.

    Raises:
        Refusal: `order-not-found`, `precondition-required`, `stale-version`, `change-open`, `unknown-reason`,
            `plan-changed`, or the plan's violations.
    """
    return start_at_once(services, request, asked.wanted, asked.accept)
