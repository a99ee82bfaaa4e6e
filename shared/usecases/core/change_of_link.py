"""Find the change that a payment link was made for."""

from shared.domain.change.change import Change
from shared.domain.change.collecting import change_id_of
from shared.domain.order.order import Order
from shared.ports.services import Services


def change_of_link(services: Services, order: Order, link: str, named: str | None = None) -> Change | None:
    """Return the change of this order that the link was made for, whatever has become of it; None if there is none.

    The id of the link names its change. Where it is a hash, as ids of links were once, the change is the one that the
    gateway's report names (`named`), or the order's open one.
    """
    opened = order.open_change.change_id if order.open_change else None
    for change_id in dict.fromkeys((named, change_id_of(link), opened)):
        change = services.changes.get(change_id) if change_id else None
        if _asked_for(change, order, link):
            return change
    return None


def _asked_for(change: Change | None, order: Order, link: str) -> bool:
    if change is None or change.collection is None or change.order_id != order.order_id:
        return False
    return change.collection.link_id == link
