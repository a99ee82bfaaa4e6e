"""Undo after commit: who may; what is put back is judged as the edit that does the same; and what has moved on."""

from dataclasses import replace
from datetime import date

import pytest

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.line_price import Charge
from shared.domain.order.order import Fee, Order
from shared.domain.order.payment import Payment, PaymentStatus
from shared.domain.order.progress import FulfilmentEvent
from shared.domain.planning.edits import (
    AddLine,
    Credit,
    Edit,
    Money,
    ReplaceSku,
    SetDates,
    SetDiscount,
    SetQuantity,
    SetShippingMethod,
    SetUnitPrice,
)
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.amending.undo_committed import preview_undo, undo_committed
from shared.usecases.approving.decide_change import ChangeDecision, decide_change
from shared.usecases.cancelling.start_cancellation import Cancellation, LineToCancel, start_cancellation
from shared.usecases.core.access import Principal
from shared.usecases.core.new_change import Wanted
from shared.usecases.core.open_changes import ChangeAddress
from shared.usecases.fulfilling.record_fulfilment import Fulfilment, record_fulfilment
from shared.usecases.intake.record_payment import ReportedPayment, record_payment
from tests.fakes import World, an_order
from tests.fakes.builders import AGENT, CUSTOMER, MANAGER, SERVICE, OrderBuilder
from tests.unit.usecases.stories import live, refused, taken


@pytest.fixture
def world(world: World) -> World:
    world.product("MUG", list_price={"USD": 1000})
    return world


def mugs(quantity: int = 3) -> OrderBuilder:
    return an_order().with_line("MUG", quantity, 1000, taxes=())


def amended(world: World, order: Order, *edits: Edit, who: Principal = AGENT) -> Change:
    wanted = Wanted(order_id=order.order_id, reason_code="price_correction", edits=edits)
    plan = preview_amendment(world.services, who, wanted)
    request = world.request(who, if_match=live(world, order).etag)
    start_amendment(world.services, request, replace(wanted, accept_digest=plan.digest))
    return committed(world)


def cancelled(world: World, order: Order, *lines: LineToCancel, **more: object) -> Change:
    asked = Cancellation(order_id=order.order_id, reason_code="customer_request", lines=lines or None, **more)  # type: ignore[arg-type]
    start_cancellation(world.services, world.request(AGENT, if_match=live(world, order).etag), asked)
    return committed(world)


def committed(world: World) -> Change:
    """The newest change, with whoever it needs."""
    change = list(world.memory.changes.values())[-1]
    if change.status is not ChangeStatus.COMMITTED:
        word = ChangeDecision(change_id=change.change_id, decision="approve", digest=change.plan.digest)
        who = MANAGER if change.status is ChangeStatus.PENDING_APPROVAL else CUSTOMER
        decide_change(world.services, world.request(who), word)
    return world.memory.changes[change.change_id]


def undone(world: World, order: Order, change: Change, who: Principal = AGENT) -> Change:
    """As far as it comes without an approval."""
    named = ChangeAddress(order_id=order.order_id, change_id=change.change_id)
    digest = preview_undo(world.services, who, named).digest
    undo_committed(world.services, world.request(who, if_match=live(world, order).etag), named, digest)
    return list(world.memory.changes.values())[-1]


def shipped(world: World, order: Order, quantity: int) -> None:
    told = Fulfilment(order_id=order.order_id, line_id="l1", quantity=quantity, event=FulfilmentEvent.SHIPPED)
    record_fulfilment(world.services, world.request(SERVICE), told)


def pays_what_is_due(world: World, order: Order) -> None:
    due = live(world, order).totals.balance_due
    paid = Payment(
        payment_id="pay-2",
        method="card",
        gateway="sandbox",
        status=PaymentStatus.CAPTURED,
        authorised=due,
        captured=due,
    )
    told = ReportedPayment(payment=paid, currency=order.currency)
    record_payment(world.services, world.request(SERVICE), order.order_id, told)


def usd(amount: int) -> Money:
    return Money(amount=amount, currency="USD")


# -------------------------------------------------------------------------------------------------------------- who may


def test_a_customer_does_not_undo_what_staff_did(world: World) -> None:
    order = taken(world, mugs().paid())
    fraud = cancelled(world, order)
    with refused("change-of-another"):
        undone(world, order, fraud, CUSTOMER)
    assert live(world, order).lines[0].quantity == 0


def test_a_customer_undoes_what_they_did(world: World) -> None:
    order = taken(world, mugs().paid())
    fewer = amended(world, order, SetQuantity(line_id="l1", quantity=2), who=CUSTOMER)
    assert undone(world, order, fewer, CUSTOMER).status is ChangeStatus.COMMITTED
    assert live(world, order).lines[0].quantity == 3


