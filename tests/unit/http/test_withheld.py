"""What was taken of an order for a reason of fraud or law comes back by nothing but what would undo that change."""

from typing import Any

import pytest

from shared.domain.order.product import ProductCharge
from shared.usecases.core.access import Principal
from tests.fakes import World
from tests.fakes.builders import AGENT_2
from tests.unit.http.cancelling import cancel_on_terms, usd
from tests.unit.http.client import Client, Reply, example

LEAD = Principal(id="usr-lead", roles=frozenset({"lead"}))
THREE = {"op": "set_quantity", "line_id": "l1", "quantity": 3}
ONE_MORE = {"op": "add_line", "sku": "MUG-RED", "quantity": 1}
POT = {"op": "add_line", "sku": "POT", "quantity": 1}
FEWER_POTS = {"op": "set_quantity", "line_id": "l2", "quantity": 1}


@pytest.fixture(autouse=True)
def products(world: World) -> None:
    world.product("MUG-RED", title="Red mug", list_price={"USD": 1000})
    world.product("POT", title="Pot", list_price={"USD": 1000})
    for sku in ("MUG-RED", "POT"):
        world.stock(sku, 100)


@pytest.fixture
def mugs(service: Client) -> str:
    """Three mugs and two pots, of 10.00 each."""
    order = example("order-direct")
    line = order["lines"][0] | {"taxes": []}
    pots = line | {"line_id": "l2", "sku": "POT", "title": "Pot", "quantity": 2}
    paid = {**order["payments"][0], "authorised": usd("50.00"), "captured": usd("50.00")}
    body = order | {"lines": [line, pots], "discounts": [], "payments": [paid]}
    return str(service.post("/orders", body).body["order_id"])


def taken(client: Client, order_id: str, reason: str = "fraud", quantity: int = 1) -> dict[str, Any]:
    body = {"reason_code": reason, "lines": [{"line_id": "l1", "quantity": quantity}]}
    change = cancel_on_terms(client, order_id, body).body
    assert change["status"] == "committed"
    return dict(change)


def asked(client: Client, order_id: str, *edits: Any, way: str = "amendments") -> Reply:
    """An amendment or an exchange, as far as it goes in one call."""
    path, body = f"/orders/{order_id}/{way}", {"reason_code": "customer_request", "edits": list(edits)}
    digest = client.post(f"{path}?dry_run=true", body).body["digest"]
    etag = client.get(f"/orders/{order_id}").headers["ETag"]
    return client.post(path, body | {"accept": {"digest": digest}}, if_match=etag)


def reasons(change: dict[str, Any]) -> str:
    return " ".join(each["because"] for each in change["plan"]["approvals"])


ONE = THREE | {"quantity": 1}
BACK_IN = [[THREE], [ONE_MORE], [FEWER_POTS, ONE_MORE], [ONE, ONE_MORE]]
"""The last brings no unit more than it takes: a line of its own has a term, a price and charges of its own."""


@pytest.mark.parametrize("reason", ["fraud", "legal_compliance"])
@pytest.mark.parametrize("edits", BACK_IN)
def test_a_customer_buys_nothing_back_that_staff_took_for_fraud_or_law(
    agent: Client, customer: Client, mugs: str, edits: list[Any], reason: str
) -> None:
    taken(agent, mugs, reason)
    refused = asked(customer, mugs, *edits)
    assert (refused.status, refused.code) == (422, "product-withheld")
    assert reason not in str(refused.body)


def test_a_customer_exchanges_nothing_for_it(agent: Client, customer: Client, mugs: str) -> None:
    taken(agent, mugs)
    pots_back = {"op": "cancel_line", "line_id": "l2", "quantity": 1}
    assert asked(customer, mugs, pots_back, ONE_MORE, way="exchanges").code == "product-withheld"


@pytest.mark.parametrize("edits", [*BACK_IN, [{"op": "replace_sku", "line_id": "l2", "with_sku": "MUG-RED"}]])
@pytest.mark.parametrize("who", ["agent", "agent_2"])
def test_an_agent_who_gives_it_back_waits_for_an_approval(agent: Client, mugs: str, edits: list[Any], who: str) -> None:
    taken(agent, mugs)
    change = asked(agent if who == "agent" else Client(AGENT_2), mugs, *edits).body
    assert (change["status"], "for a reason of fraud or law" in reasons(change)) == ("pending_approval", True)


@pytest.mark.parametrize("edits", BACK_IN)
def test_a_lead_and_a_manager_give_it_back_as_they_undo_it(
    agent: Client, manager: Client, mugs: str, edits: list[Any]
) -> None:
    taken(agent, mugs)
    assert asked(Client(LEAD), mugs, *edits).body["status"] == "committed"
    assert asked(manager, mugs, ONE_MORE).body["status"] == "committed"


