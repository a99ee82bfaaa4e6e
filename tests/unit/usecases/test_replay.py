"""Replay: what a draft of policy would have decided otherwise of past changes, what that costs; nothing is kept."""

import json
from copy import copy
from dataclasses import fields, replace
from datetime import timedelta
from math import ceil
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.change.tally import refunds_key
from shared.domain.order.order import Order
from shared.domain.order.payment import PaymentStatus
from shared.domain.order.progress import FulfilmentEvent
from shared.domain.planning.edits import AddLine, Edit, FitToStock, Money, SetQuantity, SetShippingAddress, SetUnitPrice
from shared.domain.policy.documents.registry import DOCUMENTS, PolicyName
from shared.domain.policy_making.trial import policy_at
from shared.domain.refusal import Refusal
from shared.domain.replay.compare_outcomes import Compared, Cost, costs, counted
from shared.domain.replay.policy_outcome import Rule
from shared.ports.paging import Filter, Page
from shared.usecases.amending.replace_edits import replace_edits
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.amending.submit_change import submit_change
from shared.usecases.amending.undo_change import undo_change
from shared.usecases.amending.undo_committed import preview_undo, undo_committed
from shared.usecases.core.access import Principal
from shared.usecases.core.new_change import Wanted
from shared.usecases.core.open_changes import ChangeAddress
from shared.usecases.intake.record_payment import ReportedPayment, record_payment
from shared.usecases.policies.drafting import Draft
from shared.usecases.policies.replay_policy import TIME, Replay, Replayed, replay_policy
from tests.fakes import World, a_world, an_order
from tests.fakes.builders import AGENT, CUSTOMER, HOME, MANAGER, SERVICE, OrderBuilder
from tests.fakes.edge import told
from tests.fakes.policies import as_shipped, bounds
from tests.fakes.world import Changes, Memory
from tests.properties.histories import Step, histories
from tests.support.effort import times
from tests.unit.domain.test_replaying import a_change
from tests.unit.usecases.approvals import asked_for, decided
from tests.unit.usecases.stories import live, mugs, refused, taken
from tests.unit.usecases.test_cancellation import ONE, cancel, carrier, consented, ship
from tests.unit.usecases.test_policies import decided as agreed
from tests.unit.usecases.test_policies import proposed


class PagedChanges(Changes):
    """Lists as the index does: newest first, a page at a time."""

    def __init__(self, memory: Memory) -> None:
        super().__init__(memory)
        self.listed = 0

    def list(self, wanted: Filter) -> Page[Change]:
        self.listed += 1
        found = sorted(
            super().list(replace(wanted, limit=10**6, cursor=None)).items,
            key=lambda each: each.created_at,
            reverse=True,
        )
        start = int(wanted.cursor or 0)
        end = start + wanted.limit
        return Page(items=tuple(found[start:end]), cursor=str(end) if end < len(found) else None)


@pytest.fixture(autouse=True)
def changes(world: World) -> PagedChanges:
    paged = PagedChanges(world.memory)
    world.services = replace(world.services, changes=paged)
    return paged


def threshold(amount: str) -> dict[str, Any]:
    """A manager approves what moves more than this many dollars."""
    large, *others = as_shipped("approvals")["routes"]
    return as_shipped("approvals", routes=[large | {"above": large["above"] | {"USD": amount}}, *others])


def restocking(percent: str) -> dict[str, Any]:
    """What is asked for units that had left the warehouse."""
    intercepted, *others = as_shipped("cancellation")["restocking"]
    return as_shipped("cancellation", restocking=[intercepted | {"percent": percent}, *others])


def denying(edit: str, role: str) -> dict[str, Any]:
    rule = {"id": f"no-{edit}", "edits": [edit], "roles": [role], "outcome": "deny", "words": "Not any more."}
    return {"rules": [rule, *as_shipped("eligibility")["rules"]]}


def replay(world: World, name: PolicyName, document: dict[str, Any] | None = None, **more: Any) -> Replayed:
    text = None if document is None else json.dumps(document)
    draft = Draft(name=name, by="usr-1", document=text, version=more.pop("version", None))
    return replay_policy(world.services, world.policy_history, Replay(draft=draft, **more))


