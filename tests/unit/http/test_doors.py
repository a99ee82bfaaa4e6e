"""Attacks at every door: spellings of one payment, addresses that are several, links in names, bodies in disguise."""

import json
from typing import Any

import pytest

from shared.domain.plain_text import for_people, is_address, leads_somewhere, plain
from tests.fakes import World
from tests.unit.channels.shop_orders import a_shopify_order, a_woo_order
from tests.unit.http.client import Client, Reply, example

# ----------------------------------------------------------------------------------------------------------- references

SPELLINGS = ["PI_9", " pi_9", "pi_9\u200b", "pi\u005f9", "ｐｉ_9", "pi_9\n", "\u00a0pi_9", "Pi_9"]


def direct(number: str, reference: str, gateway: str = "sandbox") -> dict[str, Any]:
    order = example("order-direct")
    payment = order["payments"][0] | {"reference": reference, "gateway": gateway}
    return order | {"channel_order_id": number, "payments": [payment]}


def shop(number: str, reference: str) -> dict[str, Any]:
    paid = {"payment_method": "sandbox", "date_paid_gmt": "2026-03-01T08:00:00", "transaction_id": reference}
    return a_woo_order(id=number, **paid)


@pytest.mark.parametrize("spelt", SPELLINGS)
def test_no_spelling_of_a_reference_makes_one_payment_that_of_two_orders(service: Client, spelt: str) -> None:
    assert service.post("/orders", direct("D-1", "pi_9")).status == 201
    again = service.post("/orders", direct("D-2", spelt))
    assert (again.status, again.code) == (409, "payment-claimed")
    assert service.post("/orders", direct("D-3", spelt, gateway="SANDBOX")).status in (409, 422)
    of_a_shop = service.post("/channels/woocommerce/orders", shop("77", spelt))
    assert (of_a_shop.status, of_a_shop.code) == (409, "payment-claimed")


@pytest.mark.parametrize("spelt", SPELLINGS)
def test_no_spelling_of_a_reference_makes_two_payments_of_one_order(
    world: World, service: Client, agent: Client, spelt: str
) -> None:
    order_id = service.post("/orders", direct("D-1", "pi_9")).body["order_id"]
    captured = {"amount": "32.40", "currency": "USD"}
    report = {"payment_id": "pay-z", "method": "card", "gateway": "sandbox", "status": "captured", "captured": captured}
    service.post(f"/orders/{order_id}/payments", report | {"reference": spelt})
    (payment,) = agent.get(f"/orders/{order_id}").body["payments"]
    assert (payment["reference"], payment["captured"]) == ("pi_9", captured)
    twice = direct("D-2", "pi_10")["payments"]
    twice = [*twice, twice[0] | {"payment_id": "pay-2", "reference": spelt.replace("9", "10").replace("９", "10")}]
    refused = service.post("/orders", direct("D-2", "pi_10") | {"payments": twice})
    assert (refused.status, refused.code) == (422, "duplicate-payment")


def test_a_reference_of_blanks_is_none(service: Client, agent: Client) -> None:
    first = service.post("/orders", direct("D-1", " \u200b"))
    assert first.status == 201
    assert "reference" not in first.body["payments"][0]
    assert service.post("/orders", direct("D-2", "\t")).status == 201


def test_a_reference_keeps_its_own_letters_for_its_gateway(service: Client) -> None:
    taken = service.post("/orders", direct("D-1", " pi_3AbC "))
    assert taken.body["payments"][0]["reference"] == "pi_3AbC"


# -------------------------------------------------------------------------------------------------------------- e-mails

NO_ADDRESS = [
    *("ada@example.com,eve@evil.example", "ada@example.com;eve@evil.example", "Ada <ada@example.com>"),
    *("ada@example.com\nBcc: eve@evil.example", "ada@example.com\r\n.", "ada", "ada@", "@example.com", "ada@localhost"),
    *("ada@exam ple.com", '"ada,eve"@example.com', "ada@example..com", ".ada@example.com", "ada@-example.com"),
    *("=?utf-8?q?ada=2Ceve?=@example.com", "ada@example.com\u202e", "a" * 250 + "@example.com", "ada@[127.0.0.1]"),
    *("ada@example.com eve@evil.example", "ada@eve@example.com", "ädä@example.com", "", "   ", "ada@example.com\u0000"),
]
ADDRESSES = ["ada@example.com", "a.b+c@sub.example.co.uk", "o'neil@example.org", "x_y-z@exämple.de", "1@1.example"]


