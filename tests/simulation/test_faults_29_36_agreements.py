"""Faults 29 to 36: approvals, confirmations, tokens and executions."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

from shared import bootstrap
from shared.adapters.policy_file import shipped
from shared.domain.change import approvals, transitions
from shared.domain.change.approval_request import Approval
from shared.domain.change.change import Actor
from shared.domain.change.milestones import Passed
from shared.domain.change.states import ChangeStatus
from shared.domain.policy.documents.cancellation import RestockingRule
from shared.ports.stores import Conflict
from shared.usecases.core.access import Principal
from shared.usecases.core.write_assembly import assemble_write
from tests.fakes.builders import AGENT, CUSTOMER, MANAGER, MANAGER_2, SERVICE
from tests.fakes.policies import AS_SHIPPED
from tests.simulation.clients import an_order
from tests.simulation.episodes import (
    SEEDS,
    Json,
    _asked,
    _order,
    a_bank,
    asked_for_consent,
    by_link,
    decision,
    heard,
    links,
    photograph,
    the_change,
    told,
    waiting,
)
from tests.simulation.faults import Fault, first
from tests.simulation.scenarios import LINES, Scene, Sent, Strike, a_scene, price
from tests.simulation.simulation import Weather
from tests.support.policies import ruled_by

MOVED = replace(shipped(), version="moved")
FEE = RestockingRule(id="new", stages=("ordered",), percent=Decimal(10), words="A new fee:")
WITH_A_FEE = replace(MOVED, cancellation=replace(MOVED.cancellation, restocking=(FEE,)))
RATES = tuple(replace(rule, rate=Decimal("0.21")) for rule in MOVED.taxes.rates)
OTHER_TAX = replace(MOVED, taxes=replace(MOVED.taxes, rates=RATES))


def a_product(scene: Scene, list_price: str) -> None:
    body = {"title": "New", "list_price": [{"amount": list_price, "currency": "USD"}], "tax_category": "standard"}
    reply = scene.at_peace(SERVICE, "PUT", "/products/NEW", body)
    assert reply.status in (200, 201), reply


def added(units: int = 1) -> Json:
    return {"op": "add_line", "sku": "NEW", "quantity": units}


@pytest.mark.parametrize("what", ["list price", "tax", "fee"])
def test_fault_28_price_moves_between_preview_and_commit(what: str) -> None:
    """The list price, the tax rate or the terms move after the preview; 3 cases. T A: `plan-changed` with the fresh
    plan, nothing committed, and the fresh digest goes through."""
    with a_scene(0) as scene:
        a_product(scene, "10.00")
        before = photograph("OrdersTable", "ChangesTable", "SkusTable", "LogTable")
        sent = scene.cancelling(CUSTOMER) if what == "fee" else scene.amending(AGENT, added())
        policy = {"fee": WITH_A_FEE, "tax": OTHER_TAX}.get(what, MOVED)
        with ruled_by(policy):
            if what == "list price":
                a_product(scene, "12.00")
                before = photograph("OrdersTable", "ChangesTable", "SkusTable", "LogTable")
            refused = scene.sends_in_peace(sent)
            assert (refused.status, refused.code) == (409, "plan-changed")
            assert photograph("OrdersTable", "ChangesTable", "SkusTable", "LogTable") == before
            word = "consent" if what == "fee" else "accept"
            seen, fresh = sent.body[word]["digest"], refused.body["plan"]["digest"]
            assert fresh != seen
            again = replace(sent, body={**sent.body, word: {"digest": fresh}})
            reply = scene.sends_in_peace(again)
            assert reply.status == 201, reply
            assert reply.body["plan"]["digest"] == fresh, reply
            scene.ends()


def test_fault_28_price_moves_while_it_waits() -> None:
    """The list price moves while a manager, an acceptance or the customer is waited for; 4 cases. T A: nobody commits
    what they have not seen; rejecting is still possible."""
    with a_scene(0) as scene:
        a_product(scene, "10.00")
        reply = scene.sends_in_peace(scene.amending(AGENT, price("l2", "700.00"), added()))
        a_product(scene, "12.00")
        refused = scene.sends_in_peace(decision(scene, reply.body, MANAGER))
        assert refused.code == "plan-changed"
        assert refused.body["plan"]["digest"] != reply.body["plan"]["digest"]
        assert the_change(scene).status is ChangeStatus.PENDING_APPROVAL
        assert scene.sends_in_peace(decision(scene, reply.body, MANAGER, "reject")).status == 200
        scene.ends()
    with a_scene(0) as scene:
        a_product(scene, "10.00")
        path = f"/orders/{scene.orders[0]}/amendments"
        body = {"reason_code": "customer_request", "edits": [added()]}
        draft = scene.at_peace(AGENT, "POST", path, body, if_match=scene.etag()).body
        for step, moves_to in (("submit", "11.00"), ("accept", "12.00")):
            a_product(scene, moves_to)
            named = f"{path}/{draft['change_id']}/{step}"
            seen = {"digest": draft["plan"]["digest"]}
            refused = scene.at_peace(AGENT, "POST", named, seen, if_match=scene.etag())
            assert refused.code == "plan-changed", refused
            a_product(scene, "10.00")
            draft = scene.at_peace(AGENT, "POST", named, seen, if_match=scene.etag()).body
        assert draft["status"] == "committed"
        scene.ends()
    with a_scene(0) as scene:
        a_product(scene, "10.00")
        path = f"/orders/{scene.orders[0]}/amendments"
        body = {"reason_code": "customer_request", "edits": [price("l2", "700.00"), added()]}
        draft = scene.at_peace(AGENT, "POST", path, body, if_match=scene.etag()).body
        seen = {"digest": draft["plan"]["digest"]}
        draft = scene.at_peace(AGENT, "POST", f"{path}/{draft['change_id']}/submit", seen, if_match=scene.etag()).body
        a_product(scene, "12.00")
        assert scene.sends_in_peace(decision(scene, draft, MANAGER)).code == "plan-changed"
        a_product(scene, "10.00")
        assert scene.sends_in_peace(decision(scene, draft, MANAGER)).body["status"] == "approved"
        scene.ends()
    with a_scene(0) as scene:
        change = asked_for_consent(scene)
        with ruled_by(WITH_A_FEE):
            assert scene.sends_in_peace(by_link(links(scene)[0])).code == "plan-changed"
            assert scene.sends_in_peace(decision(scene, change, CUSTOMER)).code == "plan-changed"
        assert scene.order()["version"] == 1
        assert scene.sends_in_peace(by_link(links(scene)[0])).status == 200
        scene.ends()


@pytest.mark.parametrize("seed", range(6))
def test_fault_28_price_moves_in_the_very_moment(seed: int) -> None:
    """The list price is put while the amendment runs; 6 seeds. T: it is committed at what was seen, or refused."""
    with a_scene(seed) as scene:
        a_product(scene, "10.00")
        amends = scene.sends("amends", scene.amending(AGENT, added()))
        body = {"title": "New", "list_price": [{"amount": "12.00", "currency": "USD"}], "tax_category": "standard"}
        scene.asks("shop", SERVICE, "PUT", "/products/NEW", body)
        scene.ends()
        added_lines = [line for line in _order(scene).lines if line.sku == "NEW"]
        assert amends.answer.status == 201 or amends.answer.code == "plan-changed"
        assert [line.unit_price for line in added_lines] == ([1000] if amends.answer.status == 201 else [])


@pytest.mark.parametrize("kind", ["amendment", "goodwill"])
def test_fault_29_approve_and_reject_together(kind: str) -> None:
    """Two managers decide otherwise at once, answers get lost; 2 × 5 seeds. A: one decision, told once, and it is
    so."""
    for seed in range(5):
        with a_scene(seed, weather=Weather(rates={Fault.LOST: 0.05})) as scene:
            change = waiting(scene, kind)
            yes = scene.sends("manager", decision(scene, change, MANAGER))
            no = scene.sends("manager-2", decision(scene, change, MANAGER_2, "reject"))
            scene.ends()
            decided = the_change(scene)
            assert sorted((yes.answer.status, no.answer.status)) == [200, 409]
            approved = yes.answer.status == 200
            assert decided.decided_by == (MANAGER.id if approved else MANAGER_2.id)
            assert (decided.committed_version is not None) is approved
            assert (decided.status is ChangeStatus.REJECTED) is not approved
            assert told(scene, "ApprovalDecided") == {"ApprovalDecided": 1}
            assert scene.stock("TEA")[2] == 0
            (execution,) = [each for each in scene.simulation.states.executions.values() if each.name.startswith("chg")]
            assert execution.state == ("Approved" if approved else "Rejected")


@pytest.mark.parametrize("kind", ["amendment", "goodwill"])
def test_fault_30_approval_after_its_deadline(kind: str) -> None:
    """A manager decides after the time is over, nobody having swept; 2 cases. A F: refused, nothing done, then
    expired."""
    with a_scene(0) as scene:
        change = waiting(scene, kind)
        scene.simulation.clock.passes(seconds=86_400)
        for word in ("approve", "reject"):
            reply = scene.sends_in_peace(decision(scene, change, MANAGER, word))
            assert (reply.status, reply.code) == (409, "change-expired")
        assert the_change(scene).status is ChangeStatus.PENDING_APPROVAL
        assert scene.order()["version"] == 1
        scene.ends()
        assert the_change(scene).status is ChangeStatus.EXPIRED
        assert scene.stock("TEA") == (9, 6, 0, 3)
        assert scene.sends_in_peace(decision(scene, change, MANAGER)).code == "not-waiting"


@pytest.mark.parametrize("seed", range(8))
def test_fault_30_decision_races_with_deadline(seed: int) -> None:
    """The decision, the machine's timeout and the sweeper within a tenth of a second; 8 seeds. A F: one of them
    wins."""
    with a_scene(seed) as scene:
        change = waiting(scene, "amendment" if seed % 2 else "goodwill")
        scene.bring()
        left = the_change(scene).expires_at - scene.simulation.clock.now()
        scene.simulation.clock.passes(seconds=left.total_seconds() - 0.02 * (seed + 1))
        step = {"step": "look", "change_id": change["change_id"], "order_id": scene.orders[0], "round": 1}
        decides = scene.sends("manager", decision(scene, change, MANAGER))
        scene.runs("machine's", "AskFunction", step)
        for name in ("sweep-1", "sweep-2"):
            scene.runs(name, "SweepFunction")
        scene.ends()
        ended = the_change(scene)
        assert (decides.answer.status == 200) is (ended.committed_version is not None)
        assert decides.answer.status == 200 or ended.status is ChangeStatus.EXPIRED
        assert told(scene, "ApprovalDecided", "ChangeExpired").total() == 1


@pytest.mark.parametrize("kind", ["amendment", "goodwill", "confirmation", "refund"])
def test_fault_31_task_token_used_twice(kind: str) -> None:
    """All that steers workflows is brought again in any order, twice, and answers of tokens get lost; 4 × 3 seeds. A:
    each token lets its execution go on once, and nothing fails for it."""
    for seed in range(3):
        with a_scene(seed, pendings=1.0 if kind == "refund" else 0.0) as scene:
            calls = heard(scene, "sfn")
            scene.aim(first(Fault.LOST, "sfn", "SendTaskSuccess", times=2))
            if kind == "refund":
                scene.sends_in_peace(scene.cancelling(CUSTOMER))
                scene.plays()
                a_bank(scene, "settled", 2)
            elif kind == "confirmation":
                asked_for_consent(scene)
                scene.sends("owner", by_link(links(scene)[0]))
            else:
                change = waiting(scene, kind)
                scene.bring()
                scene.sends("manager", decision(scene, change, MANAGER))
            scene.plays()
            records = [*scene.simulation.pumps.records] * 2
            Random(seed).shuffle(records)
            for record in records:
                assert scene.simulation.invoke("SteerFunction", {"Records": [record]}) == {"batchItemFailures": []}
            scene.ends()
            taken = Counter(given["taskToken"] for operation, given, status in calls
                            if operation == "SendTaskSuccess" and status == 200)  # fmt: skip
            again = [given for operation, given, status in calls if operation == "SendTaskSuccess" and status == 400]
            assert taken
            assert max(taken.values()) == 1
            assert again
            assert the_change(scene).committed_version == 2
            assert len(scene.simulation.gateway.ledger) == len(the_change(scene).refunds)


@pytest.mark.parametrize(
    ("meanwhile", "outcome"),
    [("other line ships", "committed"), ("its line ships", "plan-changed"), ("a payment comes", "plan-changed")],
)
@pytest.mark.parametrize("kind", ["amendment", "goodwill"])
def test_fault_32_order_changes_while_approval_waits(meanwhile: str, outcome: str, kind: str) -> None:
    """A unit ships or money comes before the decision; 6 cases, then 4 seeds at once. A V: what was approved is what is
    committed, or the approval is refused with the fresh plan."""
    with a_scene(0) as scene:
        sent = scene.amending(AGENT, price("l2", "700.00")) if kind == "amendment" else _asked(scene, kind, AGENT)
        change = scene.sends_in_peace(sent).body
        assert scene.sends_in_peace(_meanwhile(scene, meanwhile)).status in (200, 201)
        reply = scene.sends_in_peace(decision(scene, change, MANAGER))
        if outcome == "plan-changed" and (kind, meanwhile) != ("goodwill", "its line ships"):
            assert reply.code == "plan-changed"
            assert scene.order()["version"] == 1
            plan = reply.body["plan"]
            assert plan["digest"] != change["plan"]["digest"] or plan["violations"]
        else:
            assert (reply.status, reply.body["status"]) == (200, "committed"), reply
            assert reply.body["plan"]["digest"] == change["plan"]["digest"]
        scene.ends()
    for seed in SEEDS:
        with a_scene(seed) as scene:
            sent = scene.amending(AGENT, price("l2", "700.00")) if kind == "amendment" else _asked(scene, kind, AGENT)
            change = scene.sends_in_peace(sent).body
            decides = scene.sends("manager", decision(scene, change, MANAGER))
            moves = scene.sends("clerk", _meanwhile(scene, meanwhile))
            scene.ends()
            assert moves.answer.status in (200, 201)
            assert decides.answer.status == 200 or decides.answer.code == "plan-changed"
            if decides.answer.status == 200:
                assert the_change(scene).plan.digest == change["plan"]["digest"]


def _meanwhile(scene: Scene, what: str) -> Sent:
    if what == "a payment comes":
        worth = {"amount": "100.00", "currency": "USD"}
        body = {"payment_id": "pay-9", "method": "card", "gateway": "sandbox", "status": "captured", "captured": worth}
        return Sent(SERVICE, "POST", f"/orders/{scene.orders[0]}/payments", body, {"idempotency_key": scene.key()})
    return scene.shipping("l1" if what == "other line ships" else "l2", 1)


BOTH = Principal(id=AGENT.id, roles=frozenset({"agent", "manager"}))
AS_MANAGER = Principal(id=AGENT.id, roles=frozenset({"manager"}))


@pytest.mark.parametrize("kind", ["amendment", "goodwill"])
def test_fault_33_own_change_through_a_second_role(kind: str) -> None:
    """Who asked holds the manager's role too, in the same token or in another; and the adapter is asked past the use
    case; 2 × 3 cases. A: nobody decides on what they asked for."""
    for requester in (AGENT, BOTH):
        with a_scene(0) as scene:
            change = waiting(scene, kind, requester)
            for user in (BOTH, AS_MANAGER):
                for word in ("approve", "reject"):
                    reply = scene.sends_in_peace(decision(scene, change, user, word))
                    assert (reply.status, reply.code) == (403, "own-change")
            before = photograph("OrdersTable", "ChangesTable", "SkusTable", "LogTable")
            services, kept = bootstrap.services(), the_change(scene)
            oneself, now = Actor(id=AGENT.id, role="manager"), scene.simulation.clock.now()
            own = Approval(role="manager", by=AGENT.id, at=now, digest=kept.plan.digest, policy_version=AS_SHIPPED)
            for step in (
                approvals.approved(_order(scene), kept, oneself, now, Passed(approval=own)),
                transitions.closed(_order(scene), kept, ChangeStatus.REJECTED, oneself, now),
            ):
                with pytest.raises(Conflict):
                    services.orders.write(assemble_write(step, services.ids))
            assert photograph("OrdersTable", "ChangesTable", "SkusTable", "LogTable") == before
            assert scene.sends_in_peace(decision(scene, change, MANAGER)).status == 200
            scene.ends()
            assert the_change(scene).decided_by == MANAGER.id


def test_fault_34_confirmation_link_prefetched() -> None:
    """A mail scanner follows the link: GET many times, HEAD, POST without a body or with rubbish; 1 case. A: it stays
    unused, and its owner's answer counts."""
    with a_scene(0) as scene:
        asked_for_consent(scene)
        (token,) = links(scene)
        before = photograph("OrdersTable", "ChangesTable", "SkusTable", "LogTable")
        for _ in range(5):
            assert scene.at_peace(None, "GET", f"/confirmations/{token}").body["waiting"] is True
        with pytest.raises(LookupError):  # API Gateway has no such method
            scene.at_peace(None, "HEAD", f"/confirmations/{token}")
        for body in (None, "", "{}", "decision=confirm", {"decision": "yes"}, {"decision": "confirm", "x": 1}):
            assert scene.at_peace(None, "POST", f"/confirmations/{token}", body).status in (400, 415, 422)
        assert photograph("OrdersTable", "ChangesTable", "SkusTable", "LogTable") == before
        assert scene.sends_in_peace(by_link(token)).status == 200
        scene.ends()
        assert the_change(scene).consent.means == "link"


