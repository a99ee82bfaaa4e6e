"""Free the stock of a change that has held it for as long as policy lets it; the change waits on."""

from functools import partial

from shared.domain.change.holding import freed
from shared.ports.services import Services
from shared.usecases.core.transact import retry_conflicts, write_step


def free_holds(services: Services, change_id: str) -> bool:
    """Free what an open change holds if its time is over; return True if this call freed it.

    Raises:
        Conflict: others kept writing it.
    """
    return retry_conflicts(services, partial(_free, services, change_id))


def _free(services: Services, change_id: str) -> bool:
    change, now = services.changes.get(change_id), services.clock.now()
    if change is None or not change.is_open or not change.holds or not change.holds_until or now < change.holds_until:
        return False
    order = services.orders.load(change.order_id)
    if order is None:
        return False
    write_step(services, freed(order, change, now))
    return True
