"""Reconciliation: every difference is found, what is safe is put right, and what is only under way is left alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.audit.log import Anchor, verify
from shared.domain.audit.reconciliation import Kind
from shared.domain.audit.stock_count import Shelf, StockCount, Suspect
from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import OpenChange, Order
from shared.domain.order.payment import PaymentStatus
from shared.domain.planning.edits import SetQuantity
from shared.ports.gateways import GatewayDeclined, GatewayRefund, GatewayUnavailable, RefundOrder
from shared.ports.stores import Conflict
from shared.ports.walks import UnfinishedWrite, Walk
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.amending.submit_change import submit_change
from shared.usecases.amending.undo_change import undo_change
from shared.usecases.core.new_change import Wanted
from shared.usecases.core.open_changes import ChangeAddress
from shared.usecases.fulfilling.acknowledge_change import Acknowledge, acknowledge_change
from shared.usecases.intake.take_order import take_order
from shared.usecases.publishing.publish_events import publish_events
from shared.usecases.reconciling.reconcile import reconcile
from shared.usecases.reconciling.reconcile_report import Reconciler, Report
from shared.usecases.reconciling.reconcile_stock import Counted, reconcile_stock
from shared.usecases.refunding.pay_refund import pay_refund
from shared.usecases.refunding.resolve_fallout import Resolution, resolve_fallout
from shared.usecases.refunding.settle_by_hand import PaidByHand, settle_by_hand
from shared.usecases.refunding.settle_refund import RefundAddress, fail_refund, leave_unknown, settle_refund
from tests.fakes import World, a_world, an_order
from tests.fakes.builders import AGENT, OPERATOR, SERVICE
from tests.fakes.edge import told as heard

MORE, FEWER = SetQuantity(line_id="l1", quantity=4), SetQuantity(line_id="l1", quantity=1)


@pytest.fixture
def world() -> World:
    world = a_world()
    world.stock("MUG", 20)
    world.stock("POT", 20)
    return world


def tools_of(world: World) -> Reconciler:
    return Reconciler(services=world.services, ledgers=world.ledgers, gateways=world.gateways, bus=world.bus)


def walked(world: World, walk_id: str = "w") -> Report:
    return reconcile(tools_of(world), walk_id, lambda: False)


def published(world: World) -> None:
    for events in list(world.memory.outbox):
        publish_events(world.bus, world.services.orders, events)


def taken(world: World, name: str = "D-1") -> Order:
    new = an_order(name).with_line("MUG", 3, 1000).with_line("POT", 2, 500).paid().new
    answer = take_order(world.services, world.request(SERVICE), new)
    published(world)
    return world.memory.orders[heard(answer).body]


def live(world: World, order: Order) -> Order:
    return world.memory.orders[order.order_id]


def amended(world: World, order: Order, edit: SetQuantity, *, accept: bool = True) -> Change:
    wanted = Wanted(order_id=order.order_id, reason_code="customer_request", edits=(edit,))
    if accept:
        wanted = replace(wanted, accept_digest=preview_amendment(world.services, AGENT, wanted).digest)
    request = world.request(AGENT, if_match=live(world, order).etag)
    change_id = heard(start_amendment(world.services, request, wanted)).body.split("/")[0]
    published(world)
    return world.memory.changes[change_id]


def holding(world: World, order: Order) -> Change:
    """A change that is approved and waits to be accepted, with one more MUG on hold."""
    change = amended(world, order, MORE, accept=False)
    named = ChangeAddress(order_id=order.order_id, change_id=change.change_id)
    request = world.request(AGENT, if_match=live(world, order).etag)
    submit_change(world.services, request, named, change.plan.digest)
    published(world)
    return world.memory.changes[change.change_id]


def named_refund(change: Change) -> RefundAddress:
    refund = change.refunds[0]
    return RefundAddress(refund_id=refund.refund_id, change_id=change.change_id, order_id=change.order_id)


def refunded(world: World, order: Order) -> Change:
    change = amended(world, order, FEWER)
    said = pay_refund(world.services, world.gateways, named_refund(change))
    settle_refund(world.services, named_refund(change), said.reference)
    published(world)
    return world.memory.changes[change.change_id]


def put(world: World, changed: Order | Change) -> None:
    """Write behind the system's back."""
    if isinstance(changed, Order):
        world.memory.orders[changed.order_id] = changed
    else:
        world.memory.changes[changed.change_id] = changed


