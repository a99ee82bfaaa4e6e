"""Bad input, each with its own problem type and a pointer, and nothing changed: same version, same log, same stock."""

import copy
import json
from typing import Any

import pytest

from tests.fakes import World
from tests.fakes.builders import AGENT, CUSTOMER
from tests.unit.http.client import Client, Reply, example

EDIT = {"op": "set_quantity", "line_id": "l1", "quantity": 2}
PRICE = {"op": "set_unit_price", "line_id": "l1", "unit_price": {"amount": "9.00", "currency": "USD"}}


def amendment(*edits: Any, **more: Any) -> dict[str, Any]:
    return {"reason_code": "customer_request", "edits": list(edits or [EDIT]), **more}


def amend(agent: Client, order_id: str, body: Any, etag: str = '"1.0"') -> Reply:
    return agent.post(f"/orders/{order_id}/amendments", body, if_match=etag)


BAD_AMENDMENTS: list[tuple[Any, int, str, str]] = [
    ("{", 400, "malformed-json", ""),
    ('{"edits": [], "edits": []}', 400, "malformed-json", ""),
    ('{"edits": NaN}', 400, "malformed-json", ""),
    ('{"note": "\\ud800"}', 400, "malformed-json", ""),
    ('{"note": "caf\ufffd"}', 400, "malformed-json", ""),
    ("[" * 100_000, 400, "malformed-json", ""),
    ("[]", 422, "wrong-type", ""),
    (amendment({"op": "teleport"}), 422, "unknown-edit", "/edits/0/op"),
    (amendment({"line_id": "l1"}), 422, "missing-field", "/edits/0/op"),
    (amendment({"op": "restore", "change_id": "chg_1"}), 422, "unknown-edit", "/edits/0/op"),
    (amendment(surprise=1), 422, "unknown-field", "/surprise"),
    (amendment({**EDIT, "a/b~c": 1}), 422, "unknown-field", "/edits/0/a~1b~0c"),
    ({"edits": [EDIT]}, 422, "missing-reason", "/reason_code"),
    ({"edits": [EDIT], "reason_code": None}, 422, "missing-reason", "/reason_code"),
    ({"edits": [EDIT], "reason_code": ""}, 422, "missing-reason", "/reason_code"),
    ({"edits": [EDIT], "reason_code": "because"}, 422, "unknown-reason", "/reason_code"),
    ({"reason_code": "customer_request"}, 422, "missing-field", "/edits"),
    (amendment(note="n" * 2001), 422, "too-long", "/note"),
    (amendment(note="a\x00b"), 422, "malformed-value", "/note"),
    (amendment(note="a\u202eb"), 422, "malformed-value", "/note"),
    (amendment({"op": "cancel_line", "sku": "a\x1bb"}), 422, "malformed-value", "/edits/0/sku"),
    (amendment({**EDIT, "line_id": "l9"}), 422, "unknown-line", "/edits/0/line_id"),
    (amendment({**EDIT, "line_id": "l#1"}), 422, "malformed-value", "/edits/0/line_id"),
    (amendment({**EDIT, "line_id": 1}), 422, "wrong-type", "/edits/0/line_id"),
    (amendment({**EDIT, "quantity": 0}), 422, "quantity-not-positive", "/edits/0/quantity"),
    (amendment({**EDIT, "quantity": -1}), 422, "quantity-negative", "/edits/0/quantity"),
    (amendment({**EDIT, "quantity": 1.5}), 422, "quantity-not-whole", "/edits/0/quantity"),
    (amendment({**EDIT, "quantity": 2.0}), 422, "quantity-not-whole", "/edits/0/quantity"),
    (amendment({**EDIT, "quantity": "2"}), 422, "quantity-not-whole", "/edits/0/quantity"),
    (amendment({**EDIT, "quantity": True}), 422, "quantity-not-whole", "/edits/0/quantity"),
    (amendment({**EDIT, "quantity": 10**30}), 422, "quantity-too-large", "/edits/0/quantity"),
    (amendment({**EDIT, "quantity": 9}), 422, "insufficient-stock", "/edits/0/quantity"),
    (
        amendment({"op": "set_discount", "line_id": "l1", "discount": {"type": "percent", "value": "٩"}}),
        422,
        "malformed-amount",
        "/edits/0/discount/value",
    ),
    (
        amendment({"op": "add_line", "sku": "SKU-1", "quantity": 1, "tax_included": "no"}),
        422,
        "wrong-type",
        "/edits/0/tax_included",
    ),
    (amendment({"op": "cancel_line"}), 422, "line-not-named", "/edits/0"),
    (amendment({"op": "cancel_line", "line_id": "l1", "sku": "X"}), 422, "line-not-named", "/edits/0"),
    (amendment(*[EDIT] * 2001), 422, "too-many-edits", "/edits"),
    ({"edits": [], "reason_code": "customer_request"}, 422, "nothing-changes", "/edits"),
]