@pytest.mark.parametrize("email", NO_ADDRESS)
def test_an_e_mail_is_one_plain_address_at_every_door(world: World, service: Client, email: str) -> None:
    order = example("order-direct")
    reply = service.post("/orders", order | {"customer": order["customer"] | {"email": email}})
    assert (reply.status, reply.code, reply.pointers) == (422, "malformed-email", ["/customer/email"])
    through_channel = service.post(
        "/channels/direct/orders", order | {"customer": order["customer"] | {"email": email}}
    )
    assert through_channel.code == "malformed-email"
    shopify, woocommerce = a_shopify_order(email=email), a_woo_order()
    shopify["customer"] = {**shopify["customer"], "email": email}
    woocommerce["billing"] = {**woocommerce.get("billing", {}), "email": email}
    for channel, shops in (("shopify", shopify), ("woocommerce", woocommerce)):
        taken = service.post(f"/channels/{channel}/orders", shops)
        assert taken.status == 201, taken.body
        assert "email" not in taken.body["customer"]


@pytest.mark.parametrize("email", ADDRESSES)
def test_an_ordinary_address_is_taken(service: Client, email: str) -> None:
    order = example("order-direct")
    reply = service.post("/orders", order | {"customer": order["customer"] | {"email": f" {email} "}})
    assert (reply.status, reply.body["customer"]["email"]) == (201, email)
    assert is_address(email)


# ---------------------------------------------------------------------------------------------------------------- links

LINKS = [
    *(
        "http://evil.example",
        "Ada http://evil.example/x",
        "evil.com",
        "Ada www.evil.com",
        "evil。com",
        "ｅｖｉｌ．ｃｏｍ",
    ),
    *("mailto:eve@evil.example", "eve@evil.example", "evil\u200b.com", "EVIL.COM", "Ada, see bit.ly/x", "ftp://x"),
    *("evil.com\u202e", "javascript://x", "//evil.com"),
]


@pytest.mark.parametrize("text", LINKS)
def test_what_would_be_a_link_is_taken_apart(text: str) -> None:
    assert leads_somewhere(text)
    apart = for_people(text)
    assert for_people(apart) == apart
    assert not leads_somewhere(apart)


@pytest.mark.parametrize(
    "text", ["Ada Lovelace", "J. R. R. Tolkien", "Dr. No", "O'Neil-Smith", "3.5 mm", "Müller, Jr.", "李"]
)
def test_a_name_or_a_title_stays_as_it_is(text: str) -> None:
    assert for_people(text) == text == plain(text)


# ----------------------------------------------------------------------------------------------- media types, encodings

DISGUISED = [
    {"Content-Type": "application/xml"},
    {"Content-Type": "text/plain"},
    {"Content-Type": "text/json+json"},
    {"Content-Type": "application/x-www-form-urlencoded"},
    {"Content-Type": "multipart/form-data; boundary=x"},
    {"Content-Type": "application/json; charset=iso-8859-1"},
    {"Content-Type": "application/json; charset=utf-16"},
    {"Content-Type": ""},
    {"Content-Encoding": "gzip"},
    {"Content-Encoding": "br"},
]
ROUTES = {
    "/orders": example("order-direct"),
    "/channels/direct/orders": example("order-direct"),
    "/channels/shopify/orders": a_shopify_order(),
    "/channels/woocommerce/orders": a_woo_order(),
}


def sent(client: Client, path: str, body: Any, headers: dict[str, str]) -> Reply:
    return Client(client.principal, headers).post(path, json.dumps(body))


@pytest.mark.parametrize("headers", DISGUISED, ids=str)
@pytest.mark.parametrize("path", ROUTES)
def test_a_body_of_another_type_or_encoding_is_refused_at_every_door(
    world: World, service: Client, path: str, headers: dict[str, str]
) -> None:
    reply = sent(service, path, ROUTES[path], headers)
    assert (reply.status, reply.code) == (415, "unsupported-media-type")
    assert not world.memory.orders


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json; charset=UTF-8"},
        {"Content-Type": "application/vnd.shop+json"},
        {"Content-Encoding": "identity"},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ROUTES)
def test_json_in_utf_8_is_taken_at_every_door(service: Client, path: str, headers: dict[str, str]) -> None:
    assert sent(service, path, ROUTES[path], headers).status == 201


# --------------------------------------------------------------------------------------------------- pointers and words


