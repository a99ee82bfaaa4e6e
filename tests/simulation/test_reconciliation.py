"""Reconciliation in simulated worlds: silent where all is sound, while others write, and not where it was damaged."""

from dataclasses import replace
from typing import Any

import pytest

from shared import bootstrap
from shared.adapters import clients
from shared.adapters.dynamodb import rows
from shared.adapters.dynamodb.change_rows import change_row
from shared.adapters.dynamodb.skus import sku_key
from shared.domain.change.change import Change
from shared.domain.order.order import OpenChange
from tests.simulation.checker import Evidence, violations
from tests.simulation.clients import SKUS, market
from tests.simulation.faults import Fault
from tests.simulation.simulation import Simulation, running
from tests.simulation.worlds import WORLDS, run

Json = dict[str, Any]
AUDITOR = "client auditor"
SKU = SKUS[-1]
ROUGH_SEEDS = range(7_000, 7_020)


def reconciled(simulation: Simulation, event: Json | None = None) -> Json:
    report: Json = simulation.invoke("ReconcileFunction", event or {})
    return report


def told(report: Json) -> set[tuple[str, str]]:
    return {(difference["kind"], difference["about"]) for difference in report["differences"]}


def ended(simulation: Simulation) -> Change | None:
    """Some change that is over."""
    return next((change for change in Evidence(simulation).changes if not change.is_open), None)


def orphan_a_hold(change: Change, sku: str) -> None:
    """As if a write had kept the record and the counters of a hold that it should have released."""
    clients.dynamodb().put_item(TableName="ChangesTable", Item=change_row(replace(change, holds={sku: 1})))
    move(sku, held=1, available=-1)


def move(sku: str, **counters: int) -> None:
    clients.dynamodb().update_item(
        TableName="SkusTable",
        Key=sku_key(sku),
        UpdateExpression="ADD " + ", ".join(f"{name} :{name}" for name in counters),
        ExpressionAttributeValues={f":{name}": {"N": str(units)} for name, units in counters.items()},
    )


def leave_open(change: Change) -> None:
    """As if the order had not heard of its change's end."""
    order = bootstrap.services().orders.load(change.order_id)
    assert order is not None
    named = OpenChange(change_id=change.change_id, kind=change.kind, status="draft")
    clients.dynamodb().put_item(TableName="OrdersTable", Item=rows.head_row(replace(order, open_change=named)))


def cut_the_log(order_id: str) -> None:
    clients.dynamodb().delete_item(TableName="LogTable", Key={"order_id": {"S": order_id}, "seq": {"N": "1"}})


@pytest.mark.parametrize("seed", ROUGH_SEEDS)
def test_after_a_rough_day_it_says_nothing_and_after_damage_it_does(seed: int) -> None:
    with running(seed, WORLDS["rough"].weather) as simulation:
        market(simulation)
        simulation.run()
        quiet = reconciled(simulation)
        assert (quiet["differences"], quiet["repaired"], quiet["moving"]) == ([], [], [])
        assert quiet["looked_at"] == len(Evidence(simulation).orders)

        change = ended(simulation)
        if change is None:
            return
        orphan_a_hold(change, SKU)
        leave_open(change)
        assert violations(simulation)

        report = reconciled(simulation)
        assert told(report) == set()
        assert {each["kind"] for each in report["repaired"]} == {"hold-orphaned", "open-change-ended"}
        simulation.quiesce()
        assert violations(simulation) == []

        move(SKU, allocated=1, available=-1)
        cut_the_log(change.order_id)
        expected = {("stock-allocated", SKU), ("log-broken", change.order_id)}
        assert told(reconciled(simulation)) == expected
        assert told(reconciled(simulation)) == expected


@pytest.mark.parametrize("seed", range(7_100, 7_115))
def test_what_is_only_under_way_is_no_difference(seed: int) -> None:
    """Walks go on beside eight clients, their calls between the others' by the seed."""
    reports: list[Json] = []
    with running(seed, WORLDS["deaf"].weather) as simulation:
        market(simulation)
        simulation.faults.aims.append(lambda *at: Fault.NONE if at[2] == AUDITOR else None)

        def audit() -> None:
            reports.extend(reconciled(simulation, {"source": "aws.events"}) for _ in range(3))

        simulation.start(AUDITOR, audit)
        simulation.run()
        assert violations(simulation) == []
    assert len(reports) == 3
    assert [(each["differences"], each["repaired"]) for each in reports] == [([], [])] * 3


@pytest.mark.parametrize("seed", range(7_200, 7_206))
def test_two_walks_at_once_put_right_once(seed: int) -> None:
    reports: list[Json] = []
    with running(seed) as simulation:
        market(simulation)
        simulation.run()
        change = ended(simulation)
        assert change is not None
        orphan_a_hold(change, SKU)
        leave_open(change)
        for name in ("one", "two"):
            simulation.start(f"client {name}", lambda: reports.append(reconciled(simulation)))
        simulation.run()
        assert violations(simulation) == []
        assert told(reconciled(simulation)) == set()
    repaired = [each["kind"] for report in reports for each in report["repaired"]]
    assert {"hold-orphaned", "open-change-ended"} <= set(repaired)


@pytest.mark.parametrize("seed", range(7_300, 7_312))
def test_a_walk_that_crashes_or_fails_anywhere_does_no_harm(seed: int) -> None:
    with running(seed, WORLDS["crashing"].weather) as simulation:
        market(simulation)

        def audit() -> None:
            for _ in range(3):
                try:
                    reconciled(simulation, {"source": "aws.events"})
                except Exception as error:  # noqa: BLE001 (the next hour it runs again)
                    simulation.scheduler.note(f"failed: {type(error).__name__}")

        simulation.start(AUDITOR, audit)
        simulation.run()
        assert violations(simulation) == []
        quiet = reconciled(simulation, {"source": "aws.events"})
        assert (quiet["cursor"], quiet["differences"], quiet["repaired"]) == (None, [], [])


def test_the_simulator_itself_finds_these_worlds_sound() -> None:
    assert run(ROUGH_SEEDS[0], "rough").violations == ()