BAD_MONEY: list[tuple[Any, str, str]] = [
    ({"amount": "9.001", "currency": "USD"}, "amount-too-precise", "/amount"),
    ({"amount": "9.5", "currency": "JPY"}, "amount-too-precise", "/amount"),
    ({"amount": 9.5, "currency": "USD"}, "malformed-amount", "/amount"),
    ({"amount": 9, "currency": "USD"}, "malformed-amount", "/amount"),
    ({"amount": "9,50", "currency": "USD"}, "malformed-amount", "/amount"),
    ({"amount": "1e3", "currency": "USD"}, "malformed-amount", "/amount"),
    ({"amount": "٩.00", "currency": "USD"}, "malformed-amount", "/amount"),
    ({"amount": "9.00\n", "currency": "USD"}, "malformed-amount", "/amount"),
    ({"amount": "NaN", "currency": "USD"}, "malformed-amount", "/amount"),
    ({"amount": "-0.01", "currency": "USD"}, "negative-amount", "/amount"),
    ({"amount": "1" + "0" * 18, "currency": "USD"}, "amount-too-large", "/amount"),
    ({"amount": "9.00", "currency": "XYZ"}, "unknown-currency", "/currency"),
    ({"amount": "9.00", "currency": "usd"}, "unknown-currency", "/currency"),
    ({"amount": "9.00", "currency": "EUR"}, "other-currency", "/currency"),
    ({"amount": "9.00"}, "missing-field", "/currency"),
    ("9.00", "wrong-type", ""),
]


@pytest.fixture
def stocked_order(world: World, service: Client) -> str:
    world.stock("MUG-RED", 8)
    return str(service.post("/orders", example("order-direct")).body["order_id"])


@pytest.mark.parametrize(("body", "status", "code", "pointer"), BAD_AMENDMENTS)
def test_a_bad_amendment_is_refused_and_changes_nothing(
    world: World, agent: Client, stocked_order: str, body: Any, status: int, code: str, pointer: str
) -> None:
    before = copy.deepcopy(world.memory)
    reply = amend(agent, stocked_order, body)
    assert (reply.status, reply.code, reply.pointers[0]) == (status, code, pointer)
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert world.memory == before


@pytest.mark.parametrize(("money", "code", "pointer"), BAD_MONEY)
def test_bad_money_is_refused_where_it_stands(
    world: World, agent: Client, stocked_order: str, money: Any, code: str, pointer: str
) -> None:
    before = copy.deepcopy(world.memory)
    reply = amend(agent, stocked_order, amendment({**PRICE, "unit_price": money}))
    assert (reply.status, reply.code, reply.pointers[0]) == (422, code, f"/edits/0/unit_price{pointer}")
    assert world.memory == before


@pytest.mark.parametrize("sign", [*map(chr, (*range(9), 11, 12, *range(14, 32), *range(127, 160)))])
def test_a_text_holds_no_control_character(agent: Client, order_id: str, sign: str) -> None:
    reply = amend(agent, order_id, amendment(note=f"a{sign}b"))
    assert (reply.status, reply.code, reply.pointers) == (422, "malformed-value", ["/note"])


