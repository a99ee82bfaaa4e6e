"""Faults 14 and 15: what is too large for one transaction, or nearly for one item."""

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from tests.fakes.builders import AGENT
from tests.simulation.deeds import (
    QUIET,
    STAGED,
    _stages,
    _stocks,
    commits,
    large,
    of_each,
    stock_of,
)
from tests.simulation.faults import Fault, first
from tests.simulation.scenarios import (
    Scene,
    Strike,
    a_scene,
    at_every_call,
    price,
    quantity,
)
from tests.support.clients import REGION


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


def test_fault_15_a_change_whose_record_would_not_fit_into_an_item() -> None:
    """Fault 15, L: 1,600 lines change at once, their titles 300 random letters each: what is previewed must be
    committed, or refused in words, and never be an error of ours. 1 seed."""
    order = large(1600, 1, title=300)
    with a_scene(1, order, stock={}) as scene:
        reply = scene.sends_in_peace(scene.amending(AGENT, *(price(f"l{number}", "1.10") for number in range(1, 1601))))
        assert (reply.status, reply.code) == (422, "change-too-large")
        scene.ends()


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
