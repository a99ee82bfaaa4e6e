"""A customer is erased: their values are gone from every order, and the log of each still verifies."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from shared.domain.audit.log import verify
from shared.domain.canonical import sha256
from shared.domain.change.change import Change
from shared.domain.order.order import Order
from shared.domain.order.party import Address, Customer
from shared.domain.order.progress import FulfilmentEvent
from shared.domain.planning.digest import digest_of
from shared.domain.planning.edits import CancelLine, Edit, SetQuantity, SetShippingAddress
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.amending.undo_committed import preview_undo
from shared.usecases.core.new_change import Wanted
from shared.usecases.core.open_changes import ChangeAddress
from shared.usecases.erasing.erase_customer import Erased, Erasure, erase_customer
from shared.usecases.fulfilling.acknowledge_change import Acknowledge, acknowledge_change
from shared.usecases.fulfilling.record_fulfilment import Fulfilment, record_fulfilment
from shared.usecases.refunding.settle_refund import RefundAddress, settle_refund
from tests.fakes import World, an_order
from tests.fakes.builders import AGENT, OPERATOR, SERVICE
from tests.fakes.edge import told
from tests.fakes.histories import Histories
from tests.unit.usecases.stories import live, refused, taken

MARK = "Lovelace"
HERE = Address(
    name=f"A. {MARK}", line1=f"1 {MARK} Street", line2=MARK, city=f"{MARK}ton", region="IL", postal_code=f"{MARK}-1",
    country="US",
)  # fmt: skip
THERE = replace(HERE, line1=f"2 {MARK} Avenue")
MOVE = (SetShippingAddress(address=THERE), SetQuantity(line_id="l1", quantity=2))


@dataclass
class Story:
    """A world in which one customer orders mugs, and asks to be forgotten."""

    world: World
    histories: Histories

    def placed(self, number: int = 1, customer_id: str = "cus-1") -> Order:
        who = Customer(customer_id=customer_id, tier="gold", segment=MARK, email=f"{MARK}@example.com", name=MARK)
        new = an_order(f"D-{number}").with_line("MUG", 3, 1000).paid()
        return taken(self.world, new._with(customer=who, shipping_address=HERE, billing_address=THERE))

    def changed(self, order: Order, edits: tuple[Edit, ...], *, accept: bool = True) -> Change:
        wanted = Wanted(order_id=order.order_id, reason_code="customer_request", note=f"{MARK} rang", edits=edits)
        if accept:
            wanted = replace(wanted, accept_digest=preview_amendment(self.world.services, AGENT, wanted).digest)
        etag = live(self.world, order).etag
        answer = start_amendment(self.world.services, self.world.request(AGENT, if_match=etag), wanted)
        return self.world.memory.changes[told(answer).body.split("/")[0]]

    def acknowledged(self, change: Change) -> None:
        for department in change.plan.departments:
            said = Acknowledge(change_id=change.change_id, department=department, outcome="done", note=MARK)
            acknowledge_change(self.world.services, self.world.request(SERVICE), said)

    def settled(self, change: Change) -> None:
        for refund in change.refunds:
            named = RefundAddress(refund_id=refund.refund_id, change_id=change.change_id, order_id=change.order_id)
            settle_refund(self.world.services, named, "gw-1")

    def shipped(self, order: Order) -> None:
        units = live(self.world, order).lines[0].quantity
        said = Fulfilment(order_id=order.order_id, line_id="l1", quantity=units, event=FulfilmentEvent.SHIPPED)
        record_fulfilment(self.world.services, self.world.request(SERVICE), said)

    def over(self, number: int = 1, customer_id: str = "cus-1") -> Order:
        """An order that was amended to another address, refunded, acknowledged and sent."""
        order = self.placed(number, customer_id)
        change = self.changed(order, MOVE)
        self.acknowledged(change)
        self.settled(change)
        self.shipped(order)
        return live(self.world, order)

    def cancelled(self) -> tuple[Order, Change]:
        """An order of which nothing is left, and the change that did it."""
        order = self.placed()
        change = self.changed(order, (CancelLine(line_id="l1"),))
        self.acknowledged(change)
        self.settled(change)
        return live(self.world, order), change

    def erased(self, customer_id: str = "cus-1", reason: str = "they asked") -> Erased:
        asked = Erasure(customer_id=customer_id, reason=reason, note=f"{MARK} wrote to us")
        return erase_customer(self.world.services, self.histories, OPERATOR, asked)

    def kept(self) -> str:
        """Everything of every order that is kept, but what was asked of us."""
        memory = self.world.memory
        return repr((memory.orders, memory.versions, memory.changes, memory.entries, memory.events, memory.links))


@pytest.fixture
def story(world: World) -> Story:
    return Story(world, Histories(world.memory))


def test_no_value_of_the_customer_is_left_in_any_version_change_or_log(story: Story) -> None:
    order = story.over()
    assert (order.version, MARK in story.kept()) == (2, True)
    story.erased()
    assert MARK not in story.kept()
    assert order.log_key not in story.kept()
    assert {past.erased_at is not None for past in story.world.memory.versions.values()} == {True}


def test_what_was_bought_paid_and_given_back_stays_with_country_and_taxed_region(story: Story) -> None:
    before = story.over()
    (change,) = story.world.memory.changes.values()
    story.erased()
    after, (kept,) = live(story.world, before), story.world.memory.changes.values()
    same = ("order_id", "version", "channel_order_id", "lines", "payments", "totals", "progress", "placed_at")
    assert {name: getattr(after, name) for name in same} == {name: getattr(before, name) for name in same}
    assert after.shipping_address == after.billing_address == Address(country="US", region="IL")
    assert (after.customer.customer_id, after.customer.tier) == ("cus-1", "gold")
    assert (kept.refunds, kept.plan.digest, kept.status) == (change.refunds, change.plan.digest, change.status)
    assert kept.rev == change.rev + 1  # who read it before writes it no more
    assert [(entry.at, entry.status, entry.by) for entry in kept.timeline] == [
        (entry.at, entry.status, entry.by) for entry in change.timeline
    ]


def test_a_region_that_sets_no_tax_goes_with_the_rest(story: Story) -> None:
    order = story.over()
    abroad = Address(line1=MARK, city=MARK, region="Bavaria", country="DE")
    story.world.memory.orders[order.order_id] = replace(order, shipping_address=abroad)
    story.erased()
    assert live(story.world, order).shipping_address == Address(country="DE")


def test_the_log_is_as_it_was_but_for_one_entry_and_its_chain_verifies(story: Story) -> None:
    order = story.over()
    before = list(story.world.memory.entries[order.order_id])
    story.erased()
    after, entries = live(story.world, order), story.world.memory.entries[order.order_id]
    assert entries[:-1] == before
    assert (entries[-1].action, entries[-1].by, entries[-1].role) == ("customer_erased", "usr-operator", "operator")
    assert verify(entries, after.ledger.log_seq, after.ledger.log_hash).verified
    assert any(field.path.startswith("/shipping_address") for entry in entries for field in entry.fields)


def test_the_digest_in_the_log_tells_nobody_whether_a_guessed_address_is_right(story: Story) -> None:
    order = story.over()
    (change,) = story.world.memory.changes.values()
    assert digest_of(change.plan, order.log_key) == change.plan.digest
    guesses = ("", MARK, "a-key", sha256(order.order_id))
    assert change.plan.digest not in [digest_of(change.plan, guess) for guess in guesses]


def test_subscribers_hear_of_each_order_by_ids_alone(story: Story) -> None:
    orders = [story.over(1), story.over(2)]
    story.erased()
    told = story.world.events("CustomerErased")
    assert {event.order_id for event in told} == {order.order_id for order in orders}
    assert {(event.data["customer_id"], event.data["link"]) for event in told} == {
        ("cus-1", f"/orders/{order.order_id}") for order in orders
    }


def test_why_it_was_asked_for_is_kept_and_stands_in_no_log_or_event(story: Story) -> None:
    story.over()
    story.erased(reason="letter of 3 May")
    (asked,) = story.histories.asked
    assert (asked.customer_id, asked.reason, asked.by.id) == ("cus-1", "letter of 3 May", "usr-operator")
    assert "letter of 3 May" not in story.kept()


# ------------------------------------------------------------------------------------------------ what is still needed


def waits_to_be_sent(story: Story, order: Order) -> str:
    return "it is pending"


def has_an_open_change(story: Story, order: Order) -> str:
    story.shipped(order)
    head = live(story.world, order)
    other = story.changed(story.placed(9, "cus-9"), (SetQuantity(line_id="l1", quantity=1),), accept=False)
    opened = story.world.memory.orders[other.order_id].open_change
    story.world.memory.orders[order.order_id] = replace(head, open_change=opened)
    return f"change {other.change_id} is open"


def has_a_refund_under_way(story: Story, order: Order) -> str:
    story.acknowledged(story.changed(order, (SetQuantity(line_id="l1", quantity=2),)))
    story.shipped(order)
    return "a refund is under way"


def has_a_change_that_departments_work_on(story: Story, order: Order) -> str:
    change = story.changed(order, MOVE)
    story.settled(change)
    story.shipped(order)
    return f"change {change.change_id} is committed"


IN_FLIGHT: tuple[Callable[[Story, Order], str], ...] = (
    waits_to_be_sent,
    has_an_open_change,
    has_a_refund_under_way,
    has_a_change_that_departments_work_on,
)


@pytest.mark.parametrize("in_flight", IN_FLIGHT, ids=lambda each: each.__name__)
def test_while_one_order_is_in_flight_none_is_erased(story: Story, in_flight: Callable[[Story, Order], str]) -> None:
    story.over(1)
    order = story.placed(2)
    because, before = in_flight(story, order), story.kept()
    with refused("order-in-flight") as refusal:
        story.erased()
    assert refusal.value.extra == {"orders": [{"order_id": order.order_id, "because": because}]}
    assert (story.kept(), story.histories.asked) == (before, [])


def test_an_erased_order_is_delivered_to_nobody_again(story: Story) -> None:
    order, change = story.cancelled()
    story.erased()
    named = ChangeAddress(order_id=order.order_id, change_id=change.change_id)
    plan = preview_undo(story.world.services, AGENT, named)
    assert "order-erased" in {violation.code for violation in plan.violations}


def test_an_address_does_not_come_back_to_an_erased_order(story: Story) -> None:
    order, _ = story.cancelled()
    wanted = Wanted(order_id=order.order_id, reason_code="customer_request", edits=(SetShippingAddress(address=THERE),))
    plan = preview_amendment(story.world.services, AGENT, wanted)
    assert [violation.code for violation in plan.violations] == ["order-status"]
    story.erased()
    plan = preview_amendment(story.world.services, AGENT, wanted)
    assert [violation.code for violation in plan.violations] == ["order-status", "order-erased"]


# ---------------------------------------------------------------------------------------------- again, and in between


def test_asking_again_says_the_same_and_writes_nothing(story: Story) -> None:
    story.over(1)
    story.over(2)
    first, before = story.erased(), story.kept()
    story.world.clock.passes(days=1)
    assert story.erased() == first
    assert (first.orders, first.changes) == (2, 2)
    assert story.kept() == before
    assert len(story.histories.asked) == 1


def test_asking_again_finishes_what_a_crash_has_left(story: Story) -> None:
    orders = [story.over(1), story.over(2)]
    story.histories.crashes = [orders[1].order_id]
    with pytest.raises(TimeoutError):
        story.erased()
    assert [live(story.world, order).erased_at is not None for order in orders] == [True, False]
    assert story.erased().orders == 2
    assert MARK not in story.kept()
    assert len(story.world.events("CustomerErased")) == 2


def test_what_somebody_else_writes_in_between_is_erased_with_the_rest(story: Story) -> None:
    order = story.over()
    returned = Fulfilment(order_id=order.order_id, line_id="l1", quantity=2, event=FulfilmentEvent.DELIVERED)
    story.histories.meanwhile = lambda: record_fulfilment(story.world.services, story.world.request(SERVICE), returned)
    story.erased()
    after = live(story.world, order)
    assert (after.progress["l1"].delivered, after.erased_at is None, MARK in story.kept()) == (2, False, False)
    assert verify(story.world.memory.entries[order.order_id], after.ledger.log_seq, after.ledger.log_hash).verified


def test_two_who_erase_at_once_erase_it_once(story: Story) -> None:
    order = story.over()
    first: list[Erased] = []
    story.histories.meanwhile = lambda: first.append(story.erased())
    assert [story.erased()] == first
    actions = [entry.action for entry in story.world.memory.entries[order.order_id]]
    assert actions.count("customer_erased") == 1


def test_an_order_that_somebody_changes_in_between_is_left_alone(story: Story) -> None:
    order = story.over()

    def meanwhile() -> None:
        head = live(story.world, order)
        ledger = replace(head.ledger, event_seq=head.ledger.event_seq + 1)
        payment = replace(head.payments[0], refunding=1)
        story.world.memory.orders[order.order_id] = replace(head, ledger=ledger, payments=(payment,))

    story.histories.meanwhile = meanwhile
    with refused("order-in-flight"):
        story.erased()
    assert live(story.world, order).shipping_address == THERE


def test_somebody_who_keeps_writing_is_waited_for_only_so_long(story: Story) -> None:
    story.over()

    def meanwhile() -> None:
        (order,) = story.world.memory.orders.values()
        ledger = replace(order.ledger, event_seq=order.ledger.event_seq + 1)
        story.world.memory.orders[order.order_id] = replace(order, ledger=ledger)
        story.histories.meanwhile = meanwhile

    story.histories.meanwhile = meanwhile
    with refused("too-busy"):
        story.erased()


def test_other_customers_are_not_touched(story: Story) -> None:
    other = story.over(2, "cus-2")
    story.over(1)
    story.erased()
    assert live(story.world, other) == other


def test_of_a_customer_without_orders_nothing_is_erased(story: Story) -> None:
    assert story.erased("cus-0") == Erased(customer_id="cus-0", orders=0, changes=0, erased_at=None)
    assert story.histories.asked == []
