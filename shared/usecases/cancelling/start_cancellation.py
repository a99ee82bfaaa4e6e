"""Cancel an order, lines or units of it, or preview the terms: it goes as far as it can in this one call."""

from dataclasses import dataclass

from shared.domain.change.step import Step
from shared.domain.planning.edits import CancelOrder, CancelUnits, Credit, Edit
from shared.domain.planning.plan import ChangePlan
from shared.domain.policy.subjects import CancelException
from shared.ports.services import Services
from shared.usecases.core.access import Principal, read_order
from shared.usecases.core.new_change import Wanted
from shared.usecases.core.open_warning import warned_of_open
from shared.usecases.core.planning import preview
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.start_at_once import start_at_once
from shared.usecases.core.stepping_up import warned


@dataclass(frozen=True, slots=True, kw_only=True)
class LineToCancel:
    line_id: str
    quantity: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """Asks for a cancellation of the named lines, or of the whole order. `exception` is asked for units that have left;
    `goodwill` gives an amount back instead, and cancels nothing. `consent` is the digest of the terms as seen."""

    order_id: str
    reason_code: str
    sub_code: str | None = None
    note: str | None = None
    lines: tuple[LineToCancel, ...] | None = None
    exception: CancelException | None = None
    goodwill: Credit | None = None
    consent: str | None = None

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            order_id=self.order_id,
            kind="cancellation",
            reason_code=self.reason_code,
            sub_code=self.sub_code,
            note=self.note,
            edits=self._edits,
        )

    @property
    def _edits(self) -> tuple[Edit, ...]:
        if self.goodwill is not None:
            return (self.goodwill,)
        if self.lines is None:
            return (CancelOrder(exception=self.exception),)
        return tuple(
            CancelUnits(line_id=line.line_id, quantity=line.quantity, exception=self.exception) for line in self.lines
        )


def preview_cancellation(services: Services, principal: Principal, asked: Cancellation) -> ChangePlan:
    """Return the terms: refund per payment, fees and why, tax reversed, time; nothing is kept.

    Raises:
        Refusal: `order-not-found`.
    """
    order = read_order(services.orders, asked.order_id, principal)
    plan = warned(services, principal, order, preview(services, order, asked.wanted, principal.acting()))
    return warned_of_open(services, principal, order, plan, asked.reason_code)


def start_cancellation(services: Services, request: Request[Step], asked: Cancellation) -> Outcome[Step]:
    """Start a cancellation: it is committed, or waits for the people it needs. The owner's `consent` is consent;
    anybody else's pins the terms.

    Raises:
        Refusal: `order-not-found`, `precondition-required`, `stale-version`, `change-open`, `unknown-reason`,
            `plan-changed`, or the plan's violations.
    """
    return start_at_once(services, request, asked.wanted, asked.consent)
