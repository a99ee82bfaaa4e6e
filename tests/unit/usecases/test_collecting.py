"""A change's addition is paid before its commit: once, exactly, in time; money that comes otherwise is never lost."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Order
from shared.domain.order.payment import PaymentStatus
from shared.domain.order.progress import FulfilmentEvent
from shared.domain.planning.edits import SetQuantity
from shared.domain.replay.past_change import rebuilt
from shared.ports.gateways import GatewayDeclined, GatewayUnavailable, GatewayUnknown
from shared.ports.outcomes import Failure
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.amending.undo_change import undo_change
from shared.usecases.amending.undo_committed import preview_undo, undo_committed
from shared.usecases.approving.decide_change import ChangeDecision, decide_change
from shared.usecases.cancelling.start_cancellation import Cancellation, preview_cancellation, start_cancellation
from shared.usecases.collecting.ask_to_pay import ask_to_pay
from shared.usecases.collecting.book_payment import book_link_payment
from shared.usecases.collecting.lapse_collection import Unpaid, lapse_collection
from shared.usecases.collecting.payment_links import CollectionAddress, close_link, give_up, make_link
from shared.usecases.core.access import Principal
from shared.usecases.core.new_change import Wanted
from shared.usecases.core.open_changes import ChangeAddress
from shared.usecases.core.transact import write_step
from shared.usecases.core.wait_result import Over
from shared.usecases.fulfilling.record_fulfilment import Fulfilment, record_fulfilment
from shared.usecases.intake.record_payment import ReportedPayment, payment_step, record_payment
from shared.usecases.publishing.start_workflows import steer_workflows
from shared.usecases.sweeping.mind_deadlines import mind_deadlines
from shared.usecases.sweeping.resume_changes import resume_changes
from tests.fakes import World, an_order
from tests.fakes.builders import AGENT, CUSTOMER, MANAGER, SERVICE
from tests.fakes.collections import PAY_FIRST, came, collecting, collection_of, link_paid, paid_by_link
from tests.unit.usecases.stories import live, refused, taken

_S = ChangeStatus


@pytest.fixture
def world(world: World) -> World:
    """Policy has every customer pay first; mugs cost 10.00, without tax."""
    world.product("MUG", list_price={"USD": 1000})
    world.policies.policy = collecting(PAY_FIRST)
    return world


@pytest.fixture
def order(world: World) -> Order:
    return taken(world, an_order().with_line("MUG", 3, 1000, taxes=()).paid())


@pytest.fixture
def change(world: World, order: Order) -> Change:
    """Two more mugs, so that 20.00 are due."""
    return asked(world, order, 5)


def asked(world: World, order: Order, quantity: int, who: Principal = AGENT) -> Change:
    wanted = Wanted(
        order_id=order.order_id,
        reason_code="quantity_correction",
        edits=(SetQuantity(line_id="l1", quantity=quantity),),
    )
    digest = preview_amendment(world.services, who, wanted).digest
    request = world.request(who, if_match=live(world, order).etag)
    start_amendment(world.services, request, replace(wanted, accept_digest=digest))
    return list(world.memory.changes.values())[-1]


def now(world: World, change: Change) -> Change:
    return world.memory.changes[change.change_id]


def at(change: Change) -> CollectionAddress:
    return CollectionAddress(change_id=change.change_id, order_id=change.order_id, round=change.round)


def reported(world: World, order: Order, payment: ReportedPayment, key: str | None = None) -> None:
    record_payment(world.services, world.request(SERVICE, key=key), order.order_id, payment)


def pays(world: World, change: Change, amount: int, **more: object) -> None:
    reported(world, world.memory.orders[change.order_id], paid_by_link(change, amount, **more))


def linked(world: World, change: Change) -> Change:
    make_link(world.services, world.gateways, at(change))
    return now(world, change)


def undo(world: World, order: Order, change: Change) -> None:
    address = ChangeAddress(order_id=order.order_id, change_id=change.change_id)
    undo_change(world.services, world.request(AGENT, if_match=live(world, order).etag), address)


def surplus(world: World, change: Change) -> int:
    return now(world, change).surplus


def books(world: World, order: Order) -> tuple[int, int, int]:
    """The version, what came by links, and what is still due."""
    after = live(world, order)
    return after.version, came(after), after.totals.balance_due


# -------------------------------------------------------------------------------------------------------------- waiting


def test_a_change_that_adds_a_debt_waits_for_the_payment_with_its_stock_held(
    world: World, order: Order, change: Change
) -> None:
    level, wanted = world.memory.stock["MUG"], collection_of(change)
    assert (change.status, change.waiting_for, change.is_open) == (_S.PENDING_PAYMENT, "customer", True)
    assert (wanted.amount, wanted.amount, wanted.gateway) == (2000, change.plan.amount_due, "sandbox")
    assert (level.held, level.allocated) == (2, 3)
    assert books(world, order) == (1, 0, 0)
    assert change.expires_at is not None
    assert (change.expires_at - world.clock.now()).total_seconds() == 3 * 3600


def test_it_starts_an_execution_and_the_link_is_in_no_event_and_no_log(world: World, change: Change) -> None:
    change = linked(world, change)
    (event,) = world.events("PaymentRequested")
    steer_workflows(world.workflows, world.services.changes, event)
    assert world.workflows.started[f"{change.change_id}-1"]["machine"] == "collection"
    url = collection_of(change).url
    assert url
    assert url not in repr(world.memory.events) + repr(world.memory.entries)


def test_the_link_is_for_the_amount_due_under_a_key_of_the_change_and_made_once(world: World, change: Change) -> None:
    linked(world, change)
    change = linked(world, change)
    (wanted,) = world.gateway.link_orders
    assert (wanted.key, wanted.amount, wanted.currency) == (collection_of(change).link_id, 2000, "USD")
    assert (wanted.expires_at, collection_of(change).url) == (change.expires_at, f"https://pay.example/{wanted.key}")


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_link_whose_making_is_unknown_is_asked_for_again_under_the_same_key(
    world: World, change: Change, moment: str
) -> None:
    world.gateway.troubles = [(moment, GatewayUnknown())]
    with pytest.raises(GatewayUnknown):
        linked(world, change)
    assert collection_of(linked(world, change)).url
    assert len(world.gateway.links) == 1


def test_a_change_waits_for_its_approval_first_and_then_for_the_payment(world: World) -> None:
    order = taken(world, an_order().with_line("MUG", 3, 100_000, taxes=()).paid())
    change = asked(world, order, 9)
    assert change.status is _S.PENDING_APPROVAL
    word = ChangeDecision(change_id=change.change_id, decision="approve", digest=change.plan.digest)
    while now(world, change).status is _S.PENDING_APPROVAL:
        decide_change(world.services, world.request(MANAGER), word)
    after = now(world, change)
    assert (after.status, collection_of(after).amount) == (_S.PENDING_PAYMENT, 600_000)
    assert world.memory.stock["MUG"].held == 6


def test_the_customer_gets_a_letter_with_the_link_and_the_execution_waits(world: World, change: Change) -> None:
    change = linked(world, change)
    ask_to_pay(world.services, world.workflows, world.mail, at(change), "t1")
    ask_to_pay(world.services, world.workflows, world.mail, at(change), "t2")
    (letter,) = world.mail.sent
    assert str(collection_of(change).url) in letter.text
    assert "Please pay 20.00 USD by 20 November 2026, 15:00 UTC" in letter.text
    assert world.memory.tokens == {(change.change_id, 1): "t2"}


def test_an_execution_that_asks_too_late_is_answered_at_once(world: World, change: Change) -> None:
    pays(world, change, 2000)
    ask_to_pay(world.services, world.workflows, world.mail, at(change), "t1")
    assert (world.workflows.answered, world.mail.sent) == ({"t1": "paid"}, [])


# --------------------------------------------------------------------------------------------------------------- paying


def test_the_payment_commits_exactly_what_was_paid_for(world: World, order: Order, change: Change) -> None:
    pays(world, change, 2000)
    after, level = now(world, change), world.memory.stock["MUG"]
    assert (after.status, after.plan.digest) == (_S.COMMITTED, change.plan.digest)
    assert books(world, order) == (2, 2000, 0)
    assert (level.held, level.allocated) == (0, 5)
    (event,) = world.events("OrderAmended")
    assert (event.data["amount_due"]["amount"], event.data["collected"]["amount"]) == ("0.00", "20.00")


def test_the_execution_that_waits_learns_that_it_was_paid(world: World, change: Change) -> None:
    ask_to_pay(world.services, world.workflows, world.mail, at(linked(world, change)), "t1")
    pays(world, change, 2000)
    for event in world.events("PaymentCollected"):
        steer_workflows(world.workflows, world.services.changes, event)
    assert world.workflows.answered == {"t1": "paid"}


def test_a_part_of_what_is_due_commits_nothing_and_the_rest_commits_it(
    world: World, order: Order, change: Change
) -> None:
    pays(world, change, 1999)
    assert (now(world, change).status, books(world, order)) == (_S.PENDING_PAYMENT, (1, 1999, -1999))
    pays(world, change, 1, payment_id="pay-rest")
    assert (now(world, change).status, books(world, order)) == (_S.COMMITTED, (2, 2000, 0))


def test_an_authorisation_by_the_link_is_no_payment_until_it_is_captured(
    world: World, order: Order, change: Change
) -> None:
    given = paid_by_link(change, 2000)
    only = replace(given.payment, status="authorised", captured=0)
    reported(world, order, replace(given, payment=only))
    assert now(world, change).status is _S.PENDING_PAYMENT
    reported(world, order, replace(given, payment=replace(given.payment, link_id=None)))
    assert (now(world, change).status, books(world, order)) == (_S.COMMITTED, (2, 2000, 0))


def test_what_is_paid_beyond_or_twice_is_on_the_order_and_its_balance_shows_it(
    world: World, order: Order, change: Change
) -> None:
    pays(world, change, 2500)
    assert (now(world, change).status, surplus(world, change)) == (_S.FALLOUT, 500)
    pays(world, change, 2000, payment_id="pay-again")
    assert (now(world, change).committed_version, books(world, order)) == (2, (2, 4500, -2500))
    assert (now(world, change).status, surplus(world, change)) == (_S.FALLOUT, 2500)


@pytest.mark.parametrize("by", ["service", "gateway"])
@pytest.mark.parametrize("ended", [False, True])
def test_a_report_names_the_order_that_the_link_was_made_for(
    world: World, order: Order, change: Change, by: str, ended: bool
) -> None:
    other = taken(world, an_order("D-2").with_line("MUG", 1, 1000, taxes=()).paid())
    theirs = asked(world, other, 2)
    if ended:
        undo(world, order, change)
    with refused("link-of-another-order"):
        if by == "service":
            reported(world, other, paid_by_link(change, 1000))
        else:
            book_link_payment(world.services, "sandbox", link_paid(change, 1000, order_id=other.order_id))
    assert (books(world, other), books(world, order)) == ((1, 0, 0), (1, 0, 0))
    assert (now(world, theirs), now(world, change).collection) == (theirs, change.collection)


@pytest.mark.parametrize("link", ["plk_other", "plk_", "no-link"])
def test_a_report_of_a_link_that_nobody_was_given_is_refused(
    world: World, order: Order, change: Change, link: str
) -> None:
    with refused("link-of-another-order"):
        pays(world, change, 2000, link_id=link)
    with refused("link-of-another-order"):
        book_link_payment(world.services, "sandbox", link_paid(change, 2000, key=link))
    assert (now(world, change), books(world, order)) == (change, (1, 0, 0))


def test_a_gateways_report_does_not_pay_another_change_than_that_of_its_link(world: World, order: Order) -> None:
    first = asked(world, order, 4)
    undo(world, order, first)
    second = asked(world, order, 5)
    named = link_paid(first, 1000, change_id=second.change_id)
    book_link_payment(world.services, "sandbox", named)
    assert (now(world, second), surplus(world, first)) == (second, 1000)


@pytest.mark.parametrize("ended", [False, True])
def test_a_link_whose_id_is_a_hash_still_pays_the_change_that_the_report_names(
    world: World, order: Order, change: Change, ended: bool
) -> None:
    """So ids were made once; the gateway's report names the change, a service's reaches the open one."""
    old = replace(change, collection=replace(collection_of(change), link_id="plk_1f3a"))
    world.memory.changes[change.change_id] = old
    if ended:
        undo(world, order, old)
        book_link_payment(world.services, "sandbox", link_paid(old, 2000, change_id=old.change_id))
        assert (now(world, old).status, surplus(world, old)) == (_S.FALLOUT, 2000)
    else:
        pays(world, old, 2000)
        assert now(world, old).status is _S.COMMITTED


def test_a_payment_of_the_order_that_names_no_link_pays_no_change(world: World, order: Order, change: Change) -> None:
    pays(world, change, 2000, link_id=None)
    assert (now(world, change).status, live(world, order).totals.balance_due) == (_S.PENDING_PAYMENT, -2000)


def test_the_same_report_twice_is_one_payment(world: World, order: Order, change: Change) -> None:
    for _ in range(2):
        book_link_payment(world.services, "sandbox", link_paid(change, 2000))
    assert (now(world, change).status, books(world, order)) == (_S.COMMITTED, (2, 2000, 0))


@pytest.mark.parametrize("reference", [None, "pi_1"])
@pytest.mark.parametrize("gateway_first", [True, False])
def test_what_the_gateway_and_a_service_both_report_is_one_payment(
    world: World, order: Order, change: Change, reference: str | None, gateway_first: bool
) -> None:
    reports: list[Callable[[], None]] = [
        lambda: book_link_payment(world.services, "sandbox", link_paid(change, 2000)),
        lambda: pays(world, change, 2000, reference=reference),
    ]
    for report in reports if gateway_first else reversed(reports):
        report()
    assert books(world, order) == (2, 2000, 0)


def test_two_equal_parts_without_references_are_two_payments(world: World, order: Order, change: Change) -> None:
    for payment_id in ("pay-a", "pay-b"):
        pays(world, change, 1000, payment_id=payment_id)
    assert (now(world, change).status, books(world, order)) == (_S.COMMITTED, (2, 2000, 0))


def test_what_a_gateway_tells_of_two_equal_parts_names_each_of_them_once(
    world: World, order: Order, change: Change
) -> None:
    for payment_id in ("pay-a", "pay-b"):
        pays(world, change, 1000, payment_id=payment_id)
    for reference in ("pi_1", "pi_2", "pi_1"):
        book_link_payment(world.services, "sandbox", link_paid(change, 1000, reference))
    told = [(each.payment_id, each.reference) for each in live(world, order).payments if each.link_id]
    assert (told, books(world, order)) == ([("pay-a", "pi_1"), ("pay-b", "pi_2")], (2, 2000, 0))


@pytest.mark.parametrize("gateway_first", [True, False])
def test_the_gateway_says_by_which_link_money_came_that_a_service_told_of_without_one(
    world: World, order: Order, change: Change, gateway_first: bool
) -> None:
    reports: list[Callable[[], None]] = [
        lambda: book_link_payment(world.services, "sandbox", link_paid(change, 2000)),
        lambda: pays(world, change, 2000, reference="pi_1", link_id=None),
    ]
    for report in reports if gateway_first else reversed(reports):
        report()
    reports[0]()
    assert (now(world, change).status, books(world, order)) == (_S.COMMITTED, (2, 2000, 0))
    assert len(live(world, order).payments) == 2


def test_more_than_the_gateway_knows_of_stays_on_the_books(world: World, order: Order, change: Change) -> None:
    pays(world, change, 2500, reference="pi_1", link_id=None)
    book_link_payment(world.services, "sandbox", link_paid(change, 2000))
    assert (now(world, change).committed_version, books(world, order)) == (2, (2, 2500, -500))
    assert (now(world, change).status, surplus(world, change)) == (_S.FALLOUT, 500)


def test_only_the_gateway_says_that_a_known_payment_came_by_a_link(world: World, order: Order, change: Change) -> None:
    pays(world, change, 2000, reference="pi_1", link_id=None)
    with refused("payment-mismatch"):
        pays(world, change, 2000, reference="pi_1")
    assert (now(world, change).status, books(world, order)) == (_S.PENDING_PAYMENT, (1, 0, -2000))


def test_a_reference_that_is_told_later_belongs_to_one_order_only(world: World, order: Order, change: Change) -> None:
    other = taken(world, an_order("D-2").with_line("MUG", 3, 1000, taxes=()).paid())
    theirs = asked(world, other, 5)
    pays(world, change, 2000)
    book_link_payment(world.services, "sandbox", link_paid(change, 2000, "pi_1"))
    with refused("payment-claimed"):
        pays(world, theirs, 2000, reference="pi_1")
    assert (books(world, order), books(world, other)) == ((2, 2000, 0), (1, 0, 0))
    assert now(world, theirs).status is _S.PENDING_PAYMENT


@pytest.mark.parametrize(
    "wrong",
    [{"currency": "EUR"}, {"amount": None}, {"amount": None, "currency": ""}, {"amount": 0}, {"amount": -500}],
)
def test_a_report_that_cannot_be_booked_is_kept_for_a_person_and_the_right_one_still_pays(
    world: World, order: Order, change: Change, wrong: dict[str, object]
) -> None:
    before = live(world, order).payments
    for _ in range(2):
        book_link_payment(world.services, "sandbox", replace(link_paid(change, 2000), **wrong))  # type: ignore[arg-type]
    waiting = now(world, change)
    assert (waiting.status, live(world, order).payments) == (_S.PENDING_PAYMENT, before)
    notes = [entry.note or "" for entry in waiting.timeline if "nothing is booked" in (entry.note or "")]
    assert len(notes) == 1
    assert "pi_1" in notes[0]
    book_link_payment(world.services, "sandbox", link_paid(change, 2000))
    assert now(world, change).committed_version == 2


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"order_id": "ord_other"}, "order-not-found"),
        ({"currency": "EUR", "key": "plk_other"}, "other-currency"),
        ({"amount": None, "key": "plk_other"}, "malformed-amount"),
    ],
)
def test_a_report_that_nobody_waits_for_is_refused_if_it_cannot_be_booked(
    world: World, change: Change, wrong: dict[str, object], code: str
) -> None:
    with refused(code):
        book_link_payment(world.services, "sandbox", replace(link_paid(change, 2000), **wrong))  # type: ignore[arg-type]


def test_a_known_payment_does_not_become_one_by_a_link(world: World, order: Order, change: Change) -> None:
    with refused("payment-mismatch"):
        pays(world, change, 3000, payment_id="pay-1")


# ----------------------------------------------------------------------------------------------------- expiring, ending


def test_unpaid_by_its_deadline_it_expires_and_the_stock_is_back(world: World, order: Order, change: Change) -> None:
    world.clock.passes(hours=3)
    mind_deadlines(world.services)
    level = world.memory.stock["MUG"]
    assert (now(world, change).status, level.held, level.allocated) == (_S.EXPIRED, 0, 3)
    assert (live(world, order).open_change, books(world, order)) == (None, (1, 0, 0))


@pytest.mark.parametrize("swept", [True, False])
def test_what_is_paid_after_the_deadline_commits_nothing_and_is_on_the_order(
    world: World, order: Order, change: Change, swept: bool
) -> None:
    world.clock.passes(hours=3)
    if swept:
        mind_deadlines(world.services)
    pays(world, change, 2000)
    mind_deadlines(world.services)
    assert (now(world, change).committed_version, books(world, order)) == (None, (1, 2000, -2000))
    assert (now(world, change).status, surplus(world, change)) == (_S.FALLOUT, 2000)


def test_what_is_paid_after_an_undo_is_on_the_order(world: World, order: Order, change: Change) -> None:
    undo(world, order, change)
    pays(world, change, 2000)
    assert (now(world, change).status, books(world, order)) == (_S.FALLOUT, (1, 2000, -2000))
    assert world.memory.stock["MUG"].held == 0


def test_an_ended_change_has_its_link_closed_and_the_execution_goes_on(
    world: World, order: Order, change: Change
) -> None:
    ask_to_pay(world.services, world.workflows, world.mail, at(linked(world, change)), "t1")
    address = ChangeAddress(order_id=order.order_id, change_id=change.change_id)
    undo_change(world.services, world.request(AGENT, if_match=order.etag), address)
    for event in world.events("AmendmentUndone"):
        steer_workflows(world.workflows, world.services.changes, event)
    close_link(world.services, world.gateways, at(change))
    assert world.workflows.answered == {"t1": "closed"}
    assert [link.open for link in world.gateway.links.values()] == [False]


def test_a_link_is_not_closed_while_the_change_waits(world: World, change: Change) -> None:
    linked(world, change)
    close_link(world.services, world.gateways, at(change))
    assert [link.open for link in world.gateway.links.values()] == [True]


def test_a_change_whose_link_cannot_be_made_fails_and_holds_nothing(world: World, order: Order, change: Change) -> None:
    world.gateway.troubles = [("before", GatewayDeclined("too small"))]
    with pytest.raises(GatewayDeclined):
        linked(world, change)
    give_up(world.services, at(change), Failure(outcome="declined", words="GatewayDeclined: too small"))
    after = now(world, change)
    assert (after.status, world.memory.stock["MUG"].held, live(world, order).open_change) == (_S.FAILED, 0, None)
    assert after.timeline[-1].note == "no payment link could be made: GatewayDeclined: too small"


def test_a_link_of_which_nobody_knows_whether_it_was_made_ends_the_change_and_is_closed(
    world: World, order: Order, change: Change
) -> None:
    """The customer was never told its address. What it may bring all the same is booked when it is closed."""
    world.gateway.troubles = [("after", GatewayUnknown())]
    with pytest.raises(GatewayUnknown):
        linked(world, change)
    give_up(world.services, at(change), Failure(outcome="unknown", words="GatewayUnavailable: down"))
    assert "a payment link may have been made" in (now(world, change).timeline[-1].note or "")
    close_link(world.services, world.gateways, at(change))
    assert [link.open for link in world.gateway.links.values()] == [False]


def test_a_change_that_was_paid_meanwhile_is_not_given_up(world: World, order: Order, change: Change) -> None:
    crashed_after_booking(world, order, change)
    give_up(world.services, at(change), Failure(outcome="unknown", words="GatewayUnknown"))
    assert now(world, change).status is _S.PENDING_PAYMENT


# --------------------------------------------------------------------------------------------- crashes and lost reports


def crashed_after_booking(world: World, order: Order, change: Change) -> None:
    """The payment is on the books, and the process died before the commit."""
    write_step(world.services, payment_step(world.services, live(world, order), paid_by_link(change, 2000), AGENT_ACTS))


AGENT_ACTS = SERVICE.acting()


def test_paid_and_not_committed_is_committed_by_the_sweep(world: World, order: Order, change: Change) -> None:
    crashed_after_booking(world, order, change)
    world.clock.passes(minutes=3)
    resume_changes(world.services, world.workflows)
    assert (now(world, change).status, books(world, order)) == (_S.COMMITTED, (2, 2000, 0))


def test_paid_in_time_and_not_committed_is_committed_at_its_deadline_and_does_not_expire(
    world: World, order: Order, change: Change
) -> None:
    crashed_after_booking(world, order, change)
    world.clock.passes(hours=3)
    mind_deadlines(world.services)
    assert (now(world, change).status, books(world, order)) == (_S.COMMITTED, (2, 2000, 0))


def test_a_change_whose_execution_was_never_started_gets_one_from_the_sweep(world: World, change: Change) -> None:
    world.clock.passes(minutes=3)
    resume_changes(world.services, world.workflows)
    assert world.workflows.started[f"{change.change_id}-1"]["machine"] == "collection"


def test_a_payment_whose_report_was_lost_is_found_at_the_deadline_and_committed(
    world: World, order: Order, change: Change
) -> None:
    linked(world, change)
    world.gateway.pays(collection_of(change).link_id, 2000)
    assert isinstance(lapse_collection(world.services, world.gateways, change.change_id, 1), Unpaid)
    world.clock.passes(hours=3)
    assert lapse_collection(world.services, world.gateways, change.change_id, 1) == Over(decision="paid")
    assert (now(world, change).status, books(world, order)) == (_S.COMMITTED, (2, 2000, 0))


def test_a_payment_found_when_the_link_of_an_expired_change_is_closed_is_on_the_order(
    world: World, order: Order, change: Change
) -> None:
    linked(world, change)
    world.gateway.pays(collection_of(change).link_id, 2000)
    world.clock.passes(hours=3)
    mind_deadlines(world.services)
    close_link(world.services, world.gateways, at(change))
    assert (now(world, change).status, books(world, order)) == (_S.FALLOUT, (1, 2000, -2000))


@pytest.mark.parametrize("trouble", [GatewayUnavailable(), GatewayUnknown(), GatewayDeclined(), KeyError("status")])
def test_a_gateway_that_does_not_answer_at_the_deadline_delays_no_expiry(
    world: World, change: Change, trouble: Exception
) -> None:
    linked(world, change)
    world.clock.passes(hours=3)
    world.gateway.troubles = [("", trouble)]
    assert lapse_collection(world.services, world.gateways, change.change_id, 1) == Over(decision="expired")


def test_paid_for_something_that_would_be_another_now_is_not_repriced_but_given_back(
    world: World, order: Order, change: Change
) -> None:
    policy = collecting(PAY_FIRST | {"deadline_hours": 4})
    world.policies.policy = policy
    pays(world, change, 2000)
    after = now(world, change)
    assert (after.committed_version, books(world, order)) == (None, (1, 2000, -2000))
    assert (world.memory.stock["MUG"].held, live(world, order).open_change) == (0, None)
    assert [entry.status for entry in after.timeline[-2:]] == [_S.FAILED, _S.FALLOUT]
    assert "to be given back" in str(after.timeline[-2].note)


@pytest.mark.parametrize("captured", [[3000], [1000], [1000, 3000]])
@pytest.mark.parametrize("first", [True, False])
def test_the_capture_of_what_the_order_had_authorised_changes_nothing_of_what_was_paid_for(
    world: World, captured: list[int], first: bool
) -> None:
    order, change = authorised_and_asked(world)
    if not first:
        pays(world, change, 500, payment_id="pay-some")
    for amount in captured:
        captures(world, order, amount)
    pays(world, change, 2000 if first else 1500)
    assert now(world, change).status is _S.COMMITTED
    assert books(world, order) == (2, 2000, 3000 - captured[-1])


@pytest.mark.parametrize("paid_meanwhile", [4000, 3500])
def test_what_is_paid_for_the_order_otherwise_is_no_capture_of_what_it_had_authorised(
    world: World, paid_meanwhile: int
) -> None:
    order, change = authorised_and_asked(world)
    captures(world, order, paid_meanwhile)
    pays(world, change, 2000)
    assert (now(world, change).status, live(world, order).version) == (_S.FALLOUT, 1)


def authorised_and_asked(world: World) -> tuple[Order, Change]:
    """An order of 30.00 that is authorised and not captured yet, and a change that adds 20.00."""
    builder = an_order("D-9").with_line("MUG", 3, 1000, taxes=()).paid()
    held = replace(builder.new.payments[0], status=PaymentStatus.AUTHORISED, authorised=3000, captured=0)
    order = taken(world, builder._with(payments=(held,)))
    change = asked(world, order, 5)
    assert (change.status, collection_of(change).amount) == (_S.PENDING_PAYMENT, 2000)
    return order, change


def captures(world: World, order: Order, amount: int) -> None:
    known = live(world, order).payments[0]
    status = PaymentStatus.CAPTURED if amount >= known.authorised else PaymentStatus.AUTHORISED
    payment = replace(known, status=status, captured=amount, authorised=max(amount, known.authorised))
    reported(world, order, ReportedPayment(payment=payment, currency="USD"))


def test_goods_that_are_picked_meanwhile_change_nothing_of_what_was_paid_for(
    world: World, order: Order, change: Change
) -> None:
    picked = Fulfilment(order_id=order.order_id, line_id="l1", quantity=1, event=FulfilmentEvent.PICKED)
    record_fulfilment(world.services, world.request(SERVICE), picked)
    pays(world, change, 2000)
    assert now(world, change).status is _S.COMMITTED


# ---------------------------------------------------------------------------------------- undo, and what comes after


def test_customers_who_undo_their_own_refunded_cancellation_pay_first(world: World, order: Order) -> None:
    wanted = Cancellation(order_id=order.order_id, reason_code="customer_request")
    terms = preview_cancellation(world.services, CUSTOMER, wanted)
    given = replace(wanted, consent=terms.digest)
    start_cancellation(world.services, world.request(CUSTOMER, if_match=order.etag), given)
    cancelled = list(world.memory.changes.values())[-1]
    assert (cancelled.status, live(world, order).payments[0].refunding) == (_S.COMMITTED, 3000)
    address = ChangeAddress(order_id=order.order_id, change_id=cancelled.change_id)
    digest = preview_undo(world.services, CUSTOMER, address).digest
    undo_committed(world.services, world.request(CUSTOMER, if_match=live(world, order).etag), address, digest)
    undo = list(world.memory.changes.values())[-1]
    assert (undo.status, collection_of(undo).amount) == (_S.PENDING_PAYMENT, 3000)
    pays(world, undo, 3000)
    assert (now(world, undo).status, books(world, order)) == (_S.COMMITTED, (3, 3000, 0))


def test_a_replay_judges_a_paid_change_without_the_payment_that_came_because_of_it(
    world: World, order: Order, change: Change
) -> None:
    pays(world, change, 2000)
    before = world.memory.versions[order.order_id, 1]
    assert (came(before), came(rebuilt(before, now(world, change)))) == (2000, 0)


def test_what_came_too_late_counts_for_the_next_change(world: World, order: Order, change: Change) -> None:
    world.clock.passes(hours=3)
    mind_deadlines(world.services)
    pays(world, change, 1200)
    assert collection_of(asked(world, order, 5)).amount == 800


@pytest.mark.parametrize("gateway_at", range(3))
def test_one_word_of_the_gateway_is_matched_by_one_other_and_what_comes_beyond_is_booked(
    world: World, order: Order, change: Change, gateway_at: int
) -> None:
    told: list[Callable[[], None]] = [
        partial(pays, world, change, 1000, payment_id="pay-a"),
        partial(pays, world, change, 1000, payment_id="pay-b"),
    ]
    told.insert(gateway_at, lambda: book_link_payment(world.services, "sandbox", link_paid(change, 1000)))
    for report in told * 2:
        report()
    assert (now(world, change).status, books(world, order)) == (_S.COMMITTED, (2, 2000, 0))


@pytest.mark.parametrize("named", ["pay-a", "pay-b"])
def test_a_word_that_has_its_match_by_reference_takes_no_other(
    world: World, order: Order, change: Change, named: str
) -> None:
    pays(world, change, 1000, payment_id=named, reference="pi_1")
    book_link_payment(world.services, "sandbox", link_paid(change, 1000))
    pays(world, change, 1000, payment_id="pay-c")
    assert (now(world, change).status, books(world, order)) == (_S.COMMITTED, (2, 2000, 0))


def test_the_gateway_names_the_link_of_money_that_others_told_of_twice_without_one(
    world: World, order: Order, change: Change
) -> None:
    for payment_id in ("pay-a", "pay-b"):
        pays(world, change, 2000, payment_id=payment_id, reference="pi_1", link_id=None)
    book_link_payment(world.services, "sandbox", link_paid(change, 2000))
    assert (now(world, change).status, books(world, order)) == (_S.COMMITTED, (2, 2000, 0))
