"""Documents an asset and its history in replies."""

from datetime import date, datetime
from typing import Literal

from shared.http.parts.reply import Reply


class ReplyAssetEntry(Reply):
    """One step in an asset's history: what it became, and by which change."""

    at: datetime
    action: Literal["activated", "changed", "ended"]
    change_id: str | None = None
    quantity: int
    start_date: date | None = None
    end_date: date | None = None


class AssetReply(Reply):
    """What the customer has from a subscription line of an activated order."""

    asset_id: str
    line_id: str
    sku: str
    quantity: int
    start_date: date | None = None
    end_date: date | None = None
    status: Literal["active", "ended"]
    history: list[ReplyAssetEntry]
