"""Faults 51 and 53, as far as what is owed is collected: payment links whose making is lost, that are paid twice, in
part, or after their time, and changes that are withdrawn while the money is on its way."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from shared.adapters.gateways.common.signatures import signature_of
from shared.domain import money
from shared.domain.change.states import ChangeStatus
from shared.domain.change.surplus import ended_as
from shared.ports.gateways import (
    GatewayDeclined,
    GatewayUnavailable,
    GatewayUnknown,
    LinkOrder,
    LinkPayment,
    PaymentLink,
)
from tests.fakes.builders import AGENT, SERVICE
from tests.fakes.collections import PAY_FIRST, came, collecting
from tests.simulation.clients import an_order
from tests.simulation.episodes import SEEDS, _order, the_change, told
from tests.simulation.faults import Fault
from tests.simulation.scenarios import Scene, Sent, Strike, a_scene, quantity
from tests.simulation.simulation import CALM, Weather
from tests.support.policies import ruled_by

DUE = 2400
"""Two more units of 10.00 with 20 % tax."""
OWED = 1
"""The two payments of a scene's order are a cent less than its total."""
ROUGH = Weather(rates={Fault.LOST: 0.02, Fault.CRASH_AFTER: 0.01, Fault.CRASH_BEFORE: 0.01}, duplicates=0.2)


@contextmanager
def a_waiting_scene(seed: int, weather: Weather = CALM, **given: Any) -> Iterator[Scene]:
    """An amendment by an agent that waits for the payment of what it adds."""
    with ruled_by(collecting(PAY_FIRST)), a_scene(seed, weather=weather, **given) as scene:
        reply = scene.sends_in_peace(scene.amending(AGENT, quantity("l1", 5)))
        assert (reply.status, reply.body["status"]) == (201, "pending_payment"), reply
        yield scene


def link_of(scene: Scene) -> str:
    return str(the_change(scene).collection.link_id)


def pay(scene: Scene, amount: int = DUE) -> Sent:
    """The customer pays by the link; the gateway's report of it is returned, and has not been sent yet."""
    return report(scene, scene.simulation.gateway.pay(link_of(scene), amount))


def report(scene: Scene, paid: LinkPayment) -> Sent:
    stamp = str(int(scene.simulation.clock.now().timestamp()))
    said = {
        "order_id": scene.orders[0],
        "link_key": link_of(scene),
        "reference": paid.reference,
        "amount": {"amount": money.text(paid.amount, "USD"), "currency": "USD"},
    }
    raw = json.dumps(said)
    signature = signature_of(raw.encode(), stamp, os.environ["SANDBOX_CALLBACK_SECRET"])
    return Sent(None, "POST", "/callbacks/sandbox", raw, {"inflight_signature": f"t={stamp},v1={signature}"})


def by_a_service(scene: Scene, paid: LinkPayment) -> Sent:
    """The same money, as the merchant's own payment service tells of it."""
    amount = {"amount": money.text(paid.amount, "USD"), "currency": "USD"}
    body = {"payment_id": f"svc-{paid.reference}", "method": "card", "gateway": "sandbox", "status": "captured"}
    body |= {"reference": paid.reference, "captured": amount, "link_id": link_of(scene)}  # type: ignore[dict-item]
    return Sent(SERVICE, "POST", f"/orders/{scene.orders[0]}/payments", body, {"idempotency_key": scene.key()})


def undoing(scene: Scene) -> Sent:
    path = f"/orders/{scene.orders[0]}/amendments/{the_change(scene).change_id}/undo"
    return Sent(AGENT, "POST", path, {}, {"if_match": scene.etag(), "idempotency_key": scene.key()})


