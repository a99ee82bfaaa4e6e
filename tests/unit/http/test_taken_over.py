"""A customer's change that staff gives other edits: staff asks for them by their own rights, the customer keeps it, and
nobody but the customer agrees."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.domain.canonical import sha256
from shared.ports.mail import Link
from tests.fakes import World
from tests.unit.http.cancelling import usd
from tests.unit.http.client import Client, Reply, example

TWO = {"op": "set_quantity", "line_id": "l1", "quantity": 2}
CHEAPER = {"op": "set_unit_price", "line_id": "l1", "unit_price": usd("9.00")}
OURS = {"reason_code": "price_correction", "note": "case 12", "edits": [CHEAPER]}


@pytest.fixture(autouse=True)
def products(world: World) -> None:
    world.product("MUG-RED", title="Red mug", list_price={"USD": 1000})
    world.stock("MUG-RED", 100)


@pytest.fixture
def theirs(customer: Client, order_id: str) -> dict[str, Any]:
    """A draft of the customer's: two mugs instead of three."""
    body = {"reason_code": "customer_request", "edits": [TWO]}
    return dict(customer.post(f"/orders/{order_id}/amendments", body, if_match='"1.0"').body)


def path_of(change: dict[str, Any]) -> str:
    return f"/orders/{change['order_id']}/{change['kind']}s/{change['change_id']}"


def put(client: Client, change: dict[str, Any], body: dict[str, Any] = OURS) -> dict[str, Any]:
    reply = client.send("PUT", path_of(change), body, if_match='"1.0"')
    assert reply.status == 200, reply.body
    return dict(reply.body)


def step(client: Client, change: dict[str, Any], name: str) -> Reply:
    body = {} if name == "undo" else {"digest": change["plan"]["digest"]}
    return client.post(f"{path_of(change)}/{name}", body, if_match='"1.0"')


def accepted(client: Client, change: dict[str, Any]) -> dict[str, Any]:
    """The change after whoever asks for it has submitted and accepted it."""
    submitted = step(client, change, "submit").body
    return dict(step(client, submitted, "accept").body)


def says(client: Client, change: dict[str, Any], decision: str) -> Reply:
    body = {"decision": decision, "digest": change["plan"]["digest"]}
    return client.post(f"/changes/{change['change_id']}/decisions", body)


def test_staff_asks_for_their_edits_by_their_own_rights(agent: Client, theirs: dict[str, Any]) -> None:
    ours = put(agent, theirs)
    assert (ours["requested_as"], ours["begun_by_customer"], ours["plan"]["delta"]) == ("agent", True, usd("-3.24"))


def test_what_staff_makes_of_a_customers_draft_is_committed_when_they_agree(
    agent: Client, customer: Client, theirs: dict[str, Any]
) -> None:
    waiting = accepted(agent, put(agent, theirs))
    assert (waiting["status"], waiting["waiting_for"]) == ("pending_confirmation", "customer")
    assert says(agent, waiting, "approve").status == 409
    agreed = says(customer, waiting, "approve")
    assert agreed.body["status"] == "committed"


def test_what_staff_makes_of_a_customers_draft_has_no_effect_when_they_decline(
    agent: Client, customer: Client, theirs: dict[str, Any]
) -> None:
    assert says(customer, accepted(agent, put(agent, theirs)), "reject").body["status"] == "declined"
    assert customer.get(f"/orders/{theirs['order_id']}").body["version"] == 1


def test_the_customer_is_told_and_neither_submits_nor_accepts_staffs_edits(
    agent: Client, customer: Client, theirs: dict[str, Any]
) -> None:
    ours = put(agent, theirs)
    seen = customer.get(f"/changes/{ours['change_id']}").body
    assert (seen["requested_as"], seen["begun_by_customer"], "case 12" in str(seen)) == ("agent", True, False)
    refused = step(customer, ours, "submit")
    assert (refused.code, "Customer service has changed this" in refused.body["detail"]) == ("change-of-another", True)


def test_the_customer_gives_it_their_own_edits_again(agent: Client, customer: Client, theirs: dict[str, Any]) -> None:
    put(agent, theirs)
    back = put(customer, theirs, {"reason_code": "customer_request", "edits": [TWO]})
    assert back["requested_as"] == "customer"
    assert accepted(customer, back)["status"] == "committed"