def test_fault_34_confirmation_link_replayed_or_tried_elsewhere() -> None:
    """A link used again, with another's order or digest, of a change that ended, or made up; 8 cases. A Z: refused, and
    another customer's order stays as it is."""
    other = an_order(2, "cus-2", *LINES)
    with a_scene(0, an_order(1, "cus-1", *LINES), other) as scene:
        ended = asked_for_consent(scene)
        path = f"/orders/{scene.orders[0]}/cancellations/{ended['change_id']}/withdraw"
        assert scene.at_peace(AGENT, "POST", path, {}, if_match=scene.etag()).status == 200
        (old,) = links(scene)
        assert scene.sends_in_peace(by_link(old)).code == "link-used"
        asked_for_consent(scene)
        theirs = asked_for_consent(scene, number=1)
        _, token, elsewhere = links(scene)
        assert scene.sends_in_peace(by_link(old)).code == "link-used"
        assert scene.sends_in_peace(by_link(token, order_id=scene.orders[1])).code == "link-of-another-order"
        assert scene.sends_in_peace(by_link(token, digest=theirs["plan"]["digest"][::-1])).code == "plan-changed"
        assert scene.sends_in_peace(by_link(token[::-1])).code == "link-not-found"
        assert scene.sends_in_peace(decision(scene, theirs, CUSTOMER)).status == 404
        assert scene.order(0)["version"] == scene.order(1)["version"] == 1
        assert scene.sends_in_peace(by_link(token, order_id=scene.orders[0])).status == 200
        assert {scene.sends_in_peace(by_link(token, word)).code for word in ("confirm", "decline")} == {"link-used"}
        assert (scene.order(0)["version"], scene.order(1)["version"]) == (2, 1)
        assert scene.sends_in_peace(by_link(elsewhere, "decline")).status == 200
        scene.ends()
        assert scene.order(1)["version"] == 1


