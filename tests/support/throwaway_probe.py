"""Prints, as JSON, in which places the throw-away fields of a copy show up (see `throwaway_copy`). A script."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from shared.adapters.dynamodb.codec import header, joined
from shared.adapters.dynamodb.stored.kinds import CHANGE, LINE, ORDER
from shared.domain.audit.differences import differences
from shared.domain.audit.erasing import erased_order
from shared.domain.audit.log import GENESIS, FieldChange, LogEntry, sealed
from shared.domain.change.change import SYSTEM, Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.line import Line
from shared.domain.order.line_price import LineDiscount
from shared.domain.order.order import Fee, Order
from shared.domain.planning import plan as plans
from shared.domain.planning.changed_aspects import what_changed
from shared.domain.planning.departments import concerned
from shared.domain.planning.digest import digest_of
from shared.domain.planning.edits import SetQuantity
from shared.domain.planning.edits.restore import restoration
from shared.domain.planning.plan_context import PlanContext
from shared.domain.planning.planner import plan
from tests.fakes.builders import an_order
from tests.unit.domain.test_planner import POLICY

Touch = Callable[[Any], Any]

CONTEXT = PlanContext(role="agent", policy=POLICY)


def new(value: Any) -> Any:
    return replace(value, throwaway="new")


def first(field: str, touch: Touch = new) -> Touch:
    """A value with the first of the values in `field` touched."""
    return lambda value: replace(value, **{field: (touch(getattr(value, field)[0]), *getattr(value, field)[1:])})


def inside(field: str, touch: Touch = new) -> Touch:
    return lambda value: replace(value, **{field: touch(getattr(value, field))})


def part(field: str, value: Any) -> Touch:
    return lambda whole: replace(whole, **{field: value})


PLACED = an_order().with_line("MUG", 2, 1000).shipped_for(500).paid().build()
DISCOUNTED = first("lines", part("discounts", (LineDiscount(type="amount", amount=1),)))(PLACED)
ORDER_0: Order = replace(DISCOUNTED, fees=(Fee(code="wrap", amount=1),))
PLANNED = plan(ORDER_0, (SetQuantity(line_id="l1", quantity=1),), CONTEXT)
PLAN = replace(
    PLANNED.plan,
    address_before=None,
    refunds=(plans.PlannedRefund(payment_id="p", method="card", amount=1),),
    authorisations=(plans.ReducedAuthorisation(payment_id="p", before=2, after=1),),
    fees=(plans.PlannedFee(code="c", amount=1, because="b"),),
    cancelled=(plans.CancelledUnits(line_id="l1", sku="MUG", stage="ordered", quantity=1, amount=1),),
    stock=(plans.StockDelta(sku="MUG", delta=1),),
    approvals=(plans.NeededApproval(role="manager", because="b"),),
    confirmations=(plans.NeededConfirmation(party="customer", because="b"),),
)

ENTRY = LogEntry(
    order_id="ord_1", seq=1, at=ORDER_0.placed_at, action="CREATED", by="usr-1", role="agent", version=1,
    fields=(FieldChange(path="/fees/wrap", before=None, after="0.01 USD"),), previous_hash=GENESIS,
)  # fmt: skip

LINES: dict[str, Touch] = {
    "Line": new,
    "Line.secret": part("secret", "Ada"),
    "LineDiscount": first("discounts"),
    "Tax": first("taxes"),
}
PLANS: dict[str, Touch] = {
    **{name: first("lines", inside("after", touch)) for name, touch in LINES.items()},
    "LineChange": first("lines"),
    "PlannedRefund": first("refunds"),
    "PlannedFee": first("fees"),
    "CancelledUnits": first("cancelled"),
    "StockDelta": first("stock"),
    "NeededApproval": first("approvals"),
    "NeededConfirmation": first("confirmations"),
    "ReducedAuthorisation": first("authorisations"),
    "Fee": first("fees_after"),
    "ChangePlan": new,
    "Shipping": inside("shipping_after"),
    "Address": inside("address_after"),
}  # fmt: skip
ORDERS: dict[str, Touch] = {
    **{name: first("lines", touch) for name, touch in LINES.items()},
    "Order": new,
    "Order.secret": part("secret", "Ada"),
    "Shipping": inside("shipping"),
    "Fee": first("fees"),
    "Address": inside("shipping_address"),
}
ENTRIES: dict[str, Touch] = {"LogEntry": new, "FieldChange": first("fields")}
ERASED: dict[str, Touch] = {
    "Line.secret": first("lines", part("secret", "Ada")),
    "Order.secret": part("secret", "Ada"),
    "Customer": inside("customer"),
    "Address": inside("shipping_address"),
}


def in_digest(touch: Touch) -> bool:
    return digest_of(touch(PLAN), "key") != digest_of(PLAN, "key")


def in_hash(touch: Touch) -> bool:
    return sealed(touch(ENTRY)).hash != sealed(ENTRY).hash


def logged(touch: Touch) -> list[tuple[str, str | None]]:
    return [(each.path, each.after) for each in differences(ORDER_0, touch(ORDER_0))]


def heard(touch: Touch) -> bool:
    """Whether a department hears of it: else an edit of that field alone would change nothing."""
    after = touch(ORDER_0)
    changes = [
        plans.LineChange(line_id=line.line_id, change="changed", before=before, after=line)
        for before, line in zip(ORDER_0.lines, after.lines, strict=True)
    ]
    return bool(concerned(what_changed(ORDER_0, after, changes)))


def stops_an_undo(touch: Touch) -> bool:
    moved = first("lines", touch)(PLANNED.after)
    undo = plan(moved, (restoration("chg_1", PLANNED.plan),), CONTEXT)
    return "changed-since" in {each.code for each in undo.plan.violations}


def stored(touch: Touch) -> bool:
    order: Order = touch(ORDER_0)
    lines: tuple[Line, ...] = tuple(LINE.read(LINE.text(line)) for line in order.lines)
    return joined(header(order), lines, {}) == order == ORDER.read(ORDER.text(order))


def kept_with_its_change(touch: Touch) -> bool:
    change = Change(
        change_id="chg_1", kind="amendment", order_id="ord_1", customer_id="cus-1", base_version=1, reason_code="r",
        status=ChangeStatus.DRAFT, requested_by=SYSTEM, edits=(), plan=touch(PLAN), created_at=ORDER_0.placed_at,
        updated_at=ORDER_0.placed_at,
    )  # fmt: skip
    return bool(CHANGE.unpack(CHANGE.pack(change)) == change)


def erased(touch: Touch) -> bool:
    left = erased_order(touch(ORDER_0), ORDER_0.placed_at)
    return left == erased_order(ORDER_0, ORDER_0.placed_at)


def unused() -> list[str]:
    """A digest and a hash of content that uses no new field."""
    moved = replace(PLAN, address_after=replace(PLAN.address_after, city="Chicago"), address_before=PLAN.address_after)
    return [digest_of(moved, "key"), sealed(ENTRY).hash]


PLACES = {
    "digest": (in_digest, PLANS),
    "hash of the log": (in_hash, ENTRIES),
    "log": (logged, ORDERS),
    "departments": (heard, ORDERS),
    "undo": (stops_an_undo, LINES),
    "stored": (stored, ORDERS),
    "stored with its change": (kept_with_its_change, PLANS),
    "erased": (erased, ERASED),
}

if __name__ == "__main__":
    found = {f"{name}: {place}": see(touch) for place, (see, each) in PLACES.items() for name, touch in each.items()}
    print(json.dumps({**found, "unused": unused()}))  # noqa: T201