def test_what_a_lead_gave_back_makes_nobody_elses_way_free(agent: Client, customer: Client, mugs: str) -> None:
    taken(agent, mugs)
    asked(Client(LEAD), mugs, THREE)
    assert asked(customer, mugs, ONE_MORE).code == "product-withheld"


@pytest.mark.parametrize(
    "edits",
    [[POT], [ONE], [ONE, POT]],
)
def test_a_customer_still_changes_what_gives_nothing_of_it_back(
    agent: Client, customer: Client, mugs: str, edits: list[Any]
) -> None:
    taken(agent, mugs)
    assert asked(customer, mugs, *edits).status == 201


def test_another_product_on_its_line_forgets_nothing(agent: Client, customer: Client, mugs: str) -> None:
    taken(agent, mugs)
    assert asked(agent, mugs, {"op": "replace_sku", "line_id": "l1", "with_sku": "POT"}).body["status"] == "committed"
    assert asked(customer, mugs, ONE_MORE).code == "product-withheld"


def test_an_ordinary_cancellation_is_bought_back_by_anybody(customer: Client, mugs: str) -> None:
    taken(customer, mugs, "customer_request")
    assert asked(customer, mugs, THREE).status == 201


def test_its_undo_is_judged_as_a_step_and_ends_it(agent: Client, customer: Client, mugs: str) -> None:
    change = taken(agent, mugs)
    back = undone(agent, mugs, change).body
    assert (back["status"], reasons(back)) == ("committed", "")
    assert asked(customer, mugs, ONE_MORE).status == 201


@pytest.mark.parametrize(
    "edit",
    [{"op": "set_quantity", "line_id": "l1", "quantity": 2}, {"op": "cancel_line", "line_id": "l1", "quantity": 1}],
)
def test_an_amendment_for_a_reason_of_law_withholds_as_a_cancellation_does(
    agent: Client, customer: Client, mugs: str, edit: dict[str, Any]
) -> None:
    for_law(agent, mugs, edit)
    assert asked(customer, mugs, THREE).code == "product-withheld"


DATES = {"op": "set_dates", "line_id": "s1", "end_date": "2027-05-31"}
MONTHLY = {"charge_id": "seat", "type": "recurring", "period": "month", "price": usd("1.00")}
SEAT = {"op": "add_line", "sku": "SEAT", "quantity": 1, "start_date": "2026-12-01"}
GONE = {"op": "cancel_line", "line_id": "s1"}


@pytest.fixture
def seats(world: World, service: Client) -> str:
    """A seat to the end of November 2027, and two to the end of February, of 1.00 a month each."""
    monthly = ProductCharge(charge_id="seat", type="recurring", period="month", price={"USD": 100})
    world.product("SEAT", title="Seat", list_price={"USD": 0}, charges=(monthly,))
    order = example("order-direct")
    term: dict[str, Any] = {
        "sku": "SEAT",
        "title": "Seat",
        "taxes": [],
        "start_date": "2026-12-01",
        "charges": [MONTHLY],
    }
    term |= {"unit_price": usd("0.00")}
    one = order["lines"][0] | term | {"line_id": "s1", "quantity": 1, "end_date": "2027-11-30"}
    two = one | {"line_id": "s2", "quantity": 2, "end_date": "2027-02-28"}
    paid = {**order["payments"][0], "authorised": usd("18.00"), "captured": usd("18.00")}
    body = order | {"lines": [one, two], "discounts": [], "payments": [paid]}
    return str(service.post("/orders", body).body["order_id"])


def for_law(agent: Client, order_id: str, *edits: Any) -> dict[str, Any]:
    """An agent's amendment for a reason of law, committed."""
    path, body = f"/orders/{order_id}/amendments", {"reason_code": "legal_compliance", "edits": list(edits)}
    digest = agent.post(f"{path}?dry_run=true", body).body["digest"]
    change = agent.post(path, body | {"accept": {"digest": digest}}, if_match='"1.0"').body
    assert change["status"] == "committed"
    return dict(change)


def undone(client: Client, order_id: str, change: dict[str, Any]) -> Reply:
    undo = f"/orders/{order_id}/amendments/{change['change_id']}/undo"
    digest = client.post(f"{undo}?dry_run=true").body["digest"]
    etag = client.get(f"/orders/{order_id}").headers["ETag"]
    return client.post(undo, {"digest": digest}, if_match=etag)