def test_a_pointer_ends_where_a_shop_s_payload_does(service: Client) -> None:
    """The rule speaks of our lines; the shop sent `line_items`."""
    paid = {"payment_method": "stripe", "date_paid_gmt": "2026-03-01T08:00:00", "transaction_id": "pi_9"}
    service.post("/channels/woocommerce/orders", a_woo_order(id="1", **paid))
    order = a_woo_order(id="2")
    order["line_items"] = [order["line_items"][0], order["line_items"][0]]
    order["total"] = f"{2 * float(order['line_items'][0]['total']):.2f}"
    reply = service.post("/channels/woocommerce/orders", order)
    assert all(leads(order, pointer) for pointer in reply.pointers), reply.body


def leads(value: Any, pointer: str) -> bool:
    for step in pointer.split("/")[1:]:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return False
    return True


def test_a_pointer_leads_into_the_body_that_was_sent_and_not_into_what_is_kept(
    agent: Client, order_id: str, world: World
) -> None:
    """The stock that a draft wants is gone when it is submitted: its edits stand in no body any more."""
    world.stock("MUG-RED", 8)
    edit = {"op": "set_quantity", "line_id": "l1", "quantity": 5}
    path = f"/orders/{order_id}/amendments"
    draft = agent.post(path, {"reason_code": "customer_request", "edits": [edit]}, if_match='"1.0"').body
    world.stock("MUG-RED", 0)
    digest = {"digest": draft["plan"]["digest"]}
    etag = agent.get(f"/orders/{order_id}").headers["ETag"]
    reply = agent.post(f"{path}/{draft['change_id']}/submit", digest, if_match=etag)
    assert reply.status in (409, 422)
    assert all(leads(digest, pointer) for pointer in reply.pointers), reply.body


@pytest.mark.parametrize(
    "edit", [{"line_id": "l1"}, {"op": None, "line_id": "l1"}, {"op": "set_quantity", "line_id": "l1"}], ids=str
)
def test_a_field_that_is_missing_is_said_to_be(agent: Client, order_id: str, edit: dict[str, Any]) -> None:
    body = {"reason_code": "customer_request", "edits": [edit]}
    reply = agent.post(f"/orders/{order_id}/amendments", body, if_match='"1.0"')
    assert (reply.status, reply.code) == (422, "missing-field")
    assert reply.pointers == ["/edits/0/quantity" if edit.get("op") else "/edits/0/op"]


FOREIGN_WORDS = (
    "Input should",
    "Value error",
    "pydantic",
    "Expecting",
    "Traceback",
    "ValueError",
    "<class",
    "instance of",
)


@pytest.mark.parametrize(
    "body", ["{", '{"a": }', "[1, 2", '"a', "nul", "{'a': 1}", '{"a" 1}', '{"a": 1,}', "\ufeff{}", "tru", '{"a": "\t"}']
)
def test_what_is_no_json_is_said_in_our_words(agent: Client, order_id: str, body: str) -> None:
    reply = agent.post(f"/orders/{order_id}/amendments", body, if_match='"1.0"')
    assert (reply.status, reply.code) == (400, "malformed-json")
    assert not [word for word in FOREIGN_WORDS if word in json.dumps(reply.body)]


ODD: tuple[Any, ...] = (None, True, 0, -1, 1.5, 10**400, "", "x", "x" * 3000, [], [[]], [{}], {}, {"a": {}}, {"op": []})


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: str(odd)[:12])
def test_no_value_anywhere_is_answered_in_the_words_of_a_library(
    operator: Client, service: Client, agent: Client, order_id: str, odd: Any
) -> None:
    policy = operator.get("/policies/prices").body["document"]
    replies = [operator.put("/policies/prices", {"why": "x", "document": policy | {name: odd}}) for name in policy]
    order = example("order-direct")
    replies += [service.post("/orders", order | {name: odd, "channel_order_id": "D-9"}) for name in order]
    line = order["lines"][0]
    replies += [
        service.post("/orders", order | {"lines": [line | {name: odd}]}) for name in (*line, "charges", "taxes")
    ]
    edit = {"op": "set_quantity", "line_id": "l1", "quantity": 2}
    bodies = [{"reason_code": "customer_request", "edits": [edit | {name: odd}]} for name in (*edit, "discount")]
    replies += [agent.post(f"/orders/{order_id}/amendments?dry_run=true", body) for body in bodies]
    replies += [
        agent.get(f"/orders?limit={odd}"),
        operator.post("/policies/prices/replay", {"version": odd, "limit": odd}),
    ]
    told = json.dumps([reply.body.get("errors") for reply in replies if reply.status >= 400])
    assert not [word for word in FOREIGN_WORDS if word in told]
    assert {reply.status for reply in replies} <= {200, 201, 400, 404, 409, 422, 428}