def kinds(found: list[object]) -> list[str]:
    return sorted({difference.kind for difference in found})  # type: ignore[attr-defined]


def whole(world: World, order: Order) -> bool:
    ledger = live(world, order).ledger
    return verify(world.memory.entries[order.order_id], ledger.log_seq, ledger.log_hash).verified


def last_entry(world: World, order: Order) -> tuple[str, str | None]:
    entry = world.memory.entries[order.order_id][-1]
    return entry.action, entry.change_id


# --------------------------------------------------------------------------------------------------------- a sound one


def a_busy_world(world: World) -> list[Order]:
    orders = [taken(world, f"D-{number}") for number in range(4)]
    refunded(world, orders[0])
    amended(world, orders[0], MORE)
    holding(world, orders[1])
    given_up = amended(world, orders[2], FEWER)
    fail_refund(world.services, named_refund(given_up), "declined")
    resolution = Resolution(change_id=given_up.change_id, outcome="failed", note="they keep it")
    resolve_fallout(world.services, world.gateways, world.request(OPERATOR), resolution)
    by_hand = amended(world, orders[3], FEWER)
    fail_refund(world.services, named_refund(by_hand), "declined")
    resolution = Resolution(change_id=by_hand.change_id, outcome="completed", note="transferred")
    resolve_fallout(world.services, world.gateways, world.request(OPERATOR), resolution)
    published(world)
    return orders


def test_nothing_is_reported_on_a_sound_world(world: World) -> None:
    a_busy_world(world)
    world.clock.passes(hours=2)
    report = walked(world)
    assert (report.looked_at, report.differences, report.repaired, report.moving) == (4, [], [], [])
    assert (report.cursor, world.memory.walks) == (None, {})


def test_a_refund_that_was_given_up_and_settled_late_counts(world: World) -> None:
    order = taken(world)
    change = amended(world, order, FEWER)
    fail_refund(world.services, named_refund(change), "declined")
    resolution = Resolution(change_id=change.change_id, outcome="failed", note="they keep it")
    resolve_fallout(world.services, world.gateways, world.request(OPERATOR), resolution)
    settle_refund(world.services, named_refund(change), "late")
    published(world)
    assert walked(world).differences == []


def test_what_had_been_given_back_before_the_order_came_here_is_no_difference(world: World) -> None:
    new = an_order().with_line("MUG", 3, 1000).paid().new
    new = replace(new, payments=(replace(new.payments[0], refunded=100),))
    answer = take_order(world.services, world.request(SERVICE), new)
    order = world.memory.orders[heard(answer).body]
    refunded(world, order)
    assert walked(world).differences == []


# ------------------------------------------------------------------------------------------------ differences, found


def _lost_version(world: World, order: Order) -> None:
    amended(world, order, MORE)
    del world.memory.versions[order.order_id, 1]


def _version_without_a_change(world: World, order: Order) -> None:
    change = amended(world, order, MORE)
    put(world, replace(change, committed_version=None))


def _another_total(world: World, order: Order) -> None:
    amended(world, order, MORE)
    line = live(world, order).lines[0]
    lines = (replace(line, gross=line.gross + 1), *live(world, order).lines[1:])
    put(world, replace(live(world, order), lines=lines))


def _lost_entry(world: World, order: Order) -> None:
    amended(world, order, MORE)
    del world.memory.entries[order.order_id][0]


def _cut_log(world: World, order: Order) -> None:
    amended(world, order, MORE)
    del world.memory.entries[order.order_id][-1]


