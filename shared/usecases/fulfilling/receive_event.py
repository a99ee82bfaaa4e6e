"""Deal with a department's events in its reference consumer: each event once, in whatever order, acknowledging the
changes that concern the department."""

import logging
from dataclasses import dataclass

from shared.domain.canonical import sha256
from shared.domain.change.step import Step
from shared.domain.planning.departments import Department
from shared.domain.refusal import Refusal
from shared.ports.deliveries import Deliveries
from shared.ports.requests import RequestKey
from shared.ports.services import Services
from shared.usecases.core.access import Principal
from shared.usecases.core.requests import Request
from shared.usecases.fulfilling.acknowledge_change import Acknowledge, acknowledge_change

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Holds an event as the bus delivers it: `text` is all of it as JSON; `departments` are those that it concerns."""

    event_id: str
    order_id: str
    change_id: str | None
    sequence: int
    departments: tuple[str, ...]
    text: str


def receive_event(services: Services, deliveries: Deliveries, department: Department, delivery: Delivery) -> None:
    """Acknowledge the event's change if it concerns the department, and remember the event.

    A crash between the two repeats both: the first under the same key.

    Raises:
        Refusal: what `acknowledge_change` refuses, but for a change that an operator has given up meanwhile.
    """
    if deliveries.seen(department, delivery.event_id):
        return
    if delivery.change_id is not None and department in delivery.departments:
        _acknowledge(services, department, delivery.event_id, delivery.change_id)
    now = services.clock.now()
    deliveries.keep(department, delivery.event_id, delivery.text, delivery.order_id, delivery.sequence, now)


def _acknowledge(services: Services, department: Department, event_id: str, change_id: str) -> None:
    principal = Principal(id=f"dept-{department}", roles=frozenset({"service"}), scopes=frozenset({"acknowledgements"}))
    key = RequestKey(key=sha256(f"{department}/{event_id}"), body_hash="")
    request: Request[Step] = Request(principal=principal, key=key)
    said = Acknowledge(change_id=change_id, department=department, outcome="done")
    try:
        acknowledge_change(services, request, said)
    except Refusal as refusal:
        if refusal.code != "not-committed":
            raise
        logger.warning("acknowledged too late, an operator has given it up: %s", change_id)
