"""Many clients at once, each a real one: whatever the schedule, one outcome, and stock conserved.

What two systems in use today were measured to get wrong is in test_peers.py.
"""

from tests.e2e.crowd import at_once, four_mugs, outcomes
from tests.e2e.portal import Portal, a_line, amendment, to_quantity
from tests.e2e.service import Reply


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
    assert portal.stock(order.sku) == ((20, 17, 0, 3) if amended.status == 201 else (16, 16, 0, 0))


def test_of_many_drafts_at_once_one_is_the_open_change(portal: Portal) -> None:
    """Medusa had two open edits at once (medusa PR#16824)."""
    order = four_mugs(portal)

    replies = at_once([lambda: portal.asks(order, amendment(to_quantity(3)))] * 8)

    assert outcomes(replies)[201] == 1
    assert set(outcomes(replies)) <= {201, 409, 412, 429}
    (made,) = [reply.json["change_id"] for reply in replies if reply.status == 201]
    assert portal.reads(order.path)["open_change"]["change_id"] == made
    assert {reply.json["open_change"] for reply in replies if reply.status == 409} <= {made}
