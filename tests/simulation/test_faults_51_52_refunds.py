"""Faults 51 and 52: a refund's answer is lost and its gateway not reached; it is settled by hand and by the gateway."""

import pytest

from shared.domain.change.states import ChangeStatus
from tests.fakes.builders import AGENT, CUSTOMER, FINANCE, OPERATOR
from tests.simulation.clients import an_order
from tests.simulation.deeds import TEA_LESS, commits
from tests.simulation.episodes import SEEDS, Json, _order, report, the_change, told
from tests.simulation.faults import Fault, first
from tests.simulation.gateway import Paid
from tests.simulation.scenarios import LINES, Scene, Sent, a_scene

FOREVER = 10**6
LOST = [Fault.LOST, Fault.CRASH_AFTER]


def is_lost(scene: Scene, fault: Fault, operation: str = "refund", deaf: int = FOREVER) -> None:
    """The gateway does what it is asked, its answer is lost, and so many questions after it are not answered."""
    scene.aim(first(fault, "gateway", operation), first(Fault.LOST, "gateway", "find", skip=1, times=deaf))


def gives_up(scene: Scene) -> None:
    """The refund's execution repeats itself until it has no attempt left."""
    scene.plays()
    while the_change(scene).status is not ChangeStatus.FALLOUT:
        assert scene.simulation._time_passes()
        scene.plays()


def hears_again(scene: Scene) -> None:
    scene.simulation.faults.aims.clear()


def by_hand(scene: Scene, reference: str = "SEPA-1", **more: object) -> Sent:
    change = the_change(scene)
    path = f"/changes/{change.change_id}/refunds/{change.refunds[0].refund_id}/settlements"
    body: Json = {"reference": reference, **more}
    return Sent(FINANCE, "POST", path, body, {"idempotency_key": scene.key()})


def resolving(scene: Scene, outcome: str, *said: Json) -> Sent:
    path = f"/changes/{the_change(scene).change_id}/resolutions"
    body = {"outcome": outcome, "note": "looked at it", "gateway_says": list(said)}
    return Sent(OPERATOR, "POST", path, body, {"idempotency_key": scene.key()})


def books(scene: Scene) -> tuple[int, int]:
    """Returns what is booked as refunded and as under way, in all."""
    payments = _order(scene).payments
    return sum(each.refunded for each in payments), sum(each.refunding for each in payments)


def fell_out_as_unknown(scene: Scene) -> None:
    change = the_change(scene)
    assert change.status is ChangeStatus.FALLOUT
    assert "unknown" in {refund.status for refund in change.refunds}
    notes = [entry.note or "" for entry in change.timeline if entry.status is ChangeStatus.FALLOUT]
    assert any("look at the gateway first" in note for note in notes)
    assert not any("pay it by hand" in note for note in notes)
    assert told(scene, "RefundFailed") == {}


# ------------------------------------------------------------------------------------------------------------------- 51


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("seed", SEEDS)
def test_fault_51_the_gateway_is_away_for_a_while_and_answers_the_sweep(seed: int, fault: Fault) -> None:
    """R L: nobody is told to pay, and once the gateway answers it is booked, once, and the change is completed; 2 × 4
    seeds."""
    with a_scene(seed) as scene:
        commits(scene)
        is_lost(scene, fault)
        gives_up(scene)
        fell_out_as_unknown(scene)
        assert books(scene) == (0, TEA_LESS)
        hears_again(scene)
        scene.simulation.clock.passes(minutes=20)
        scene.ends()
        assert (the_change(scene).status, books(scene)) == (ChangeStatus.COMPLETED, (TEA_LESS, 0))
        assert [paid.order.amount for paid in scene.paid] == [TEA_LESS]


@pytest.mark.parametrize("seed", SEEDS)
def test_fault_51_what_the_gateway_never_heard_of_is_not_paid_by_itself_but_has_failed(seed: int) -> None:
    """It was away all the time; 4 seeds. R: asked by the sweep it knows nothing of the refund, so a person may pay."""
    with a_scene(seed) as scene:
        commits(scene)
        scene.aim(first(Fault.LOST, "gateway", "find", times=FOREVER))
        gives_up(scene)
        fell_out_as_unknown(scene)
        hears_again(scene)
        scene.simulation.clock.passes(minutes=20)
        scene.ends()
        assert (the_change(scene).refunds[0].status, scene.paid) == ("failed", [])
        assert scene.sends_in_peace(by_hand(scene)).body["status"] == "completed"
        assert books(scene) == (TEA_LESS, 0)


