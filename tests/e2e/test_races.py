"""Many clients at once, each a real one: whatever the schedule, one outcome, stock conserved, money paid once.

The cases are those that two systems in use today were measured to get wrong (PEERS.md, "What they do under pressure").
"""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from tests.e2e.portal import Placed, Portal, a_line, amendment, eventually, to_quantity
from tests.e2e.service import Reply

Act = Callable[[], Reply]


def at_once(acts: Sequence[Act]) -> list[Reply]:
    """All of them in the same moment, each from a thread and a connection of its own."""
    barrier = threading.Barrier(len(acts))

    def begin(act: Act) -> Reply:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(begin, acts))


def outcomes(replies: Sequence[Reply]) -> Counter[int]:
    return Counter(reply.status for reply in replies)


def four_mugs(portal: Portal, on_hand: int = 20) -> Placed:
    """4 × 10.00 plus 20 % tax: 48.00, all of it paid."""
    return portal.places(a_line(sku=portal.a_sku(on_hand=on_hand), quantity=4, price="10.00"), paid="48.00")


def sku_of(order: Placed) -> str:
    return str(order.body["lines"][0]["sku"])


def paid_back(portal: Portal, order: Placed) -> Decimal:
    """What the gateway has paid back, once nothing is under way any more."""

    def settled() -> bool:
        changes = portal.reads(f"/changes?order_id={order.order_id}")["items"]
        return all(refund["status"] == "settled" for change in changes for refund in change["refunds"])

    eventually(settled, "every refund settles")
    return sum((Decimal(refund["amount"]["amount"]) for refund in portal.refunds(order)), Decimal(0))


@pytest.mark.parametrize("clients", [8, 32])
def test_one_of_many_equal_amendments_is_committed_and_refunded_once(portal: Portal, clients: int) -> None:
    """Vendure 3.7.3 refunded 12.00 four times and failed four calls; Medusa 2.21.2 refunded it four times."""
    order = four_mugs(portal)
    body = amendment(to_quantity(3), accept=portal.previews(order, to_quantity(3)))

    replies = at_once([lambda: portal.asks(order, body)] * clients)

    assert outcomes(replies)[201] == 1
    assert set(outcomes(replies)) <= {201, 409, 412, 429}, outcomes(replies)
    live = portal.reads(order.path)
    assert (live["version"], live["lines"][0]["quantity"], live["totals"]["total"]["amount"]) == (2, 3, "36.00")
    assert paid_back(portal, order) == Decimal("12.00")
    assert portal.stock(sku_of(order)) == (20, 17, 0, 3)
    assert [entry["action"] for entry in portal.log(order)["items"]].count("order_amended") == 1


@pytest.mark.parametrize("clients", [8, 32])
def test_a_request_that_is_repeated_at_once_has_one_effect_and_one_answer(portal: Portal, clients: int) -> None:
    """Vendure cancels another unit when the same request comes again; Medusa pays again."""
    order = four_mugs(portal)
    body = amendment(to_quantity(3), accept=portal.previews(order, to_quantity(3)))

    replies = at_once([lambda: portal.asks(order, body, key=f"once-for-{clients}")] * clients)

    assert outcomes(replies) == {201: clients}
    assert len({(reply.body, reply.etag) for reply in replies}) == 1
    assert portal.reads(order.path)["version"] == 2
    assert paid_back(portal, order) == Decimal("12.00")


def test_of_twenty_orders_that_take_one_more_as_many_get_it_as_there_are(portal: Portal) -> None:
    """10 units left: Vendure accepted 20 of 20, Medusa 15."""
    sku = portal.a_sku(on_hand=30)
    orders = [portal.places(a_line(sku=sku, quantity=1, price="10.00"), paid="12.00") for _ in range(20)]
    plans = [portal.previews(order, to_quantity(2)) for order in orders]
    assert portal.stock(sku) == (30, 10, 0, 20)

    def one_more(order: Placed, plan: dict[str, object]) -> Act:
        return lambda: insist(lambda: portal.asks(order, amendment(to_quantity(2), accept=plan)))

    replies = at_once([one_more(order, plan) for order, plan in zip(orders, plans, strict=True)])

    assert outcomes(replies) == {201: 10, 422: 10}
    assert {reply.problem for reply in replies if reply.status == 422} == {"insufficient-stock"}
    assert portal.stock(sku) == (30, 0, 0, 30)
    quantities = Counter(portal.reads(order.path)["lines"][0]["quantity"] for order in orders)
    assert quantities == {1: 10, 2: 10}


def insist(act: Act, times: int = 10) -> Reply:
    """As a client does that is told to come again: 429 is no answer."""
    for _ in range(times):
        reply = act()
        if reply.status != 429:
            break
    return reply