def _unknown_open_change(world: World, order: Order) -> None:
    put(world, replace(order, open_change=OpenChange(change_id="chg_x", kind="amendment", status="draft")))


def _unnamed_open_change(world: World, order: Order) -> None:
    holding(world, order)
    put(world, replace(live(world, order), open_change=None))


def _more_refunded_than_captured(world: World, order: Order) -> None:
    payment = replace(order.payments[0], refunded=order.payments[0].captured + 1)
    put(world, replace(order, payments=(payment,)))


def _refund_not_booked_on_the_payment(world: World, order: Order) -> None:
    refunded(world, order)
    payment = live(world, order).payments[0]
    put(world, replace(live(world, order), payments=(replace(payment, refunded=0),)))


def _refunding_lost(world: World, order: Order) -> None:
    amended(world, order, FEWER)
    payment = live(world, order).payments[0]
    put(world, replace(live(world, order), payments=(replace(payment, refunding=0),)))


def _refund_never_asked_for(world: World, order: Order) -> None:
    amended(world, order, FEWER)
    world.clock.passes(hours=2)


def _refund_unknown_to_the_gateway(world: World, order: Order) -> None:
    refunded(world, order)
    world.gateway.paid.clear()
    world.clock.passes(hours=1)


def _lost_outbox_row(world: World, order: Order) -> None:
    amended(world, order, MORE)
    del world.memory.told[-1]


def _damaged_order(world: World, order: Order) -> None:
    world.memory.damaged.add(order.order_id)


def _damaged_change(world: World, order: Order) -> None:
    world.memory.damaged.add(amended(world, order, MORE).change_id)


def _held_by_nobody(world: World, order: Order) -> None:
    world.memory.stock["MUG"] = replace(world.memory.stock["MUG"], held=2)


def _allocated_to_nobody(world: World, order: Order) -> None:
    world.memory.stock["MUG"] = replace(world.memory.stock["MUG"], allocated=9)


def _oversold(world: World, order: Order) -> None:
    world.memory.stock["MUG"] = replace(world.memory.stock["MUG"], on_hand=1)


def _no_counters(world: World, order: Order) -> None:
    del world.memory.stock["MUG"]


def _hold_of_an_ended_change_that_no_counter_shows(world: World, order: Order) -> None:
    change = amended(world, order, MORE)
    put(world, replace(change, holds={"MUG": 1}))


FOUND: list[tuple[Callable[[World, Order], None], set[Kind]]] = [
    (_lost_version, {"version-unreadable"}),
    (_version_without_a_change, {"versions-not-dense"}),
    (_another_total, {"totals"}),
    (_lost_entry, {"log-broken"}),
    (_cut_log, {"log-broken"}),
    (_unknown_open_change, {"open-change-missing"}),
    (_unnamed_open_change, {"open-change-unnamed"}),
    (_more_refunded_than_captured, {"payment-bounds"}),
    (_refund_not_booked_on_the_payment, {"payment-refunded"}),
    (_refunding_lost, {"payment-refunding"}),
    (_refund_never_asked_for, {"refund-not-asked"}),
    (_refund_unknown_to_the_gateway, {"refund-not-at-gateway"}),
    (_lost_outbox_row, {"events-missing"}),
    (_damaged_order, {"order-unreadable", "stock-allocated"}),
    (_damaged_change, {"change-unreadable"}),
    (_held_by_nobody, {"stock-held"}),
    (_allocated_to_nobody, {"stock-allocated"}),
    (_oversold, {"stock-negative"}),
    (_no_counters, {"stock-missing"}),
    (_hold_of_an_ended_change_that_no_counter_shows, {"hold-orphaned"}),
]


@pytest.mark.parametrize(("damage", "told"), FOUND, ids=[damage.__name__[1:] for damage, _ in FOUND])
def test_damage_is_found_and_left_to_people(
    world: World, damage: Callable[[World, Order], None], told: set[Kind]
) -> None:
    taken(world, "D-0")
    damage(world, taken(world))
    report = walked(world)
    assert (kinds(report.differences), kinds(report.repaired)) == (sorted(told), [])
    assert kinds(walked(world).differences) == sorted(told)


