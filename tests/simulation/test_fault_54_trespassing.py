"""Fault 54: a customer's step on what staff asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from shared.domain.change.states import ChangeStatus
from shared.usecases.core.access import Principal
from tests.fakes.builders import AGENT, CUSTOMER, CUSTOMER_2, MANAGER
from tests.simulation.clients import an_order
from tests.simulation.controls import GUARDED, LOGINS
from tests.simulation.deeds import commits, deciding, submitting, waits_for_customer, waits_for_manager
from tests.simulation.episodes import by_link, links, the_change
from tests.simulation.faults import Fault
from tests.simulation.scenarios import LINES, Scene, Sent, a_scene, quantity
from tests.simulation.simulation import Weather
from tests.simulation.trespassers import SAME_HOUSEHOLD, attempts
from tests.unit.http.client import Reply

Json = dict[str, Any]
ROUGH = Weather(rates={Fault.LOST: 0.02, Fault.CRASH_AFTER: 0.005})
TRESPASSERS: dict[str, Principal] = {"owner": CUSTOMER, "household": SAME_HOUSEHOLD, "stranger": CUSTOMER_2}
TRIES = 2
DEAR = (("TEA", 3, "10.00"), ("POT", 2, "399.99"))
"""An order whose cancellation a manager has to approve."""


@dataclass(frozen=True)
class Moment:
    """Where a change of staff's stands (`begin`), who goes on with it, and how it and the order end."""

    begin: Callable[[Scene], Json]
    goes_on: Callable[[Scene, Json], Sequence[Sent]]
    ends: ChangeStatus
    version: int


def _draft(scene: Scene) -> Json:
    body = {"reason_code": "wrong_item", "edits": [quantity("l1", 2)]}
    reply = scene.at_peace(AGENT, "POST", f"/orders/{scene.orders[0]}/amendments", body, if_match=scene.etag())
    assert reply.body["status"] == "draft", reply
    return dict(reply.body)


def _approved(scene: Scene) -> Json:
    change: Json = scene.sends_in_peace(submitting(scene)).body
    assert change["status"] == "approved", change
    return change


def _suspected(scene: Scene) -> Json:
    """A cancellation of all for fraud; it waits for a manager."""
    reply = scene.sends_in_peace(_for_fraud(scene))
    assert reply.body["status"] == "pending_approval", reply
    return dict(reply.body)


def _for_fraud(scene: Scene) -> Sent:
    path, body = f"/orders/{scene.orders[0]}/cancellations", {"reason_code": "fraud"}
    digest = scene.at_peace(AGENT, "POST", f"{path}?dry_run=true", body).body["digest"]
    headers = {"if_match": scene.etag(), "idempotency_key": scene.key()}
    return Sent(AGENT, "POST", path, {**body, "consent": {"digest": digest}}, headers)


def _accepting(scene: Scene, change: Json) -> Sequence[Sent]:
    path = f"/orders/{scene.orders[0]}/amendments/{change['change_id']}/accept"
    headers = {"if_match": scene.etag(), "idempotency_key": scene.key()}
    return [Sent(AGENT, "POST", path, {"digest": change["plan"]["digest"]}, headers)]


MOMENTS = {
    "a draft": Moment(_draft, lambda scene, change: [], ChangeStatus.EXPIRED, 1),
    "it waits for a manager": Moment(
        waits_for_manager, lambda scene, change: [deciding(scene, change, MANAGER)], ChangeStatus.COMPLETED, 2
    ),
    "it waits to be accepted": Moment(_approved, _accepting, ChangeStatus.COMPLETED, 2),
    "it waits for the customer": Moment(
        waits_for_customer, lambda scene, change: [by_link(links(scene)[0])], ChangeStatus.COMPLETED, 2
    ),
    "it is for fraud": Moment(
        _suspected, lambda scene, change: [deciding(scene, change, MANAGER)], ChangeStatus.COMPLETED, 2
    ),
    "it is committed": Moment(commits, lambda scene, change: [], ChangeStatus.COMPLETED, 2),
}