@pytest.mark.parametrize("sign", [*map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))])
def test_a_text_turns_no_direction_of_writing(agent: Client, order_id: str, sign: str) -> None:
    reply = amend(agent, order_id, amendment(note=f"a{sign}b"))
    assert (reply.status, reply.code, reply.pointers) == (422, "malformed-value", ["/note"])


@pytest.mark.parametrize("note", ["one\ntwo\r\nthree\tfour", "\u05d0\u200f!", "caf\u00e9 \U0001f642", "\u00a0"])
def test_a_text_of_several_lines_and_of_any_script_is_taken(agent: Client, order_id: str, note: str) -> None:
    assert amend(agent, order_id, amendment(note=note)).status == 201


@pytest.mark.parametrize("number", ["01", "%D9%A1", "+1", "1 ", "0", "-1", "1.0", "x", "1" * 9, "%C2%B2"])
def test_a_version_has_one_path(agent: Client, operator: Client, order_id: str, number: str) -> None:
    of_order, of_policy = f"/orders/{order_id}/versions/{number}", f"/policies/prices/versions/{number}"
    for reply in (agent.get(of_order), operator.get(of_policy)):
        assert (reply.status, reply.code) == (404, "version-not-found")


def test_everything_that_is_wrong_is_told_at_once(agent: Client, order_id: str) -> None:
    reply = amend(agent, order_id, {"edits": [{**EDIT, "quantity": 0}, {"op": "x"}], "y": 1})
    assert [(error["code"], error["pointer"]) for error in reply.body["errors"]] == [
        ("missing-reason", "/reason_code"),
        ("quantity-not-positive", "/edits/0/quantity"),
        ("unknown-edit", "/edits/1/op"),
        ("unknown-field", "/y"),
    ]


def test_a_body_over_1_mb_is_refused(agent: Client, order_id: str) -> None:
    reply = amend(agent, order_id, json.dumps(amendment(note="n" * 1024 * 1024)))
    assert (reply.status, reply.code) == (413, "body-too-large")


def test_an_amendment_of_a_media_type_that_is_no_json_is_refused(agent: Client, order_id: str) -> None:
    reply = agent.post(f"/orders/{order_id}/amendments", amendment(), if_match='"1.0"', content_type="text/xml")
    assert (reply.status, reply.code) == (415, "unsupported-media-type")


def test_a_wrong_digest_is_refused_with_the_fresh_plan(world: World, agent: Client, order_id: str) -> None:
    before = copy.deepcopy(world.memory)
    reply = amend(agent, order_id, amendment(accept={"digest": "0" * 64}))
    assert (reply.status, reply.code) == (409, "plan-changed")
    assert reply.body["plan"]["totals_after"]["total"] == {"amount": "21.60", "currency": "USD"}
    assert world.memory == before


def test_a_decision_on_a_change_that_waits_for_none_is_refused(agent: Client, manager: Client, order_id: str) -> None:
    change = amend(agent, order_id, amendment()).body
    body = {"decision": "approve", "digest": change["plan"]["digest"]}
    reply = manager.post(f"/changes/{change['change_id']}/decisions", body)
    assert (reply.status, reply.code) == (409, "not-waiting")


def line(**values: Any) -> dict[str, Any]:
    order = example("order-direct")
    return {**order, "lines": [{**order["lines"][0], **values}]}


def order(**values: Any) -> dict[str, Any]:
    return {**example("order-direct"), **values}


USD = {"amount": "10.00", "currency": "USD"}
MONTHLY = {"charge_id": "m", "type": "recurring", "period": "month", "price": USD}
YEAR = {"start_date": "2026-12-01", "end_date": "2027-11-30"}
PAYMENT = {"method": "card", "gateway": "sandbox", "status": "captured"}
EUR = {"amount": "1.00", "currency": "EUR"}
USD = {"amount": "1.00", "currency": "USD"}


