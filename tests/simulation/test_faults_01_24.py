"""Faults 1 to 24 of the list, one by one, each aimed where it hurts: after each, every invariant holds, and its point.

R refunds, L what was acknowledged, S stock, T totals, V versions, E events, H log, F transitions, A approvals, K keys,
N nothing left over, Z nobody else's. Each test says how many seeds (schedules, for those with rivals) it runs.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from shared.adapters.dynamodb import orders, staging
from shared.domain.states import ChangeStatus
from tests.fakes.builders import AGENT, AGENT_2, CUSTOMER, CUSTOMER_2, MANAGER, MANAGER_2, OPERATOR, SERVICE
from tests.simulation.clients import an_order
from tests.simulation.faults import Fault, first
from tests.simulation.scenarios import (
    LINES,
    Asked,
    Scene,
    Sent,
    Strike,
    a_scene,
    at_every_call,
    lagging,
    paged,
    price,
    quantity,
)
from tests.simulation.simulation import Weather
from tests.support.cloud import REGION
from tests.unit.http.client import Reply

Json = dict[str, Any]
TWO, THREE, FIVE, EIGHT = range(2), range(3), range(5), range(8)
FOREVER = 10**6
TEA_LESS = 1199
"""What one unit of TEA less gives back of 12.00: the payments were captured for a cent less than the total."""
QUIET = Weather(duplicates=0)


def refunded_once(scene: Scene) -> int:
    """What was given back in all; no refund twice."""
    keys = [paid.order.key for paid in scene.paid]
    assert len(keys) == len(set(keys))
    return sum(paid.order.amount for paid in scene.paid)


def statuses(*asked: Asked) -> list[int]:
    return sorted(each.answer.status for each in asked)


# ------------------------------------------------------------------------------------------------ requests, and stories


@dataclass(frozen=True)
class Deed:
    """A request that changes something: `prepare` sets up what it needs, `holds` says what is so after it."""

    prepare: Callable[[Scene], Sent]
    holds: Callable[[Scene, Reply], None]


def _committed(scene: Scene, reply: Reply) -> None:
    """One version, and it is what the client was told; what it gives back is given back once."""
    assert reply.status in (200, 201), reply
    assert reply.body["status"] == "committed", reply
    assert scene.order()["version"] == 2
    (change,) = scene.changes
    assert (change.change_id, change.committed_version) == (reply.body["change_id"], 2)
    refunded_once(scene)


def _cancelled(scene: Scene, reply: Reply) -> None:
    _committed(scene, reply)
    assert scene.order()["status"] == "cancelled"
    assert scene.stock("TEA") == (9, 9, 0, 0)
    assert refunded_once(scene) == sum(refund.amount for change in scene.changes for refund in change.refunds) > 27000


def submitting(scene: Scene, number: int = 0, units: int = 4, edits: list[Json] | None = None) -> Sent:
    """The submission of a draft that needs one more unit, unless it has other edits."""
    body = {"reason_code": "customer_request", "edits": edits or [quantity("l1", units)]}
    path = f"/orders/{scene.orders[number]}/amendments"
    draft = scene.at_peace(AGENT, "POST", path, body, if_match=scene.etag(number)).body
    headers = {"if_match": scene.etag(number), "idempotency_key": scene.key()}
    return Sent(AGENT, "POST", f"{path}/{draft['change_id']}/submit", {"digest": draft["plan"]["digest"]}, headers)


def _submitted(scene: Scene, reply: Reply) -> None:
    """It held, and since nobody accepted it, it has expired, and its hold is gone."""
    assert reply.status == 200, reply
    assert reply.body["status"] == "approved", reply
    assert scene.stock("TEA") == (9, 6, 0, 3)
    assert [change.status for change in scene.changes] == [ChangeStatus.EXPIRED]


def waits_for_manager(scene: Scene) -> Json:
    """A change that a manager must approve, accepted in advance."""
    change: Json = scene.sends_in_peace(scene.amending(AGENT, quantity("l2", 8))).body
    assert change["status"] == "pending_approval", change
    return change


def deciding(scene: Scene, change: Json, user: Any = MANAGER, decision: str = "approve") -> Sent:
    body = {"decision": decision, "digest": change["plan"]["digest"]}
    return Sent(user, "POST", f"/changes/{change['change_id']}/decisions", body, {"idempotency_key": scene.key()})


def _approval(scene: Scene) -> Sent:
    change = waits_for_manager(scene)
    scene.bring()
    return deciding(scene, change)


def waits_for_customer(scene: Scene) -> Json:
    """A part that an agent cancels; its letter has been sent."""
    change: Json = scene.sends_in_peace(scene.cancelling(AGENT, {"line_id": "l1", "quantity": 1})).body
    assert change["status"] == "pending_confirmation", change
    scene.bring()
    return change


def confirming(scene: Scene, decision: str = "confirm") -> Sent:
    """An answer by the link of the last letter."""
    token = re.findall(r"/confirmations/(\S+)", scene.simulation.mail.letters[-1]["text"])[0]
    return Sent(None, "POST", f"/confirmations/{token}", {"decision": decision}, {"idempotency_key": scene.key()})


def _confirmation(scene: Scene) -> Sent:
    waits_for_customer(scene)
    return confirming(scene)


def _taken(scene: Scene, reply: Reply) -> None:
    assert reply.status in (200, 201), reply
    assert len(scene.at_peace(AGENT, "GET", "/orders?customer_id=cus-7").body["items"]) == 1
    assert scene.stock("TEA") == (9, 4, 0, 5)


def _shipped(scene: Scene, reply: Reply) -> None:
    assert reply.status < 300, reply
    assert scene.order()["lines"][0]["fulfilled_quantity"] == 1
    assert scene.stock("TEA") == (8, 6, 0, 2)


def ordering(scene: Scene, number: int = 7, units: int = 2) -> Sent:
    body = an_order(number, f"cus-{number}", ("TEA", units, "10.00"))
    return Sent(SERVICE, "POST", "/orders", body, {"idempotency_key": scene.key()})


DEEDS = {
    "amend": Deed(lambda scene: scene.amending(AGENT, quantity("l1", 2)), _committed),
    "submit": Deed(submitting, _submitted),
    "cancel": Deed(lambda scene: scene.cancelling(CUSTOMER), _cancelled),
    "decide": Deed(_approval, _committed),
    "confirm": Deed(_confirmation, _committed),
    "order": Deed(ordering, _taken),
    "ship": Deed(lambda scene: scene.shipping("l1", 1), _shipped),
}
OF_CHANGES = ("amend", "submit", "cancel", "decide", "confirm")


def commits(scene: Scene, user: Any = AGENT, *edits: Json) -> Json:
    """An amendment, committed in peace: by itself, one unit of TEA less."""
    change: Json = scene.sends_in_peace(scene.amending(user, *(edits or (quantity("l1", 2),)))).body
    assert change["status"] == "committed", change
    return change


@dataclass(frozen=True)
class Story:
    """Something that happens of its own: `begin` sets it up, `worker` does it, `holds` is so at the end."""

    worker: str
    begin: Callable[[Scene], object]
    holds: Callable[[Scene], None]


def _refunded(scene: Scene) -> None:
    assert refunded_once(scene) == TEA_LESS
    (change,) = scene.changes
    assert [refund.status for refund in change.refunds] == ["settled"]
    assert change.status is ChangeStatus.COMPLETED
    assert set(change.acknowledgements) == set(change.plan.departments)
    assert [run.status for run in scene.simulation.states.executions.values()] == ["SUCCEEDED"]
    types = {detail["metadata"]["type"] for detail in scene.simulation.bus.taken}
    assert {"OrderReceived", "OrderAmended", "RefundRequested", "RefundSettled"} <= types


def _asked(scene: Scene) -> None:
    """A letter came, and with nobody answering, the change has expired."""
    assert scene.simulation.mail.letters
    assert [change.status for change in scene.changes] == [ChangeStatus.EXPIRED]


def _forgotten(scene: Scene) -> None:
    """An expired hold, a refund that never started, and events that the stream has lost: a sweep begins."""
    assert scene.sends_in_peace(submitting(scene, 1)).body["status"] == "approved"
    commits(scene)
    pumps = scene.simulation.pumps
    pumps._look()
    pumps.lost |= set(range(len(pumps.records)))
    scene.simulation.clock.passes(hours=25)
    scene.runs("sweep", "SweepFunction")


def _swept(scene: Scene) -> None:
    by_order = {change.order_id: change.status for change in scene.changes}
    assert by_order[scene.orders[1]] is ChangeStatus.EXPIRED
    assert scene.stock("TEA")[2] == 0
    assert refunded_once(scene) == TEA_LESS


STORIES = {
    "ask": Story(
        "machine chg_",
        lambda scene: scene.sends_in_peace(scene.cancelling(AGENT, {"line_id": "l1", "quantity": 1})),
        _asked,
    ),
    "refund": Story("machine ref_", commits, _refunded),
    "publish": Story("PublishFunction", commits, _refunded),
    "steer": Story("SteerFunction", commits, _refunded),
    "notify": Story("notify ", commits, _refunded),
    "sweep": Story("client sweep", _forgotten, _swept),
}
TWO_ORDERS = an_order(1, "cus-1", *LINES), an_order(2, "cus-2", ("TEA", 3, "10.00"))


def struck(
    name: str, fault: Fault, times: int = 1, reply: tuple[int, str] | None = None, start: int = 0, step: int = 1
) -> int:
    """Tell this story, or do this deed, with the fault at each of its calls in turn; how many calls those are."""
    worker = STORIES[name].worker if name in STORIES else "client who"

    def play(strike: Strike, index: int) -> None:
        with a_scene(index, *(TWO_ORDERS if name == "sweep" else ()), weather=QUIET) as scene:
            if reply:
                scene.replies_with(*reply)
            if name in STORIES:
                STORIES[name].begin(scene)
                scene.aim(strike)
                scene.ends()
                STORIES[name].holds(scene)
            else:
                asked = scene.sends("who", DEEDS[name].prepare(scene))
                scene.aim(strike)
                scene.ends()
                DEEDS[name].holds(scene, asked.answer)

    return at_every_call(fault, worker, play, times, start, step)


# ------------------------------------------------------------------------------------------------------ 1 to 6: retries


@pytest.mark.parametrize("name", DEEDS)
def test_fault_01_the_same_submit_twice_at_once(name: str) -> None:
    """Fault 1, K L: two workers send one request, key and body, at the same time. 3 seeds for each of seven
    requests."""
    for seed in THREE:
        with a_scene(seed) as scene:
            sent = DEEDS[name].prepare(scene)
            once, again = scene.sends("one", sent), scene.sends("two", sent)
            scene.ends()
            DEEDS[name].holds(scene, once.answer)
            assert (once.answer.status, once.answer.body) == (again.answer.status, again.answer.body)


@pytest.mark.parametrize("name", DEEDS)
@pytest.mark.parametrize("times", [1, 3])
def test_fault_02_the_commits_answer_is_lost_and_the_sdk_retries(name: str, times: int) -> None:
    """Fault 2, L V K: it is written, its answer lost: once (the SDK's retry is answered) or as often as the SDK tries
    (the client's own retry is). One effect, and its answer. 1 seed for each of seven requests, twice."""
    with a_scene(times) as scene:
        sent = DEEDS[name].prepare(scene)
        scene.aim(first(Fault.LOST, "dynamodb", "TransactWriteItems", worker="client who", times=times))
        asked = scene.sends("who", sent)
        scene.ends()
        DEEDS[name].holds(scene, asked.answer)


def test_fault_02_the_lost_answers_write_is_known_by_its_log_entry() -> None:
    """Fault 2, L V: the answer is lost, and the SDK's retry comes when its token is forgotten, so that its conditions
    fail: the write is known all the same, and answered. Without a key, too. 5 seeds."""
    for seed in FIVE:
        with a_scene(seed) as scene:
            sent = scene.amending(AGENT, quantity("l1", 2))
            keyless = replace(sent, headers={"if_match": sent.headers["if_match"]})
            scene.aim(first(Fault.LOST, "dynamodb", "TransactWriteItems", worker="client who"))
            scene.forgets_tokens()
            asked = scene.sends("who", keyless)
            scene.ends()
            _committed(scene, asked.answer)


@pytest.mark.parametrize("name", ["amend", "submit", "cancel", "decide", "confirm", "order"])
def test_fault_03_the_same_again_after_ten_minutes_and_after_the_keys_life(name: str) -> None:
    """Fault 3, K R: after 10 minutes a retry gets the first answer; after 49 hours, its record gone as by TTL, a
    refusal that is true of the order as it is (an order sent again is the order), and no second effect. 2 seeds
    each."""
    for seed in TWO:
        with a_scene(seed) as scene:
            sent = DEEDS[name].prepare(scene)
            reply = scene.sends_in_peace(sent)
            scene.bring()
            scene.simulation.clock.passes(minutes=10)
            soon = scene.sends("soon", sent)
            scene.plays()
            assert (soon.answer.status, soon.answer.body) == (reply.status, reply.body)
            before = scene.order()["version"], refunded_once(scene)
            scene.simulation.clock.passes(hours=49)
            assert scene.expires_keys() >= 1
            for call in scene.simulation.calls:
                call.key = None  # a key's life is over: what is answered under it now is compared with nothing before
            late, again = scene.sends("late", sent), scene.sends("again", sent)
            scene.plays()
            expected = {"order": 200, "submit": 409, "decide": 409, "confirm": 409}.get(name, 412)
            assert statuses(late, again) == [expected, expected], (late, again)
            assert (scene.order()["version"], refunded_once(scene)) == before
            scene.ends()
            DEEDS[name].holds(scene, reply)


def _another(body: Json, rng: random.Random) -> Json:
    """The same body with something else in it: a field more, less, or another."""
    word = f"another {rng.randint(0, 10**6)}"
    if "customer" in body:
        return {**body, "customer": {**body["customer"], "name": word}}
    if "edits" in body:
        return {**body, **rng.choice(({"note": word}, {"edits": [quantity("l1", rng.choice((1, 4, 5)))]}))}
    if "event" in body:
        return {**body, "quantity": rng.randint(2, 3)}
    if "decision" in body:
        return {**body, "decision": {"approve": "reject", "confirm": "decline"}[body["decision"]]}
    return {**body, "digest": word} if "digest" in body else {**body, "note": word}


@pytest.mark.parametrize("name", DEEDS)
def test_fault_04_the_same_key_with_another_body(name: str) -> None:
    """Fault 4, K: another body under the key is 422, before, beside or after the first; fields in another order are the
    same body. 3 seeds for each of seven requests, with random bodies."""
    for seed in THREE:
        with a_scene(seed) as scene:
            sent = DEEDS[name].prepare(scene)
            other = replace(sent, body=_another(sent.body, random.Random(seed)))
            turned = replace(sent, body=dict(reversed(list(sent.body.items()))))
            asked = scene.sends("one", sent)
            scene.plays()
            later, same = scene.sends("other", other), scene.sends("same", turned)
            scene.ends()
            assert (later.answer.status, later.answer.code) == (422, "key-reused"), later.answer
            assert (same.answer.status, same.answer.body) == (asked.answer.status, asked.answer.body)
            DEEDS[name].holds(scene, asked.answer)


def test_fault_04_two_bodies_under_one_key_at_once() -> None:
    """Fault 4, K: two bodies race under one key: one has its effect, the other is 422 for its key. 5 seeds."""
    for seed in FIVE:
        with a_scene(seed) as scene:
            sent = scene.amending(AGENT, quantity("l1", 2))
            other = replace(scene.amending(AGENT, quantity("l1", 4)), headers=sent.headers)
            one, two = scene.sends("one", sent), scene.sends("two", other)
            scene.ends()
            assert statuses(one, two) == [201, 422]
            won = one if one.answer.status == 201 else two
            _committed(scene, won.answer)
            assert scene.order()["lines"][0]["quantity"] == (2 if won is one else 4)


def test_fault_05_the_same_key_of_another_customer() -> None:
    """Fault 5, K Z: a key is its principal's: another customer under it gets their own effect on their own order, and
    404 on that of the first, whether or not it was answered before. 5 seeds."""
    for seed in FIVE:
        with a_scene(seed, *TWO_ORDERS) as scene:
            own = scene.cancelling(CUSTOMER)
            theirs = replace(scene.cancelling(CUSTOMER_2, number=1), user=CUSTOMER_2)
            theirs = replace(theirs, headers={**theirs.headers, "idempotency_key": own.headers["idempotency_key"]})
            stolen = replace(own, user=CUSTOMER_2)
            early = scene.sends("early thief", stolen)
            one, two = scene.sends("one", own), scene.sends("two", theirs)
            scene.plays()
            late = scene.sends("late thief", stolen)
            scene.ends()
            assert statuses(early, late) == [404, 404]
            assert statuses(one, two) == [201, 201]
            assert {each.answer.body["order_id"] for each in (one, two)} == set(scene.orders)


def test_fault_05_the_same_key_of_another_agent_on_the_same_order() -> None:
    """Fault 5, K: a colleague's request under the same key is no replay: their ETag is stale. 5 seeds."""
    for seed in FIVE:
        with a_scene(seed) as scene:
            sent = scene.amending(AGENT, quantity("l1", 2))
            one, two = scene.sends("one", sent), scene.sends("two", replace(sent, user=AGENT_2))
            scene.ends()
            assert statuses(one, two) == [201, 412]


@pytest.mark.parametrize("name", DEEDS)
def test_fault_06_a_function_times_out_and_its_twin_finishes_late(name: str) -> None:
    """Fault 6, R V: the first call hangs at its commit, the client tries again and is answered; ten minutes later the
    first goes on: nothing more happens, and it says the same. 2 seeds for each of seven requests."""
    for seed in TWO:
        with a_scene(seed) as scene:
            sent = DEEDS[name].prepare(scene)
            scene.held_up("TransactWriteItems", "client hangs", scene.ended("tries"))
            hangs = scene.sends("hangs", sent)
            scene.held_up("BatchGetItem", "client tries", lambda: True)
            tries = scene.sends("tries", sent)
            scene.ends()
            DEEDS[name].holds(scene, tries.answer)
            assert (hangs.answer.status, hangs.answer.body) == (tries.answer.status, tries.answer.body)


def _step(scene: Scene, name: str, **more: Any) -> None:
    (change,) = scene.changes
    named = {"refund_id": change.refunds[0].refund_id, "change_id": change.change_id, "order_id": change.order_id}
    scene.runs(name, "RefundFunction", {"step": "pay", "payment_id": "pay-1", **named, **more})


def test_fault_06_two_executions_of_the_same_payment_at_once() -> None:
    """Fault 6, R: the paying step was given up and hangs, its twin and the machine pay at the same moment: the key that
    follows from the change and the payment is one, so a gateway that honours keys pays once. 5 seeds."""
    for seed in FIVE:
        with a_scene(seed, keyed=True) as scene:
            commits(scene)
            _step(scene, "pays")
            _step(scene, "hangs")
            scene.ends()
            _refunded(scene)


def test_fault_06_a_payment_given_up_goes_on_when_the_next_has_paid() -> None:
    """Fault 6, R: the step hangs before it asks the gateway anything; the next execution pays and books; the late one
    asks, and pays nothing, at a gateway that forgets every key. Its booking comes late, too. 5 seeds."""
    for seed in FIVE:
        with a_scene(seed) as scene:
            commits(scene)
            scene.held_up("find", "client hangs", lambda: bool(scene.paid))
            scene.held_up("TransactWriteItems", "client books", lambda: scene.changes[0].refunds[0].status == "settled")
            _step(scene, "hangs")
            _step(scene, "books", step="settle", paid={"reference": "gw-late", "status": "settled"})
            scene.simulation.faults.on = True
            scene.ends()
            _refunded(scene)


# ------------------------------------------------------------------------------------------------------- 7 to 9: rivals


def test_fault_07_two_edits_on_one_version() -> None:
    """Fault 7, V L: eight agents read one version and each commits another quantity: one is in, seven are told the
    fresh ETag; a second edit of another line is as stale as the rest. 5 seeds."""
    for seed in FIVE:
        with a_scene(seed) as scene:
            edits = [quantity("l1", units) for units in (1, 2, 4, 5)] + [
                quantity("l2", units) for units in (1, 3, 4, 5)
            ]
            sent = [scene.amending(AGENT, edit) for edit in edits]
            asked = [scene.sends(f"agent {number}", each) for number, each in enumerate(sent)]
            scene.ends()
            assert statuses(*asked) == [201] + [412] * 7
            won = next(number for number, each in enumerate(asked) if each.answer.status == 201)
            line = next(each for each in scene.order()["lines"] if each["line_id"] == edits[won]["line_id"])
            assert line["quantity"] == edits[won]["quantity"]
            assert {each.answer.body["etag"].partition(".")[0] for each in asked if each.answer.status == 412} == {'"2'}


def test_fault_07_the_heads_own_condition() -> None:
    """Fault 7, V L: two reports of one line at once, while the log, whose entries are conditional too, does not
    help: the first one's entry is out of the way as the second writes. The head's own condition makes it read again.
    3 seeds."""
    for seed in THREE:
        with a_scene(seed) as scene:
            tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
            taken: dict[Any, Any] = {}

            def first_is_done(scene: Scene = scene, tables: Any = tables, taken: dict[Any, Any] = taken) -> bool:
                if not scene.ended("one")():
                    return False
                for of_order in tables["LogTable"].items.values():
                    for sequence in [each for each in of_order if str(each.value) == "2"]:
                        taken[sequence] = of_order.pop(sequence)
                return True

            scene.held_up("TransactWriteItems", "client two", first_is_done)
            two, one = scene.sends("two", scene.shipping("l1", 1)), scene.sends("one", scene.shipping("l1", 1))
            scene.plays()
            for of_order in tables["LogTable"].items.values():
                of_order.update(taken)
            scene.ends()
            assert statuses(one, two) == [200, 200]
            assert scene.order()["lines"][0]["fulfilled_quantity"] == 2
            assert scene.stock("TEA") == (7, 6, 0, 1)


def test_fault_07_eight_take_the_same_unit_back() -> None:
    """Fault 7, V R: what others refund eight times, quantity 3 to 2, goes through once. 5 seeds."""
    for seed in FIVE:
        with a_scene(seed) as scene:
            sent = scene.amending(AGENT, quantity("l1", 2))
            keyed = [replace(sent, headers={**sent.headers, "idempotency_key": f"own {n}"}) for n in EIGHT]
            asked = [scene.sends(f"agent {number}", each) for number, each in enumerate(keyed)]
            scene.ends()
            assert statuses(*asked) == [201] + [412] * 7
            assert refunded_once(scene) == TEA_LESS


def test_fault_08_an_amendment_against_a_cancellation() -> None:
    """Fault 8, F S: an agent amends while the owner cancels all, on one version: one outcome, whole. 8 seeds."""
    outcomes = set()
    for seed in EIGHT:
        with a_scene(seed) as scene:
            amend, cancel = scene.amending(AGENT, quantity("l1", 5)), scene.cancelling(CUSTOMER)
            one, two = scene.sends("agent", amend), scene.sends("owner", cancel)
            scene.ends()
            assert statuses(one, two) == [201, 412]
            cancelled = two.answer.status == 201
            outcomes.add(cancelled)
            assert (scene.order()["status"] == "cancelled") is cancelled
            assert scene.stock("TEA") == ((9, 9, 0, 0) if cancelled else (9, 4, 0, 5))
    assert outcomes == {True, False}


def test_fault_08_a_cancellation_while_an_amendment_is_open() -> None:
    """Fault 8, F S: an amendment holds stock; it is accepted, undone, and the order cancelled, all at once. One of the
    first two is first; the cancellation passes only after an undo, which leaves all as it was. 6 seeds."""
    for seed in range(6):
        with a_scene(seed) as scene:
            change = scene.sends_in_peace(submitting(scene)).body
            path = f"/orders/{scene.orders[0]}/amendments/{change['change_id']}"
            match = {"if_match": scene.etag()}
            digest = {"digest": change["plan"]["digest"]}
            accept = scene.asks("accepts", AGENT, "POST", f"{path}/accept", digest, **match)
            undo = scene.asks("undoes", AGENT, "POST", f"{path}/undo", {}, **match)
            cancel = scene.sends("cancels", replace(scene.cancelling(CUSTOMER), headers=match))
            evidence = scene.ends()
            assert statuses(accept, undo)[0] == 200
            assert statuses(accept, undo)[1] in (409, 412)
            cancelled = cancel.answer.status == 201
            assert cancelled or cancel.answer.status in (409, 412)
            assert not (cancelled and accept.answer.status == 200)
            kept = next(each for each in evidence.changes if each.change_id == change["change_id"])
            assert kept.status is (ChangeStatus.COMPLETED if accept.answer.status == 200 else ChangeStatus.UNDONE)
            units = 0 if cancelled else 4 if accept.answer.status == 200 else 3
            assert scene.stock("TEA") == (9, 9 - units, 0, units)


def test_fault_08_confirm_against_withdraw_against_decline() -> None:
    """Fault 8, F S: a cancellation waits for its customer; the link confirms and declines, the agent withdraws, an
    amendment comes in between: one outcome. 6 seeds."""
    for seed in range(6):
        with a_scene(seed) as scene:
            change = waits_for_customer(scene)
            path = f"/orders/{scene.orders[0]}/cancellations/{change['change_id']}/withdraw"
            match = {"if_match": scene.etag()}
            amend = scene.sends("amends", replace(scene.amending(AGENT_2, quantity("l1", 2)), headers=match))
            asked = [
                scene.sends("confirms", confirming(scene)),
                scene.sends("declines", confirming(scene, "decline")),
                scene.asks("withdraws", AGENT, "POST", path, {}, **match),
            ]
            evidence = scene.ends()
            assert sum(each.answer.status == 200 for each in asked) == 1, asked
            ended = {"confirm": ChangeStatus.COMPLETED, "decline": ChangeStatus.DECLINED, None: ChangeStatus.WITHDRAWN}
            ends = [call for call in scene.simulation.calls if re.search(r"/confirmations/|/withdraw$", call.path)]
            won = next(call for call in ends if call.reply and call.reply.status == 200)
            kept = next(each for each in evidence.changes if each.change_id == change["change_id"])
            assert kept.status is ended[won.body.get("decision")]
            assert amend.answer.status in ((409, 412) if kept.committed_version else (201, 409))


def test_fault_09_a_change_against_a_shipment_scan() -> None:
    """Fault 9, F S: the warehouse ships two units while an agent lowers the line to one: whichever is second is
    refused, and no unit is both sent and taken back. 8 seeds."""
    outcomes = set()
    for seed in EIGHT:
        with a_scene(seed) as scene:
            amend, ship = (
                scene.sends("agent", scene.amending(AGENT, quantity("l1", 1))),
                scene.sends("scanner", scene.shipping("l1", 2)),
            )
            scene.ends()
            line = scene.order()["lines"][0]
            outcomes.add(amend.answer.status)
            if amend.answer.status == 201:
                assert (ship.answer.status, ship.answer.code) == (409, "beyond-quantity")
                assert (line["quantity"], line["fulfilled_quantity"]) == (1, 0)
            else:
                assert amend.answer.status == 412
                assert ship.answer.status == 200
                assert (line["quantity"], line["fulfilled_quantity"]) == (3, 2)
    assert outcomes == {201, 412}


@pytest.mark.parametrize("name", ["amend", "cancel", "decide", "confirm"])
def test_fault_09_a_scan_between_reading_and_writing(name: str) -> None:
    """Fault 9, F S: the shipment is scanned when the change has been planned and is about to be written: it is planned
    again, on what has left. 3 seeds for each of four ways to commit."""
    for seed in THREE:
        with a_scene(seed) as scene:
            sent = DEEDS[name].prepare(scene)
            scene.held_up("TransactWriteItems", "client who", scene.ended("scanner"))
            asked = scene.sends("who", sent)
            scan = scene.sends("scanner", scene.shipping("l1", 3))
            scene.ends()
            assert scan.answer.status == 200
            if name == "decide":  # another line's price: what has left does not concern it
                _committed(scene, asked.answer)
            else:
                assert asked.answer.status in (409, 412), asked.answer
                assert scene.order()["version"] == 1
                assert not scene.paid
            assert scene.stock("TEA") == (6, 6, 0, 0)


# --------------------------------------------------------------------------------------------------- 10 to 13: at calls


@pytest.mark.parametrize("name", OF_CHANGES)
@pytest.mark.parametrize("times", [5, 7])
def test_fault_10_a_storm_of_conflicts(name: str, times: int) -> None:
    """Fault 10, L N: so many transactions in a row conflict: five are sat out within the request, seven are told as 429
    with Retry-After, and the client's retry gets through. 1 seed for each of five requests, two strengths."""
    with a_scene(times) as scene:
        sent = DEEDS[name].prepare(scene)
        scene.replies_with(400, "TransactionConflict")
        scene.aim(first(Fault.ERROR, "dynamodb", "TransactWriteItems", worker="client who", times=times))
        asked = scene.sends("who", sent)
        scene.ends()
        DEEDS[name].holds(scene, asked.answer)
        calls = [call.reply for call in scene.simulation.calls if call.client == "who" and call.reply]
        assert [reply.status for reply in calls[:-1]] == ([429] if times > 5 else [])
        assert all("Retry-After" in reply.headers for reply in calls[:-1])


def test_fault_10_a_storm_without_end_leaves_no_trace() -> None:
    """Fault 10, L N: conflicts never stop while two change one order and the sweeper and machines run: all are told
    429, and nothing of theirs stays; refunds and acknowledgements come through later. 2 seeds."""
    for seed in TWO:
        with a_scene(seed, *TWO_ORDERS) as scene:
            scene.sends_in_peace(scene.amending(AGENT, quantity("l1", 2), number=1))
            scene.replies_with(400, "TransactionConflict")
            scene.aim(first(Fault.ERROR, "dynamodb", "TransactWriteItems", times=FOREVER))
            asked = [scene.sends(name, scene.amending(AGENT, quantity("l1", 2))) for name in ("agent 1", "agent 2")]
            scene.runs("sweep", "SweepFunction")
            evidence = scene.ends()
            assert [each.reply for each in asked] == [None] * 2
            replies = [
                call.reply.status for call in scene.simulation.calls if call.client.startswith("agent") and call.reply
            ]
            assert set(replies) == {429}
            assert scene.order()["version"] == 1
            assert len(evidence.changes) == 1


@pytest.mark.parametrize("name", [*DEEDS, *STORIES])
def test_fault_11_throttled_at_every_call(name: str) -> None:
    """Fault 11, L N: at each call of it in turn (of a sweep's many, each sixth) AWS throttles, as often as the SDK
    tries. As many seeds as it has calls."""
    step = 6 if name == "sweep" else 1
    assert struck(name, Fault.ERROR, times=3, reply=(400, "ThrottlingException"), step=step) >= 2


@pytest.mark.parametrize("name", [*DEEDS, *STORIES])
def test_fault_12_a_crash_before_and_after_every_call(name: str) -> None:
    """Fault 12, all: the process dies before each call of it in turn, which is after the one before; and after the
    last. As many seeds as it has calls, and one."""
    calls = struck(name, Fault.CRASH_BEFORE)
    assert calls >= 2
    assert struck(name, Fault.CRASH_AFTER, start=calls - 1) == calls


@pytest.mark.parametrize("name", [*DEEDS, *STORIES])
def test_fault_13_the_network_fails_at_every_call(name: str) -> None:
    """Fault 13, L N: each call of it in turn (of a sweep's many, each sixth) never gets there, as often as the SDK
    tries. As many seeds as it has calls."""
    assert struck(name, Fault.BEFORE, times=3, start=1, step=6 if name == "sweep" else 1) >= 2


# -------------------------------------------------------------------------------------------- 14 and 15: what is large


def large(lines: int, skus: int, title: int = 0, units: int = 1, number: int = 1) -> Json:
    """An order of that many lines over that many SKUs, with titles of random letters."""
    rng = random.Random(lines)
    order = an_order(number, "cus-1", *((f"S{line % skus:04}", units, "1.00") for line in range(lines)))
    for line in order["lines"]:
        line["title"] = "".join(
            rng.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-", k=title)
        )
    return order


def of_each(order: Json, units: int) -> list[Json]:
    return [quantity(line["line_id"], units) for line in order["lines"]]


def stock_of(skus: int, on_hand: int = 10) -> dict[str, int]:
    return {f"S{number:04}": on_hand for number in range(skus)}


def _stocks(scene: Scene) -> set[tuple[int, ...]]:
    """Each SKU's counters, without its name; past the API, which takes one at a time."""
    rows = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["SkusTable"].all_items()
    return {tuple(int(row.attrs[name].value) for name in ("on_hand", "available", "held", "allocated")) for row in rows}


def _stages(scene: Scene) -> int:
    rows = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["OrdersTable"].all_items()
    return sum(
        row.attrs["pk"].value.startswith("STAGE#") and not row.attrs["sk"].value.startswith("DONE#") for row in rows
    )


@pytest.mark.parametrize("fault", [None, Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_fault_14_a_change_of_more_lines_than_a_transaction_holds(fault: Fault | None) -> None:
    """Fault 14, L T: all 120 lines of an order change at once, over 20 SKUs; the process dies at the commit. 1 seed
    each, without a crash, with one before and one after it."""
    order = large(120, 20)
    with a_scene(1, order, stock=stock_of(20)) as scene:
        cancelled = ({"op": "cancel_line", "line_id": f"l{number}"} for number in range(1, 61))
        sent = scene.amending(AGENT, *cancelled, *(price(f"l{number}", "1.10") for number in range(61, 121)))
        if fault:
            scene.aim(first(fault, "dynamodb", "TransactWriteItems", worker="client who"))
        asked = scene.sends("who", sent)
        scene.ends()
        assert asked.answer.status == 201
        assert asked.answer.body["status"] == "committed"
        live = scene.order()
        assert live["version"] == 2
        assert sum(line["quantity"] for line in live["lines"]) == 60
        assert _stocks(scene) == {(10, 7, 0, 3)}


STAGED = 5
"""SKUs of an order whose stock does not go into one transaction, where four do: two batches before the commit, two
after it. Moving 70 takes moto too long for every call and seed; one test does."""


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "STOCK_OF_ONE_WRITE", 4)
    monkeypatch.setattr(staging, "BATCH", 3)


def test_fault_14_more_stock_than_a_transaction_holds() -> None:
    """Fault 14, L T S: 70 SKUs are held in two batches, committed, and settled in two, the last of which crashes: the
    client has its answer, the sweeper the rest. 1 seed."""
    order = large(70, 70)
    with a_scene(1, order, stock=stock_of(70), weather=QUIET) as scene:
        sent = scene.amending(AGENT, *of_each(order, 2))
        scene.aim(first(Fault.CRASH_BEFORE, "dynamodb", "TransactWriteItems", worker="client who", skip=4))
        asked = scene.sends("who", sent)
        scene.ends()
        assert asked.answer.status == 201
        assert asked.answer.body["status"] == "committed"
        assert _stocks(scene) == {(10, 8, 0, 2)}
        assert _stages(scene) == 0


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.ERROR])
def test_fault_14_staged_stock_dies_in_the_middle(fault: Fault) -> None:
    """Fault 14, L T S: five SKUs are held in batches, committed, settled in batches; the process dies at each of its
    calls in turn, and its client is gone: the sweeper finishes what was committed, and gives back what was not. As
    many seeds as it has calls, about ten, for a crash and for an error that stays."""
    order = large(STAGED, STAGED)
    outcomes = set()

    def play(strike: Strike, index: int) -> None:
        with a_scene(index, order, stock=stock_of(STAGED), weather=QUIET) as scene:
            scene.replies_with(400, "ThrottlingException")
            sent = scene.amending(AGENT, *of_each(order, 2))
            scene.aim(strike)
            scene.asks_once("who", sent)
            scene.ends()
            version = scene.order()["version"]
            outcomes.add(version)
            assert _stocks(scene) == ({(10, 9, 0, 1)} if version == 1 else {(10, 8, 0, 2)})
            assert _stages(scene) == 0
            if version == 1:
                assert not scene.changes

    assert at_every_call(fault, "client who", play, times=1 if fault is Fault.CRASH_BEFORE else 3) >= 8
    assert outcomes == {1, 2}


def test_fault_14_a_change_near_the_limit_of_a_request() -> None:
    """Fault 14 and 15, L T: an order of nearly half a MB in 1,000 lines, every title random so that nothing of it
    compresses, is cancelled line by line, and read again version by version: no item over 400 KB, no transaction over
    4 MB. 1 seed."""
    order = large(1000, 1, title=300)
    with a_scene(1, order, stock={}) as scene:
        reply = scene.sends_in_peace(scene.amending(AGENT, quantity("l1", 2)))
        assert reply.status == 201
        sent = scene.amending(AGENT, *({"op": "cancel_line", "line_id": f"l{number}"} for number in range(1, 901)))
        asked = scene.sends("who", sent)
        scene.ends()
        assert asked.answer.status == 201, asked.answer


@pytest.mark.xfail(
    strict=True, reason="a change's record is one item: beyond 400 KB its write fails as an error of ours"
)
def test_fault_15_a_change_whose_record_would_not_fit_into_an_item() -> None:
    """Fault 15, L: 1,600 lines change at once, their titles 300 random letters each: what is previewed must be
    committed, or refused in words, and never be an error of ours. 1 seed."""
    order = large(1600, 1, title=300)
    with a_scene(1, order, stock={}) as scene:
        reply = scene.sends_in_peace(scene.amending(AGENT, *(price(f"l{number}", "1.10") for number in range(1, 1601))))
        assert reply.status in (201, 422)


def test_fault_15_many_versions_of_one_order() -> None:
    """Fault 15, L: twenty versions of one order, each by its own change: no row of it grows with its history, and every
    version reads as it was told. 1 seed."""
    with a_scene(1) as scene:
        totals = {1: scene.order()["totals"]["total"]["amount"]}
        for version in range(2, 22):
            change = commits(scene, AGENT, quantity("l1", 2 + version % 2))
            totals[version] = change["plan"]["totals_after"]["total"]["amount"]
            if version == 5:
                early = _largest(scene)
        assert _largest(scene) <= early + 60
        for version, total in totals.items():
            read = scene.at_peace(AGENT, "GET", f"/orders/{scene.orders[0]}/versions/{version}").body
            assert read["totals"]["total"]["amount"] == total
        scene.ends()


def _largest(scene: Scene) -> int:
    """Bytes of the largest row of what is live of an order."""
    rows = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["OrdersTable"].all_items()
    return max(row.size() for row in rows if row.attrs["sk"].value.startswith("LIVE#"))


# ----------------------------------------------------------------------------------------- 16 and 17: what readers see


def test_fault_16_stale_indexes_and_eventually_consistent_reads() -> None:
    """Fault 16, V A: every index, and every read that does not ask to be consistent, shows a change waiting, an
    order at its first version, and stock untouched, while all that is over: lists show nothing that no longer fits,
    deciding again is refused, an edit is refused with the fresh ETag, the sweeper expires nothing. 5 seeds."""
    for seed in FIVE:
        with a_scene(seed) as scene:
            change = waits_for_manager(scene)
            stale = scene.etag()
            scene.bring()
            with lagging(scene):
                assert scene.sends_in_peace(deciding(scene, change)).body["status"] == "committed"
                scene.simulation.clock.passes(hours=25)  # by the stale index, the change has expired
                inbox = scene.asks("reads", MANAGER, "GET", "/changes?waiting_for=manager")
                own = scene.asks("owner", CUSTOMER, "GET", "/changes?status=pending_approval")
                orders = scene.asks("lists", CUSTOMER, "GET", "/orders")
                order = scene.asks("looks", CUSTOMER, "GET", f"/orders/{scene.orders[0]}")
                late = scene.sends("decides", deciding(scene, change, MANAGER_2, "reject"))
                body = {"reason_code": "customer_request", "edits": [quantity("l1", 2)]}
                path = f"/orders/{scene.orders[0]}/amendments"
                edit = scene.asks("edits", AGENT, "POST", path, body, if_match=stale, idempotency_key="k")
                scene.runs("sweep", "SweepFunction")
                scene.plays()
            assert inbox.answer.body["items"] == own.answer.body["items"] == []
            assert [each["version"] for each in orders.answer.body["items"]] == [2] == [order.answer.body["version"]]
            assert (late.answer.status, late.answer.code) == (409, "not-waiting")
            assert edit.answer.status == 412
            assert edit.answer.body["etag"].startswith('"2.')
            evidence = scene.ends()
            assert [each.status for each in evidence.changes] == [ChangeStatus.COMPLETED]


def test_fault_16_stale_index_rows_behind_the_systems_back() -> None:
    """Fault 16, V N: index rows say that a committed change is open, due and waiting, and that its events are
    unpublished: the sweeper looks at the rows themselves, and does nothing twice that shows. 3 seeds."""
    for seed in THREE:
        with a_scene(seed) as scene:
            commits(scene)
            scene.bring()
            rows = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["ChangesTable"]
            (row,) = [row for row in rows.all_items() if row.attrs["part"].value == "RECORD"]
            for name, value in (("open", "open"), ("expires_at", "2026-01-01"), ("waiting_for", "manager"),
                                ("status", "pending_approval")):  # fmt: skip
                row.attrs[name] = type(row.attrs["part"])({"S": value})
            scene.simulation.clock.passes(hours=1)
            inbox = scene.asks("reads", MANAGER, "GET", "/changes?waiting_for=manager")
            scene.runs("sweep", "SweepFunction")
            scene.ends()
            assert inbox.answer.body["items"] == []
            _refunded(scene)


WRITES: dict[str, Callable[[Scene], Sent]] = {
    "amend": lambda scene: scene.amending(AGENT, quantity("l1", 2), quantity("l2", 1)),
    "ship": lambda scene: scene.shipping("l1", 2),
    "cancel": lambda scene: scene.cancelling(CUSTOMER),
    "hold": lambda scene: submitting(scene, units=5),
}


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("rows", [1, 2])
def test_fault_17_a_read_torn_between_two_pages(name: str, rows: int) -> None:
    """Fault 17, T: a reader's query comes in pages of one row, or two, and a whole transaction happens between two of
    them: what is read is the order before or after it, whole, never a mixture. 1 seed for each page it can come after,
    for four kinds of writes."""
    for page in (1, 2):
        with a_scene(page) as scene:
            commits(scene, AGENT, quantity("l1", 4))  # so that it has a line in a row of its own
            sent = WRITES[name](scene)
            before = scene.order()

            def between(at: int, page: int = page, scene: Scene = scene, sent: Sent = sent) -> None:
                if at == page:
                    scene.sends("writes", sent)
                    scene.simulation.scheduler.block("waits between two pages", scene.ended("writes"))

            with paged(scene, "client reads", rows, between):
                read = scene.asks("reads", AGENT, "GET", f"/orders/{scene.orders[0]}")
                scene.plays()
            after = scene.order()
            assert after != before
            assert _shown(read.answer.body) in (_shown(before), _shown(after))
            scene.ends()


def _shown(order: Json) -> Json:
    """What a torn read mixes; a refund that is booked in the meantime is none of it."""
    return {name: order[name] for name in ("version", "status", "lines")} | {"total": order["totals"]["total"]}


def test_fault_17_a_change_planned_on_a_torn_read() -> None:
    """Fault 17, T: an agent's own read is torn by another's commit: the amendment is planned on no mixture, but
    refused as stale. 3 seeds."""
    for seed in THREE:
        with a_scene(seed) as scene:
            sent, rival = scene.amending(AGENT, quantity("l2", 1)), scene.amending(AGENT_2, quantity("l1", 5))

            def between(at: int, scene: Scene = scene, rival: Sent = rival) -> None:
                if at == 1:
                    scene.sends("rival", rival)
                    scene.simulation.scheduler.block("waits between two pages", scene.ended("rival"))

            with paged(scene, "client who", 1, between):
                asked = scene.sends("who", sent)
                scene.plays()
            assert asked.answer.status == 412
            scene.ends()
            assert [line["quantity"] for line in scene.order()["lines"]] == [5, 2]


# ---------------------------------------------------------------------------------------------------- 18 to 20: stock


def test_fault_18_the_last_unit_and_many_buyers() -> None:
    """Fault 18, S: one unit is left; five agents each want one more of it on an order of their own, and one submits a
    hold for it: exactly one has it, the others are refused for want of stock. 5 seeds."""
    winners = set()
    for seed in FIVE:
        shops = [an_order(number, "cus-1", ("TEA", 1, "10.00")) for number in range(1, 6)]
        with a_scene(seed, *shops, stock={"TEA": 6}) as scene:
            sent = [scene.amending(AGENT, quantity("l1", 2), number=number) for number in range(4)]
            sent.append(submitting(scene, 4, units=2))
            asked = [scene.sends(f"agent {number}", each) for number, each in enumerate(sent)]
            scene.plays()
            assert scene.stock("TEA")[1] == 0
            won = [number for number, each in enumerate(asked) if each.answer.status in (200, 201)]
            assert len(won) == 1
            winners.update(won)
            lost = [each.answer for each in asked if each.answer.status not in (200, 201)]
            assert {reply.code for reply in lost} <= {"insufficient-stock", "plan-changed"}, lost
            scene.ends()
    assert len(winners) > 1


def test_fault_18_ten_units_and_twenty_orders() -> None:
    """Fault 18, S: what others sell 20 times of 10: orders and amendments compete for three units; orders beyond
    stock are taken and marked, amendments refused, and no unit is counted twice. 4 seeds."""
    for seed in range(4):
        shops = [an_order(number, "cus-1", ("TEA", 1, "10.00")) for number in (1, 2, 3)]
        with a_scene(seed, *shops, stock={"TEA": 6}) as scene:
            more = [scene.sends(f"agent {n}", scene.amending(AGENT, quantity("l1", 2), number=n)) for n in range(3)]
            new = [scene.sends(f"shop {n}", ordering(scene, n, units=1)) for n in (7, 8, 9)]
            scene.ends()
            granted = sum(each.answer.status == 201 for each in more)
            assert all(each.answer.status == 201 for each in new)
            assert granted + sum(not each.answer.body.get("backordered") for each in new) == 3
            assert scene.stock("TEA") == (6, 0, 0, 6)


def test_fault_19_a_hold_expires_while_it_is_committed() -> None:
    """Fault 19, S N: accepted in time, the write hangs until the sweeper has expired the change and another has
    taken its unit: the accept is refused, and nothing is sold twice. 5 seeds."""
    for seed in FIVE:
        with a_scene(seed, *TWO_ORDERS, stock={"TEA": 7, "POT": 9}) as scene:
            accept = accepting(scene)
            scene.held_up("TransactWriteItems", "client accepts", scene.ended("takes it"))
            accepted = scene.sends("accepts", accept)
            scene.plays_until("client accepts")
            scene.simulation.clock.passes(hours=25)
            scene.runs("sweep", "SweepFunction")
            scene.held_up("BatchGetItem", "client takes it", scene.ended("sweep"))
            taken = scene.asks("takes it", SERVICE, "POST", "/orders", an_order(9, "cus-9", ("TEA", 1, "10.00")))
            scene.ends()
            assert taken.answer.status == 201
            assert (accepted.answer.status, accepted.answer.code) == (409, "illegal-transition"), accepted.answer
            assert scene.stock("TEA")[:3] == (7, 0, 0)


def accepting(scene: Scene, number: int = 0) -> Sent:
    """The acceptance of a change that holds a unit."""
    change = scene.sends_in_peace(submitting(scene, number)).body
    assert change["status"] == "approved", change
    path = f"/orders/{scene.orders[number]}/amendments/{change['change_id']}/accept"
    headers = {"if_match": scene.etag(number), "idempotency_key": scene.key()}
    return Sent(AGENT, "POST", path, {"digest": change["plan"]["digest"]}, headers)


def test_fault_19_a_commit_overtakes_the_sweeper() -> None:
    """Fault 19, S N: the sweeper has found the change due, and hangs at its write; the accept, whose own look was in
    time, is first: the change stays committed, its unit allocated. 5 seeds."""
    for seed in FIVE:
        with a_scene(seed) as scene:
            accept = accepting(scene)
            sweeps = scene.held_up("TransactWriteItems", "client sweep", scene.ended("accepts"))
            scene.held_up("TransactWriteItems", "client accepts", sweeps)
            accepted = scene.sends("accepts", accept)
            scene.plays_until("client accepts")
            scene.simulation.clock.passes(hours=25)
            scene.runs("sweep", "SweepFunction")
            evidence = scene.ends()
            assert accepted.answer.status == 200
            assert accepted.answer.body["status"] == "committed"
            assert [change.status for change in evidence.changes] == [ChangeStatus.COMPLETED]
            assert scene.stock("TEA") == (9, 5, 0, 4)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("skus", [2, STAGED])
def test_fault_20_one_sku_is_empty_and_others_are_full(skus: int) -> None:
    """Fault 20, S N: a SKU has one bucket here, so one bucket being empty is one SKU being empty: a change that
    needs it beside full ones is refused whole, be it planned on stock that is gone by its commit, in one transaction
    or staged; no counter moves, and a new order is taken with just that line backordered. 3 seeds for each of two
    sizes."""
    order = large(skus, skus)
    for seed in THREE if skus == 2 else TWO:
        with a_scene(seed, order, stock=stock_of(skus, 2)) as scene:
            last = f"S{skus - 1:04}"
            change, plain = scene.amending(AGENT, *of_each(order, 2)), {(2, 1, 0, 1)}
            scene.held_up("TransactWriteItems", "client agent", scene.ended("rival"))
            asked = scene.sends("agent", change)
            rival = scene.asks("rival", SERVICE, "POST", "/orders", an_order(8, "cus-8", (last, 1, "1.00")))
            scene.plays()
            assert rival.answer.status == 201
            assert (asked.answer.status, asked.answer.code) == (422, "insufficient-stock"), asked.answer
            assert _stocks(scene) == plain | {(2, 0, 0, 2)}
            assert _stages(scene) == 0
            both = an_order(9, "cus-9", ("S0000", 1, "1.00"), (last, 1, "1.00"))
            new = scene.asks("shop", SERVICE, "POST", "/orders", both)
            scene.ends()
            assert new.answer.status == 201
            assert new.answer.body["backordered"] is True
            assert scene.stock("S0000") == scene.stock(last) == (2, 0, 0, 2)


# ---------------------------------------------------------------------------------------------- 21 to 23: compensations


def undoing(scene: Scene, change: Json) -> Sent:
    """The compensation of a committed change, as it was previewed."""
    path = f"/orders/{scene.orders[0]}/amendments/{change['change_id']}/undo"
    plan = scene.at_peace(AGENT, "POST", f"{path}?dry_run=true", {}).body
    headers = {"if_match": scene.etag(), "idempotency_key": scene.key()}
    return Sent(AGENT, "POST", path, {"digest": plan["digest"]}, headers)


def test_fault_21_an_undo_fails_at_every_call() -> None:
    """Fault 21, S R N: the compensating change of a commit that added a unit fails at each of its calls in turn, and is
    tried again: it is undone once, its unit free, what it cost given back or not due. As many seeds as it has calls."""

    def play(strike: Strike, index: int) -> None:
        with a_scene(index, weather=QUIET) as scene:
            sent = undoing(scene, commits(scene, AGENT, quantity("l1", 4)))
            scene.aim(strike)
            asked = scene.sends("who", sent)
            scene.ends()
            assert asked.answer.status == 201
            assert asked.answer.body["status"] == "committed"
            assert scene.order()["version"] == 3
            assert scene.stock("TEA") == (9, 6, 0, 3)
            assert scene.order()["totals"]["total"]["amount"] == "275.98"

    assert at_every_call(Fault.ERROR, "client who", play, times=3) >= 4


def test_fault_21_a_release_fails_when_its_hold_expires() -> None:
    """Fault 21, S N: the sweeper's release of an expired hold fails, in three ways; the next sweep releases it. 3
    seeds."""
    for seed, fault in enumerate((Fault.ERROR, Fault.CRASH_BEFORE, Fault.LOST)):
        with a_scene(seed) as scene:
            accepting(scene)
            scene.simulation.clock.passes(hours=25)
            scene.aim(first(fault, "dynamodb", "TransactWriteItems", worker="client sweep", times=20))
            scene.runs("sweep", "SweepFunction")
            evidence = scene.ends()
            assert [change.status for change in evidence.changes] == [ChangeStatus.EXPIRED]
            assert scene.stock("TEA") == (9, 6, 0, 3)


@pytest.mark.usefixtures("small_batches")
def test_fault_21_giving_staged_stock_back_fails() -> None:
    """Fault 21, S N: the last of five SKUs is gone, so the write is given up; giving back fails from its first call
    on, or from its second or third: the sweeper gives back the rest. 3 seeds."""
    order = large(STAGED, STAGED)
    for seed in THREE:
        with a_scene(seed, order, stock=stock_of(STAGED, 2), weather=QUIET) as scene:
            sent = scene.amending(AGENT, *of_each(order, 2))
            scene.held_up("TransactWriteItems", "client agent", scene.ended("rival"))
            scene.aim(
                first(
                    Fault.CRASH_BEFORE, "dynamodb", "TransactWriteItems", worker="client agent", skip=2 + seed, times=1
                )
            )
            scene.asks_once("agent", sent)
            scene.asks("rival", SERVICE, "POST", "/orders", an_order(8, "cus-8", (f"S{STAGED - 1:04}", 1, "1.00")))
            scene.ends()
            assert _stocks(scene) == {(2, 1, 0, 1), (2, 0, 0, 2)}
            assert _stages(scene) == 0
            assert scene.order()["version"] == 1


def test_fault_21_a_refund_is_declined_and_resolved_by_hand() -> None:
    """Fault 21, R N: the gateway declines a refund: the change falls out, an operator resolves it, the release of
    what was set aside holds, and nothing was paid. 3 seeds."""
    for seed in THREE:
        with a_scene(seed, weather=Weather(declines=1.0)) as scene:
            commits(scene)
            scene.plays()
            (change,) = scene.changes
            assert change.status is ChangeStatus.FALLOUT
            assert not scene.paid
            body = {"outcome": "failed", "note": "the card is closed"}
            path = f"/changes/{change.change_id}/resolutions"
            resolved = [scene.asks(name, OPERATOR, "POST", path, body) for name in ("resolves", "resolves too")]
            scene.ends()
            assert statuses(*resolved) == [200, 409]
            assert not scene.paid


def test_fault_22_an_undo_runs_twice() -> None:
    """Fault 22, S R: a commit is undone by two agents at once, and by one of them again under its key: one
    compensation. 5 seeds."""
    for seed in FIVE:
        with a_scene(seed) as scene:
            sent = undoing(scene, commits(scene, AGENT, quantity("l1", 4)))
            rival = replace(sent, user=AGENT_2)
            asked = [scene.sends("one", sent), scene.sends("one again", sent), scene.sends("two", rival)]
            scene.ends()
            assert [each.answer.status for each in asked] in ([201, 201, 412], [412, 412, 201])
            assert scene.order()["version"] == 3
            assert scene.stock("TEA") == (9, 6, 0, 3)


@pytest.mark.parametrize("lost", [0, 1, 3])
def test_fault_22_two_sweepers_release_one_hold(lost: int) -> None:
    """Fault 22, S R: two sweepers, an undo and a machine whose time is up all end one change, and answers are lost: its
    hold goes back once. 3 seeds for each of three losses."""
    for seed in THREE:
        with a_scene(seed) as scene:
            change = waits_for_manager(scene)
            scene.bring()
            path = f"/orders/{scene.orders[0]}/amendments/{change['change_id']}/undo"
            match = {"if_match": scene.etag()}
            scene.simulation.clock.passes(hours=25)
            scene.aim(first(Fault.LOST, "dynamodb", "TransactWriteItems", times=lost))
            scene.runs("sweep", "SweepFunction")
            scene.runs("sweep too", "SweepFunction")
            undone = scene.asks("undoes", AGENT, "POST", path, {}, **match)
            evidence = scene.ends()
            assert undone.answer.status in (200, 409)
            assert evidence.changes[0].status in (ChangeStatus.EXPIRED, ChangeStatus.UNDONE)
            assert scene.stock("POT") == (30, 28, 0, 2)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("committed", [True, False])
def test_fault_22_staged_stock_is_finished_twice(committed: bool) -> None:
    """Fault 22, S R: the writer died after its commit, or before it; two sweepers finish its stage, one of them late
    with what it has read; and a third when they are done. 3 seeds each."""
    order, other = large(STAGED, STAGED), large(STAGED, STAGED, number=2)
    for seed in THREE:
        with a_scene(seed, order, other, stock=stock_of(STAGED), weather=QUIET) as scene:
            scene.sends_in_peace(submitting(scene, 1, edits=of_each(other, 2)))
            sent = scene.amending(AGENT, *of_each(order, 2))
            fault = Fault.CRASH_AFTER if committed else Fault.CRASH_BEFORE
            scene.aim(first(fault, "dynamodb", "TransactWriteItems", worker="client who", skip=2))
            scene.asks_once("who", sent)
            scene.plays()
            assert _stages(scene) > 0
            scene.simulation.clock.passes(minutes=3)
            scene.held_up("TransactWriteItems", "client late", scene.ended("sweep"), skip=0 if committed else 1)
            scene.runs("late", "SweepFunction")
            scene.plays_until("client late")
            scene.runs("sweep", "SweepFunction")
            scene.plays()
            scene.ends()
            assert _stocks(scene) == ({(10, 7, 0, 3)} if committed else {(10, 8, 0, 2)})
            assert _stages(scene) == 0


def test_fault_23_an_undo_overtakes_its_commit() -> None:
    """Fault 23, S R: an accept hangs at its write; the undo of the same change is first; the accept, late, is
    refused and the hold is free. The undo of what is not committed yet, as a compensation, is refused too. 5 seeds."""
    for seed in FIVE:
        with a_scene(seed) as scene:
            accept = accepting(scene)
            scene.held_up("TransactWriteItems", "client accepts", scene.ended("undoes"))
            accepted = scene.sends("accepts", accept)
            undo = replace(
                accept,
                path=accept.path.replace("/accept", "/undo"),
                body={},
                headers={"if_match": accept.headers["if_match"]},
            )
            undone = scene.sends("undoes", undo)
            scene.ends()
            assert undone.answer.status == 200
            assert accepted.answer.status == 409
            assert scene.order()["version"] == 1
            assert scene.stock("TEA") == (9, 6, 0, 3)


@pytest.mark.usefixtures("small_batches")
def test_fault_23_the_sweeper_gives_up_a_stage_while_it_is_prepared() -> None:
    """Fault 23, S R: the writer of five SKUs hangs between its two batches, or before its commit, for so long that
    the sweeper gives back what it held; it goes on, and finds that it must not commit. 2 seeds for each of three
    moments."""
    order = large(STAGED, STAGED)
    for seed in TWO:
        for skip in (0, 1, 2):
            with a_scene(seed, order, stock=stock_of(STAGED), weather=QUIET) as scene:
                sent = scene.amending(AGENT, *of_each(order, 2))
                scene.held_up("TransactWriteItems", "client who", scene.ended("sweep"), skip=skip)
                asked = scene.sends("who", sent)
                scene.plays_until("client who")
                scene.simulation.clock.passes(minutes=3)
                scene.runs("sweep", "SweepFunction")
                scene.ends()
                assert asked.answer.status == 201  # planned again, and staged anew
                assert _stocks(scene) == {(10, 8, 0, 2)}
                assert _stages(scene) == 0


def test_fault_23_the_end_of_a_wait_overtakes_its_beginning() -> None:
    """Fault 23, F R: a withdrawal is steered before the machine has begun to ask: it finds that nobody is waited
    for, sends no letter, and ends. 5 seeds."""
    for seed in FIVE:
        with a_scene(seed) as scene:
            reply = scene.sends_in_peace(scene.cancelling(AGENT, {"line_id": "l1", "quantity": 1}))
            path = f"/orders/{scene.orders[0]}/cancellations/{reply.body['change_id']}/withdraw"
            scene.held_up("TransactWriteItems", "machine chg_", scene.ended("withdraws"))
            withdrawn = scene.asks("withdraws", AGENT, "POST", path, {}, if_match=scene.etag())
            scene.ends()
            assert withdrawn.answer.status == 200
            assert not scene.simulation.mail.letters


# ---------------------------------------------------------------------------------------------------------- 24: refunds


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.CRASH_AFTER])
@pytest.mark.parametrize("deaf", [0, 3])
def test_fault_24_a_refund_times_out_but_was_paid(fault: Fault, deaf: int) -> None:
    """Fault 24, R: the gateway pays and its answer is lost, or the process dies with it; asked what became of it, it
    does not answer at first, or does: it is found, booked once, and never paid again, though this gateway forgets
    all keys. 3 seeds for each of four ways."""
    for seed in THREE:
        with a_scene(seed) as scene:
            commits(scene)
            scene.aim(first(fault, "gateway", "refund"), first(Fault.LOST, "gateway", "find", skip=1, times=deaf))
            scene.ends()
            _refunded(scene)


def test_fault_24_the_report_never_comes() -> None:
    """Fault 24, R: the gateway takes it as pending, its answer is lost, and its report never comes: when time is up,
    it is asked once more and found. 3 seeds."""
    for seed in THREE:
        with a_scene(seed, weather=Weather(pendings=1.0)) as scene:
            commits(scene)
            scene.aim(first(Fault.LOST, "gateway", "refund"))
            scene.plays()
            for paid in scene.simulation.gateway.ledger:
                paid.status = "settled"
            scene.ends()
            _refunded(scene)


def test_fault_24_the_release_of_an_authorisation_times_out() -> None:
    """Fault 24, R: the void of an authorised order's payments happened, its answer is lost: each is released once, and
    nothing is refunded. 3 seeds."""
    for seed in THREE:
        with a_scene(seed, an_order(1, "cus-1", *LINES, captured=False)) as scene:
            assert scene.sends_in_peace(scene.cancelling(CUSTOMER)).body["status"] == "committed"
            scene.aim(first(Fault.LOST, "gateway", "release", times=2))
            scene.ends()
            released = [paid.order.payment_id for paid in scene.simulation.gateway.ledger]
            assert sorted(released) == ["pay-1", "pay-2"]
            assert not scene.paid
