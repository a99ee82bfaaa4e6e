"""What faults 1 to 24 strike: deeds of people, and stories that the platform plays by itself."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from shared.domain.change.states import ChangeStatus
from tests.fakes.builders import AGENT, CUSTOMER, MANAGER, SERVICE
from tests.simulation.clients import an_order
from tests.simulation.faults import Fault
from tests.simulation.scenarios import (
    LINES,
    Asked,
    Scene,
    Sent,
    Strike,
    a_scene,
    at_every_call,
    quantity,
)
from tests.simulation.simulation import Weather
from tests.support.clients import REGION
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


STAGED = 5
"""SKUs of an order whose stock does not go into one transaction, where four do: two batches before the commit, two
after it. Moving 70 takes moto too long for every call and seed; one test does."""


def large(lines: int, skus: int, title: int = 0, units: int = 1, number: int = 1) -> Json:
    """An order of that many lines over that many SKUs, with titles of random letters."""
    rng = random.Random(lines)
    order = an_order(number, "cus-1", *((f"S{line % skus:04}", units, "1.00") for line in range(lines)))
    for line in order["lines"]:
        line["title"] = "".join(
            rng.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-", k=title)
        )
    return order


def stock_of(skus: int, on_hand: int = 10) -> dict[str, int]:
    return {f"S{number:04}": on_hand for number in range(skus)}


def of_each(order: Json, units: int) -> list[Json]:
    return [quantity(line["line_id"], units) for line in order["lines"]]


def _stocks(scene: Scene) -> set[tuple[int, ...]]:
    """Each SKU's counters, without its name; past the API, which takes one at a time."""
    rows = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["SkusTable"].all_items()
    return {tuple(int(row.attrs[name].value) for name in ("on_hand", "available", "held", "allocated")) for row in rows}


def _stages(scene: Scene) -> int:
    rows = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["OrdersTable"].all_items()
    return sum(
        row.attrs["pk"].value.startswith("STAGE#") and not row.attrs["sk"].value.startswith("DONE#") for row in rows
    )


def accepting(scene: Scene, number: int = 0) -> Sent:
    """The acceptance of a change that holds a unit."""
    change = scene.sends_in_peace(submitting(scene, number)).body
    assert change["status"] == "approved", change
    path = f"/orders/{scene.orders[number]}/amendments/{change['change_id']}/accept"
    headers = {"if_match": scene.etag(number), "idempotency_key": scene.key()}
    return Sent(AGENT, "POST", path, {"digest": change["plan"]["digest"]}, headers)
