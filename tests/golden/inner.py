"""The one module of this package that names modules of the code: it turns golden JSON into domain values and back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from shared.adapters.dynamodb import order_reading, rows
from shared.adapters.dynamodb.items import values
from shared.adapters.dynamodb.skus import catalogue_of
from shared.adapters.policy_documents import read_document
from shared.domain.audit.differences import differences
from shared.domain.intake.to_order import accept
from shared.domain.order.assets import activated, carried
from shared.domain.order.order import Fee, Order
from shared.domain.order.product import StockLevel
from shared.domain.order.progress import Progress
from shared.domain.planning import stock_cover
from shared.domain.planning.edits import Edit
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.plan import Planned
from shared.domain.planning.plan_context import PlanContext
from shared.domain.planning.planner import plan
from shared.domain.policy.documents.registry import DOCUMENTS, SHIPPED, assembled, shipped_name
from shared.domain.policy.policy import Policy
from shared.http.resources.amendment.request import AmendmentBody
from shared.http.resources.cancellation.request import CancellationBody
from shared.http.resources.exchange.request import ExchangeBody
from shared.http.resources.order.request import NewOrderBody
from shared.usecases.core.new_change import Wanted
from tests.golden.files import Json, wire_of

__all__ = ["Edit", "Order", "Planned", "Policy"]

PROGRESS = TypeAdapter(dict[str, Progress])
FEES = TypeAdapter(tuple[Fee, ...])


def policy_of(documents: Mapping[str, str]) -> Policy:
    """The policy whose documents have these JSON texts, by name."""
    read = {name: read_document(name, documents[name]) for name in DOCUMENTS}
    return assembled(read, dict.fromkeys(DOCUMENTS, SHIPPED), shipped_name(read))


# ------------------------------------------------------------------------------------------------------------- orders


def placed(body: Json, order_id: str, log_key: str, beside: Json) -> Order:
    """The order of a request's JSON. `beside` holds what requests cannot bring: `fees`, `shipping_tax_included`,
    `progress` by line, `activated` (a time), and `stock` by SKU, of which the lines take what they need."""
    new = NewOrderBody.model_validate(body).to_domain()
    shipping = replace(new.shipping, tax_included=bool(beside.get("shipping_tax_included")))
    new = replace(new, shipping=shipping, fees=FEES.validate_python(beside.get("fees", [])))
    order = accept(new, order_id, log_key)
    stock = {sku: StockLevel(sku=sku, on_hand=units) for sku, units in beside.get("stock", {}).items()}
    order = replace(order, lines=stock_cover.cover(order, stock))
    order = replace(order, progress=PROGRESS.validate_python(beside.get("progress", {})))
    at = beside.get("activated")
    return replace(order, assets=activated(order, datetime.fromisoformat(at))) if at else order


def moved_on(order: Order, progress: Json) -> Order:
    """The order with other progress of some lines, and its revision raised."""
    return replace(order, progress=order.progress | PROGRESS.validate_python(progress), revision=order.revision + 1)


def rows_of(order: Order, was: Order | None = None) -> list[Json]:
    """The order's live rows. With `was`, its packs stay as they were, and changed lines have rows of their own."""
    found = [rows.head_row(order), *rows.pack_rows(was or order), rows.progress_row(order)]
    if was is not None:
        found += rows.line_rows(order, [line for line in order.lines if line.since > was.version])
    if order.assets:
        found.append(rows.assets_row(order))
    return found


def order_of(stored: Sequence[Json]) -> Order:
    """The live order of golden rows."""
    order = order_reading.order_from(values(wire_of(row)) for row in stored)
    assert order is not None
    return order


# -------------------------------------------------------------------------------------------------------------- plans


def asked(kind: str, order_id: str, request: Json) -> Wanted:
    """What a request's JSON asks for: its edits and its reason."""
    if kind == "amendment":
        return AmendmentBody.model_validate(request).to_domain(order_id)
    if kind == "exchange":
        return ExchangeBody.model_validate(request).to_domain(order_id)
    return CancellationBody.model_validate(request).to_domain(order_id).wanted


def undoing(name: str, planned: Planned) -> tuple[Edit, ...]:
    """The edits that undo a committed plan."""
    return (restoration(name, planned.plan),)


def planned_of(order: Order, edits: Sequence[Edit], golden: Json, policy: Policy) -> Planned:
    """The plan of these edits, in the circumstances that a golden plan tells."""
    skus = [wire_of(row) for row in golden.get("skus", [])]
    known = catalogue_of(skus, [row["sku"]["S"] for row in skus])
    context = PlanContext(
        kind=golden["kind"],
        role=golden["role"],
        policy=policy,
        reason_code=golden["reason_code"],
        catalogue=replace(known, refunds_today=golden.get("refunds_today", 0)),
        held=golden.get("held", {}),
        now=datetime.fromisoformat(golden["now"]),
    )
    return plan(order, edits, context)


def committed(order: Order, planned: Planned, now: str, name: str) -> Order:
    """The order as a commit of the plan leaves it, its log and events apart."""
    after = planned.after
    return replace(after, assets=carried(order, after, datetime.fromisoformat(now), name))


def outcome(order: Order, planned: Planned) -> Json:
    """What came out, as plain JSON: texts, numbers and lists of them."""
    found = planned.plan
    return {
        "digest": found.digest,
        "differences": [[each.path, each.before, each.after] for each in differences(order, planned.after)],
        "changed": list(found.changed),
        "departments": list(found.departments),
        "delta": found.delta,
        "total": found.totals_after.total,
        "balance_due": found.totals_after.balance_due,
        "amount_due": found.amount_due,
        "refunds": [[each.payment_id, each.method, each.amount] for each in found.refunds],
        "authorisations": [[each.payment_id, each.before, each.after] for each in found.authorisations],
        "fees": [[each.code, each.amount, each.rule] for each in found.fees],
        "cancelled": [[each.line_id, each.stage, each.quantity, each.amount] for each in found.cancelled],
        "taxes_reversed": [[each.name, each.jurisdiction, each.amount] for each in found.taxes_reversed],
        "stock": [[each.sku, each.delta] for each in found.stock],
        "assets": sorted([each.line_id, each.after.status, each.after.quantity] for each in found.assets),
        "proration": [
            [each.line_id, each.charge_id, each.rule, each.periods_before, each.periods_after]
            for each in found.proration
        ],
        "violations": [[each.code, each.pointer] for each in found.violations],
        "warnings": list(found.warnings),
        "approvals": [[each.role, each.rule] for each in found.approvals],
        "confirmations": [each.party for each in found.confirmations],
        "revenue": found.effects.revenue,
        "delivery": [_day(found.effects.expected_delivery_before), _day(found.effects.expected_delivery_after)],
        "magnitude": found.magnitude,
        "unapproved": dict(sorted(planned.after.unapproved.items())),
    }


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None
