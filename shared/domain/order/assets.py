"""Makes and moves assets: what a customer has from an activated order's subscription lines, with the history of
each."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from shared.domain.canonical import sha256
from shared.domain.order.line import Line
from shared.domain.order.order import Asset, AssetEntry, Order

AssetAction = Literal["activated", "changed", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetChange:
    """Pairs an asset before a change (None: it would be new) with the asset after it."""

    asset_id: str
    line_id: str
    before: Asset | None
    after: Asset


def activated(order: Order, at: datetime) -> tuple[Asset, ...]:
    """Returns the order's assets with one more for each live subscription line that has none yet."""
    known = {asset.line_id for asset in order.assets}
    fresh = [_new(order, line, at, None) for line in order.lines if _makes_asset(line) and line.line_id not in known]
    return (*order.assets, *fresh)


def touched(order: Order, after: Order) -> tuple[AssetChange, ...]:
    """Returns the assets that a planned order would change; none where the order is not activated."""
    moved = carried(order, after, order.placed_at, None)
    known = {asset.asset_id: asset for asset in order.assets}
    return tuple(
        AssetChange(asset_id=asset.asset_id, line_id=asset.line_id, before=known.get(asset.asset_id), after=asset)
        for asset in moved
        if known.get(asset.asset_id) != asset
    )


def carried(order: Order, after: Order, at: datetime, change_id: str | None) -> tuple[Asset, ...]:
    """Returns the assets after a change: each follows its line; lines added to an activated order make new ones."""
    if not order.assets:
        return ()
    lines = {line.line_id: line for line in after.lines}
    assets = [_follows(asset, lines[asset.line_id], at, change_id) for asset in order.assets]
    known = {asset.line_id for asset in assets}
    added = [line for line in after.lines if _makes_asset(line) and line.line_id not in known]
    return (*assets, *(_new(order, line, at, change_id) for line in added))


def _makes_asset(line: Line) -> bool:
    """Returns True for a line that runs for a time: it has dates, or a recurring charge."""
    runs = line.start_date is not None or any(charge.type == "recurring" for charge in line.charges)
    return runs and line.quantity > 0


def _new(order: Order, line: Line, at: datetime, change_id: str | None) -> Asset:
    asset = Asset(
        asset_id=f"ast_{sha256(f'{order.order_id}/{line.line_id}')[:24]}",
        line_id=line.line_id,
        sku=line.sku,
        quantity=line.quantity,
        start_date=line.start_date,
        end_date=line.end_date,
    )
    return _noted(asset, "activated", at, change_id)


def _follows(asset: Asset, line: Line, at: datetime, change_id: str | None) -> Asset:
    followed = replace(
        asset, sku=line.sku, quantity=line.quantity, start_date=line.start_date, end_date=_end(asset, line, at)
    )
    if not line.quantity:
        followed = replace(followed, status="ended")
    elif asset.status == "ended":
        followed = replace(followed, status="active")
    if followed == asset:
        return asset
    return _noted(followed, "changed" if line.quantity else "ended", at, change_id)


def _end(asset: Asset, line: Line, at: datetime) -> date | None:
    """Ends the asset of a cancelled line on that day, unless it had ended before; never before it starts."""
    if line.quantity or asset.status == "ended":
        return line.end_date if line.quantity else asset.end_date
    today = at.date()
    ends = min(line.end_date, today) if line.end_date else today
    return max(ends, line.start_date) if line.start_date else ends


def _noted(asset: Asset, action: AssetAction, at: datetime, change_id: str | None) -> Asset:
    entry = AssetEntry(
        at=at,
        action=action,
        change_id=change_id,
        quantity=asset.quantity,
        start_date=asset.start_date,
        end_date=asset.end_date,
    )
    return replace(asset, history=(*asset.history, entry))


def total_entries(assets: Iterable[Asset]) -> int:
    """Returns the number of history entries of all assets; it rises with each event, so it tells one state from
    another."""
    return sum(len(asset.history) for asset in assets)