def test_a_report_names_ids_and_numbers_only(world: World) -> None:
    order = taken(world)
    _another_total(world, order)
    del world.memory.entries[order.order_id][0]
    _held_by_nobody(world, order)
    assert live(world, order).customer.email not in (words := str(walked(world)))
    assert "Ada" not in words
    assert "Main Street" not in words


class Anchored:
    """Anchors up to the same entry of every order; `kept` is False where nobody keeps any."""

    def __init__(self, world: World, seq: int, *, kept: bool = True) -> None:
        self._world, self._seq, self.kept = world, seq, kept

    def keep(self, order_id: str, anchor: Anchor) -> None:
        raise AssertionError

    def of(self, order_id: str) -> list[Anchor]:
        entries = self._world.memory.entries[order_id][: self._seq]
        return [Anchor(seq=entry.seq, hash=entry.hash) for entry in entries]


@pytest.mark.parametrize(
    ("seq", "kept", "minutes", "found"),
    [
        (0, True, 60, ["entries 1 to 2 are held fast by no anchor"]),
        (1, True, 60, ["entries 2 to 2 are held fast by no anchor"]),
        (2, True, 60, []),
        (1, True, 59, []),
        (0, False, 60, []),
    ],
)
def test_entries_that_nobody_anchors_within_an_hour_are_a_difference(
    world: World, seq: int, kept: bool, minutes: int, found: list[str]
) -> None:
    order = taken(world)
    amended(world, order, MORE)
    published(world)
    assert len(world.memory.entries[order.order_id]) == 2
    world.clock.passes(minutes=minutes)
    tools = tools_of(world)
    tools = replace(tools, services=replace(tools.services, anchors=Anchored(world, seq, kept=kept)))
    report = reconcile(tools, "w", lambda: False)
    assert [each.words for each in report.differences if each.kind == "log-unanchored"] == found


# --------------------------------------------------------------------------------------------------------- put right


def _ended_open_change(world: World, order: Order) -> None:
    change = holding(world, order)
    named = live(world, order).open_change
    request = world.request(AGENT, if_match=order.etag)
    undo_change(world.services, request, ChangeAddress(order_id=order.order_id, change_id=change.change_id))
    put(world, replace(live(world, order), open_change=named))
    published(world)


def _orphaned_hold(world: World, order: Order) -> None:
    change = amended(world, order, FEWER)
    put(world, replace(change, holds={"MUG": 2}))
    level = world.memory.stock["MUG"]
    world.memory.stock["MUG"] = replace(level, held=level.held + 2)


def _overdue_change(world: World, order: Order) -> None:
    holding(world, order)
    world.clock.passes(days=3)


def _forgotten_events(world: World, order: Order) -> None:
    change = holding(world, order)
    named = ChangeAddress(order_id=order.order_id, change_id=change.change_id)
    undo_change(world.services, world.request(AGENT, if_match=live(world, order).etag), named)
    world.clock.passes(hours=1)


def _unbooked_settlement(world: World, order: Order) -> None:
    world.gateway.pending = True
    change = amended(world, order, FEWER)
    pay_refund(world.services, world.gateways, named_refund(change))
    world.gateway.settled.add(named_refund(change).refund_id)
    world.clock.passes(hours=1)


def _unfinished_write(world: World, order: Order) -> None:
    world.memory.unfinished = [UnfinishedWrite(write_id="w_1", since=world.clock.now(), skus=frozenset({"MUG"}))]
    world.clock.passes(hours=1)


REPAIRED: list[tuple[Callable[[World, Order], None], Kind]] = [
    (_ended_open_change, "open-change-ended"),
    (_orphaned_hold, "hold-orphaned"),
    (_overdue_change, "change-overdue"),
    (_forgotten_events, "event-unpublished"),
    (_unbooked_settlement, "refund-not-booked"),
    (_unfinished_write, "write-unfinished"),
]