def differing(replayed: Replayed) -> list[Compared]:
    return [each for each in replayed.compared if each.differences]


def in_force(world: World, name: PolicyName, document: dict[str, Any]) -> None:
    """Agreed to by a second operator; the fakes that judge changes go by it too."""
    version = int(proposed(world, name, document).split()[0].rpartition("-")[2])
    agreed(world, name, version)
    history = world.policy_history
    world.policies.policy = policy_at(history.register(), world.clock.now(), history.read)


def amended(world: World, order: Order, *edits: Edit, who: Principal = AGENT) -> Change:
    """As far as it goes in one call, a minute after what was before."""
    world.clock.passes(minutes=1)
    wanted = Wanted(order_id=order.order_id, reason_code="customer_request", edits=edits)
    digest = preview_amendment(world.services, who, wanted).digest
    request = world.request(who, if_match=live(world, order).etag)
    answer = start_amendment(world.services, request, replace(wanted, accept_digest=digest))
    return world.memory.changes[told(answer).body.split("/")[0]]


def cheaper(amount: int = 900, currency: str = "USD") -> SetUnitPrice:
    return SetUnitPrice(line_id="l1", unit_price=Money(amount=amount, currency=currency))


def a_sofa_of_501(world: World, name: str = "D-1") -> Order:
    """Each 501.00, tax included in nothing: one fewer passes the shipped threshold, and not 600.00."""
    return taken(world, an_order(name).with_line("SOFA", 3, 50_100, taxes=()).paid(None, f"pay-{name}"))


def intercepted(world: World, builder: OrderBuilder) -> Change:
    """A cancellation of three units on their way, stopped by the carrier for a fee."""
    order = taken(world, builder)
    ship(world, order, 3)
    world.clock.passes(minutes=1)
    change = cancel(world, order, exception="intercept")
    carrier(world, change, "done")
    return world.memory.changes[change.change_id]


# --------------------------------------------------------------------------------------------------------- approvals


def test_what_a_replay_foretold_comes_true_after_one_put(world: World) -> None:
    waiting = asked_for(world, a_sofa_of_501(world, "D-1"))
    assert waiting.status is ChangeStatus.PENDING_APPROVAL
    foretold = replay(world, "approvals", threshold("600.00"))
    (differs,) = differing(foretold)
    assert (differs.change_id, differs.before.approvals, differs.after.approvals) == (
        waiting.change_id,
        ("manager",),
        (),
    )
    assert (counted(foretold.compared), differs.rules) == ({"approvals_fewer": 1}, (Rule("approval", "large"),))

    in_force(world, "approvals", threshold("600.00"))
    assert asked_for(world, a_sofa_of_501(world, "D-2")).status is ChangeStatus.COMMITTED


def test_a_stricter_threshold_names_the_changes_that_would_have_waited(world: World) -> None:
    small, large = amended(world, mugs(world), cheaper()), asked_for(world, a_sofa_of_501(world, "D-2"))
    found = replay(world, "approvals", threshold("1.00"))
    assert [each.change_id for each in differing(found)] == [small.change_id]
    assert counted(found.compared) == {"approvals_more": 1}
    assert {each.change_id for each in found.compared} == {small.change_id, large.change_id}


def test_approvals_count_since_the_last_one_as_they_did_then(world: World) -> None:
    """Three times 200.00: the third passes 500.00, whatever became of the order since."""
    order = taken(world, an_order().with_line("SOFA", 9, 20_000, taxes=()).paid())
    made = [amended(world, order, SetQuantity(line_id="l1", quantity=quantity)) for quantity in (8, 7, 6)]
    assert [bool(change.plan.approvals) for change in made] == [False, False, True]
    found = replay(world, "approvals", threshold("300.00"))
    assert [bool(each.before.approvals) for each in found.compared] == [True, False, False]
    assert [bool(each.after.approvals) for each in found.compared] == [True, True, False]
    assert not any(each.drifted for each in found.compared)


