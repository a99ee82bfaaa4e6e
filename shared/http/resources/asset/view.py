"""Shows an asset and its history in replies, and an asset that a plan would change."""

from shared.domain.order.assets import AssetChange
from shared.domain.order.order import Asset, AssetEntry
from shared.http.parts.view import Json, present, time


def asset_view(asset: Asset) -> Json:
    """Shows an asset and the history that made it so."""
    return present(
        {
            "asset_id": asset.asset_id,
            "line_id": asset.line_id,
            "sku": asset.sku,
            "quantity": asset.quantity,
            "start_date": asset.start_date.isoformat() if asset.start_date else None,
            "end_date": asset.end_date.isoformat() if asset.end_date else None,
            "status": asset.status,
            "history": [_entry(entry) for entry in asset.history],
        }
    )


def asset_change_view(change: AssetChange) -> Json:
    """Shows an asset before and after: a planned one has no history yet."""
    before, after = _planned(change.before) if change.before else None, _planned(change.after)
    return {"asset_id": change.asset_id, "line_id": change.line_id, "before": before, "after": after}


def _planned(asset: Asset) -> Json:
    view = asset_view(asset)
    return {name: view[name] for name in ("sku", "quantity", "start_date", "end_date", "status") if name in view}


def _entry(entry: AssetEntry) -> Json:
    return present(
        {
            "at": time(entry.at),
            "action": entry.action,
            "change_id": entry.change_id,
            "quantity": entry.quantity,
            "start_date": entry.start_date.isoformat() if entry.start_date else None,
            "end_date": entry.end_date.isoformat() if entry.end_date else None,
        }
    )
