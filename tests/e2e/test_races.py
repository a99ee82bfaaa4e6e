"""32 clients at once, each a real one: whatever the schedule, nothing is lost and nothing is done twice.

What two systems in use today were measured to get wrong, case by case, is in test_peers.py.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

import pytest

from tests.e2e.crowd import LOST, Act, at_once, four_mugs, insist, outcomes, the_winner
from tests.e2e.portal import Json, Placed, Portal, a_line, amendment, cancellation, eventually, to_quantity, units
from tests.e2e.service import Reply

CLIENTS = 32
FINAL = {"completed", "rejected", "declined", "expired", "undone", "withdrawn", "failed"}
DONE = {200, 201}

Ask = Callable[[Json, str], Reply]
"""What a client does on the order as it has just read it, and its ETag."""


@dataclass(frozen=True)
class AtRest:
    """An order once nothing about it is under way any more."""

    status: str
    version: int
    quantity: int
    fulfilled: int
    refunded: Decimal
    changes: Counter[str]


def at_rest(portal: Portal, order: Placed) -> AtRest:
    """Looked at from all sides, which must agree: versions, log, changes, the gateway's ledger."""

    def changes_of() -> list[Json]:
        return portal.lists(f"/changes?order_id={order.order_id}&limit=100")

    eventually(lambda: {each["status"] for each in changes_of()} <= FINAL, "every change is over")
    changes = changes_of()
    live = portal.reads(order.path)
    assert "open_change" not in live
    done = [change for change in changes if change["status"] == "completed"]
    assert sorted(change["committed_version"] for change in done) == list(range(2, live["version"] + 1))
    versions = portal.lists(f"{order.path}/versions")
    assert [(each["version"], each["status"]) for each in versions] == [
        (number, "live" if number == live["version"] else "superseded") for number in range(live["version"], 0, -1)
    ]
    entries = portal.log(order)["items"]
    assert [entry["seq"] for entry in entries] == list(range(entries[0]["seq"], entries[0]["seq"] + len(entries)))
    assert [entry["version"] for entry in entries] == sorted(entry["version"] for entry in entries)
    back = _paid_back(portal, order, live, changes)
    return AtRest(
        status=live["status"],
        version=live["version"],
        quantity=live["lines"][0]["quantity"],
        fulfilled=live["lines"][0]["fulfilled_quantity"],
        refunded=back,
        changes=Counter(change["status"] for change in changes),
    )


def _paid_back(portal: Portal, order: Placed, live: Json, changes: list[Json]) -> Decimal:
    """What the gateway has paid back: of each payment no more than was captured, and exactly what the changes say."""
    ledger = portal.refunds(order)
    asked = [refund for change in changes for refund in change["refunds"]]
    assert {refund["status"] for refund in asked} <= {"settled"}
    assert Counter(row["amount"]["amount"] for row in ledger) == Counter(each["amount"]["amount"] for each in asked)
    assert len({row["idempotency_key"] for row in ledger}) == len(ledger)
    for payment in live["payments"]:
        paid_back = _sum(row for row in ledger if row["payment_id"] == payment["payment_id"])
        assert paid_back == Decimal(payment["refunded"]["amount"]) <= Decimal(payment["captured"]["amount"])
    return _sum(ledger)


def _sum(rows: Iterable[Json]) -> Decimal:
    return sum((Decimal(row["amount"]["amount"]) for row in rows), Decimal(0))


def looking_again(portal: Portal, order: Placed, ask: Ask) -> Act:
    """A client that reads the order anew whenever somebody was faster, until it is told yes, or no for good."""

    def once() -> Reply:
        live = portal.service.http("GET", order.path, None, "agent")
        return ask(live.json, live.etag)

    return lambda: insist(once, frozenset(LOST), times=10 * CLIENTS)


def cancel_one(portal: Portal, order: Placed) -> Ask:
    def ask(_: Json, etag: str) -> Reply:
        body = cancellation(units(1), consent=portal.terms(order, cancellation(units(1))))
        return portal.asks_to_cancel(order, body, etag=etag)

    return ask


def one_more(portal: Portal, order: Placed) -> Ask:
    def ask(live: Json, etag: str) -> Reply:
        edit = to_quantity(live["lines"][0]["quantity"] + 1)
        preview = portal.service.http("POST", f"{order.amendments}?dry_run=true", amendment(edit), "agent")
        # By now the quantity may be what this client wants it to be: there is no plan then, and it looks again.
        return portal.asks(order, amendment(edit, accept={"digest": preview.json.get("digest", "none")}), etag=etag)

    return ask