def shipping(**values: Any) -> dict[str, Any]:
    return order(shipping={"method": "standard", "price": USD, **values})


BAD_ORDERS: list[tuple[Any, str, str]] = [
    (order(lines=[]), "no-lines", "/lines"),
    (order(lines=example("order-direct")["lines"] * 2), "duplicate-line", "/lines/1/line_id"),
    (order(lines=example("order-direct")["lines"] * 2001), "too-many-lines", "/lines"),
    (order(totals={}), "unknown-field", "/totals"),
    (order(currency="XXX"), "unknown-currency", "/currency"),
    (order(channel="carrier-pigeon"), "unknown-value", "/channel"),
    (order(placed_at="yesterday"), "malformed-time", "/placed_at"),
    (order(placed_at="2026-11-20T09:00:00"), "malformed-time", "/placed_at"),
    (order(placed_at=1763629200), "malformed-time", "/placed_at"),
    (order(placed_at="2026-11-20T09:00:0٠Z"), "malformed-time", "/placed_at"),
    (order(customer={}), "missing-field", "/customer/customer_id"),
    (
        order(shipping_address={"line1": "x", "city": "y", "country": "USA"}),
        "malformed-value",
        "/shipping_address/country",
    ),
    (order(shipping={"price": EUR}), "other-currency", "/shipping/price/currency"),
    (shipping(tax=EUR), "other-currency", "/shipping/tax/currency"),
    (shipping(tax={"amount": "-1.00", "currency": "USD"}), "negative-amount", "/shipping/tax/amount"),
    (shipping(tax=USD, taxes=[{"name": "VAT", "rate": "0.2"}]), "tax-given-twice", "/shipping"),
    (shipping(taxes=[{"name": "VAT", "rate": "high"}]), "malformed-rate", "/shipping/taxes/0/rate"),
    (shipping(taxes=[{"name": "VAT", "rate": "-0.2"}]), "malformed-rate", "/shipping/taxes/0/rate"),
    (shipping(taxes=[{"name": "VAT", "rate": "11"}]), "malformed-rate", "/shipping/taxes/0/rate"),
    (shipping(taxes=[{"rate": "0.2"}]), "missing-field", "/shipping/taxes/0/name"),
    (
        shipping(taxes=[{"name": "VAT", "rate": "0.2", "amount": EUR}]),
        "other-currency",
        "/shipping/taxes/0/amount/currency",
    ),
    (shipping(taxes="none"), "wrong-type", "/shipping/taxes"),
    (shipping(taxes=[{"name": "VAT", "rate": "0.2"}] * 21), "too-many", "/shipping/taxes"),
    (order(tax_exemption="exempt"), "wrong-type", "/tax_exemption"),
    (order(tax_exemption={}), "missing-field", "/tax_exemption/kind"),
    (order(tax_exemption={"kind": "none"}), "unknown-value", "/tax_exemption/kind"),
    (order(tax_exemption={"kind": "exempt", "reason": 7}), "wrong-type", "/tax_exemption/reason"),
    (order(tax_exemption={"kind": "exempt", "reason": "r" * 2001}), "too-long", "/tax_exemption/reason"),
    (order(tax_exemption={"kind": "exempt", "place": "DE"}), "unknown-field", "/tax_exemption/place"),
    (order(tax_exemption={"kind": "exempt"}), "exempt-order-taxed", "/tax_exemption"),
    (shipping(tax_included="yes"), "wrong-type", "/shipping/tax_included"),
    (order(discounts=[{"type": "percent", "value": "101"}]), "malformed-percent", "/discounts/0/value"),
    (order(discounts=[{"type": "percent", "value": "٩"}]), "malformed-percent", "/discounts/0/value"),
    (order(discounts=[{"type": "amount", "value": 5}]), "malformed-amount", "/discounts/0/value"),
    (order(discounts=[{"type": "amount", "value": "٩"}]), "malformed-amount", "/discounts/0/value"),
    (order(discounts=[{"type": "amount", "value": "5.001"}]), "amount-too-precise", "/discounts/0/value"),
    (order(discounts=[{"type": "amount", "value": "50.00"}]), "discount-over-price", "/discounts/0"),
    (order(payments=[PAYMENT]), "missing-amount", "/payments/0"),
    (order(payments=[{**PAYMENT, "captured": EUR}]), "other-currency", "/payments/0/captured/currency"),
    (line(quantity=0), "quantity-not-positive", "/lines/0/quantity"),
    (line(unit_price=EUR), "other-currency", "/lines/0/unit_price/currency"),
    (line(unit_price=None), "missing-price", "/lines/0"),
    (line(quantity_modifiable="yes"), "wrong-type", "/lines/0/quantity_modifiable"),
    (line(taxes=[{"name": "VAT", "rate": "high"}]), "malformed-rate", "/lines/0/taxes/0/rate"),
    (line(taxes=[{"name": "VAT", "rate": "٠.٢"}]), "malformed-rate", "/lines/0/taxes/0/rate"),
    (line(start_date="2026-02-30"), "malformed-date", "/lines/0/start_date"),
    (line(start_date="2026-02-1٠"), "malformed-date", "/lines/0/start_date"),
    (line(end_date="9999-12-31"), "out-of-range", "/lines/0/end_date"),
    (
        line(start_date="2026-02-02", end_date="2026-02-01", charges=[MONTHLY]),
        "end-before-start",
        "/lines/0/end_date",
    ),
    (line(**YEAR), "charges-unknown", "/lines/0"),
    (line(end_date="2026-02-02"), "charges-unknown", "/lines/0"),
    (line(**YEAR, charges=[{**MONTHLY, "type": "one_time"}]), "charges-unknown", "/lines/0"),
    (line(charges=[MONTHLY]), "missing-dates", "/lines/0"),
    (line(start_date="2026-02-02", charges=[{**MONTHLY}]), "missing-dates", "/lines/0"),
    (line(**YEAR, charges=[MONTHLY, MONTHLY]), "duplicate-charge", "/lines/0/charges"),
    (line(**YEAR, charges=[{**MONTHLY, "price": EUR}]), "other-currency", "/lines/0/charges/0/price/currency"),
    (line(**YEAR, charges=[{**MONTHLY, "price": 10}]), "wrong-type", "/lines/0/charges/0/price"),
    (line(**YEAR, charges=[{**MONTHLY, "period": "week"}]), "unknown-value", "/lines/0/charges/0/period"),
    (line(charges=[{"charge_id": "c", "type": "recurring", "price": EUR}]), "missing-period", "/lines/0/charges/0"),
    (line(parent_line_id="l7"), "unknown-parent", "/lines/0/parent_line_id"),
]