# -------------------------------------------------------------------------------------------------------------- costs


def test_other_fees_cost_their_difference_to_the_cent(world: World) -> None:
    made = [intercepted(world, an_order(f"D-{n}").with_line("MUG", 3, 333 + n).paid(None, f"p-{n}")) for n in range(3)]
    fees = [fee.amount for change in made for fee in change.plan.fees]
    assert len(fees) == 3
    found = replay(world, "cancellation", restocking("5"))
    assert not any(each.drifted for each in found.compared)
    halves = [each.after.fees_total for each in found.compared]
    charged = [sum(units.amount for units in change.plan.cancelled) for change in reversed(made)]
    assert halves == [round(amount / 20) for amount in charged]
    less = sum(fees) - sum(halves)
    assert costs(found.compared) == (Cost("USD", refunds=less, fees=-less, totals=-less),)
    assert counted(found.compared) == {"fees": 3, "refunds": 3, "totals": 3}
    assert found.compared[0].rules == (Rule("restocking fee", "intercepted"),)


def test_currencies_are_never_added_to_each_other(world: World) -> None:
    for number, currency in enumerate(("USD", "EUR", "JPY")):
        builder = an_order(f"D-{number}").in_currency(currency).with_line("MUG", 3, 1000)
        intercepted(world, builder.paid(None, f"pay-{number}"))
    found = replay(world, "cancellation", restocking("5"))
    assert [(each.currency, each.fees) for each in costs(found.compared)] == [
        ("EUR", -180),
        ("JPY", -180),
        ("USD", -180),
    ]


def test_what_never_took_effect_costs_nothing(world: World) -> None:
    order = mugs(world)
    ship(world, order, 3)
    change = cancel(world, order, exception="intercept")
    assert change.status is ChangeStatus.PENDING_CONFIRMATION
    assert [each.fees for each in costs(replay(world, "cancellation", restocking("5")).compared)] == [-162]
    carrier(world, change, "failed")
    found = replay(world, "cancellation", restocking("5"))
    assert (costs(found.compared), len(differing(found))) == ((), 1)


@pytest.mark.parametrize("name", ["eligibility", "checks"])
def test_what_would_have_been_denied_would_have_given_nothing_back(world: World, name: PolicyName) -> None:
    """Be it denied before it is priced, or after."""
    change = amended(world, mugs(world), cheaper())
    less = -change.plan.delta
    assert less > 0
    rule = {"id": "no-price", "when": "'set_unit_price' in edits && refunds", "outcome": "deny", "words": "No."}
    checks = as_shipped("checks")
    drafts = {
        "eligibility": denying("set_unit_price", "agent"),
        "checks": checks | {"rules": [*checks["rules"], rule]},
    }
    found = replay(world, name, drafts[name])
    assert costs(found.compared) == (Cost("USD", refunds=-less, fees=0, totals=less),)


# ------------------------------------------------------------------------------------------------------------- denials


def test_a_denial_hits_exactly_the_changes_that_it_names(world: World) -> None:
    by_agent = amended(world, mugs(world), cheaper())
    dearer = taken(world, an_order("D-2").with_line("MUG", 3, 1000).paid(None, "pay-2"))
    amended(world, dearer, cheaper(), who=MANAGER)
    amended(world, dearer, SetQuantity(line_id="l1", quantity=2))
    found = replay(world, "eligibility", denying("set_unit_price", "agent"))
    (differs,) = differing(found)
    assert (differs.change_id, differs.after.denied) == (by_agent.change_id, ("not-eligible",))
    assert counted(found.compared) == {"now_denied": 1}
    assert Rule("set_unit_price", "no-set_unit_price") in differs.rules


def test_what_is_forbidden_now_and_would_not_be_is_told_as_allowed(world: World) -> None:
    change = amended(world, mugs(world), cheaper())
    in_force(world, "eligibility", denying("set_unit_price", "agent"))
    found = replay(world, "eligibility", as_shipped("eligibility"))
    (differs,) = differing(found)
    assert (differs.change_id, differs.differences) == (change.change_id, ("now_allowed",))
    assert not differs.drifted  # another policy judged it


