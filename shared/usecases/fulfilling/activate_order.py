"""Activate an order: its subscription lines become the customer's assets."""

from collections.abc import Sequence
from dataclasses import replace

from shared.domain.change import events
from shared.domain.change.step import Step
from shared.domain.order.assets import AssetChange, activated
from shared.domain.order.order import Asset, Order
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.usecases.core.access import Principal, read_order
from shared.usecases.core.new_change import check_nothing_open
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.transact import transact_step


def activate_order(services: Services, request: Request[Step], order_id: str) -> Outcome[Step]:
    """Give the order an asset for each live subscription line that had none: a new revision.

    Raises:
        Refusal: `order-not-found`; `change-open`, as the lines may be about to change; `nothing-to-activate` if every
            such line has its asset, or there is none.
    """

    def work() -> Step:
        order = read_order(services.orders, order_id, request.principal)
        check_nothing_open(order)
        now = services.clock.now()
        assets = activated(order, now)
        fresh = assets[len(order.assets) :]
        if not fresh:
            raise Refusal("nothing-to-activate", "No line of this order makes an asset that is not there yet.")
        return Step(
            action="order_activated",
            by=request.principal.acting(),
            at=now,
            before=order,
            after=replace(order, assets=assets, revision=order.revision + 1),
            facts=(_told(order, fresh),),
        )

    return transact_step(services, request, work)


def read_assets(services: Services, order_id: str, principal: Principal) -> Sequence[Asset]:
    return read_order(services.orders, order_id, principal).assets


def _told(order: Order, fresh: Sequence[Asset]) -> events.Fact:
    changes = (AssetChange(asset_id=asset.asset_id, line_id=asset.line_id, before=None, after=asset) for asset in fresh)
    return events.assets_changed(order, changes)