def test_a_customer_gains_no_right_of_staffs_by_that(agent: Client, customer: Client, theirs: dict[str, Any]) -> None:
    put(agent, theirs)
    reply = customer.send("PUT", path_of(theirs), OURS | {"reason_code": "customer_request"}, if_match='"1.0"')
    assert (reply.status, reply.code) == (422, "not-eligible")


def test_the_customer_ends_it(agent: Client, customer: Client, theirs: dict[str, Any]) -> None:
    assert step(customer, put(agent, theirs), "undo").body["status"] == "undone"


def test_a_customers_draft_from_before_this_was_kept_is_theirs_still(
    world: World, agent: Client, customer: Client, theirs: dict[str, Any]
) -> None:
    known = world.memory.changes[theirs["change_id"]]
    world.memory.changes[theirs["change_id"]] = replace(known, begun_by_customer=False)
    assert step(customer, put(agent, theirs), "undo").body["status"] == "undone"


def test_what_staff_began_is_not_asked_about(agent: Client, order_id: str) -> None:
    mine = agent.post(f"/orders/{order_id}/amendments", OURS, if_match='"1.0"').body
    assert accepted(agent, put(agent, mine))["status"] == "committed"


def test_what_is_made_a_case_of_law_is_staffs_alone(agent: Client, customer: Client, theirs: dict[str, Any]) -> None:
    guarded = put(agent, theirs, {"reason_code": "legal_compliance", "edits": [TWO]})
    assert step(customer, guarded, "undo").code == "change-of-another"
    assert accepted(agent, guarded)["status"] == "committed"


def test_a_consent_that_was_given_before_covers_no_edits_of_staffs(
    world: World, agent: Client, manager: Client, customer: Client, order_id: str
) -> None:
    """A customer's exchange, agreed to by its terms, waits for an approval; an agent gives it other edits."""
    world.product("POT", title="Pot", list_price={"USD": 100_000})
    world.stock("POT", 5)
    back = {"op": "cancel_line", "line_id": "l1", "quantity": 1}
    pots = {"op": "add_line", "sku": "POT", "quantity": 1}
    path, body = f"/orders/{order_id}/exchanges", {"reason_code": "customer_request", "edits": [back, pots]}
    digest = customer.post(f"{path}?dry_run=true", body).body["digest"]
    theirs = customer.post(path, body | {"accept": {"digest": digest}}, if_match='"1.0"').body
    assert (theirs["status"], "consent" in theirs) == ("pending_approval", True)
    ours = put(agent, theirs, body | {"edits": [back, {"op": "add_line", "sku": "MUG-RED", "quantity": 1}]})
    assert ours["status"] == "draft"
    assert "consent" not in ours
    assert accepted(agent, ours)["waiting_for"] == "customer"


@pytest.mark.parametrize("reason", ["fraud", "legal_compliance"])
@pytest.mark.parametrize("waits", [False, True])
def test_it_makes_way_for_a_case_of_fraud_or_law(
    agent: Client, customer: Client, theirs: dict[str, Any], reason: str, waits: bool
) -> None:
    ours = put(agent, theirs)
    if waits:
        assert accepted(agent, ours)["status"] == "pending_confirmation"
    path, body = f"/orders/{theirs['order_id']}/cancellations", {"reason_code": reason}
    assert "it is ended to make way" in str(agent.post(f"{path}?dry_run=true", body).body["warnings"])
    started = agent.post(path, body, if_match=agent.get(f"/orders/{theirs['order_id']}").headers["ETag"])
    assert (started.status, started.body["reason_code"]) == (201, reason)
    assert customer.get(f"/changes/{ours['change_id']}").body["status"] == "undone"


def test_it_makes_way_for_no_other_reason(agent: Client, theirs: dict[str, Any]) -> None:
    put(agent, theirs)
    path, body = f"/orders/{theirs['order_id']}/cancellations", {"reason_code": "customer_request"}
    etag = agent.get(f"/orders/{theirs['order_id']}").headers["ETag"]
    assert agent.post(path, body, if_match=etag).code == "change-open"


ADDED = {"op": "add_line", "sku": "POSTER", "quantity": 1, "unit_price": usd("12.00")}
SIX = {"op": "set_quantity", "line_id": "l1", "quantity": 6}
ONE = {"op": "set_quantity", "line_id": "l1", "quantity": 1}