def test_a_reason_that_goes_denies_what_was_given_for_it(world: World) -> None:
    amended(world, mugs(world), cheaper())
    codes = [each for each in as_shipped("reasons")["codes"] if each["code"] != "customer_request"]
    codes.append({"code": "asked", "title": "Asked for", "kinds": ["amendment", "cancellation"]})
    (differs,) = differing(replay(world, "reasons", {"codes": codes}))
    assert differs.after.denied == ("unknown-reason",)


# -------------------------------------------------------------------------------------------------- as it was back then


def test_the_refunds_of_that_day_count_as_they_did_then(world: World) -> None:
    order = mugs(world)
    world.memory.tallies[refunds_key(order, world.clock.now())] = 500
    asked_for(world, order)
    (same,) = replay(world, "cancellation", restocking("50")).compared
    assert (same.drifted, same.before.approvals) == (False, ("manager",))


def test_units_that_have_shipped_since_had_not_shipped_then(world: World) -> None:
    order = mugs(world)
    consented(world, order, lines=ONE)
    ship(world, order, 2)
    (same,) = replay(world, "cancellation", restocking("50")).compared
    assert (same.differences, same.drifted, same.before.denied) == ((), False, ())


def test_units_that_had_shipped_then_have_in_the_replay(world: World) -> None:
    order = mugs(world)
    ship(world, order, 1)
    change = consented(world, order, lines=ONE)
    ship(world, order, 1, FulfilmentEvent.DELIVERED)
    assert change.progress["l1"].shipped == 1
    (same,) = replay(world, "deadlines", as_shipped("deadlines")).compared
    assert not same.drifted


def test_stock_that_is_gone_since_denies_nothing(world: World) -> None:
    change = amended(world, mugs(world), SetQuantity(line_id="l1", quantity=5))
    assert change.plan.stock
    world.stock("MUG", 5, allocated=5)
    (same,) = replay(world, "deadlines", as_shipped("deadlines")).compared
    assert (same.before.denied, same.drifted) == ((), False)


def test_a_line_that_was_fitted_to_stock_is_fitted_to_the_stock_of_then(world: World) -> None:
    world.stock("MUG", 2)
    order = mugs(world)
    assert live(world, order).lines[0].backordered == 1
    change = amended(world, order, FitToStock(line_id="l1"))
    assert change.plan.lines[0].after.quantity == 2
    world.stock("MUG", 90, allocated=2)
    (same,) = replay(world, "deadlines", as_shipped("deadlines")).compared
    assert (same.before.denied, same.drifted) == ((), False)


def test_an_address_is_moved_again_though_its_goods_are_packed_by_now(world: World) -> None:
    order = mugs(world)
    amended(world, order, SetShippingAddress(address=replace(HOME, line1="2 Main Street")))
    ship(world, order, 3, FulfilmentEvent.PACKED)
    (same,) = replay(world, "deadlines", as_shipped("deadlines")).compared
    assert (same.before.denied, same.drifted) == ((), False)


def test_time_that_has_passed_since_forbids_nothing(world: World) -> None:
    """The authorisation was good when it was asked for, and had run out when a manager said no."""
    order = taken(world, an_order().with_line("SOFA", 3, 50_100).authorised())
    (reserved,) = order.payments
    good_until = world.clock.now() + timedelta(hours=1)
    ample = replace(reserved, authorised=2 * reserved.authorised, expires_at=good_until)
    held = replace(order, payments=(ample,))
    world.memory.orders[order.order_id] = held
    change = asked_for(world, held, 4)
    world.clock.passes(hours=2)
    decided(world, change, MANAGER, "reject")
    checks = as_shipped("checks")
    expired, *others = checks["rules"]
    (same,) = replay(world, "checks", checks | {"rules": [expired | {"outcome": "deny"}, *others]}).compared
    assert (same.status, same.differences, same.drifted) == (ChangeStatus.REJECTED, (), False)