@pytest.mark.parametrize(("body", "code", "pointer"), BAD_ORDERS)
def test_a_bad_order_is_refused_where_it_is_wrong(
    world: World, service: Client, body: Any, code: str, pointer: str
) -> None:
    reply = service.post("/orders", body)
    assert (reply.status, reply.code, reply.pointers[0]) == (422, code, pointer)
    assert not world.memory.orders


ADDED = {"op": "add_line", "sku": "PRO", "quantity": 1, **YEAR}
BAD_CHARGES: list[tuple[dict[str, Any], str, str]] = [
    ({"charges": "none"}, "wrong-type", "/charges"),
    ({"charges": [MONTHLY] * 21}, "too-many", "/charges"),
    ({"charges": [{**MONTHLY, "charge_id": 7}]}, "wrong-type", "/charges/0/charge_id"),
    ({"charges": [{**MONTHLY, "type": "yearly"}]}, "unknown-value", "/charges/0/type"),
    ({"charges": [{**MONTHLY, "period": "week"}]}, "unknown-value", "/charges/0/period"),
    ({"charges": [{**MONTHLY, "period": None}]}, "missing-period", "/charges/0"),
    ({"charges": [{**MONTHLY, "price": {"amount": "-1.00", "currency": "USD"}}]}, "negative-amount",
     "/charges/0/price/amount"),
    ({"charges": [{**MONTHLY, "price": {"amount": "1.001", "currency": "USD"}}]}, "amount-too-precise",
     "/charges/0/price/amount"),
    ({"charges": [{**MONTHLY, "until": "2999-01-01"}]}, "unknown-field", "/charges/0/until"),
    ({"charges": [MONTHLY, MONTHLY]}, "duplicate-charge", "/charges"),
]  # fmt: skip


