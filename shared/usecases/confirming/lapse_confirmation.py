"""Lapse a confirmation that nobody gives: ask the customer, then remind them, then let it expire, as policy said when
the change began to wait. The execution looks after it; the sweep sees to its end as well."""

from dataclasses import dataclass
from datetime import datetime

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.usecases.confirming.ask_customer import Asking, outcome_of
from shared.usecases.core.expire_change import expire_change
from shared.usecases.core.wait_result import Over, seconds_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """Says that the customer has not answered: which letter they are to have had by now, and for how many more seconds
    nothing will happen by itself."""

    letter: Asking
    until: datetime
    seconds: int


def lapse_confirmation(services: Services, change_id: str, round_: int) -> Silent | Over:
    """Do what is due, and return what is waited for, or how it ended.

    Raises:
        Conflict: others kept writing the change.
        Refusal: `change-not-found`.
    """
    change, now = _found(services, change_id), services.clock.now()
    if _waits(change, round_) and change.expires_at is not None and now >= change.expires_at:
        expire_change(services, change_id)
        change = _found(services, change_id)
    if not _waits(change, round_):
        return Over(decision=outcome_of(change, round_))
    reminding = change.remind_at is not None and now >= change.remind_at
    until = (None if reminding else change.remind_at) or change.expires_at or now
    return Silent(letter="remind" if reminding else "ask", until=until, seconds=seconds_until(until, now))


def _found(services: Services, change_id: str) -> Change:
    change = services.changes.get(change_id)
    if change is None:
        raise Refusal("change-not-found", f"There is no change {change_id}.")
    return change


def _waits(change: Change, round_: int) -> bool:
    return change.status is ChangeStatus.PENDING_CONFIRMATION and change.round == round_
