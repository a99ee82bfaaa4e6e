"""Declares for whom the fields of a problem are."""

from shared.http.parts.audience import fields
from shared.http.resources.plan.audience import DETAIL, PLAN

PROBLEM = fields(
    "type title status detail instance open_change etag max_age challenge",
    staff="orders",
    parts={"errors": DETAIL, "plan": PLAN},
)
