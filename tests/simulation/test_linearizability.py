"""Concurrent histories of one order and of one SKU are linearizable, with answers lost and processes dying."""

import pytest

from tests.fakes.builders import AGENT, CUSTOMER
from tests.simulation.clients import CLERK, Client, an_order, set_up
from tests.simulation.faults import Fault
from tests.simulation.linearizability import Operation, counter, linearizable, register
from tests.simulation.simulation import Simulation, Weather, running
from tests.support.effort import times
from tests.unit.http.client import Reply

WEATHER = Weather(rates={Fault.LOST: 0.04, Fault.BEFORE: 0.03, Fault.ERROR: 0.03, Fault.CRASH_AFTER: 0.02})
SEEDS = times(15)


class History:
    """Operations as the clients saw them."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.operations: list[Operation] = []
        self._moment = 0.0

    def moment(self) -> float:
        self._moment += 1
        return self._moment

    def add(self, client: Client, kind: str, asked: object, began: float, answer: object | None) -> None:
        ended = {} if answer is None else {"ended": self.moment()}
        self.operations.append(Operation(client.name, kind, asked, began, answer=answer, **ended))  # type: ignore[arg-type]


def status(reply: Reply | None, *expected: int) -> int | None:
    if reply is None or reply.status in (429, 500):
        return None
    assert reply.status in expected, reply
    return reply.status


def etag_of(reply: Reply | None) -> str | None:
    """The ETag that an amendment made, or that it came too late."""
    said = status(reply, 201, 412)
    if said is None or reply is None:
        return None
    return reply.headers["ETag"] if said == 201 else "stale"


@pytest.mark.parametrize("seed", range(SEEDS))
def test_reads_and_conditional_amendments_of_one_order_are_linearizable(seed: int) -> None:
    with running(seed, WEATHER) as simulation:
        [order_id] = set_up(simulation, {}, an_order(1, "cus-1", ("TEA", 5, "1.00")))
        history = History(simulation)

        def read(client: Client) -> tuple[str, int] | None:
            began, found = history.moment(), client.order(order_id)
            seen = (found[1], found[0]["lines"][0]["quantity"]) if found else None
            history.add(client, "read", "", began, seen)
            return seen

        def script(client: Client) -> None:
            for _ in range(3):
                seen = read(client)
                if seen is None:
                    continue
                wanted = seen[1] % 9 + 1
                edits = [{"op": "set_quantity", "line_id": "l1", "quantity": wanted}]
                body = {"reason_code": "customer_request", "edits": edits}
                plan = client.simulation.insisting(
                    client.name, client.who, "POST", f"/orders/{order_id}/amendments?dry_run=true", body
                )
                if plan is None or plan.status != 200:
                    continue
                body["accept"] = {"digest": plan.body["digest"]}
                began = history.moment()
                reply = client.send("POST", f"/orders/{order_id}/amendments", body, if_match=seen[0])
                if reply is not None and reply.status == 409:
                    continue  # the plan was of another version: no answer about the register
                history.add(client, "set", (seen[0], wanted), began, etag_of(reply))

        for number in range(4):
            client = Client(simulation, f"agent-{number}", AGENT)
            client.runs(lambda client=client: script(client))  # type: ignore[misc]
        simulation.run()
        assert len(history.operations) >= 8
        assert linearizable(history.operations, ('"1.0"', 5), register), history.operations


@pytest.mark.parametrize("seed", range(SEEDS))
def test_buying_giving_back_and_looking_at_one_sku_are_linearizable(seed: int) -> None:
    with running(seed, WEATHER) as simulation:
        set_up(simulation, {"TEA": 7})
        history = History(simulation)

        def look(client: Client) -> None:
            began, level = history.moment(), client.get("/stock/TEA")
            history.add(client, "look", "", began, level["available"] if level else None)

        def script(client: Client, number: int) -> None:
            owner = Client(simulation, f"{client.name} owner", CUSTOMER)
            for count in range(2):
                units, began = client.rng.randint(1, 3), history.moment()
                reply = client.send("POST", "/orders", an_order(100 * number + count, "cus-1", ("TEA", units, "1.00")))
                covered = None
                if status(reply, 201, 200) is not None and reply is not None:
                    covered = units - reply.body["lines"][0].get("backordered", 0)
                history.add(client, "buy", units, began, covered)
                look(client)
                if covered and client.rng.random() < 0.6:
                    give(owner, reply.body["order_id"], covered)

        def give(owner: Client, order_id: str, units: int) -> None:
            found = owner.order(order_id)
            body = {"reason_code": "customer_request"}
            if found is None:
                return
            plan = owner.simulation.insisting(
                owner.name, owner.who, "POST", f"/orders/{order_id}/cancellations?dry_run=true", body
            )
            if plan is None or plan.status != 200:
                return
            consent = {**body, "consent": {"digest": plan.body["digest"]}}
            began = history.moment()
            reply = owner.send("POST", f"/orders/{order_id}/cancellations", consent, if_match=found[1])
            history.add(owner, "give", units, began, "done" if status(reply, 201) else None)

        for number in range(1, 5):
            client = Client(simulation, f"shop-{number}", CLERK)
            client.runs(lambda client=client, number=number: script(client, number))  # type: ignore[misc]
        simulation.run()
        assert linearizable(history.operations, 7, counter), history.operations


def test_the_check_finds_a_lost_update() -> None:
    first = Operation("a", "set", ('"1.0"', 2), 1, 4, '"2.0"')
    second = Operation("b", "set", ('"1.0"', 3), 2, 3, '"2.0"')
    assert linearizable([first], ('"1.0"', 5), register)
    assert not linearizable([first, second], ('"1.0"', 5), register)


def test_the_check_finds_a_stale_read_and_an_oversold_unit() -> None:
    bought = Operation("a", "buy", 1, 1, 2, 1)
    assert not linearizable([bought, Operation("b", "look", "", 3, 4, 1)], 1, counter)
    assert not linearizable([bought, Operation("b", "buy", 1, 1, 2, 1)], 1, counter)
    assert linearizable([bought, Operation("b", "buy", 1, 1, 2, 0)], 1, counter)


def test_what_was_not_answered_may_have_happened_or_not() -> None:
    unanswered = Operation("a", "buy", 1, 1)
    for seen in (0, 1):
        assert linearizable([unanswered, Operation("b", "look", "", 3, 4, seen)], 1, counter)
