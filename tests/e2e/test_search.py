"""A search over HTTP: the emulator's own functions write the rows, under their own roles, and others find them."""

from urllib.parse import quote

from tests.e2e.portal import Portal, a_line, to_address

JOERG = {"customer_id": "cus-find", "tier": "gold", "email": "joerg@find.example.com", "name": "Jörg Überall"}


def found(portal: Portal, query: str, user: str = "agent") -> list[str]:
    return [row["order_id"] for row in portal.lists(f"/orders?q={quote(query)}", user)]


def test_an_order_is_found_from_its_intake_through_a_move_to_the_erasure_of_its_customer(portal: Portal) -> None:
    sku = portal.a_sku()
    order = portal.places(a_line(sku=sku, quantity=1, price="10.00"), customer=JOERG, paid="12.00")
    for query in ("ueberall", "jorg überall", "JOERG@find.example.com", sku, order.order_id):
        assert found(portal, query) == [order.order_id], query
        assert found(portal, query, "customer") == [], query
    moved = portal.amends(order, to_address(line1="2 Oak Road", postal_code="62702"))
    assert moved.json["status"] == "committed", moved.body
    assert found(portal, "uberall 62702") == [order.order_id]
    sent = portal.ships(order, 1, tracking="1Z-FIND-1")
    assert sent.status in (200, 201), sent.body
    assert found(portal, "1z-find-1 uberall") == [order.order_id]
    for change in portal.lists(f"/changes?order_id={order.order_id}"):
        for department in change["plan"]["departments"]:
            portal.acknowledges(change, department)
    reason = {"reason": "the customer asked"}
    erased = portal.service.http("POST", "/customers/cus-find/erasures", reason, "operator")
    assert (erased.status, erased.json["orders"]) == (200, 1), erased.body
    assert found(portal, "uberall") == found(portal, "62702 1z-find-1") == []
    assert found(portal, "1z-find-1") == [order.order_id]


def test_a_search_of_nothing_is_refused_before_anything_is_read(portal: Portal) -> None:
    reply = portal.service.http("GET", "/orders?q=%2A", None, "agent")
    assert (reply.status, reply.problem, reply.pointers) == (422, "malformed-query", ["/q"])