def sound(scene: Scene) -> str:
    """Returns the end of the change. All that the gateway took is on the order, all of it and no more; a committed
    change was paid for, and any other left the order, its money and its stock alone. Of what came for nothing a person
    is told, once for each sum."""
    order, change = _order(scene), the_change(scene)
    at_gateway = sum(each.amount for link in scene.simulation.gateway.links.values() for each in link.payments)
    assert came(order) == at_gateway
    committed = change.committed_version is not None
    assert order.totals.balance_due == OWED + (DUE if committed else 0) - at_gateway
    assert not committed or change.collection.collected >= DUE
    assert told(scene, "PaymentCollected") == ({"PaymentCollected": 1} if committed else {})
    assert (order.version, order.lines[0].quantity) == ((2, 5) if committed else (1, 3))
    assert not change.holds
    assert change.surplus == max(0, -order.totals.balance_due)
    assert (change.status is ChangeStatus.FALLOUT) == bool(change.surplus) == bool(told(scene, "ChangeFellOut"))
    return "committed" if committed else str(ended_as(change) if change.surplus else change.status)


# ------------------------------------------------------------------------------------------------------------------- 53


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("weather", [CALM, ROUGH])
def test_fault_53_paid_by_the_link_and_reported_by_two_at_once(seed: int, weather: Weather) -> None:
    """The gateway's report comes three times, and a service tells the same; 2 × 4 seeds. L N: one payment, one
    commit."""
    with a_waiting_scene(seed, weather) as scene:
        scene.bring()
        paid = scene.simulation.gateway.pay(link_of(scene), DUE)
        for name in ("first", "again", "late"):
            scene.sends(name, report(scene, paid))
        scene.sends("service", by_a_service(scene, paid))
        scene.ends()
        assert sound(scene) == "committed"


@pytest.mark.parametrize("seed", SEEDS)
def test_fault_53_a_payment_link_paid_twice(seed: int) -> None:
    """Two windows pay the same link; 4 seeds. R L: both are on the order, and its balance shows what is too much."""
    with a_waiting_scene(seed, ROUGH) as scene:
        scene.bring()
        first, second = pay(scene), pay(scene)
        scene.sends("first", first)
        scene.sends("second", second)
        scene.ends()
        assert sound(scene) == "committed"
        assert _order(scene).totals.balance_due == OWED - DUE


@pytest.mark.parametrize("seed", SEEDS)
def test_fault_53_a_payment_link_paid_in_part(seed: int) -> None:
    """A part comes in time, the rest after the deadline; 4 seeds. L N: nothing is committed for less than is due, the
    stock is back, and both parts are on the order."""
    with a_waiting_scene(seed, ROUGH) as scene:
        scene.bring()
        scene.sends("part", pay(scene, DUE - 1))
        scene.plays()
        assert the_change(scene).is_open
        scene.simulation.clock.passes(hours=4)
        scene.sends("rest", pay(scene, 1))
        scene.ends()
        assert sound(scene) == "expired"


@pytest.mark.parametrize("seed", SEEDS)
def test_fault_53_a_payment_link_paid_after_expiry(seed: int) -> None:
    """The money comes after the deadline, against the sweep; 4 seeds. L N: it is on the order, and commits nothing."""
    with a_waiting_scene(seed, ROUGH) as scene:
        scene.bring()
        scene.simulation.clock.passes(hours=3)
        scene.sends("late", pay(scene))
        scene.runs("sweep", "SweepFunction")
        scene.ends()
        assert sound(scene) == "expired"


@pytest.mark.parametrize("seed", range(8))
def test_fault_53_withdrawn_while_the_money_is_on_its_way(seed: int) -> None:
    """The agent undoes the change as the customer pays; 8 seeds. R L N: one of them is first. Either it is committed
    and paid for, or it is undone, and the money on the order."""
    with a_waiting_scene(seed, ROUGH) as scene:
        scene.bring()
        scene.sends("pays", pay(scene))
        scene.sends("undoes", undoing(scene))
        scene.ends()
        assert sound(scene) in ("committed", "undone")