@pytest.mark.parametrize(("damage", "kind"), REPAIRED, ids=[kind for _, kind in REPAIRED])
def test_what_is_safe_to_is_put_right_once(world: World, damage: Callable[[World, Order], None], kind: Kind) -> None:
    order = taken(world)
    damage(world, order)
    report = walked(world)
    assert (kinds(report.differences), kinds(report.repaired)) == ([], [kind])
    published(world)
    assert (walked(world).differences, walked(world).repaired) == ([], [])
    assert whole(world, order)


def test_a_cleared_open_change_is_logged_and_lets_others_begin(world: World) -> None:
    order = taken(world)
    _ended_open_change(world, order)
    change = next(iter(world.memory.changes.values()))
    walked(world)
    assert last_entry(world, order) == ("reconciled", change.change_id)
    assert live(world, order).open_change is None
    assert amended(world, order, MORE).status is ChangeStatus.COMMITTED


def test_an_orphaned_hold_goes_back_to_stock_and_is_logged_and_told(world: World) -> None:
    order = taken(world)
    _orphaned_hold(world, order)
    before = world.memory.stock["MUG"].available
    walked(world)
    assert world.memory.stock["MUG"].available == before + 2
    assert last_entry(world, order)[0] == "reconciled"
    assert world.events("StockReleased")[-1].data["stock"] == [{"sku": "MUG", "quantity": 2}]


def test_a_hold_is_not_released_while_somebody_elses_is_missing(world: World) -> None:
    """The counters hold 2, but 1 of them is of an open change: what the ended one says it holds is not there."""
    order, other = taken(world), taken(world, "D-2")
    holding(world, other)
    change = amended(world, order, FEWER)
    put(world, replace(change, holds={"MUG": 2}))
    world.memory.stock["MUG"] = replace(world.memory.stock["MUG"], held=2)
    report = walked(world)
    assert (kinds(report.differences), report.repaired) == (["hold-orphaned", "stock-held"], [])
    assert world.memory.stock["MUG"].held == 2


def test_a_hold_is_not_released_while_an_order_could_not_be_counted(world: World) -> None:
    order, other = taken(world), taken(world, "D-2")
    _orphaned_hold(world, order)
    world.memory.damaged.add(other.order_id)
    report = walked(world)
    assert "hold-orphaned" in kinds(report.differences)
    assert world.memory.stock["MUG"].held == 2


def test_what_the_gateway_settled_is_booked_without_paying(world: World) -> None:
    order = taken(world)
    _unbooked_settlement(world, order)
    asked = len(world.gateway.payments)
    walked(world)
    payment = live(world, order).payments[0]
    assert (payment.refunding, payment.refunded > 0, len(world.gateway.payments)) == (0, True, asked)


def test_a_bus_that_takes_nothing_leaves_the_difference(world: World) -> None:
    from shared.ports.bus import PublishFailed

    _forgotten_events(world, taken(world))
    world.bus.broken = PublishFailed()
    report = walked(world)
    assert (kinds(report.differences), report.repaired) == (["event-unpublished"], [])


# ------------------------------------------------------------------------------------------------------- the gateway


def test_a_gateway_that_does_not_answer_says_nothing(world: World) -> None:
    _refund_unknown_to_the_gateway(world, taken(world))

    def silent(order: object) -> GatewayRefund:
        raise GatewayUnavailable

    world.gateway.find = silent  # type: ignore[method-assign]
    assert walked(world).differences == []


