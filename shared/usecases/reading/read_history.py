"""Read an order's versions, its open change rendered as the version to come, and its verified log."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from shared.domain.audit.log import LogEntry, Verification, verify
from shared.domain.order.order import Order
from shared.domain.planning.plan import planned_order
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.usecases.core.access import Principal, read_order

VersionStatus = Literal[
    "live", "superseded", "being_amended", "being_cancelled", "in_amendment", "pending_cancellation"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Describes one version of an order and its status: superseded, live, or still to come. `drafts` are the ids of
    lines that stand in no committed version yet."""

    order: Order
    status: VersionStatus
    drafts: frozenset[str] = frozenset()


def read_version(services: Services, order_id: str, version: int, principal: Principal) -> Version:
    """Return a past version, the live one, or (with a change open) the next one as it would be.

    Raises:
        Refusal: `order-not-found`, `version-not-found`.
    """
    live = read_order(services.orders, order_id, principal)
    if version == live.version:
        return Version(order=live, status=_live_status(live))
    if version == live.version + 1 and live.open_change:
        return _to_come(services, live)
    past = services.orders.load_version(order_id, version) if 0 < version < live.version else None
    if past is None:
        raise Refusal("version-not-found", f"Order {order_id} has no version {version}.")
    return Version(order=past, status="superseded")


def list_versions(services: Services, order_id: str, principal: Principal) -> Sequence[tuple[int, VersionStatus]]:
    """Return numbers and statuses of all versions, newest first."""
    live = read_order(services.orders, order_id, principal)
    rows: list[tuple[int, VersionStatus]] = []
    if live.open_change:
        rows.append((live.version + 1, _coming_status(live)))
    rows.append((live.version, _live_status(live)))
    rows.extend((number, "superseded") for number in range(live.version - 1, 0, -1))
    return rows


def read_log(
    services: Services, order_id: str, principal: Principal, *, verified: bool
) -> tuple[Sequence[LogEntry], Verification | None]:
    """Return the order's log; with `verified`, also if its chain holds up to the head that the order remembers, and
    agrees with its anchors."""
    order = read_order(services.orders, order_id, principal)
    while True:
        entries = services.log.entries(order_id)
        if not verified:
            return entries, None
        anchors = services.anchors.of(order_id)
        verification = verify(entries, order.ledger.log_seq, order.ledger.log_hash, anchors)
        again = order if verification.verified else read_order(services.orders, order_id, principal)
        if again.ledger == order.ledger:
            return entries, verification
        order = again  # a write came between the two reads


def _live_status(order: Order) -> VersionStatus:
    if order.open_change is None:
        return "live"
    return "being_cancelled" if order.open_change.kind == "cancellation" else "being_amended"


def _coming_status(order: Order) -> VersionStatus:
    cancellation = order.open_change is not None and order.open_change.kind == "cancellation"
    return "pending_cancellation" if cancellation else "in_amendment"


def _to_come(services: Services, live: Order) -> Version:
    change = services.changes.get(live.open_change.change_id) if live.open_change else None
    if change is None:
        raise Refusal("version-not-found", "The open change ended a moment ago.")
    added = frozenset(line.line_id for line in change.plan.lines if line.change == "added")
    return Version(order=planned_order(live, change.plan), status=_coming_status(live), drafts=added)
