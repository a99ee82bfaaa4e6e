"""Checks what comes before a request's content is judged: 404, the replay of a known key, then 428 and 412.

The use cases check these themselves, in this order. They only have to be checked here when a request never gets to its
use case because its content is refused first (CONTRACT.md, order of checks).
"""

from shared.domain.refusal import Refusal
from shared.http.door.call import Call
from shared.ports.requests import RequestKey
from shared.ports.services import Services
from shared.usecases.core.access import read_change, read_order
from shared.usecases.core.etags import check_order_etag
from shared.usecases.core.requests import Known, known_before
from shared.usecases.refunding.settle_by_hand import refund_of


def check_earlier(services: Services, call: Call) -> Known | None:
    """Returns the first answer to this request, if it is a repeated one; None if nothing comes before its content.

    Raises:
        Refusal: `order-not-found`, `change-not-found`, `refund-not-found`, `key-reused`, `precondition-required`,
            `stale-version`.
    """
    order_id, change_id = call.path.get("order_id"), call.path.get("change_id")
    order = read_order(services.orders, order_id, call.principal) if order_id else None
    if change_id:
        change = read_change(services.changes, change_id, call.principal, order_id)
        if refund_id := call.path.get("refund_id"):
            refund_of(change, refund_id)
    if call.is_dry_run or call.repeated:  # with two keys, or two ETags, neither can be looked up
        return None
    if known := known_before(services.requests, _key(call)):
        return known
    if order and call.route.needs_if_match:
        check_order_etag(order, call.if_match)
    return None


def _key(call: Call) -> RequestKey | None:
    try:
        return call.key
    except Refusal:
        return None