@pytest.mark.parametrize("index", range(9))
def test_fault_53_a_crash_at_any_call_of_the_booking_loses_nothing(index: int) -> None:
    """The process that books the payment dies at its call number `index`, once; the gateway reports again; 9 cases. L:
    paid ends as committed."""
    with a_waiting_scene(1) as scene:
        scene.bring()
        scene.aim(Strike(Fault.CRASH_AFTER, index, "client pays"))
        scene.sends("pays", pay(scene))
        scene.ends()
        assert sound(scene) == "committed"


def test_fault_53_a_report_that_never_comes() -> None:
    """The gateway took the money and never says so; 1 case. L N: it is asked at the deadline, and the change is
    committed, or the money is on the order."""
    with a_waiting_scene(1) as scene:
        scene.bring()
        scene.simulation.gateway.pay(link_of(scene), DUE)
        scene.ends()
        assert sound(scene) in ("committed", "expired")


def test_fault_53_the_link_of_another_order() -> None:
    """A service tells of the payment on another order than the link's; 1 case. L: it is refused, the change waits on,
    and the link can still be paid."""
    with ruled_by(collecting(PAY_FIRST)):
        others = (an_order(1, "cus-1", ("TEA", 3, "10.00")), an_order(2, "cus-2", ("TEA", 1, "10.00")))
        with a_scene(1, *others) as scene:
            reply = scene.sends_in_peace(scene.amending(AGENT, quantity("l1", 5)))
            link = reply.body["collection"]["link_id"]
            amount = {"amount": "24.00", "currency": "USD"}
            body = {"payment_id": "p", "method": "card", "gateway": "sandbox", "status": "captured", "captured": amount}
            told_elsewhere = scene.at_peace(
                SERVICE, "POST", f"/orders/{scene.orders[1]}/payments", body | {"link_id": link}
            )
            assert told_elsewhere.body["errors"][0]["code"] == "link-of-another-order"
            assert the_change(scene).is_open
            scene.bring()
            assert scene.sends_in_peace(pay(scene)).status == 200
            scene.ends()
            assert the_change(scene).committed_version == 2


# ------------------------------------------------------------------------------------------------------------------- 51


@pytest.mark.parametrize("times", range(1, 5))
def test_fault_51_the_making_of_a_link_is_lost_and_asked_for_again(times: int) -> None:
    """The gateway's answer is lost so often; 4 cases. L N: there is one link, and it can be paid."""
    with a_waiting_scene(times) as scene:
        gateway, asked = scene.simulation.gateway, list[LinkOrder]()
        real = gateway.make_link

        def loses(order: LinkOrder) -> PaymentLink:
            asked.append(order)
            made = real(order)
            if len(asked) <= times:
                raise GatewayUnknown("lost")
            return made

        gateway.make_link = loses  # type: ignore[method-assign]
        scene.bring()
        while not scene.simulation.mail.letters:
            scene.simulation.clock.passes(minutes=1)
            scene.bring()
        assert (len(asked), len(set(asked)), len(gateway.links)) == (times + 1, 1, 1)
        scene.sends("pays", pay(scene))
        scene.ends()
        assert sound(scene) == "committed"


@pytest.mark.parametrize("trouble", [GatewayUnavailable("down"), GatewayUnknown("silent"), GatewayDeclined("no")])
def test_fault_51_a_gateway_that_makes_no_link_ends_the_change_and_a_person_reads_why(trouble: Exception) -> None:
    """It cannot be reached for as long as the machine asks, or it declines; 3 cases. L N: the change fails and says
    what is known, nobody is told to pay, and nothing is held."""
    with a_waiting_scene(1) as scene:

        def fails(_: LinkOrder) -> PaymentLink:
            raise trouble

        scene.simulation.gateway.make_link = fails  # type: ignore[method-assign]
        scene.ends()
        assert sound(scene) == "failed"
        declined = isinstance(trouble, GatewayDeclined)
        words = "no payment link could be made" if declined else "may have been made, but nobody here knows its address"
        assert f"{words}: {type(trouble).__name__}" in str(the_change(scene).timeline[-1].note)
        assert not any("Please pay" in letter["subject"] for letter in scene.simulation.mail.letters)