def _paid_by_hand_and_at_the_gateway(world: World, order: Order) -> Change:
    """The gateway's answer was lost for good, and a person was told that it has not paid, and paid by hand."""
    change = amended(world, order, FEWER)
    named = named_refund(change)
    pay_refund(world.services, world.gateways, named)
    leave_unknown(world.services, named, "GatewayUnavailable")
    world.gateway.away = True
    paid = PaidByHand(
        change_id=change.change_id, refund_id=named.refund_id, reference="SEPA-1", gateway_says="not_paid"
    )
    settle_by_hand(world.services, world.gateways, world.request(OPERATOR), paid)
    for department in change.plan.departments:
        done = Acknowledge(change_id=change.change_id, department=department, outcome="done")
        acknowledge_change(world.services, world.request(SERVICE), done)
    world.gateway.away = False
    world.clock.passes(hours=1)
    published(world)
    return world.memory.changes[change.change_id]


def test_a_refund_settled_by_hand_and_at_the_gateway_is_told_until_somebody_has_seen_to_it(world: World) -> None:
    change = _paid_by_hand_and_at_the_gateway(world, taken(world))
    assert change.status is ChangeStatus.COMPLETED
    [found] = walked(world).differences
    assert (found.kind, found.about) == ("refund-settled-twice", change.refunds[0].refund_id)
    assert "settled here as SEPA-1, at its gateway as gw-ref_" in found.words
    published(world)
    fallen = world.memory.changes[change.change_id]
    assert (fallen.status, len(world.events("ChangeFellOut"))) == (ChangeStatus.FALLOUT, 2)
    world.clock.passes(days=30)
    assert kinds(walked(world).differences) == ["refund-settled-twice"]
    resolution = Resolution(change_id=change.change_id, outcome="completed", note="the customer sent one back")
    resolve_fallout(world.services, world.gateways, world.request(OPERATOR), resolution)
    published(world)
    world.clock.passes(hours=1)
    assert walked(world).differences == []


def test_a_refund_that_the_gateway_says_failed_is_not_there(world: World) -> None:
    _refund_unknown_to_the_gateway(world, taken(world))

    def failed(order: object) -> GatewayRefund:
        raise GatewayDeclined

    world.gateway.find = failed  # type: ignore[method-assign]
    assert kinds(walked(world).differences) == ["refund-not-at-gateway"]


@pytest.mark.parametrize(("days", "told"), [(6, ["refund-not-at-gateway"]), (8, [])])
def test_a_change_that_ended_is_compared_with_its_gateway_for_a_week(world: World, days: int, told: list[str]) -> None:
    order = taken(world)
    _refund_unknown_to_the_gateway(world, order)
    (change,) = world.memory.changes.values()
    put(world, replace(change, status=ChangeStatus.COMPLETED))
    world.clock.passes(days=days)
    assert kinds(walked(world).differences) == told


def test_who_cannot_be_asked_is_not_asked(world: World) -> None:
    order = taken(world)
    _refund_unknown_to_the_gateway(world, order)
    payment = replace(live(world, order).payments[0], gateway="bank_transfer", status=PaymentStatus.CAPTURED)
    put(world, replace(live(world, order), payments=(payment,)))
    assert walked(world).differences == []


# ------------------------------------------------------------------------------------------------ what stops no walk


def _two_refunded(world: World) -> tuple[Order, Order]:
    orders = taken(world, "D-1"), taken(world, "D-2")
    for order in orders:
        _refund_unknown_to_the_gateway(world, order)
    return orders


def told_of(report: Report) -> list[tuple[str, str | None]]:
    return sorted((difference.kind, difference.order_id) for difference in report.differences)


def test_a_gateway_that_fails_unforeseen_is_told_and_holds_up_no_order(world: World) -> None:
    first, second = _two_refunded(world)
    find = world.gateway.find

    def broken(order: RefundOrder) -> GatewayRefund | None:
        if order.order_id == first.order_id:
            raise KeyError("Ada")
        return find(order)

    world.gateway.find = broken  # type: ignore[method-assign]
    report = walked(world)
    assert (report.looked_at, "Ada" in str(report)) == (2, False)
    assert told_of(report) == [("order-unreadable", first.order_id), ("refund-not-at-gateway", second.order_id)]
    assert "KeyError" in report.differences[0].words


