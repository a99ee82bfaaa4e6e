"""Declares for whom the fields of a line are."""

from shared.http.parts.audience import fields
from shared.http.resources.discount.audience import LINE_DISCOUNT, MONEY

TAX = fields("name rate jurisdiction", parts={"amount": MONEY})

_CONTENT = (
    "line_id sku title quantity cancelled_quantity tax_included quantity_modifiable start_date end_date bundle_id "
    "parent_line_id required constraints backordered"
)
_PARTS = {
    "unit_price": MONEY,
    "discounts": LINE_DISCOUNT,
    "taxes": TAX,
    "goodwill": MONEY,
    "total": MONEY,
    "charges": fields("charge_id type period", parts={"price": MONEY}),
    "joined": fields("quantity start_date"),
    "ended": fields("quantity start_date end_date"),
    "formerly": fields("sku end_date", parts={"amount": MONEY, "discounts": LINE_DISCOUNT, "taxes": TAX}),
}
_PROGRESS = fields("picked packed shipped delivered returned intercepted returning delivered_on tracking")

CONTENT = fields(_CONTENT, parts=_PARTS)
PLANNED_LINE = fields(f"{_CONTENT} status", parts=_PARTS)
LINE = fields(f"{_CONTENT} fulfilled_quantity status", parts={**_PARTS, "progress": _PROGRESS})