@pytest.mark.parametrize("seed", range(6))
def test_fault_34_confirmation_link_answered_twice_at_once(seed: int) -> None:
    """Yes and no by one link, and signed in, at once, while answers get lost; 6 seeds. A: one answer counts."""
    with a_scene(seed, weather=Weather(rates={Fault.LOST: 0.04})) as scene:
        change = asked_for_consent(scene)
        key = {"idempotency_key": "link"}
        yes = scene.sends("yes", replace(by_link(links(scene)[0]), headers=key))
        no = scene.sends("no", replace(by_link(links(scene)[0], "decline"), headers={"idempotency_key": "no"}))
        owner = scene.sends("owner", decision(scene, change, CUSTOMER))
        scene.ends()
        answers = [each.answer.status for each in (yes, no, owner)]
        assert sorted(answers) == [200, 409, 409]
        ended = the_change(scene)
        assert (ended.status is ChangeStatus.DECLINED) is (answers[1] == 200) is (ended.committed_version is None)
        assert told(scene, "ConfirmationDecided") == {"ConfirmationDecided": 1}


@pytest.mark.parametrize("kind", ["approval", "confirmation", "refund"])
@pytest.mark.parametrize("fault", [Fault.LOST, Fault.BEFORE, Fault.CRASH_AFTER, Fault.CRASH_BEFORE])
def test_fault_35_start_execution_twice_or_its_answer_lost(kind: str, fault: Fault) -> None:
    """The first four calls of StartExecution go wrong, two steering functions and the sweeper start the same at once;
    4 × 3 cases of 2 seeds. N E: one execution of each name, whose work is done once."""
    for seed in range(2):
        with a_scene(seed) as scene:
            scene.aim(first(fault, "sfn", "StartExecution", times=4))
            calls = heard(scene, "sfn")
            if kind == "refund":
                scene.sends_in_peace(scene.cancelling(CUSTOMER))
            elif kind == "approval":
                change = waiting(scene)
            else:
                scene.sends_in_peace(scene.cancelling(AGENT, {"line_id": "l1", "quantity": 1}))
            scene.plays()
            scene.simulation.clock.passes(minutes=3)
            for name in ("steers", "steers-2"):
                scene.runs(name, "SteerFunction", {"Records": scene.simulation.pumps.records})
            scene.runs("sweeps", "SweepFunction")
            scene.plays()
            scene.bring()
            again = scene.simulation.invoke("SteerFunction", {"Records": scene.simulation.pumps.records})
            assert again == {"batchItemFailures": []}  # what runs already is no failure
            if kind == "approval":
                scene.sends("manager", decision(scene, change, MANAGER))
            if kind == "confirmation":
                assert len(scene.simulation.mail.letters) == 1
                scene.sends("owner", by_link(links(scene)[0]))
            scene.ends()
            starts = Counter(given["name"] for operation, given, status in calls
                             if operation == "StartExecution" and status == 200)  # fmt: skip
            assert starts
            assert max(starts.values()) == 1
            if fault in (Fault.LOST, Fault.CRASH_AFTER):  # the service saw it, and sees it again
                assert sum(operation == "StartExecution" for operation, *_ in calls) > starts.total()
            assert the_change(scene).status is ChangeStatus.COMPLETED
            keys = [paid.order.key for paid in scene.paid]
            assert len(keys) == len(set(keys))


