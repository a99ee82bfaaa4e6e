"""Make way for a guarded change: a change that the customer began, whoever gave it its edits, does not block one that
staff starts for a reason of fraud or law."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from shared.domain.change import transitions
from shared.domain.change.change import Actor, Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Order
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.ports.stores import Conflict
from shared.usecases.core.etags import check_order_etag
from shared.usecases.core.new_change import Wanted, check_nothing_open
from shared.usecases.core.step_check import asked_by
from shared.usecases.core.transact import write_step

WORDS = "another change of this order goes first"
"""The timeline of the change that ended says this: the customer is told no reason."""


@dataclass(slots=True)
class Way:
    """Holds what one request has ended to make way for its change, and the version of the order at that time."""

    ended: str | None = None
    version: int = 0

    def check_etag(self, order: Order, if_match: str | None) -> None:
        """Check the ETag until way has been made: the request has had an effect on the order that was read, and money
        that comes or progress that is told in between does not keep it from the other. Another version does.

        Raises:
            Refusal: as `check_order_etag`.
        """
        if self.ended is None or order.version != self.version:
            check_order_etag(order, if_match)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Say in a refusal that a change has ended to make way all the same."""
        try:
            yield
        except Refusal as refusal:
            if self.ended is None:
                raise
            words = f"{refusal.detail} The customer's change {self.ended} has ended to make way for this."
            told = Refusal(refusal.code, words, violations=refusal.violations, extra=refusal.extra)
            raise told from refusal


def in_the_way(services: Services, order: Order, wanted: Wanted) -> Change | None:
    """Return the open change that the wanted one may end; None if nothing is open.

    Raises:
        Refusal: `change-open` for every other: only what a customer began makes way, and only for a guarded reason.
    """
    if order.open_change is None:
        return None
    change = services.changes.get(order.open_change.change_id)
    if change is None or not change.is_open or not makes_way(services, change, wanted.reason_code):
        check_nothing_open(order)
    return change


def makes_way(services: Services, change: Change, reason_code: str) -> bool:
    """Tell if an open change is ended when staff starts one for this reason."""
    return services.policies.current().reasons.guards(reason_code) and asked_by(change) in ("customer", "taken_over")


def make_way(services: Services, order: Order, change: Change | None, actor: Actor, way: Way) -> None:
    """End the change that is in the way, in a write of its own, and have the start decided anew on the order as it is
    then. `way` keeps that it has ended. Nothing to do where nothing is in the way.

    Raises:
        Conflict: it has ended; the runner begins again.
    """
    if change is None:
        return
    ended = ChangeStatus.WITHDRAWN if change.kind in ("cancellation", "settlement") else ChangeStatus.UNDONE
    write_step(services, transitions.closed(order, change, ended, actor, services.clock.now(), WORDS))
    way.ended, way.version = change.change_id, order.version
    raise Conflict("the order is free now")