def test_an_undo_is_judged_like_any_other_change(world: World) -> None:
    order = mugs(world)
    done = amended(world, order, cheaper())
    named = ChangeAddress(order_id=order.order_id, change_id=done.change_id)
    world.clock.passes(minutes=1)
    digest = preview_undo(world.services, MANAGER, named).digest
    undo_committed(world.services, world.request(MANAGER, if_match=live(world, order).etag), named, digest)
    found = replay(world, "eligibility", denying("restore", "manager"))
    assert [each.differences for each in found.compared] == [("now_denied",), ()]
    assert not any(each.drifted for each in found.compared)


def test_a_draft_with_other_edits_is_judged_by_those(world: World) -> None:
    order = mugs(world)
    wanted = Wanted(order_id=order.order_id, reason_code="customer_request", edits=(cheaper(),))
    start_amendment(world.services, world.request(AGENT, if_match=order.etag), wanted)
    (change,) = world.memory.changes.values()
    named = ChangeAddress(order_id=order.order_id, change_id=change.change_id)
    fewer = replace(wanted, edits=(SetQuantity(line_id="l1", quantity=2),))
    replace_edits(world.services, world.request(AGENT, if_match=live(world, order).etag), named, fewer)
    digest = world.memory.changes[change.change_id].plan.digest
    submit_change(world.services, world.request(AGENT, if_match=live(world, order).etag), named, digest)
    (same,) = replay(world, "eligibility", denying("set_unit_price", "agent")).compared
    assert (same.differences, same.drifted) == ((), False)


def test_a_product_that_costs_more_by_now_is_told_as_drift(world: World) -> None:
    world.product("PEN", list_price={"USD": 100})
    amended(world, mugs(world), AddLine(sku="PEN", quantity=1))
    world.product("PEN", list_price={"USD": 200})
    (drifted,) = replay(world, "deadlines", as_shipped("deadlines")).compared
    assert (drifted.drifted, drifted.differences) == (True, ())


def test_a_payment_that_moved_since_is_told_as_drift_of_what_still_waits(world: World) -> None:
    orders = [taken(world, an_order(f"D-{n}").with_line("SOFA", 3, 50_100).authorised()) for n in range(2)]
    waiting, done = asked_for(world, orders[0]), amended(world, orders[1], cheaper(50_000))
    for order in orders:
        paid = replace(live(world, order).payments[0], status=PaymentStatus.CAPTURED, captured=50_000)
        reported = ReportedPayment(payment=paid, currency="USD")
        record_payment(world.services, world.request(SERVICE), order.order_id, reported)
    drifted = {each.change_id: each.drifted for each in replay(world, "approvals", threshold("600.00")).compared}
    assert drifted == {waiting.change_id: True, done.change_id: False}


# --------------------------------------------------------------------------------------------------- which are judged


def test_drafts_that_nobody_submitted_are_skipped_and_counted(world: World) -> None:
    first, second = mugs(world), taken(world, an_order("D-2").with_line("MUG", 3, 1000).paid(None, "pay-2"))
    for order in (first, second):
        wanted = Wanted(order_id=order.order_id, reason_code="customer_request", edits=(cheaper(),))
        start_amendment(world.services, world.request(AGENT, if_match=order.etag), wanted)
    named = ChangeAddress(order_id=second.order_id, change_id=live(world, second).open_change.change_id)
    undo_change(world.services, world.request(AGENT, if_match=live(world, second).etag), named)
    found = replay(world, "approvals", threshold("1.00"))
    assert (found.compared, found.skipped, found.looked_at) == ([], {"never-submitted": 2}, 2)


