"""Refusals and reports on DynamoDB: what is kept, how it is found by time, and what a report asks for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.adapters.dynamodb.refusals import DynamoRefusals
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Order
from shared.domain.period import Period
from shared.domain.planning.edits import SetQuantity
from shared.domain.replay.false_rejects import Refused, Touched
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.core.new_change import Wanted
from shared.usecases.reports.report_approvals import report_approvals
from shared.usecases.reports.report_false_rejects import report_false_rejects
from tests.fakes import World, an_order
from tests.fakes.builders import AGENT
from tests.fakes.world import NOW
from tests.integration.conftest import Dynamo
from tests.integration.test_stores import live, on_hand, taken
from tests.unit.usecases.stories import refused

PERIOD = Period(since=NOW, until=NOW + timedelta(days=10))
KEPT = Refused(
    id="rfs_1",
    at=NOW,
    order_id="ord_1",
    customer_id="cus-1",
    channel="direct",
    tier="gold",
    kind="amendment",
    role="customer",
    reason_code="customer_request",
    edits=(Touched(op="set_unit_price", on="l1"), Touched(op="cancel_order")),
    wanted="0123456789abcdef",
    codes=("not-eligible",),
    rules=("price-by-staff",),
    policy_version="7",
)


@pytest.fixture
def world(world: World, dynamo: Dynamo) -> World:
    world.services = replace(world.services, refusals=DynamoRefusals(dynamo.client, "RefusalsTable"))
    return world


def amend(world: World, order: Order, quantity: int) -> None:
    """As far as it goes in one call."""
    edits = (SetQuantity(line_id="l1", quantity=quantity),)
    wanted = Wanted(order_id=order.order_id, reason_code="customer_request", edits=edits)
    digest = preview_amendment(world.services, AGENT, wanted).digest
    request = world.request(AGENT, if_match=live(world, order.order_id).etag)
    start_amendment(world.services, request, replace(wanted, accept_digest=digest))


def an_order_of(world: World, name: str = "D-1") -> Order:
    return taken(world, an_order(name).with_line("MUG", 3, 1000).paid())


def test_a_refusal_reads_back_as_it_was_kept(world: World) -> None:
    world.services.refusals.keep(KEPT)
    assert list(world.services.refusals.within(NOW, NOW + timedelta(days=1), 10)) == [KEPT]


def test_it_goes_by_itself_after_400_days(world: World, dynamo: Dynamo) -> None:
    world.services.refusals.keep(KEPT)
    (row,) = dynamo.client.scan(TableName="RefusalsTable")["Items"]
    assert (row["day"]["S"], int(row["ttl"]["N"])) == ("2026-11-20", int((NOW + timedelta(days=400)).timestamp()))


def test_a_period_takes_in_its_start_and_not_its_end_over_midnights(world: World) -> None:
    midnight = datetime(2026, 11, 22, tzinfo=UTC)
    times = [NOW, midnight - timedelta(microseconds=1), midnight, midnight + timedelta(days=2)]
    for number, at in enumerate(times):
        world.services.refusals.keep(replace(KEPT, id=f"rfs_{number}", at=at))
    found = world.services.refusals.within(times[1], times[3], 10)
    assert [each.id for each in found] == ["rfs_1", "rfs_2"]
    assert [each.id for each in world.services.refusals.within(NOW, midnight, 10)] == ["rfs_0", "rfs_1"]


def test_two_of_one_moment_are_both_kept_and_no_more_are_read_than_asked_for(world: World) -> None:
    for number in range(3):
        world.services.refusals.keep(replace(KEPT, id=f"rfs_{number}"))
    assert len(world.services.refusals.within(NOW, PERIOD.until, 10)) == 3
    assert [each.id for each in world.services.refusals.within(NOW, PERIOD.until, 2)] == ["rfs_0", "rfs_1"]


def test_a_change_that_goes_through_costs_nothing_more_and_a_refusal_one_write(world: World, dynamo: Dynamo) -> None:
    on_hand(world, "MUG", 10)
    order = an_order_of(world)
    wanted = Wanted(
        order_id=order.order_id, reason_code="customer_request", edits=(SetQuantity(line_id="l1", quantity=2),)
    )
    digest = preview_amendment(world.services, AGENT, wanted).digest
    dynamo.counted()
    with refused("insufficient-stock"):
        start_amendment(
            world.services,
            world.request(AGENT, if_match=order.etag),
            replace(wanted, edits=(SetQuantity(line_id="l1", quantity=20),)),
        )
    assert dynamo.counted() == {"Query": 1, "BatchGetItem": 1, "PutItem": 1}
    start_amendment(world.services, world.request(AGENT, if_match=order.etag), replace(wanted, accept_digest=digest))
    assert dynamo.counted() == {"Query": 1, "BatchGetItem": 1, "TransactWriteItems": 1}


def test_false_rejects_take_a_query_a_day_and_two_calls_an_order(world: World, dynamo: Dynamo) -> None:
    on_hand(world, "MUG", 20)
    for name in ("D-1", "D-2"):
        order = an_order_of(world, name)
        with refused("insufficient-stock"):
            amend(world, order, 30)
        world.clock.passes(hours=1)
        amend(world, order, 4)
    dynamo.counted()
    report = report_false_rejects(world.services, PERIOD)
    assert dynamo.counted() == {"Query": 11 + 2, "BatchGetItem": 2}
    assert (report.all.refused, report.all.resubmitted, report.truncated) == (2, 2, False)


def test_approvals_take_a_query_a_status_and_a_read_for_each_that_has_some(world: World, dynamo: Dynamo) -> None:
    on_hand(world, "MUG", 20)
    for name in ("D-1", "D-2"):
        amend(world, an_order_of(world, name), 2)
    dynamo.counted()
    report = report_approvals(world.services, PERIOD)
    assert dynamo.counted() == {"Query": len(ChangeStatus) - 1, "BatchGetItem": 1}  # drafts are not looked at
    assert (report.all.changes, report.all.auto_approved, report.truncated) == (2, 2, False)


def test_beyond_its_pages_the_newest_are_counted_of_all_statuses_alike(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.usecases.reports.report_approvals.PAGE", 1)
    monkeypatch.setattr("shared.usecases.reports.report_approvals.PAGES", 2)
    on_hand(world, "MUG", 90)
    orders = [an_order_of(world, f"D-{number}") for number in range(4)]
    amend(world, taken(world, an_order("D-9").with_line("SOFA", 3, 50_100).paid()), 2)  # waits: older than what counts
    for order in orders:
        world.clock.passes(minutes=1)
        amend(world, order, 2)
    report = report_approvals(world.services, PERIOD)
    assert (report.truncated, report.counted_from) == (True, NOW + timedelta(minutes=3))
    assert (report.all.changes, report.all.committed) == (2, 2)
