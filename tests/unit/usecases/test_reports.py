"""What is kept of refusals, and what reports make of them; how approvals went, and how long they took."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from shared.domain.canonical import canonical
from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Order
from shared.domain.period import Period, period_of
from shared.domain.planning.edits import AddLine, CancelLine, Edit, Money, SetQuantity, SetShippingAddress, SetUnitPrice
from shared.domain.refusal import Refusal
from shared.domain.replay.false_rejects import PATIENCE, Touched, fingerprint, touched, verdict
from shared.ports.requests import Answer
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.amending.undo_change import undo_change
from shared.usecases.cancelling.start_cancellation import (
    Cancellation,
    LineToCancel,
    preview_cancellation,
    start_cancellation,
)
from shared.usecases.core.access import Principal
from shared.usecases.core.new_change import Wanted
from shared.usecases.core.open_changes import ChangeAddress
from shared.usecases.reports.approval_figures import Waits
from shared.usecases.reports.report_approvals import report_approvals
from shared.usecases.reports.report_false_rejects import Rejects, report_false_rejects
from shared.usecases.sweeping.mind_deadlines import mind_deadlines
from tests.fakes import World, an_order
from tests.fakes.builders import AGENT, AGENT_2, CUSTOMER, HOME, MANAGER
from tests.fakes.edge import told
from tests.fakes.world import NOW
from tests.unit.usecases.approvals import FINANCE, LEAD, a_dear_order, asked_for, decided, now, over_500, ruled
from tests.unit.usecases.stories import live, mugs, refused, taken

CHEAPER = (SetUnitPrice(line_id="l1", unit_price=Money(amount=900, currency="USD")),)
TOO_MANY = (SetQuantity(line_id="l1", quantity=20),)
A_FEW = (SetQuantity(line_id="l1", quantity=4),)
PERIOD = Period(since=NOW, until=NOW + timedelta(days=30))


def amend(world: World, order: Order, edits: tuple[Edit, ...], who: Principal = AGENT) -> Answer:
    """As far as it goes in one call."""
    wanted = Wanted(order_id=order.order_id, reason_code="customer_request", edits=edits, note="a note")
    plan = preview_amendment(world.services, who, wanted)
    request = world.request(who, if_match=live(world, order).etag)
    return told(start_amendment(world.services, request, replace(wanted, accept_digest=plan.digest)))


def turned_away(world: World, order: Order, edits: tuple[Edit, ...], who: Principal = AGENT) -> None:
    with pytest.raises(Refusal):
        amend(world, order, edits, who)


def rejects(world: World) -> tuple[int, int, int]:
    report = report_false_rejects(world.services, PERIOD).all
    return report.refused, report.forced, report.resubmitted


# ------------------------------------------------------------------------------------------------------ what is kept


def test_a_refusal_by_policy_is_kept_with_the_rule_that_denied_it(world: World) -> None:
    order = mugs(world)
    turned_away(world, order, CHEAPER, CUSTOMER)
    (kept,) = world.refusals.kept
    assert (kept.order_id, kept.customer_id, kept.channel, kept.tier) == (order.order_id, "cus-1", "direct", "gold")
    assert (kept.kind, kept.role, kept.reason_code, kept.at) == ("amendment", "customer", "customer_request", NOW)
    assert kept.edits == (Touched(op="set_unit_price", on="l1"),)
    assert kept.codes == ("not-eligible",)
    assert len(kept.rules) == 1
    assert kept.policy_version == world.policies.policy.version


def test_a_refusal_by_a_rule_of_ours_is_kept_without_one_of_policy(world: World) -> None:
    turned_away(world, mugs(world), TOO_MANY)
    (kept,) = world.refusals.kept
    assert (kept.codes, kept.rules) == (("insufficient-stock",), ())


def test_a_refused_cancellation_is_kept_too(world: World) -> None:
    order = mugs(world)
    asked = Cancellation(
        order_id=order.order_id, reason_code="customer_request", lines=(LineToCancel(line_id="l1", quantity=9),)
    )
    with refused("more-than-left"):
        start_cancellation(world.services, world.request(AGENT, if_match=order.etag), asked)
    (kept,) = world.refusals.kept
    assert (kept.kind, kept.edits) == ("cancellation", (Touched(op="cancel_units", on="l1"),))


def test_a_preview_keeps_no_refusal(world: World) -> None:
    order = mugs(world)
    wanted = Wanted(order_id=order.order_id, reason_code="customer_request", edits=TOO_MANY)
    assert preview_amendment(world.services, AGENT, wanted).violations
    preview_cancellation(world.services, AGENT, Cancellation(order_id=order.order_id, reason_code="fraud"))
    assert not world.refusals.kept


@pytest.mark.parametrize(
    ("etag", "reason", "digest", "code"),
    [
        ('"0.9"', "customer_request", None, "stale-version"),
        (None, "customer_request", None, "precondition-required"),
        ('"1.0"', "because", None, "unknown-reason"),
        ('"1.0"', "customer_request", "another", "plan-changed"),
    ],
)
def test_what_is_refused_for_how_it_was_asked_is_not_kept(
    world: World, etag: str | None, reason: str, digest: str | None, code: str
) -> None:
    order = mugs(world)
    wanted = Wanted(order_id=order.order_id, reason_code=reason, edits=A_FEW, accept_digest=digest)
    with refused(code):
        start_amendment(world.services, world.request(AGENT, if_match=etag), wanted)
    assert not world.refusals.kept


def test_nothing_personal_is_kept_of_a_refusal(world: World) -> None:
    order = mugs(world)
    moved = SetShippingAddress(address=replace(HOME, line1="7 Secret Lane", name="Grace"))
    turned_away(world, order, (moved, *TOO_MANY))
    told = canonical([asdict(each) for each in world.refusals.kept])
    assert not [word for word in ("Secret", "Grace", "Ada", "example.com", "a note", AGENT.id) if word in told]


def test_a_store_that_fails_changes_no_answer(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.refusals.broken = ValueError("Ada Lovelace")
    with refused("insufficient-stock"):
        amend(world, mugs(world), TOO_MANY)
    assert "a refusal was not kept: ValueError" in caplog.text
    assert "Ada" not in caplog.text


def test_a_repeated_request_that_had_its_effect_is_no_refusal(world: World) -> None:
    order = mugs(world)
    wanted = Wanted(order_id=order.order_id, reason_code="customer_request", edits=A_FEW)
    plan = preview_amendment(world.services, AGENT, wanted)
    request = world.request(AGENT, if_match=order.etag, key="k1")
    first = told(start_amendment(world.services, request, replace(wanted, accept_digest=plan.digest)))
    world.stock("MUG", 4, allocated=4)
    assert told(start_amendment(world.services, request, replace(wanted, accept_digest=plan.digest))) == first
    assert not world.refusals.kept


def test_two_addresses_make_no_difference_and_two_quantities_do() -> None:
    here, there = (SetShippingAddress(address=replace(HOME, city=city)) for city in ("Here", "There"))
    assert fingerprint([here]) == fingerprint([there])
    assert fingerprint(A_FEW) != fingerprint(TOO_MANY)
    assert touched([here, AddLine(sku="PEN", quantity=1)]) == (
        Touched(op="set_shipping_address"),
        Touched(op="add_line", on="PEN"),
    )


# ----------------------------------------------------------------------------------------------------- false rejects


def test_what_a_higher_role_commits_after_all_was_forced(world: World) -> None:
    order = mugs(world)
    turned_away(world, order, CHEAPER, CUSTOMER)
    world.clock.passes(days=6)
    amend(world, order, CHEAPER, AGENT)
    assert rejects(world) == (1, 1, 0)


def test_after_a_week_it_is_another_matter(world: World) -> None:
    order = mugs(world)
    turned_away(world, order, CHEAPER, CUSTOMER)
    world.clock.passes(days=7, seconds=1)
    amend(world, order, CHEAPER, AGENT)
    assert rejects(world) == (1, 0, 0)


def test_the_week_ends_with_the_commit_however_early_the_change_was_started(world: World) -> None:
    order = mugs(world)
    turned_away(world, order, CHEAPER, CUSTOMER)
    world.clock.passes(hours=1)
    amend(world, order, CHEAPER, AGENT)
    (kept,), changes = world.refusals.kept, list(world.memory.changes.values())
    for early, kept_as in ((timedelta(), "forced"), (timedelta(seconds=1), None)):
        assert verdict(replace(kept, at=world.clock.now() - PATIENCE - early), changes) == kept_as


def test_a_higher_role_that_does_something_else_forces_nothing(world: World) -> None:
    order = mugs(world)
    turned_away(world, order, CHEAPER, CUSTOMER)
    amend(world, order, (SetQuantity(line_id="l1", quantity=2),), AGENT)
    assert rejects(world) == (1, 0, 0)


def test_the_same_edit_of_another_line_forces_nothing(world: World) -> None:
    order = taken(world, an_order().with_lines(2).paid())
    turned_away(world, order, (SetUnitPrice(line_id="l1", unit_price=Money(amount=900, currency="USD")),), CUSTOMER)
    world.clock.passes(hours=1)
    amend(world, order, (SetUnitPrice(line_id="l2", unit_price=Money(amount=900, currency="USD")),), AGENT)
    assert rejects(world) == (1, 0, 0)


def test_a_lower_role_forces_nothing(world: World) -> None:
    order = mugs(world)
    turned_away(world, order, TOO_MANY, MANAGER)
    world.clock.passes(hours=1)
    amend(world, order, A_FEW, AGENT)
    assert rejects(world) == (1, 0, 0)


def test_cancelling_counts_as_the_same_whichever_way_it_is_asked_for(world: World) -> None:
    order = mugs(world)
    turned_away(world, order, (CancelLine(line_id="l1", quantity=9),), CUSTOMER)
    world.clock.passes(hours=1)
    asked = Cancellation(order_id=order.order_id, reason_code="fraud")
    start_cancellation(world.services, world.request(MANAGER, if_match=order.etag), asked)
    (change,) = world.memory.changes.values()
    assert change.status is ChangeStatus.COMMITTED
    assert rejects(world) == (1, 1, 0)


def test_other_edits_of_the_same_line_by_the_same_role_are_a_resubmission(world: World) -> None:
    order = mugs(world)
    turned_away(world, order, TOO_MANY)
    world.clock.passes(hours=1)
    amend(world, order, A_FEW, AGENT_2)
    assert rejects(world) == (1, 0, 1)


def test_the_same_edits_are_a_resubmission_only_under_another_policy(world: World) -> None:
    order = mugs(world)
    turned_away(world, order, TOO_MANY)
    world.clock.passes(hours=1)
    world.stock("MUG", 100, allocated=3)
    amend(world, order, TOO_MANY)
    assert rejects(world) == (1, 0, 0)
    world.refusals.kept[0] = replace(world.refusals.kept[0], policy_version="an-earlier-one")
    assert rejects(world) == (1, 0, 1)


def test_a_change_that_was_never_committed_proves_nothing(world: World) -> None:
    order = mugs(world)
    turned_away(world, order, TOO_MANY)
    wanted = Wanted(order_id=order.order_id, reason_code="customer_request", edits=A_FEW)
    start_amendment(world.services, world.request(AGENT, if_match=order.etag), wanted)
    (change,) = world.memory.changes.values()
    named = ChangeAddress(order_id=order.order_id, change_id=change.change_id)
    undo_change(world.services, world.request(AGENT, if_match=live(world, order).etag), named)
    assert rejects(world) == (1, 0, 0)


def test_false_rejects_are_told_by_channel_account_rule_and_code(world: World) -> None:
    order = mugs(world)
    turned_away(world, order, CHEAPER, CUSTOMER)
    (rule,) = world.refusals.kept[0].rules
    world.clock.passes(hours=1)
    turned_away(world, order, TOO_MANY, MANAGER)
    amend(world, order, CHEAPER, AGENT)
    report = report_false_rejects(world.services, PERIOD)
    assert report.by_channel == [Rejects(name="direct", refused=2, forced=1, resubmitted=0)]
    assert report.by_account == [Rejects(name="cus-1", refused=2, forced=1, resubmitted=0)]
    assert report.by_rule == [Rejects(name=rule, refused=1, forced=1, resubmitted=0)]
    assert [each.name for each in report.by_code] == ["not-eligible", "insufficient-stock"]
    assert (report.all.rate, report.by_code[1].rate, report.truncated) == (0.5, 0.0, False)


def test_only_what_was_refused_in_the_period_is_counted(world: World) -> None:
    turned_away(world, mugs(world), TOO_MANY)
    for since, counted in ((NOW, 1), (NOW + timedelta(seconds=1), 0), (NOW - timedelta(days=1), 0)):
        until = since + timedelta(days=1)
        assert report_false_rejects(world.services, Period(since=since, until=until)).all.refused == counted
    empty = report_false_rejects(world.services, Period(since=NOW, until=NOW))
    assert (empty.all.rate, empty.by_rule) == (None, [])


def test_beyond_what_a_report_looks_at_it_says_until_when_it_is_whole(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.usecases.reports.report_false_rejects.MOST_ORDERS", 1)
    turned_away(world, mugs(world), TOO_MANY)
    world.clock.passes(hours=1)
    turned_away(world, taken(world, an_order("D-2").with_line("MUG", 1, 1000)), TOO_MANY)
    report = report_false_rejects(world.services, PERIOD)
    assert (report.truncated, report.counted_until) == (True, NOW + timedelta(hours=1))
    assert report.all.refused == 1
    monkeypatch.setattr("shared.usecases.reports.report_false_rejects.MOST_REFUSALS", 0)
    assert report_false_rejects(world.services, PERIOD).counted_until == NOW


# --------------------------------------------------------------------------------------------------------- approvals


@pytest.fixture
def dear(world: World) -> Change:
    """501.00, of which a lead is asked first."""
    ruled(world, over_500("lead"))
    return asked_for(world, a_dear_order(world))


def test_the_rate_of_changes_that_needed_nobody(world: World, dear: Change) -> None:
    decided(world, dear, LEAD)
    for name in ("D-2", "D-3", "D-4"):
        amend(
            world,
            taken(world, an_order(name).with_line("MUG", 2, 1000).paid()),
            (SetQuantity(line_id="l1", quantity=1),),
        )
    report = report_approvals(world.services, PERIOD)
    assert (report.all.changes, report.all.committed, report.all.auto_approved, report.all.rate) == (4, 4, 3, 0.75)
    (group,) = report.groups
    assert (group.channel, group.kind, group.rate) == ("direct", "amendment", 0.75)


def test_without_a_commit_there_is_no_rate(world: World, dear: Change) -> None:
    report = report_approvals(world.services, PERIOD)
    assert (report.all.changes, report.all.committed, report.all.rate, report.all.waits) == (1, 0, None, [])


def test_waits_are_told_by_role_as_median_ninth_tenth_and_longest(world: World) -> None:
    ruled(world, over_500("lead"))
    for number, seconds in enumerate((10, 20, 30, 40, 50, 60, 70, 80, 90, 1000)):
        order = taken(world, an_order(f"D-{number}").with_line("SOFA", 3, 50_100).paid())
        change = asked_for(world, order)
        world.clock.passes(seconds=seconds)
        decided(world, change, LEAD)
    (waits,) = report_approvals(world.services, PERIOD).all.waits
    assert waits == Waits(role="lead", count=10, p50=50, p90=90, longest=1000)


def test_an_escalation_counts_and_the_wait_is_from_the_first_asking(world: World, dear: Change) -> None:
    for _ in range(2):
        world.clock.passes(hours=2)
        mind_deadlines(world.services)
    decided(world, dear, FINANCE)
    report = report_approvals(world.services, PERIOD).all
    assert (report.escalated, report.expired) == (1, 0)
    assert report.waits == [Waits(role="finance", count=1, p50=14_400, p90=14_400, longest=14_400)]


def test_a_change_that_nobody_decided_is_counted_as_expired_and_escalated(world: World, dear: Change) -> None:
    for _ in range(3):
        world.clock.passes(hours=2)
        mind_deadlines(world.services)
    report = report_approvals(world.services, PERIOD).all
    assert (report.escalated, report.expired, report.committed) == (1, 1, 0)


@pytest.mark.parametrize("end", ["approve", "reject", "nobody decides"])
def test_escalations_are_counted_by_what_happened_and_not_by_the_words_for_it(
    world: World, dear: Change, end: str
) -> None:
    world.clock.passes(hours=2)
    mind_deadlines(world.services)
    if end == "nobody decides":
        world.clock.passes(days=2)
        mind_deadlines(world.services)
    else:
        decided(world, dear, MANAGER, end)
    change = now(world, dear)
    other_words = tuple(replace(entry, note="so it went") for entry in change.timeline)
    world.memory.changes[change.change_id] = replace(change, timeline=other_words)
    assert (change.asked, report_approvals(world.services, PERIOD).all.escalated) == (None, 1)


def test_a_reminder_is_no_escalation(world: World, dear: Change) -> None:
    world.clock.passes(hours=1)
    mind_deadlines(world.services)
    assert report_approvals(world.services, PERIOD).all.escalated == 0


def test_a_draft_that_expired_kept_nobody_waiting(world: World) -> None:
    ruled(world, over_500("lead"))
    asked_for(world, a_dear_order(world), accept=False)
    assert report_approvals(world.services, PERIOD).all.changes == 0
    world.clock.passes(days=3)
    mind_deadlines(world.services)
    report = report_approvals(world.services, PERIOD).all
    assert (report.changes, report.expired) == (1, 0)


# ----------------------------------------------------------------------------------------------------------- periods


def test_a_report_is_of_the_last_30_days_if_nothing_is_said() -> None:
    assert period_of(None, None, NOW) == Period(since=NOW - timedelta(days=30), until=NOW)
    assert period_of(NOW - timedelta(days=92), None, NOW).until == NOW


@pytest.mark.parametrize(
    ("since", "until", "code"),
    [
        (NOW + timedelta(seconds=1), NOW, "end-before-start"),
        (NOW + timedelta(seconds=1), None, "end-before-start"),
        (NOW - timedelta(days=92, seconds=1), NOW, "out-of-range"),
    ],
)
def test_a_period_is_at_most_92_days_and_ends_after_it_starts(since: object, until: object, code: str) -> None:
    with refused(code):
        period_of(since, until, NOW)  # type: ignore[arg-type]
