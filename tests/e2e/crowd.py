"""Many clients in the same moment, and what must hold of an order whatever they did to it."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.e2e.portal import Placed, Portal, a_line, eventually
from tests.e2e.service import Reply

Act = Callable[[], Reply]

NO_ANSWER = 429
"""Told to a client that is to come again."""
LOST = {409, 412, NO_ANSWER}
"""What may be told to a client that somebody else was faster than."""


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


def the_winner(replies: Sequence[Reply], status: int = 201) -> Reply:
    """The one that was accepted: all others were told that they came too late."""
    (winner,) = [reply for reply in replies if reply.status == status]
    assert set(outcomes(replies)) <= {status, *LOST}, outcomes(replies)
    return winner


def insist(act: Act, while_: frozenset[int] = frozenset({NO_ANSWER}), times: int = 40) -> Reply:
    """As a client does that is told to come again, or to look again first."""
    for _ in range(times):
        reply = act()
        if reply.status not in while_:
            break
    return reply


def four_mugs(portal: Portal, on_hand: int = 20, **more: Any) -> Placed:
    """4 × 10.00 plus 20 % tax: 48.00, all of it paid."""
    return portal.places(a_line(sku=portal.a_sku(on_hand=on_hand), quantity=4, price="10.00"), paid="48.00", **more)


def paid_back(portal: Portal, order: Placed) -> Decimal:
    """What the gateway has paid back, once nothing is under way any more."""

    def settled() -> bool:
        changes = portal.reads(f"/changes?order_id={order.order_id}")["items"]
        return all(refund["status"] == "settled" for change in changes for refund in change["refunds"])

    eventually(settled, "every refund settles")
    return sum((Decimal(refund["amount"]["amount"]) for refund in portal.refunds(order)), Decimal(0))


@dataclass(frozen=True)
class Outcome:
    """What has become of an order of four mugs, once the money is where it belongs."""

    status: str
    version: int
    quantity: int
    total: str
    refunded: str
    stock: tuple[int, int, int, int]


def outcome(portal: Portal, order: Placed) -> Outcome:
    """Looked at from all sides, which must agree: the order and its versions, its log, its stock, the gateway."""
    back = paid_back(portal, order)
    live = portal.reads(order.path)
    totals = {name: Decimal(money["amount"]) for name, money in live["totals"].items()}
    assert back == totals["refunded"] <= totals["paid"]
    assert totals["balance_due"] == totals["total"] - totals["paid"] + totals["refunded"]
    assert totals["total"] == sum(Decimal(line["total"]["amount"]) for line in live["lines"]) + totals["fees"]
    versions = portal.reads(f"{order.path}/versions")["items"]
    assert [version["version"] for version in versions if version["status"] == "live"] == [live["version"]]
    assert {version["status"] for version in versions} <= {"live", "superseded"}
    assert max(entry["version"] for entry in portal.log(order)["items"]) == live["version"]
    line = live["lines"][0]
    return Outcome(
        status=live["status"],
        version=live["version"],
        quantity=line["quantity"],
        total=live["totals"]["total"]["amount"],
        refunded=str(back),
        stock=portal.stock(order.sku),
    )