def tries(scene: Scene, name: str, who: Principal, number: int, change: Json, kept: list[Reply]) -> None:
    """The step of this number, with a fresh ETag each time: what it is told."""

    def script() -> None:
        for _ in range(TRIES):
            order = scene.simulation.insisting(f"{name} reads", AGENT, "GET", f"/orders/{scene.orders[0]}")
            assert order is not None
            _, method, path, body = list(attempts(scene.orders[0], change))[number]
            reply = scene.simulation.insisting(name, who, method, path, body, if_match=order.headers["ETag"])
            kept.extend([reply] if reply is not None else [])

    scene.starts(name, script)


STEPS = [step for step, *_ in attempts("", {"change_id": "", "status": "", "plan": {"digest": ""}})]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("seed", range(2))
def test_fault_54_a_customers_step_on_what_staff_asked_for(moment: str, seed: int) -> None:
    """While staff goes on, the owner, another login of theirs and a stranger take every step on the change at once, and
    begin drafts beside it, with answers that get lost; 6 moments of 2 seeds. A Z: all are refused, and the change ends
    as if nobody had."""
    at = MOMENTS[moment]
    with a_scene(seed, an_order(1, "cus-1", *(DEAR if "fraud" in moment else LINES)), weather=ROUGH) as scene:
        change, kept = at.begin(scene), list[Reply]()
        going_on = at.goes_on(scene, change)
        for name, who in TRESPASSERS.items():
            for number, step in enumerate(STEPS):
                if _is_theirs(moment, name, step):
                    continue
                tries(scene, f"{name} {step}", who, number, change, kept)
        for number, sent in enumerate(going_on):
            scene.sends(f"staff {number}", sent)
        scene.plays()
        assert {reply.status for reply in kept} <= {403, 404, 409, 412, 422}, kept
        scene.ends()
        after = the_change(scene)
        assert (after.status, scene.order()["version"]) == (at.ends, at.version)
        assert after.requested_by.id == AGENT.id
        assert {entry.by for entry in after.timeline} & LOGINS.keys() == set()


def _is_theirs(moment: str, name: str, step: str) -> bool:
    """The owner answers what waits for them, and may begin something of their own once nothing is open."""
    return name != "stranger" and (step == "beside" or (step == "decide" and "the customer" in moment))


@pytest.mark.parametrize("seed", range(4))
def test_fault_54_a_draft_beside_blocks_no_case_of_fraud(seed: int) -> None:
    """The owner begins one draft after the other while an agent cancels the order for fraud; 4 seeds. A: what they
    began makes way, and none begins once it is there."""
    with a_scene(seed, weather=ROUGH) as scene:
        sent = _for_fraud(scene)

        def drafts() -> None:
            for number in range(6):
                order = scene.simulation.insisting("owner", CUSTOMER, "GET", f"/orders/{scene.orders[0]}")
                assert order is not None
                body = {"reason_code": "customer_request", "edits": [quantity("l1", 1 + number % 2)]}
                path, key = f"/orders/{scene.orders[0]}/amendments", f"draft-{number}"
                etag = order.headers["ETag"]
                scene.simulation.insisting("owner", CUSTOMER, "POST", path, body, if_match=etag, idempotency_key=key)

        def cancels() -> None:
            scene.simulation.scheduler.block("waits for a draft", lambda: bool(scene.changes))
            for number in range(20):
                order = scene.simulation.insisting("agent", AGENT, "GET", f"/orders/{scene.orders[0]}")
                assert order is not None
                given = {"if_match": order.headers["ETag"], "idempotency_key": f"fraud-{number}"}
                reply = scene.simulation.insisting("agent", AGENT, sent.method, sent.path, sent.body, **given)
                if reply is not None and reply.status == 201:
                    return
                assert reply is None or reply.status == 412, reply

        scene.starts("owner", drafts)
        scene.starts("agent", cancels)
        scene.ends()
        cases = [change for change in scene.changes if change.reason_code in GUARDED]
        drafted = [change for change in scene.changes if change.reason_code not in GUARDED]
        assert [case.status for case in cases] == [ChangeStatus.COMPLETED]
        assert scene.order()["status"] == "cancelled"
        assert {change.status for change in drafted} == {ChangeStatus.UNDONE}
