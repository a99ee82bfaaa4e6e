"""Faults 18 to 20: few units, many buyers, holds that expire."""

import pytest

from shared.domain.change.states import ChangeStatus
from tests.fakes.builders import AGENT, SERVICE
from tests.simulation.clients import an_order
from tests.simulation.deeds import (
    FIVE,
    STAGED,
    THREE,
    TWO,
    TWO_ORDERS,
    _stages,
    _stocks,
    accepting,
    large,
    of_each,
    ordering,
    stock_of,
    submitting,
)
from tests.simulation.scenarios import (
    a_scene,
    quantity,
)


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