def ship(portal: Portal, order: Placed, quantity: int = 1) -> Act:
    scan = {"line_id": "l1", "quantity": quantity, "event": "shipped"}
    return lambda: insist(lambda: portal.service.http("POST", f"{order.path}/fulfilments", scan, "service"), times=200)


# ------------------------------------------------------------------------------------------------- one scarce thing


def test_ten_units_are_left_and_every_order_takes_one_more(portal: Portal) -> None:
    """Of 20 orders, Vendure gave 20 one of the 10, Medusa 15 (PEERS.md)."""
    sku = portal.a_sku(on_hand=CLIENTS + 10)
    orders = [portal.places(a_line(sku=sku, quantity=1, price="10.00"), paid="12.00") for _ in range(CLIENTS)]
    plans = [portal.previews(order, to_quantity(2)) for order in orders]
    assert portal.stock(sku) == (42, 10, 0, 32)

    def take(order: Placed, plan: Json) -> Act:
        return lambda: insist(lambda: portal.asks(order, amendment(to_quantity(2), accept=plan)), times=200)

    replies = at_once([take(order, plan) for order, plan in zip(orders, plans, strict=True)])

    assert outcomes(replies) == {201: 10, 422: 22}
    assert {reply.problem for reply in replies if reply.status == 422} == {"insufficient-stock"}
    assert portal.stock(sku) == (42, 0, 0, 42)
    for order, reply in zip(orders, replies, strict=True):
        after = at_rest(portal, order)
        assert (after.version, after.quantity) == ((2, 2) if reply.status == 201 else (1, 1))
        assert after.changes == ({"completed": 1} if reply.status == 201 else {})


# ------------------------------------------------------------------------------------------------- many, one by one


def test_every_unit_is_cancelled_by_a_client_of_its_own(portal: Portal) -> None:
    """8 at once, Vendure accepted all and counted one. Here a unit is worth 1.0789…, so the cents must move around."""
    sku = portal.a_sku(on_hand=50)
    line = a_line(sku=sku, quantity=CLIENTS, price="0.99")
    total = "34.21"  # 31.68 less 3.17, plus 20 % of 28.51
    order = portal.places(line, percent_off="10", paid=total)
    assert order.body["totals"]["total"]["amount"] == total

    replies = at_once([looking_again(portal, order, cancel_one(portal, order))] * CLIENTS)

    assert outcomes(replies) == {201: CLIENTS}
    assert len({reply.json["change_id"] for reply in replies}) == CLIENTS
    after = at_rest(portal, order)
    assert (after.status, after.version, after.quantity) == ("cancelled", CLIENTS + 1, 0)
    assert after.changes == {"completed": CLIENTS}
    assert after.refunded == Decimal(total)
    assert portal.stock(sku) == (50, 50, 0, 0)


def test_cancelling_amending_and_shipping_at_once_are_all_counted(portal: Portal) -> None:
    sku = portal.a_sku(on_hand=100)
    order = portal.places(a_line(sku=sku, quantity=CLIENTS, price="1.00"), paid="38.40")
    cancels, amends, ships = 10, 10, 12
    acts = [
        *[looking_again(portal, order, cancel_one(portal, order))] * cancels,
        *[looking_again(portal, order, one_more(portal, order))] * amends,
        *[ship(portal, order)] * ships,
    ]

    replies = at_once(acts)

    assert outcomes(replies) == {201: cancels + amends, 200: ships}
    after = at_rest(portal, order)
    quantity = CLIENTS - cancels + amends
    assert (after.version, after.quantity, after.fulfilled) == (1 + cancels + amends, quantity, ships)
    assert after.changes == {"completed": cancels + amends}
    # What one change gives back another makes due again: the order of events decides, never more than was paid.
    live = portal.reads(order.path)["totals"]
    assert Decimal(live["balance_due"]["amount"]) == after.refunded
    assert portal.stock(sku) == (100 - ships, 100 - CLIENTS, 0, quantity - ships)


# ------------------------------------------------------------------------------------------------------ one outcome