@pytest.mark.parametrize("fault", LOST)
def test_fault_51_an_operator_ends_it_with_what_the_gateway_says(fault: Fault) -> None:
    """R: while the gateway is away nobody ends it unseen; with its word it is settled as what it was; 2 cases."""
    with a_scene(1) as scene:
        commits(scene)
        is_lost(scene, fault)
        gives_up(scene)
        for outcome in ("failed", "completed"):
            assert scene.sends_in_peace(resolving(scene, outcome)).status == 409
        assert scene.sends_in_peace(by_hand(scene)).status == 409
        paid = scene.paid[0]
        said = {"refund_id": paid.order.key, "outcome": "paid", "reference": paid.reference}
        assert scene.sends_in_peace(resolving(scene, "failed", said)).body["status"] == "completed"
        hears_again(scene)
        scene.ends()
        assert (books(scene), len(scene.paid)) == ((TEA_LESS, 0), 1)


@pytest.mark.parametrize("seed", SEEDS)
def test_fault_51_a_release_s_answer_is_lost_and_its_gateway_is_away(seed: int) -> None:
    """N: an authorisation may have been freed; once the gateway answers, the change is completed; 4 seeds."""
    with a_scene(seed, an_order(1, "cus-1", *LINES, captured=False)) as scene:
        assert scene.sends_in_peace(scene.cancelling(CUSTOMER)).body["status"] == "committed"
        is_lost(scene, Fault.LOST, "release")
        gives_up(scene)
        assert "may have been released" in " ".join(entry.note or "" for entry in the_change(scene).timeline)
        hears_again(scene)
        scene.simulation.clock.passes(minutes=20)
        scene.ends()
        released = {paid.order.payment_id for paid in scene.simulation.gateway.ledger if paid.order.keep is not None}
        assert "pay-1" in released or "pay-2" in released
        assert not scene.paid


# ------------------------------------------------------------------------------------------------------------------- 52


def is_twice(scene: Scene, first_reference: str, second: str) -> None:
    change = the_change(scene)
    refund = change.refunds[0]
    assert (refund.status, refund.reference, refund.also_settled_as) == ("settled", first_reference, (second,))
    assert change.status is ChangeStatus.FALLOUT
    assert told(scene, "RefundSettled") == {"RefundSettled": 1}
    assert books(scene) == (TEA_LESS, 0)


def seen_to(scene: Scene) -> None:
    assert scene.sends_in_peace(resolving(scene, "completed")).body["status"] == "completed"
    scene.ends()


@pytest.mark.parametrize("seed", SEEDS)
def test_fault_52_settled_by_hand_first_and_the_gateway_reports_late(seed: int) -> None:
    """Told that the gateway has not paid, finance pays; its report comes later, twice; 4 seeds. R: nothing is booked
    twice, and the change falls out for a person."""
    with a_scene(seed) as scene:
        commits(scene)
        is_lost(scene, Fault.LOST)
        gives_up(scene)
        assert scene.sends_in_peace(by_hand(scene, gateway_says="not_paid")).status == 200
        hears_again(scene)
        scene.plays()
        paid = scene.paid[0]
        for name in ("late", "again"):
            scene.sends(name, report(scene, paid))
        scene.plays()
        is_twice(scene, "SEPA-1", paid.reference)
        seen_to(scene)


@pytest.mark.parametrize("seed", SEEDS)
def test_fault_52_settled_by_the_gateway_and_by_hand_at_once(seed: int) -> None:
    """Finance pays while the gateway's report is on its way; 4 seeds. R: whichever is first is booked, and the other is
    kept, by the write or by the refusal that asks whether it was paid as well."""
    with a_scene(seed) as scene:
        commits(scene)
        is_lost(scene, Fault.LOST)
        gives_up(scene)
        paid = scene.paid[0]
        scene.sends("report", report(scene, paid))
        asked = scene.sends("finance", by_hand(scene, gateway_says="not_paid"))
        scene.plays()
        if asked.answer.status == 409:
            assert asked.answer.code == "refund-settled"
            assert scene.sends_in_peace(by_hand(scene, paid_as_well=True)).status == 200
        hears_again(scene)
        scene.plays()
        references = {"SEPA-1", paid.reference}
        refund = the_change(scene).refunds[0]
        is_twice(scene, str(refund.reference), *(references - {refund.reference}))
        seen_to(scene)


@pytest.mark.parametrize("seed", SEEDS)
def test_fault_52_a_second_report_under_another_reference(seed: int) -> None:
    """The gateway settles, and reports a second settlement of the same refund; 4 seeds. R: it is not dropped."""
    with a_scene(seed) as scene:
        commits(scene, AGENT)
        scene.plays()
        paid = scene.paid[0]
        assert scene.sends_in_peace(report(scene, Another(paid.order, "settled"))).status == 200
        scene.plays()
        is_twice(scene, paid.reference, "gw-another")
        seen_to(scene)


class Another(Paid):
    @property
    def reference(self) -> str:
        return "gw-another"