@pytest.fixture
def page(world: World, service: Client, customer: Client, agent: Client) -> Callable[..., dict[str, Any]]:
    """What the holder of a link reads of a change that staff has given these edits, of an order with a fee of 6.00."""
    world.product("POSTER", title="Poster", list_price={"USD": 1200})
    world.stock("POSTER", 100)
    fees = [{"code": "gift_wrap", "amount": usd("5.00"), "tax": usd("1.00")}]
    order = example("order-direct") | {"channel_order_id": "D-fee", "fees": fees}
    order_id = service.post("/orders", order).body["order_id"]

    def shown(*edits: dict[str, Any], reason_code: str = "price_correction") -> dict[str, Any]:
        draft = {"reason_code": "customer_request", "edits": [TWO]}
        theirs = customer.post(f"/orders/{order_id}/amendments", draft, if_match='"1.0"').body
        ours = put(agent, theirs, {"reason_code": reason_code, "edits": list(edits)})
        waiting = accepted(agent, ours)
        assert waiting["status"] == "pending_confirmation", waiting
        kept = world.memory.changes[waiting["change_id"]]
        link = Link(
            token_hash=sha256("token"),
            change_id=kept.change_id,
            order_id=order_id,
            digest=kept.plan.digest,
            round=kept.round,
            expires_at=world.clock.now() + timedelta(hours=1),
        )
        world.memory.links[link.token_hash] = link
        return dict(Client(None).get("/confirmations/token").body) | {"delta": ours["plan"]["delta"]}

    return shown


@pytest.mark.parametrize(
    ("edits", "goods", "replacements"),
    [
        ([ONE], "21.60", "0.00"),
        ([SIX], "0.00", "32.40"),
        ([CHEAPER], "3.24", "0.00"),
        ([TWO, ADDED], "10.80", "12.96"),
        ([{"op": "cancel_line", "line_id": "l1", "quantity": 1}], "10.80", "0.00"),
    ],
)
def test_the_page_tells_what_goes_and_what_comes_and_leaves_the_orders_fees_alone(
    page: Callable[..., dict[str, Any]], edits: list[dict[str, Any]], goods: str, replacements: str
) -> None:
    told = page(*edits)
    terms = told["terms"]
    assert (terms["order_fees_refunded"], terms["fees_total"], terms["credit"]) == (
        usd("0.00"),
        usd("0.00"),
        usd("0.00"),
    )
    assert (terms["goods"], terms["replacements"]) == (usd(goods), usd(replacements))
    gained = Decimal(goods) - Decimal(replacements) + Decimal(terms["shipping_refunded"]["amount"])
    assert gained == -Decimal(told["delta"]["amount"])


MAIN_STREET = example("order-direct")["shipping_address"]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (
            {"name": "Mallory", "line1": "666 Thief Road", "city": "Chicago", "postal_code": "60601"},
            "60601 Chicago, IL, US instead of 62701 Springfield, IL, US, another name, another street",
        ),
        ({"name": "Mallory", "line1": "666 Thief Road"}, "62701 Springfield, IL, US, another name, another street"),
        ({"line1": "666 Thief Road"}, "62701 Springfield, IL, US, another street"),
        ({"line2": "Back door"}, "62701 Springfield, IL, US, another street"),
        ({"name": "Mallory"}, "62701 Springfield, IL, US, another name"),
    ],
)
def test_who_agrees_reads_where_their_goods_go(
    page: Callable[..., dict[str, Any]], address: dict[str, Any], words: str
) -> None:
    edit = {"op": "set_shipping_address", "address": MAIN_STREET | address}
    told = page(edit, reason_code="address_correction")
    assert told["changes"] == [f"Delivery address: {words}"]
    assert not [each for each in ("Mallory", "Thief", "Ada", "Main Street") if each in str(told)]


def test_of_a_committed_change_nobody_is_told_to_send_other_edits(
    agent: Client, customer: Client, theirs: dict[str, Any]
) -> None:
    waiting = accepted(agent, put(agent, theirs))
    says(customer, waiting, "approve")
    etag = customer.get(f"/orders/{theirs['order_id']}").headers["ETag"]
    refused = customer.post(f"{path_of(theirs)}/undo", {"digest": waiting["plan"]["digest"]}, if_match=etag)
    words = "Customer service asked for this; ask them to take it back."
    assert (refused.code, refused.body["detail"]) == ("change-of-another", words)
