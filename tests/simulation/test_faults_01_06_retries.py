"""Faults 1 to 6: the same request again, answers lost, twins that finish late."""

import random
from dataclasses import replace
from typing import Any

import pytest

from tests.fakes.builders import AGENT, AGENT_2, CUSTOMER, CUSTOMER_2
from tests.simulation.deeds import (
    DEEDS,
    FIVE,
    THREE,
    TWO,
    TWO_ORDERS,
    Json,
    _committed,
    _refunded,
    commits,
    refunded_once,
    statuses,
)
from tests.simulation.faults import Fault, first
from tests.simulation.scenarios import (
    Scene,
    a_scene,
    quantity,
)


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
            reference = f"gw-{scene.changes[0].refunds[0].refund_id}"
            _step(scene, "books", step="settle", paid={"reference": reference, "status": "settled"})
            scene.simulation.faults.on = True
            scene.ends()
            _refunded(scene)