def retries(scene: Scene) -> None:
    """It plays, and executions that wait to try again do; those that wait for somebody go on waiting."""
    simulation = scene.simulation
    for _ in range(20):
        scene.plays()
        moments = [worker.wakes_at() - simulation._now() for worker in simulation.scheduler.workers if worker.wakes_at]
        soon = [moment for moment in moments if moment < 4_000]
        if not soon:
            return
        simulation.clock.passes(seconds=max(0.0, min(soon)) + 0.001)


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.LOST])
@pytest.mark.parametrize("kind", ["approval", "confirmation"])
def test_fault_36_retry_asks_again(kind: str, fault: Fault) -> None:
    """The asking step fails at each of its calls and is tried again; 2 × 3 cases, each at every call. A: the letter
    goes out again only until it is marked as sent, and the decision counts once, by the newest token."""
    for index in range(8):
        strike = Strike(fault, index, "machine chg")
        with a_scene(index) as scene:
            if kind == "approval":
                change = waiting(scene)
            else:
                change = dict(scene.sends_in_peace(scene.cancelling(AGENT, {"line_id": "l1", "quantity": 1})).body)
            scene.aim(strike)
            retries(scene)
            letters = len(scene.simulation.mail.letters)
            if kind == "approval":
                decides = scene.sends("manager", decision(scene, change, MANAGER))
            else:
                assert letters in ((1, 2) if strike.hit else (1,))
                again = {"step": "ask", "change_id": change["change_id"], "order_id": scene.orders[0], "round": 1}
                scene.simulation.invoke("MailFunction", {**again, "task_token": "token-1"})
                assert len(scene.simulation.mail.letters) == letters  # it is marked as sent
                decides = scene.sends("owner", by_link(links(scene)[0]))
                scene.plays()
                assert all(scene.sends_in_peace(by_link(token)).code == "link-used" for token in links(scene))
            scene.ends()
            assert decides.answer.status == 200
            assert the_change(scene).committed_version == 2
            assert told(scene, "ApprovalDecided", "ConfirmationDecided").total() == 1
        if not strike.hit:
            return