# ----------------------------------------------------------------------------------------------- judged as what it does


def test_an_undo_that_brings_a_low_price_back_needs_the_approval_that_the_price_needs(world: World) -> None:
    """40 per cent off, approved by a manager, and undone: to have it again is to ask for it again."""
    order = taken(world, mugs().paid())
    cheap = amended(world, order, SetDiscount(line_id="l1", type="percent", value="40"))
    dear = undone(world, order, cheap)
    assert (cheap.approvals != (), dear.status) == (True, ChangeStatus.COMMITTED)
    again = undone(world, order, dear)
    assert (again.status, again.waiting_for) == (ChangeStatus.PENDING_APPROVAL, "manager")


def test_a_price_does_not_change_back_once_units_have_shipped_at_it(world: World) -> None:
    order = taken(world, mugs().paid())
    dearer = amended(world, order, SetUnitPrice(line_id="l1", unit_price=usd(1050)))
    shipped(world, order, 3)
    with refused("not-eligible"):
        undone(world, order, dearer)


def test_shipping_does_not_change_back_once_goods_have_shipped_by_it(world: World) -> None:
    order = taken(world, mugs().shipped_for(500).paid())
    express = amended(world, order, SetShippingMethod(method="express", price=usd(2500)))
    pays_what_is_due(world, order)
    shipped(world, order, 1)
    with refused("shipping-after-shipment"):
        undone(world, order, express)


def test_what_a_subscription_has_used_is_not_undone(world: World) -> None:
    """Eleven months more, and a line of twelve, both paid; and then ten months have passed."""
    start, end = date(2026, 11, 1), date(2027, 10, 31)
    seat = Charge(charge_id="seat", type="recurring", period="month", price=1000)
    line: dict[str, object] = {"taxes": (), "start_date": start, "end_date": date(2026, 11, 30), "charges": (seat,)}
    order = taken(world, an_order().with_line("SEAT", 1, 0, **line).paid())
    longer = amended(world, order, SetDates(line_id="l1", start_date=start, end_date=end))
    pays_what_is_due(world, order)
    world.clock.passes(days=300)
    with refused("subscription-running"):
        undone(world, order, longer)


def test_units_that_shipped_as_another_sku_do_not_change_back(world: World) -> None:
    """Else their stock would be taken from other orders."""
    world.product("CUP", list_price={"USD": 1000})
    for sku in ("MUG", "CUP"):
        world.stock(sku, 10)
    order = taken(world, mugs().paid())
    replaced = amended(world, order, ReplaceSku(line_id="l1", with_sku="CUP"))
    shipped(world, order, 2)
    with refused("goods-moved-on"):
        undone(world, order, replaced)


# ------------------------------------------------------------------------------------------------ what is left of costs


def test_an_undo_that_leaves_nothing_leaves_no_costs(world: World) -> None:
    """As the cancellation of the same line would."""
    world.product("CUP", list_price={"USD": 2000})
    new = mugs(1).shipped_for(700)
    order = taken(world, OrderBuilder(replace(new.new, fees=(Fee(code="duties", amount=5000),))).paid())
    added = amended(world, order, AddLine(sku="CUP", quantity=1))
    pays_what_is_due(world, order)
    cancelled(world, order, LineToCancel(line_id="l1"))
    undone(world, order, added)
    committed(world)
    assert live(world, order).totals.total == 0


def test_an_undo_takes_goodwill_back_with_what_it_was_given_on(world: World) -> None:
    world.product("CUP", list_price={"USD": 10_000})
    order = taken(world, mugs(1).paid())
    added = amended(world, order, AddLine(sku="CUP", quantity=1))
    pays_what_is_due(world, order)
    cancelled(world, order, goodwill=Credit(amount=usd(5000)))
    undone(world, order, added)
    committed(world)
    assert live(world, order).totals.total == 1000 - 385  # its own share of the goodwill


def test_nothing_is_shipped_of_an_order_that_is_cancelled(world: World) -> None:
    order = taken(world, mugs().paid())
    cancelled(world, order)
    with refused("order-status") as found:
        amended(world, order, SetShippingMethod(method="express", price=usd(2500)))
    assert [violation.code for violation in found.value.violations] == ["order-status", "already-cancelled"]


def test_an_added_line_goes_by_the_rules_that_its_cancellation_would_meet(world: World) -> None:
    """A customer's purchase order: to take something off it needs an approval, by whatever way."""
    world.product("CUP", list_price={"USD": 1000})
    order = taken(world, mugs().paid(method="purchase_order"))
    added = amended(world, order, AddLine(sku="CUP", quantity=1), who=CUSTOMER)
    undo = undone(world, order, added, CUSTOMER)
    assert (undo.status, undo.waiting_for) == (ChangeStatus.PENDING_APPROVAL, "manager")