def test_an_approval_and_a_rejection_at_once_have_one_outcome(portal: Portal) -> None:
    """Four confirmations and four cancellations at once left Medusa with a cancelled order and 3–17 units reserved."""
    sku = portal.a_sku(on_hand=10)
    order = portal.places(a_line(sku=sku, quantity=2, price="400.00"), paid="960.00")
    change = portal.amends(order, to_quantity(5)).json
    deciders = [("approve", "manager"), ("reject", "manager_2")] * 4

    replies = at_once([lambda way=way, who=who: portal.decides(change, way, user=who) for way, who in deciders])

    assert outcomes(replies)[200] == 1
    assert set(outcomes(replies)) <= {200, 409, 429}, outcomes(replies)
    (decided,) = [reply.json["status"] for reply in replies if reply.status == 200]
    approved = decided == "committed"
    assert portal.reads(order.path)["version"] == (2 if approved else 1)
    assert portal.stock(sku) == ((10, 5, 0, 5) if approved else (10, 8, 0, 2))
    decisions = [entry for entry in portal.log(order)["items"] if entry.get("status") in ("committed", "rejected")]
    assert len([entry for entry in decisions if "acknowledged" not in entry["action"]]) == 1


def test_an_approval_and_an_undo_at_once_have_one_outcome(portal: Portal) -> None:
    sku = portal.a_sku(on_hand=10)
    order = portal.places(a_line(sku=sku, quantity=2, price="400.00"), paid="960.00")
    change = portal.amends(order, to_quantity(5)).json
    acts = [lambda: portal.decides(change, "approve"), lambda: portal.goes_on(change, "undo", order.etag)] * 4

    replies = at_once(acts)

    assert outcomes(replies)[200] == 1
    committed = portal.change(change)["status"] in ("committed", "completed")
    assert portal.stock(sku) == ((10, 5, 0, 5) if committed else (10, 8, 0, 2))
    assert portal.reads(order.path)["version"] == (2 if committed else 1)


def test_a_change_and_a_shipment_at_once_agree_in_the_end(portal: Portal) -> None:
    """Whichever comes first: what has shipped is never taken out of the order again."""
    order = four_mugs(portal)
    body = amendment(to_quantity(3), accept=portal.previews(order, to_quantity(3)))
    scan = {"line_id": "l1", "quantity": 4, "event": "shipped"}

    def ship() -> Reply:
        return portal.service.http("POST", f"{order.path}/fulfilments", scan, "service")

    amended, shipped = at_once([lambda: portal.asks(order, body), ship])

    assert (amended.status, shipped.status) in [(201, 409), (412, 200)]
    live = portal.reads(order.path)
    fulfilled = live["lines"][0]["fulfilled_quantity"]
    assert (live["lines"][0]["quantity"], fulfilled) == ((3, 0) if amended.status == 201 else (4, 4))
    assert portal.stock(sku_of(order)) == ((20, 17, 0, 3) if amended.status == 201 else (16, 16, 0, 0))


def test_two_lines_of_one_order_at_once_are_both_changed_or_one_is_refused(portal: Portal) -> None:
    """Vendure lost updates here, and failed with deadlocks."""
    first, second = (a_line(f"l{n}", sku=portal.a_sku(on_hand=20), quantity=4, price="10.00") for n in (1, 2))
    order = portal.places(first, second, paid="96.00")
    edits = [to_quantity(3, "l1"), to_quantity(2, "l2")]
    bodies = [amendment(edit, accept=portal.previews(order, edit)) for edit in edits]

    replies = at_once([lambda body=body: portal.asks(order, body) for body in bodies])

    assert sorted(outcomes(replies)) == [201, 412]
    kept = 0 if replies[0].status == 201 else 1
    quantities = [line["quantity"] for line in portal.reads(order.path)["lines"]]
    assert quantities == ([3, 4] if kept == 0 else [4, 2])
    assert paid_back(portal, order) == (Decimal("12.00") if kept == 0 else Decimal("24.00"))


def test_of_many_drafts_at_once_one_is_the_open_change(portal: Portal) -> None:
    """Medusa had two open edits at once (medusa PR#16824)."""
    order = four_mugs(portal)

    replies = at_once([lambda: portal.asks(order, amendment(to_quantity(3)))] * 8)

    assert outcomes(replies)[201] == 1
    assert set(outcomes(replies)) <= {201, 409, 412, 429}
    (made,) = [reply.json["change_id"] for reply in replies if reply.status == 201]
    assert portal.reads(order.path)["open_change"]["change_id"] == made
    assert {reply.json["open_change"] for reply in replies if reply.status == 409} <= {made}
