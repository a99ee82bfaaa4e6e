"""Declares for whom the fields of an order's versions are; its log is for staff alone."""

from shared.http.parts.audience import fields
from shared.http.resources.line.audience import LINE
from shared.http.resources.order.audience import BASE, PARTS

VERSION = fields(f"{BASE} order_status", parts={**PARTS, "lines": LINE})
VERSION_IN_LIST = fields("version status")