@pytest.fixture
def cut(agent: Client, seats: str) -> str:
    """The seats, after an agent has cut the long term for a reason of law."""
    for_law(agent, seats, DATES)
    return seats


LONGER = [
    [DATES | {"end_date": "2027-11-30"}],
    [GONE, SEAT | {"end_date": "2027-11-30"}],
    [GONE, SEAT | {"end_date": "2027-05-31"}],
    [GONE, SEAT | {"start_date": "2027-06-01", "end_date": "2031-05-31"}],
    [DATES | {"line_id": "s2"}],
    [ONE | {"line_id": "s2"}, ONE | {"line_id": "s1", "quantity": 2}],
]
"""Ways to more of a term that was cut: its own, a new line for one that goes, another line's, units of a longer one."""


@pytest.mark.parametrize("edits", LONGER)
def test_a_customer_gets_a_withheld_term_by_no_line(customer: Client, cut: str, edits: list[Any]) -> None:
    assert asked(customer, cut, *edits).code == "product-withheld"


@pytest.mark.parametrize("edits", LONGER)
def test_another_agent_asks_before_a_withheld_term_comes_back(cut: str, edits: list[Any]) -> None:
    change = asked(Client(AGENT_2), cut, *edits).body
    assert (change["status"], "for a reason of fraud or law" in reasons(change)) == ("pending_approval", True)


def test_an_exchange_brings_no_other_term(agent: Client, customer: Client, seats: str) -> None:
    cancel_on_terms(agent, seats, {"reason_code": "fraud", "lines": [{"line_id": "s2", "quantity": 1}]})
    new = SEAT | {"end_date": "2031-11-30"}
    assert asked(customer, seats, GONE, new, way="exchanges").code == "product-withheld"


def test_the_undo_of_a_cut_gives_the_term_back(agent: Client, seats: str) -> None:
    back = undone(agent, seats, for_law(agent, seats, DATES)).body
    assert (back["status"], reasons(back)) == ("committed", "")


def test_a_term_that_was_cut_for_a_reason_of_law_is_not_prolonged(agent: Client, service: Client) -> None:
    order = example("order-subscription")
    order["customer"] = example("order-direct")["customer"]
    order_id = str(service.post("/orders", order).body["order_id"])
    dates = {"op": "set_dates", "line_id": "b1-support", "end_date": "2027-05-31"}
    path, body = f"/orders/{order_id}/amendments", {"reason_code": "legal_compliance", "edits": [dates]}
    for_law(agent, order_id, dates)
    longer = asked(agent, order_id, dates | {"end_date": "2027-06-30"}).body
    assert "SUPPORT was taken out for a reason of fraud or law" in reasons(longer)
    shorter = agent.post(f"{path}?dry_run=true", body | {"edits": [dates | {"end_date": "2027-04-30"}]}).body
    assert "SUPPORT was taken out" not in " ".join(each["because"] for each in shorter["approvals"])


@pytest.fixture
def ended(agent: Client, customer: Client, mugs: str) -> dict[str, Any]:
    """The customer's own cancellation of a pot, after which an agent cancelled the rest for fraud."""
    own = {"reason_code": "customer_request", "lines": [{"line_id": "l2", "quantity": 2}]}
    change = cancel_on_terms(customer, mugs, own).body
    etag, body = agent.get(f"/orders/{mugs}").headers["ETag"], {"reason_code": "fraud"}
    assert agent.post(f"/orders/{mugs}/cancellations", body, if_match=etag).body["status"] == "committed"
    assert agent.get(f"/orders/{mugs}").body["status"] == "cancelled"
    return dict(change)


def test_a_customer_revives_no_order_that_staff_ended(customer: Client, mugs: str, ended: dict[str, Any]) -> None:
    refused = undone(customer, mugs, ended)
    assert (refused.status, refused.code, "fraud" in str(refused.body)) == (422, "product-withheld", False)


def test_another_agent_revives_it_with_an_approval(mugs: str, ended: dict[str, Any]) -> None:
    change = undone(Client(AGENT_2), mugs, ended).body
    assert (change["status"], "for a reason of fraud or law" in reasons(change)) == ("pending_approval", True)


def test_whoever_ended_it_undoes_that_alone_and_its_customer_goes_on(
    agent: Client, customer: Client, mugs: str, ended: dict[str, Any]
) -> None:
    fraud = agent.get(f"/changes?order_id={mugs}").body["items"]
    found = next(each for each in fraud if each["change_id"] != ended["change_id"])
    assert undone(agent, mugs, found).body["status"] == "committed"
    assert undone(customer, mugs, ended).status == 201
