"""A customer pays first for an addition, through the running service: by the link, twice, and not at all."""

import pytest

from tests.e2e.portal import Json, Placed, Portal, a_line, amendment, eventually, to_quantity, usd
from tests.e2e.service import Reply, Service

POLICY = "/policies/collection"
TIER = "pays-first"


@pytest.fixture(scope="module")
def policy(service: Service) -> None:
    """Orders of this tier are paid first where a customer asks, and billed where staff does."""
    rules = [
        {"id": "first", "roles": ["customer"], "mode": "before_commit", "words": "Pay first."},
        {"id": "bill", "mode": "bill", "words": "Billed."},
    ]
    document = {"rules": [rule | {"only": {"tiers": [TIER]}} for rule in rules]}
    changed = service.http("PUT", POLICY, {"document": document, "why": "They order much."}, "operator")
    assert (changed.status, changed.json["status"]) == (201, "waiting"), changed.body
    decisions = f"{POLICY}/versions/{changed.json['version']}/decisions"
    assert service.http("POST", decisions, {"decision": "approve"}, "operator_2").status == 200


@pytest.fixture
def order(portal: Portal, policy: None) -> Placed:
    customer = {
        "customer_id": "cus-1",
        "tier": TIER,
        "email": f"ada@{portal.a_sku().lower()}.example.com",
        "name": "Ada",
    }
    line = a_line(sku=portal.a_sku(on_hand=5), quantity=2, price="10.00")
    return portal.places(line, paid="24.00", customer=customer)


def raised(portal: Portal, order: Placed, user: str = "customer") -> Json:
    """One unit more, 12.00 with its tax, once every process knows the policy."""

    def there() -> Json | None:
        plan = portal.previews(order, to_quantity(3), user=user)
        if "collection" not in plan:
            return None
        reply = portal.asks(order, amendment(to_quantity(3), accept=plan), user=user)
        return reply.json if reply.status == 201 else None

    change = eventually(there, "the policy is known", 90)
    assert change
    return dict(change)


def linked(portal: Portal, change: Json) -> Json:
    """The change, once its payment link is made."""
    found = eventually(lambda: portal.change(change)["collection"].get("url") and portal.change(change), "a link")
    assert found
    return dict(found)


def pay(service: Service, change: Json, **more: object) -> Reply:
    """The customer pays by the link, and the gateway reports it."""
    return service.http("POST", f"/dev/gateway/links/{change['collection']['link_id']}/pay", more)


def test_a_customer_pays_by_the_link_and_gets_what_was_paid_for(
    service: Service, portal: Portal, order: Placed
) -> None:
    change = raised(portal, order)
    assert (change["status"], change["collection"]["amount"]) == ("pending_payment", usd("12.00"))
    change = linked(portal, change)
    assert any(change["collection"]["url"] in letter["text"] for letter in portal.letters(order))
    assert portal.reads(f"/stock/{order.sku}")["held"] == 1

    assert pay(service, change).json == {"status": 200, "body": {"taken": 1}}

    live = portal.reads(order.path)
    assert (live["version"], live["totals"]["paid"], live["totals"]["balance_due"]) == (2, usd("36.00"), usd("0.00"))
    assert portal.change(change)["status"] in ("committed", "completed")
    assert portal.reads(f"/stock/{order.sku}")["allocated"] == 3


def test_a_closed_link_takes_no_money_and_what_came_for_nothing_is_given_back(
    service: Service, portal: Portal, order: Placed
) -> None:
    change = linked(portal, raised(portal, order))
    pay(service, change, amount=usd("11.99"))
    assert portal.change(change)["status"] == "pending_payment"
    assert portal.goes_on(change, "undo", order_etag(portal, order)).json["status"] == "fallout"
    eventually(lambda: not link_is_open(service, change), "the link is closed")
    assert pay(service, change, amount=usd("0.01")).status == 409
    pay(service, change, amount=usd("0.01"), insist=True)

    after, live = portal.change(change), portal.reads(order.path)
    assert (after["status"], after["collection"]["surplus"], "url" in after["collection"]) == (
        "fallout",
        usd("12.00"),
        False,
    )
    assert (live["version"], live["totals"]["balance_due"]) == (1, usd("-12.00"))
    assert portal.reads(f"/stock/{order.sku}")["held"] == 0
    assert change["change_id"] in [each["change_id"] for each in portal.lists("/changes?status=fallout", "operator")]

    gives_back(service, portal, order)
    eventually(lambda: refunded(portal, order) == ["11.99", "0.01"], "the money goes back")
    assert portal.reads(order.path)["totals"]["balance_due"] == usd("0.00")


def link_is_open(service: Service, change: Json) -> bool:
    link = service.http("GET", f"/dev/gateway/links/{change['collection']['link_id']}")
    return bool(link.json["status"] == "open")


def gives_back(service: Service, portal: Portal, order: Placed) -> None:
    """An agent settles what is overpaid, and a manager approves it where policy asks for that."""
    path, body = f"{order.path}/settlements", dict[str, object](reason_code="overpayment")
    plan = service.http("POST", f"{path}?dry_run=true", body, "agent").json
    body["accept"] = {"digest": plan["digest"]}
    settlement = service.http("POST", path, body, "agent", headers={"If-Match": order_etag(portal, order)})
    assert settlement.status == 201, settlement.body
    if settlement.json["status"] == "pending_approval":
        assert portal.decides(settlement.json, "approve").status == 200


def refunded(portal: Portal, order: Placed) -> list[str]:
    """What went back of the payments by the link."""
    payments = portal.reads(order.path)["payments"]
    return [each["refunded"]["amount"] for each in payments if "link_id" in each]


def test_what_staff_adds_is_billed(portal: Portal, order: Placed) -> None:
    change = raised(portal, order, "agent")
    assert (change["status"], change["plan"]["collection"]["mode"]) == ("committed", "bill")
    assert portal.reads(order.path)["totals"]["balance_due"] == usd("12.00")


def order_etag(portal: Portal, order: Placed) -> str:
    return portal.service.http("GET", order.path, None, "agent").etag