@pytest.mark.parametrize(("charges", "code", "pointer"), BAD_CHARGES)
def test_bad_charges_of_an_added_line_are_refused_where_they_stand(
    world: World, agent: Client, stocked_order: str, charges: dict[str, Any], code: str, pointer: str
) -> None:
    before = copy.deepcopy(world.memory)
    reply = amend(agent, stocked_order, amendment(ADDED | charges))
    assert (reply.status, reply.code, reply.pointers[0]) == (422, code, f"/edits/0{pointer}")
    assert world.memory == before


BAD_PRODUCTS: list[tuple[dict[str, Any], str, str]] = [
    ({"charges": [{**MONTHLY, "price": []}]}, "empty-value", "/charges/0/price"),
    ({"charges": [{**MONTHLY, "price": USD}]}, "wrong-type", "/charges/0/price"),
    ({"charges": [{**MONTHLY, "price": [USD, USD]}]}, "duplicate-currency", "/charges/0/price"),
    ({"charges": [{**MONTHLY, "price": [USD], "period": None}]}, "missing-period", "/charges/0"),
    ({"charges": [{**MONTHLY, "price": [USD]}] * 2}, "duplicate-charge", "/charges"),
    ({"list_price": [USD, USD]}, "duplicate-currency", "/list_price"),
]


@pytest.mark.parametrize(("body", "code", "pointer"), BAD_PRODUCTS)
def test_a_bad_product_is_refused_where_it_is_wrong(
    world: World, service: Client, body: dict[str, Any], code: str, pointer: str
) -> None:
    reply = service.put("/products/PRO", body)
    assert (reply.status, reply.code, reply.pointers[0]) == (422, code, pointer)
    assert not world.memory.products


def test_a_new_order_s_term_has_bounds(world: World, service: Client) -> None:
    for start, end in (("2026-12-01", "2899-12-31"), ("2022-12-01", "2026-12-31"), ("2028-12-01", "2029-12-31")):
        reply = service.post("/orders", line(start_date=start, end_date=end, charges=[MONTHLY]))
        assert (reply.status, reply.code, reply.pointers) == (422, "term-out-of-bounds", ["/lines/0/end_date"])
    assert not world.memory.orders


BAD_QUERIES = [
    ("/orders?limit=0", "out-of-range", "/limit"),
    ("/orders?limit=101", "out-of-range", "/limit"),
    ("/orders?limit=many", "malformed-parameter", "/limit"),
    ("/orders?status=lost", "unknown-value", "/status"),
    ("/orders?colour=red", "unknown-field", "/colour"),
    ("/changes?status=lost", "unknown-value", "/status"),
]


@pytest.mark.parametrize(("path", "code", "pointer"), BAD_QUERIES)
def test_a_bad_query_is_refused_where_it_is_wrong(agent: Client, path: str, code: str, pointer: str) -> None:
    reply = agent.get(path)
    assert (reply.status, reply.code, reply.pointers) == (422, code, [pointer])


def test_a_customer_is_not_told_how_much_stock_there_is(world: World, stocked_order: str) -> None:
    body = amendment({**EDIT, "quantity": 9})
    told = {}
    for who, client in (("customer", Client(CUSTOMER)), ("agent", Client(AGENT))):
        found = client.post(f"/orders/{stocked_order}/amendments?dry_run=true", body).body["violations"]
        told[who] = next(each["detail"] for each in found if each["code"] == "insufficient-stock")
    assert "fewer are available" in told["customer"]
    assert told["agent"] != told["customer"]
