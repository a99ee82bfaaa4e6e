"""Faults 51 and 53, as far as a settlement goes: lost answers, gateways out of reach, payments twice and late."""

from typing import Any

import pytest

from tests.fakes.builders import AGENT, CUSTOMER, MANAGER, OPERATOR, SERVICE
from tests.simulation.episodes import SEEDS, Json, _order, decision, report, told
from tests.simulation.faults import Fault, first
from tests.simulation.scenarios import Scene, Sent, a_scene
from tests.simulation.simulation import Weather

FOREVER = 10**6


def captured(scene: Scene) -> int:
    return sum(int(payment.captured) for payment in _order(scene).payments)


def given_back(scene: Scene) -> int:
    return sum(paid.order.amount for paid in scene.paid)


def payment(scene: Scene, payment_id: str, amount: str = "50.00") -> Sent:
    """A payment that nobody expected is captured."""
    body = {
        "payment_id": payment_id,
        "method": "card",
        "gateway": "sandbox",
        "reference": f"R-{payment_id}",
        "status": "captured",
        "captured": {"amount": amount, "currency": "USD"},
    }
    path = f"/orders/{scene.orders[0]}/payments"
    return Sent(SERVICE, "POST", path, body, {"idempotency_key": scene.key()})


def settling(scene: Scene) -> Sent:
    return scene._on_order("settlements", AGENT, {"reason_code": "overpayment"}, 0)


def settled(scene: Scene) -> Json:
    """A settlement that a manager approves, in peace."""
    asked = scene.sends_in_peace(settling(scene))
    assert asked.status == 201, asked
    done = scene.sends_in_peace(decision(scene, asked.body, MANAGER))
    assert done.body["status"] == "committed", done
    return dict(done.body)


def resolution(scene: Scene, change: Json, outcome: str, **more: Any) -> Sent:
    body = {"outcome": outcome, "note": "looked at it", **more}
    return Sent(OPERATOR, "POST", f"/changes/{change['change_id']}/resolutions", body, {"idempotency_key": scene.key()})


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.CRASH_AFTER])
@pytest.mark.parametrize("seed", SEEDS)
def test_fault_51_the_answer_of_a_settlement_is_lost_and_its_gateway_is_not_reached_again(
    seed: int, fault: Fault
) -> None:
    """The gateway pays, its answer is lost, and nobody reaches it any more, so a person is asked; 4 seeds, two ways.
    R: until they have looked, the money counts as under way: no settlement gives it back again, and nobody ends it as
    failed unseen."""
    with a_scene(seed) as scene:
        assert scene.sends_in_peace(payment(scene, "pay-9")).status == 200
        over = -_order(scene).totals.balance_due
        change = settled(scene)
        scene.aim(first(fault, "gateway", "refund"), first(Fault.LOST, "gateway", "find", skip=1, times=FOREVER))
        scene.plays()
        for _ in range(8):
            scene.simulation.clock.passes(hours=12)
            scene.simulation.quiesce()
        again = scene.sends_in_peace(settling(scene))
        assert (again.status, again.body["errors"][0]["code"]) == (422, "settlement-over-balance")
        refund = scene.at_peace(AGENT, "GET", f"/changes/{change['change_id']}").body
        if refund["status"] == "fallout":
            scene.simulation.faults.on = True
            assert scene.sends_in_peace(resolution(scene, change, "failed")).status == 409
            scene.simulation.faults.on = False
            done = scene.sends_in_peace(resolution(scene, change, "completed"))
            assert done.status == 200, done
        scene.ends()
        assert (given_back(scene), len(scene.paid)) == (over, 1)
        assert _order(scene).totals.balance_due == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_fault_51_a_refund_that_failed_for_good_is_settled_once_and_a_late_report_books_nothing(seed: int) -> None:
    """The bank sends a cancelled order's refunds back, a person gives them up, and a settlement pays on the same
    payments; then the bank says that the first were paid after all; 4 seeds. R: our books never hold more than was
    captured, and the change tells a person."""
    with a_scene(seed, pendings=1.0) as scene:
        cancelled = scene.sends_in_peace(scene.cancelling(CUSTOMER)).body
        scene.plays()
        first_refunds = list(scene.simulation.gateway.ledger)
        for paid in first_refunds:
            paid.status = "failed"
            assert scene.sends_in_peace(report(scene, paid, "failed")).status == 200
        scene.plays()
        assert scene.sends_in_peace(resolution(scene, cancelled, "failed")).status == 200
        assert _order(scene).totals.balance_due == -captured(scene)
        settled(scene)
        scene.plays()
        for paid in scene.simulation.gateway.ledger[len(first_refunds) :]:
            paid.status = "settled"
            assert scene.sends_in_peace(report(scene, paid)).status == 200
        for paid in first_refunds:
            assert scene.sends_in_peace(report(scene, paid)).status == 200
        scene.ends()
        assert given_back(scene) == captured(scene)
        assert sum(each.refunded for each in _order(scene).payments) == captured(scene)