def test_an_order_that_cannot_be_compared_is_told_and_holds_up_no_other(world: World) -> None:
    first, second = _two_refunded(world)

    def broken(order_id: str) -> None:
        if order_id == first.order_id:
            raise KeyError("Ada")

    world.ledgers.before_look = broken
    report = walked(world)
    assert (report.looked_at, "Ada" in str(report)) == (2, False)
    assert {("order-unreadable", first.order_id), ("refund-not-at-gateway", second.order_id)} <= set(told_of(report))


def test_a_repair_that_fails_unforeseen_is_left_to_people_and_holds_up_no_order(world: World) -> None:
    first, other = taken(world, "D-1"), taken(world, "D-2")
    _refund_unknown_to_the_gateway(world, other)
    _forgotten_events(world, first)
    world.bus.broken = KeyError("Ada")
    report = walked(world)
    assert kinds(report.differences) == ["event-unpublished", "refund-not-at-gateway"]
    assert other.order_id in {difference.order_id for difference in report.differences}
    assert report.repaired == []


def test_a_settlement_that_cannot_be_booked_is_told_and_holds_up_no_order(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _unbooked_settlement(world, taken(world))

    def broken(_: object) -> None:
        raise KeyError("Ada")

    monkeypatch.setattr(world.services.orders, "write", broken)
    report = walked(world)
    assert (kinds(report.differences), report.repaired) == (["refund-not-booked"], [])


def test_a_large_write_that_cannot_be_finished_is_told_and_holds_up_no_order(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _unfinished_write(world, taken(world))

    def broken(*_: object) -> int:
        raise ExceptionGroup("of Ada", [KeyError("Ada")])

    monkeypatch.setattr(world.services.orders, "finish_staged", broken)
    report = walked(world)
    assert (report.looked_at, kinds(report.differences)) == (1, ["write-unfinished"])
    assert [difference.about for difference in report.differences] == ["w_1"]


def test_large_writes_that_cannot_be_listed_are_told_and_hold_up_no_order(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = taken(world)
    _another_total(world, order)

    def broken() -> list[UnfinishedWrite]:
        raise KeyError("Ada")

    monkeypatch.setattr(world.ledgers, "unfinished", broken)
    report = walked(world)
    assert (report.looked_at, kinds(report.differences)) == (1, ["totals", "write-unfinished"])
    assert "Ada" not in str(report)


# ------------------------------------------------------------------------------------------------------ only under way


def test_an_order_that_is_written_between_two_looks_is_left_alone(world: World) -> None:
    order = taken(world)
    change = amended(world, order, MORE)
    world.ledgers.lags.add(change.change_id)

    def writing(_: str) -> None:
        ledger = live(world, order).ledger
        put(world, replace(live(world, order), ledger=replace(ledger, log_seq=ledger.log_seq + 1)))

    world.ledgers.before_look = writing
    assert "versions-not-dense" not in kinds(walked(world).differences)


def test_a_change_that_the_index_shows_a_moment_later_is_no_difference(world: World) -> None:
    order = taken(world)
    world.ledgers.lags.add(amended(world, order, MORE).change_id)

    def caught_up(_: str) -> None:
        if world.ledgers.looks > 1:
            world.ledgers.lags.clear()

    world.ledgers.before_look = caught_up
    assert walked(world).differences == []


def test_counters_that_move_between_the_counts_are_looked_at_by_the_next_walk(world: World) -> None:
    order = taken(world)
    _held_by_nobody(world, order)

    def moving(_: str) -> None:
        if world.ledgers.looks > 1:
            world.memory.stock["MUG"] = replace(world.memory.stock["MUG"], held=1)

    world.ledgers.before_look = moving
    report = walked(world)
    assert (report.differences, report.moving) == ([], ["MUG"])
    world.ledgers.before_look = None
    assert kinds(walked(world).differences) == ["stock-held"]


@pytest.mark.parametrize(("on_hand", "held", "moving"), [(20, 0, False), (21, 0, True), (20, 1, True)])
def test_a_difference_is_told_if_counters_and_count_are_as_before(
    world: World, on_hand: int, held: int, moving: bool
) -> None:
    """At the first count 2 were held, and nobody said so."""
    first = Shelf(sku="MUG", on_hand=20, held=2, allocated=0, available=18)
    walk = Walk(walk_id="w", turn=2, suspects={"MUG": Suspect(sku="MUG", shelf=first)})
    now = replace(first, on_hand=on_hand, available=on_hand - 2)
    report = reconcile_stock(tools_of(world), walk, [Counted("MUG", now, StockCount(held=held))])
    assert (report.moving, kinds(report.differences)) == ((["MUG"], []) if moving else ([], ["stock-held"]))


def test_stock_of_a_large_write_under_way_is_no_difference(world: World) -> None:
    _held_by_nobody(world, taken(world))
    world.memory.unfinished = [UnfinishedWrite(write_id="w_1", since=world.clock.now(), skus=frozenset({"MUG"}))]
    assert walked(world).differences == []


def test_what_the_sweep_does_within_minutes_is_no_difference(world: World) -> None:
    change = holding(world, taken(world))
    assert change.expires_at is not None
    world.memory.outbox.append(world.memory.told[-1])
    world.clock.time = change.expires_at + timedelta(minutes=5)
    world.memory.told[-1] = [replace(event, occurred_at=world.clock.now()) for event in world.memory.told[-1]]
    assert (walked(world).differences, walked(world).repaired) == ([], [])


# -------------------------------------------------------------------------------------------------------- the walk


def test_a_walk_goes_on_where_it_stopped_and_finds_the_same(world: World) -> None:
    orders = a_busy_world(world)
    _held_by_nobody(world, orders[0])
    put(world, replace(live(world, orders[3]), open_change=OpenChange(change_id="x", kind="amendment", status="draft")))
    world.memory.stock["MUG"] = replace(world.memory.stock["MUG"], held=5)
    calls, report = 0, Report(cursor="w")
    while report.cursor is not None:
        more = reconcile(tools_of(world), report.cursor, lambda: True)
        report.add(more)
        report.cursor = more.cursor
        calls += 1
    assert (report.looked_at, kinds(report.differences)) == (4, ["open-change-missing", "stock-held"])
    assert calls > 10
    assert world.memory.walks == {}


def test_more_orders_than_a_page_are_all_looked_at(world: World) -> None:
    for number in range(130):
        taken(world, f"D-{number}") if number < 6 else put(world, replace(taken_once(world), order_id=f"ord_{number}"))
    assert walked(world).looked_at == 130


def taken_once(world: World) -> Order:
    return next(iter(world.memory.orders.values()))


def test_of_two_that_go_on_with_one_walk_the_slower_stops(world: World) -> None:
    taken(world)
    tools = tools_of(world)
    first = reconcile(tools, "w", lambda: True)

    def overtaken() -> bool:
        assert first.cursor
        world.memory.walks["w"] = replace(world.memory.walks["w"], rev=9)
        return True

    with pytest.raises(Conflict):
        reconcile(tools, "w", overtaken)


@pytest.mark.parametrize(("damage", "kind"), REPAIRED, ids=[kind for _, kind in REPAIRED])
def test_two_walks_at_once_put_right_once(world: World, damage: Callable[[World, Order], None], kind: Kind) -> None:
    """The other walk runs from its beginning to its end just before this one's first write."""
    order = taken(world)
    damage(world, order)
    inner: list[Report] = []
    world.memory.before_write = lambda: inner.append(walked(world, "other"))
    held, report = world.memory.stock["MUG"].held, walked(world)
    done = [difference.kind for each in (report, *inner) for difference in each.repaired]
    assert set(done) == {kind}
    assert world.memory.stock["MUG"].held in (0, held - 2)
    assert walked(world, "after").differences == []
    assert whole(world, order)


def test_tallies_add_up() -> None:
    assert StockCount(held=1, allocated=2).plus(StockCount(held=3)) == StockCount(held=4, allocated=2)
