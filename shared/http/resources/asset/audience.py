"""Declares for whom the fields of an asset are."""

from shared.http.parts.audience import both, fields

_ASSET = "sku quantity start_date end_date status"
_ENTRY = fields("at action change_id quantity start_date end_date")

ASSET = fields(f"asset_id line_id {_ASSET}", parts={"history": _ENTRY})
ASSET_CHANGE = fields("asset_id line_id", parts=both(fields(_ASSET)).parts)