@pytest.mark.parametrize("seed", SEEDS)
def test_fault_53_a_payment_that_comes_twice_and_late_goes_back_once_whoever_settles_it(seed: int) -> None:
    """While the owner cancels, two further payments are captured, one reported twice; two agents settle at once, and a
    manager approves whatever waits, in rough weather; 4 seeds. R: all that was captured comes back, each payment
    once."""
    with a_scene(seed, weather=Weather(rates={Fault.LOST: 0.03, Fault.CRASH_AFTER: 0.01}, pendings=0.2)) as scene:
        path = f"/orders/{scene.orders[0]}"

        def cancels() -> None:
            for number in range(10):
                seen = scene.simulation.insisting("owner", CUSTOMER, "GET", path)
                body: Json = {"reason_code": "customer_request"}
                plan = scene.simulation.insisting("owner", CUSTOMER, "POST", f"{path}/cancellations?dry_run=true", body)
                if seen is None or plan is None or plan.body["violations"]:
                    continue
                body["consent"] = {"digest": plan.body["digest"]}
                headers = {"if_match": seen.headers["ETag"], "idempotency_key": f"owner-{number}"}
                scene.simulation.insisting("owner", CUSTOMER, "POST", f"{path}/cancellations", body, **headers)

        scene.simulation.start("client owner", cancels)
        for name, payment_id in (("till", "pay-8"), ("till again", "pay-8"), ("late till", "pay-9")):
            scene.sends(name, payment(scene, payment_id))

        def settles(name: str) -> None:
            for number in range(10):
                seen = scene.simulation.insisting(name, AGENT, "GET", path)
                if seen is None or ("settlement" not in seen.body and "open_change" not in seen.body):
                    continue
                headers = {"if_match": seen.headers["ETag"], "idempotency_key": f"{name}-{number}"}
                asked = scene.simulation.insisting(
                    name, AGENT, "POST", f"{path}/settlements", {"reason_code": "overpayment"}, **headers
                )
                if asked is not None and asked.status == 201:
                    sent = decision(scene, asked.body, MANAGER)
                    scene.simulation.insisting(name, MANAGER, sent.method, sent.path, sent.body, **sent.headers)

        for name in ("client settles-1", "client settles-2"):
            scene.simulation.start(name, lambda name=name: settles(name))  # type: ignore[misc]
        scene.simulation.run()
        _in_peace(scene, path)
        while "settlement" in scene.at_peace(AGENT, "GET", path).body:
            settled(scene)
        scene.ends()
        assert (given_back(scene), _order(scene).totals.balance_due) == (captured(scene), 0)
        assert told(scene, "OrderSettled")["OrderSettled"] >= 1


def _in_peace(scene: Scene, path: str) -> None:
    """Withdraws the change that still waits, and cancels the rest of the order."""
    seen = scene.at_peace(AGENT, "GET", path)
    if waiting := seen.body.get("open_change"):
        way = f"{path}/{waiting['kind']}s/{waiting['change_id']}/withdraw"
        assert scene.at_peace(AGENT, "POST", way, {}, if_match=scene.etag(0)).status == 200
    if any(line["quantity"] for line in seen.body["lines"]):
        assert scene.sends_in_peace(scene.cancelling(CUSTOMER)).status == 201


@pytest.mark.parametrize("seed", SEEDS)
def test_fault_53_a_settlement_that_waits_gives_back_nothing_of_what_came_and_went_meanwhile(seed: int) -> None:
    """A settlement waits for its approval while another payment comes; 4 seeds. R: what is approved is what was seen:
    the approval is refused, and a fresh settlement gives all of it back."""
    with a_scene(seed) as scene:
        scene.sends_in_peace(payment(scene, "pay-8"))
        waiting = scene.sends_in_peace(settling(scene)).body
        scene.sends_in_peace(payment(scene, "pay-9"))
        refused = scene.sends_in_peace(decision(scene, waiting, MANAGER))
        assert (refused.status, refused.body["type"].rsplit("/", 1)[-1]) == (409, "plan-changed")
        withdraw = f"/orders/{scene.orders[0]}/settlements/{waiting['change_id']}/withdraw"
        assert scene.at_peace(AGENT, "POST", withdraw, {}, if_match=scene.etag(0)).status == 200
        over = -_order(scene).totals.balance_due
        settled(scene)
        scene.ends()
        assert (given_back(scene), _order(scene).totals.balance_due) == (over, 0)