def test_what_is_erased_missing_or_unreadable_is_skipped_and_the_rest_is_judged(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = [taken(world, an_order(f"D-{n}").with_line("MUG", 3, 1000).paid(None, f"p-{n}")) for n in range(4)]
    erased, missing, broken, _ = [amended(world, order, cheaper()) for order in orders]
    past = world.memory.versions[erased.order_id, 1]
    world.memory.versions[erased.order_id, 1] = replace(past, erased_at=world.clock.now())
    del world.memory.versions[missing.order_id, 1]
    load = world.services.orders.load_version

    def damaged(order_id: str, version: int) -> Order | None:
        if order_id == broken.order_id:
            raise ValueError
        return load(order_id, version)

    monkeypatch.setattr(world.services.orders, "load_version", damaged)
    found = replay(world, "approvals", threshold("1.00"))
    assert found.skipped == {"order-erased": 1, "version-missing": 1, "order-unreadable": 1}
    assert len(differing(found)) == 1


def test_the_kinds_and_the_period_asked_for_are_judged_and_no_others(world: World) -> None:
    first = amended(world, mugs(world), cheaper())
    order = taken(world, an_order("D-2").with_line("MUG", 3, 1000).paid(None, "pay-2"))
    world.clock.passes(minutes=1)
    second = consented(world, order, lines=ONE)
    third = amended(world, order, cheaper())

    def judged(**asked: Any) -> list[str]:
        return [each.change_id for each in replay(world, "approvals", threshold("1.00"), **asked).compared]

    assert judged() == [third.change_id, second.change_id, first.change_id]
    assert judged(kinds=("cancellation",)) == [second.change_id]
    assert judged(kinds=("amendment",)) == [third.change_id, first.change_id]
    assert judged(since=second.created_at, until=third.created_at) == [second.change_id]


@pytest.mark.parametrize("at_once", [False, True], ids=["one after the other", "all at once"])
@pytest.mark.parametrize(("limit", "made"), [(1, 5), (7, 22), (30, 61)])
def test_pages_follow_each_other_without_gap_or_repetition(world: World, limit: int, made: int, at_once: bool) -> None:
    one = amended(world, mugs(world), cheaper())
    step, statuses = timedelta(seconds=not at_once), (ChangeStatus.COMMITTED, ChangeStatus.COMPLETED)
    for number in range(1, made):
        each = replace(one, change_id=f"chg_x{number:03}", created_at=one.created_at + number // 3 * step)
        world.memory.changes[each.change_id] = replace(each, status=statuses[number % 2])
    found: list[str] = []
    page = replay(world, "approvals", threshold("1.00"), limit=limit)
    for number in range(ceil(made / limit)):
        found += [each.change_id for each in page.compared]
        assert len(page.compared) == min(limit, made - number * limit)
        assert (page.cursor is None) == (len(found) == made)
        page = replay(world, "approvals", threshold("1.00"), limit=limit, cursor=page.cursor)
    assert sorted(found) == sorted(world.memory.changes)
    times = [world.memory.changes[each].created_at for each in found]
    assert times == sorted(times, reverse=True)


def test_a_replay_that_takes_long_ends_with_a_cursor(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    one = amended(world, mugs(world), cheaper())
    for number in range(120):
        world.memory.changes[f"chg_x{number}"] = replace(one, change_id=f"chg_x{number}")
    load = world.services.orders.load_version

    def slow(order_id: str, version: int) -> Order | None:
        world.clock.passes(seconds=TIME.total_seconds() / 60)
        return load(order_id, version)

    monkeypatch.setattr(world.services.orders, "load_version", slow)
    page = replay(world, "approvals", threshold("1.00"))
    assert (len(page.compared), page.cursor is not None) == (100, True)
    rest = replay(world, "approvals", threshold("1.00"), cursor=page.cursor)
    assert (len(rest.compared), rest.cursor) == (21, None)


def test_it_reads_no_more_pages_than_it_needs(world: World, changes: PagedChanges) -> None:
    one = amended(world, mugs(world), cheaper())
    for number in range(400):
        world.memory.changes[f"chg_x{number}"] = replace(one, change_id=f"chg_x{number}")
    moment = one.created_at
    for number, each in enumerate(list(world.memory.changes.values())):
        world.memory.changes[each.change_id] = replace(each, created_at=moment + timedelta(seconds=number))
    changes.listed = 0
    replay(world, "approvals", threshold("1.00"), limit=100)
    assert changes.listed <= len(ChangeStatus) + 2


@pytest.mark.parametrize(
    "cursor", ["~", "x~y", "2026-11-20~chg_1", "2026-11-20T12:00:00~chg_1", "9999-12-31T23:59:59Z~c"]
)
def test_a_cursor_of_another_list_is_refused(world: World, cursor: str) -> None:
    with refused("malformed-cursor"):
        replay(world, "approvals", threshold("1.00"), cursor=cursor)


# ----------------------------------------------------------------------------------------------------------- the draft


def test_a_version_that_waits_is_tried_before_somebody_agrees_to_it(world: World) -> None:
    asked_for(world, a_sofa_of_501(world))
    proposed(world, "approvals", threshold("600.00"))
    assert len(differing(replay(world, "approvals", version=2))) == 1
    agreed(world, "approvals", 2)
    assert differing(replay(world, "approvals", version=2)) == []
    assert len(differing(replay(world, "approvals", version=1))) == 1  # what going back would do


def test_a_version_that_does_not_exist_is_refused(world: World) -> None:
    with pytest.raises(Refusal) as caught:
        replay(world, "approvals", version=7)
    assert (caught.value.code, caught.value.violations[0].pointer) == ("unknown-version", "/version")


def test_a_draft_that_makes_no_sense_is_refused_as_its_proposal_would_be(world: World) -> None:
    empty = as_shipped("approvals", routes=[{"id": "all", "above": {}, "approvers": ["manager"]}])
    with pytest.raises(Refusal) as caught:
        replay(world, "approvals", empty)
    with pytest.raises(Refusal) as proposing:
        proposed(world, "approvals", empty)
    assert caught.value.violations == proposing.value.violations
    assert caught.value.violations[0].pointer == "/document/routes/0/above"


def test_a_draft_is_judged_beside_the_documents_in_force(world: World) -> None:
    """What is below the floor goes to whom the approvals in force name, not those that were shipped."""
    amended(world, mugs(world), cheaper(900))
    in_force(world, "approvals", as_shipped("approvals", asked=["manager", "finance"]))
    (found,) = replay(world, "prices", bounds("95")).compared
    assert (found.before.approvals, found.after.approvals) == ((), ("manager", "finance"))


def test_a_replay_leaves_no_trace(world: World) -> None:
    asked_for(world, a_sofa_of_501(world))
    intercepted(world, an_order("D-2").with_line("MUG", 3, 1000).paid(None, "pay-2"))
    before = {each.name: copy(getattr(world.memory, each.name)) for each in fields(Memory)}
    ids = world.ids.count
    replay(world, "approvals", threshold("600.00"))
    assert {each.name: getattr(world.memory, each.name) for each in fields(Memory)} == before
    assert world.ids.count == ids


@pytest.mark.parametrize("who", [AGENT, CUSTOMER], ids=["agent", "customer"])
def test_the_policy_in_force_differs_nowhere_from_itself(world: World, who: Principal) -> None:
    order = mugs(world)
    amended(world, order, SetQuantity(line_id="l1", quantity=2), who=who)
    consented(world, order, lines=ONE)
    for name in ("approvals", "cancellation", "checks", "eligibility", "prices", "reasons", "shipping", "taxes"):
        found = replay(world, name, as_shipped(name))
        assert (len(found.compared), differing(found)) == (2, [])
        assert [cost for cost in costs(found.compared) if any(cost[1:])] == []


@settings(
    max_examples=times(20), deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(histories(), st.sampled_from(sorted(DOCUMENTS)))
def test_whatever_was_changed_the_policy_in_force_decides_it_as_it_does(steps: list[Step], name: PolicyName) -> None:
    world = a_world()
    for number, step in enumerate(steps):
        world.memory.versions[step.before.order_id, step.before.version] = step.before
        made = a_change(step.before, step.edits, step.planned.plan)
        world.memory.changes[f"chg_{number}"] = replace(made, change_id=f"chg_{number}")
    found = replay(world, name, as_shipped(name))
    assert (len(found.compared), differing(found)) == (len(steps), [])
