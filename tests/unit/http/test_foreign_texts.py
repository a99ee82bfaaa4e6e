"""What others wrote is shown to a person in one form, at every door: in letters, and on the page behind their link."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from functions.mail.handler import handler as mail
from shared import bootstrap
from shared.domain.plain_text import for_people, leads_somewhere
from shared.wording import letters
from tests.fakes import World
from tests.fakes.collections import PAY_FIRST, collecting
from tests.unit.channels.shop_orders import a_shopify_order, a_woo_order
from tests.unit.http.cancelling import cancel, cancel_on_terms, one
from tests.unit.http.client import CONTEXT, Client, example

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href=//evil.example>Mug</a>",
    "<!--",
    "[Mug](javascript:alert(1))",
    "Mug, call tel:+4990012345",
    "data:text/html;base64,PHNjcmlwdD4=",
    "http://evil.example/x",
    "Mug from evil.com",
    "eve@evil.example",
    "Mug\r\nBcc: eve@evil.example\r\n\r\nPay here",
    "Mug\x1b[31m\x00\x07",
    "Mug\u202egnp.evil\u200b.com",
    "<\u200bscript>",
    "ｈｔｔｐ：／／ｅｖｉｌ．ｃｏｍ",
    "＜script＞alert(1)",
]
Json = dict[str, Any]


@pytest.fixture(autouse=True)
def post(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "mail", lambda: world.mail)
    monkeypatch.setattr(bootstrap, "portal_url", lambda: "https://portal.example")


def hostile_order(text: str) -> Json:
    order = example("order-direct")
    (line,), (payment,) = order["lines"], order["payments"]
    return order | {
        "customer": order["customer"] | {"name": text},
        "lines": [line | {"title": text}],
        "payments": [payment | {"method": text[:40]}],
        "channel_order_id": text[:40],
    }


def taken(world: World, service: Client, text: str) -> str:
    """The order as far as the text may stand in it at all: what may not is the example's. A title holds it all the
    same, as that of a shop's order may."""
    wanted = hostile_order(text)
    while (reply := service.post("/orders", wanted)).status != 201:
        (refused, *_) = {pointer.split("/")[1] for pointer in reply.pointers}
        wanted[refused] = example("order-direct")[refused]
    order = world.memory.orders[reply.body["order_id"]]
    (line,) = order.lines
    world.memory.orders[order.order_id] = replace(order, lines=(replace(line, title=text),))
    return order.order_id


def asked_by_letter(world: World, change: Json) -> str:
    """The token of the link in the letter that asks the customer."""
    event = {"change_id": change["change_id"], "order_id": change["order_id"], "round": 1, "task_token": "t1"}
    for step in ("ask", "remind"):
        mail(event | {"step": step}, CONTEXT)  # type: ignore[arg-type]
    return next(line for line in world.mail.sent[0].text.splitlines() if "/confirmations/" in line).rpartition("/")[2]


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str):
        yield value


def check_letters(world: World, lines: int) -> None:
    """Each line is as a person may read it, but for our own link; the text has added none."""
    for letter in world.mail.sent:
        assert letter.subject == for_people(letter.subject)
        told = [line for line in letter.text.splitlines() if not line.startswith("https://portal.example/")]
        assert [line for line in told if line != for_people(line)] == []
    assert len(world.mail.sent) == lines


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_on_the_page_behind_a_link_or_in_its_letters_leads_anywhere(
    world: World, service: Client, agent: Client, text: str
) -> None:
    order_id = taken(world, service, text)
    change = cancel(agent, order_id, one()).body
    path, anybody = f"/confirmations/{asked_by_letter(world, change)}", Client(None)
    for page in (anybody.get(path), anybody.post(path, {"decision": "confirm", "digest": change["plan"]["digest"]})):
        assert page.status == 200
        assert [each for each in texts(page.body) if each != for_people(each)] == []
        assert page.body["digest"] == change["plan"]["digest"]
    check_letters(world, 2)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_the_letters_of_what_is_done_or_to_be_paid_leads_anywhere(
    world: World, service: Client, customer: Client, agent: Client, text: str
) -> None:
    order_id = taken(world, service, text)
    change = cancel_on_terms(customer, order_id, one()).body
    order, kept = world.memory.orders[order_id], world.memory.changes[change["change_id"]]
    told = [letters.cancelled(order, kept), letters.refund_settled(order, kept.refunds[0], days=5)]
    world.policies.policy = collecting(PAY_FIRST)
    path = f"/orders/{order_id}/amendments"
    body: Json = {"reason_code": "customer_request", "edits": [{"op": "set_quantity", "line_id": "l1", "quantity": 4}]}
    body["accept"] = {"digest": agent.post(f"{path}?dry_run=true", body).body["digest"]}
    waiting = agent.post(path, body, if_match=agent.get(f"/orders/{order_id}").headers["ETag"]).body
    told.append(letters.request_to_pay(order, world.memory.changes[waiting["change_id"]]))
    for letter in told:
        assert [each for each in (letter.subject, *letter.text.splitlines()) if each != for_people(each)] == []


@pytest.mark.parametrize("channel", ["shopify", "woocommerce"])
@pytest.mark.parametrize("text", HOSTILE)
def test_a_title_of_a_shop_is_shown_in_the_same_form(
    world: World, service: Client, agent: Client, channel: str, text: str
) -> None:
    order = a_shopify_order() if channel == "shopify" else a_woo_order()
    for line in order["line_items"]:
        line |= {"title": text, "name": text}
    taken = service.post(f"/channels/{channel}/orders", order)
    assert taken.status == 201, taken.body
    line_id = taken.body["lines"][0]["line_id"]
    body = {"reason_code": "customer_request", "lines": [{"line_id": line_id, "quantity": 1}]}
    change = cancel(agent, taken.body["order_id"], body, taken.headers["ETag"]).body
    order_now, kept = world.memory.orders[taken.body["order_id"]], world.memory.changes[change["change_id"]]
    letter = letters.request_to_confirm(order_now, kept, "")
    assert [each for each in letter.text.splitlines() if each != for_people(each)] == []


@pytest.mark.parametrize("text", HOSTILE)
def test_what_leads_somewhere_does_so_no_more_once_it_is_taken_apart(text: str) -> None:
    assert not leads_somewhere(for_people(text))
    assert for_people(for_people(text)) == for_people(text)
    assert "<s" not in for_people(text)


def test_what_is_no_address_calls_nothing() -> None:
    """A browser runs the one, a telephone dials the other, without a slash."""
    assert for_people("[Mug](javascript:alert(1))") == "[Mug](javascript : alert(1))"
    assert for_people("tel:+4990012345") == "tel : +4990012345"


@pytest.mark.parametrize("text", ["Cable < 2 m", "I <3 mugs", "Size: XL", "Ratio 3:4", "A & B", "data: none"])
def test_a_title_that_only_looks_alike_stays(text: str) -> None:
    assert for_people(text) == text
