"""Lapse a payment that nobody makes: the gateway is asked once more at the deadline, then the change expires. The
execution looks after it; the sweep sees to its end as well."""

import logging
from dataclasses import dataclass
from datetime import datetime

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.ports.gateways import Gateways
from shared.ports.services import Services
from shared.ports.stores import Conflict
from shared.usecases.collecting.payment_links import ask_gateway, read_waiting, waits
from shared.usecases.core.expire_change import expire_change
from shared.usecases.core.trouble import describe_error
from shared.usecases.core.wait_result import Over, seconds_until

logger = logging.getLogger(__name__)

_ENDINGS = {ChangeStatus.EXPIRED: "expired"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpaid:
    """Says that the payment has not come: until when it may, and for how many more seconds nothing happens by
    itself."""

    until: datetime
    seconds: int


def lapse_collection(services: Services, gateways: Gateways, change_id: str, round_: int) -> Unpaid | Over:
    """Do what is due, and return what is waited for, or how it ended.

    Raises:
        Conflict: others kept writing the change.
        Refusal: `change-not-found`.
    """
    change, now = read_waiting(services, change_id), services.clock.now()
    if waits(change, round_) and change.expires_at is not None and now >= change.expires_at:
        _ask_once_more(services, gateways, change)
        expire_change(services, change_id)
        change = read_waiting(services, change_id)
    if not waits(change, round_):
        return Over(decision=outcome_of(change))
    until = change.expires_at or now
    return Unpaid(until=until, seconds=seconds_until(until, now))


def outcome_of(change: Change) -> str:
    """Return the word that an execution is told of a wait that is over."""
    if change.committed_version is not None:
        return "paid"
    return _ENDINGS.get(change.status, "closed")


def _ask_once_more(services: Services, gateways: Gateways, change: Change) -> None:
    """Look for a payment whose report was lost. If the gateway doesn't answer, or not so that it can be booked, the
    closing of the link finds it later."""
    try:
        ask_gateway(services, gateways, change)
    except Conflict:
        raise
    except Exception as error:  # noqa: BLE001 (whatever it is, it is no payment, and delays no expiry)
        logger.warning("no answer on the link of %s: %s", change.change_id, describe_error(error))