def test_cancelling_amending_and_shipping_one_version_at_once_have_one_winner(portal: Portal) -> None:
    """Whichever comes first: what has left is never taken out of the order again."""
    order = four_mugs(portal)
    fewer = amendment(to_quantity(3), accept=portal.previews(order, to_quantity(3)))
    none = cancellation(consent=portal.terms(order, cancellation()))
    kinds: dict[str, tuple[int, Act]] = {
        "cancelled": (11, lambda: portal.asks_to_cancel(order, none)),
        "amended": (11, lambda: portal.asks(order, fewer)),
        "shipped": (10, ship(portal, order, 4)),
    }
    acts = [(kind, act) for kind, (clients, act) in kinds.items() for _ in range(clients)]

    replies = at_once([act for _, act in acts])

    assert set(outcomes(replies)) <= DONE | LOST, outcomes(replies)
    (winner,) = [kind for (kind, _), reply in zip(acts, replies, strict=True) if reply.status in DONE]
    after = at_rest(portal, order)
    seen = (after.status, after.version, after.quantity, after.fulfilled, str(after.refunded), portal.stock(order.sku))
    assert (
        seen
        == {
            "cancelled": ("cancelled", 2, 0, 0, "48.00", (20, 20, 0, 0)),
            "amended": ("pending", 2, 3, 0, "12.00", (20, 17, 0, 3)),
            "shipped": ("fulfilled", 1, 4, 4, "0", (16, 16, 0, 0)),
        }[winner]
    )


def test_an_approval_and_a_rejection_at_once_have_one_outcome(portal: Portal) -> None:
    """Four confirmations and four cancellations at once left Medusa with a cancelled order and 3–17 units reserved."""
    sku = portal.a_sku(on_hand=10)
    order = portal.places(a_line(sku=sku, quantity=2, price="400.00"), paid="960.00")
    change = portal.amends(order, to_quantity(5)).json
    assert (change["status"], portal.stock(sku)) == ("pending_approval", (10, 5, 3, 2))
    deciders = [("approve", "manager"), ("reject", "manager_2")] * (CLIENTS // 2)

    replies = at_once([lambda way=way, who=who: portal.decides(change, way, user=who) for way, who in deciders])

    decided = the_winner(replies, 200).json["status"]
    after = at_rest(portal, order)
    if decided == "committed":
        assert (after.version, after.changes, portal.stock(sku)) == (2, {"completed": 1}, (10, 5, 0, 5))
    else:
        assert decided == "rejected"
        assert (after.version, after.changes, portal.stock(sku)) == (1, {"rejected": 1}, (10, 8, 0, 2))
    decisions = [entry for entry in portal.log(order)["items"] if entry.get("status") in ("committed", "rejected")]
    assert len([entry for entry in decisions if "acknowledged" not in entry["action"]]) == 1


@pytest.mark.parametrize("decisions", [("confirm",), ("confirm", "decline")], ids=["all agree", "half decline"])
def test_a_link_that_is_followed_by_everybody_at_once_answers_once(portal: Portal, decisions: tuple[str, ...]) -> None:
    order = four_mugs(portal)
    change = portal.cancels(order, units(1), user="agent").json
    link = portal.link(order)
    answers = [decisions[number % len(decisions)] for number in range(CLIENTS)]

    replies = at_once([lambda answer=answer: portal.says(link, answer) for answer in answers])

    told = the_winner(replies, 200).json["status"]
    assert {reply.problem for reply in replies if reply.status == 409} <= {"link-used", "plan-changed"}
    after = at_rest(portal, order)
    agreed = (2, 3, Decimal("12.00"), {"completed": 1}, (20, 17, 0, 3))
    declined = (1, 4, Decimal(0), {"declined": 1}, (20, 16, 0, 4))
    seen = (after.version, after.quantity, after.refunded, after.changes, portal.stock(order.sku))
    assert seen == (agreed if told == "committed" else declined)
    assert told in ("committed", *(["declined"] if "decline" in decisions else []))
    assert portal.change(change)["status"] in ("completed", told)


def test_an_approval_and_an_undo_at_once_have_one_outcome(portal: Portal) -> None:
    sku = portal.a_sku(on_hand=10)
    order = portal.places(a_line(sku=sku, quantity=2, price="400.00"), paid="960.00")
    change = portal.amends(order, to_quantity(5)).json
    acts: list[Act] = [lambda: portal.decides(change, "approve"), lambda: portal.goes_on(change, "undo", order.etag)]

    replies = at_once(acts * (CLIENTS // 2))

    decided = the_winner(replies, 200).json["status"]
    after = at_rest(portal, order)
    undone, committed = (1, {"undone": 1}, (10, 8, 0, 2)), (2, {"completed": 1}, (10, 5, 0, 5))
    assert (after.version, after.changes, portal.stock(sku)) == (committed if decided == "committed" else undone)


def test_of_many_drafts_at_once_one_is_the_open_change(portal: Portal) -> None:
    """Medusa had two open edits at once (medusa PR#16824)."""
    order = four_mugs(portal)

    replies = at_once([lambda: portal.asks(order, amendment(to_quantity(3)))] * CLIENTS)

    made = the_winner(replies).json["change_id"]
    assert portal.reads(order.path)["open_change"]["change_id"] == made
    assert {reply.json["open_change"] for reply in replies if reply.status == 409} <= {made}
