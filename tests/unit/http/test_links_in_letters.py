"""A shop's texts reach letters over intake: none of them makes a link there."""

import pytest

from functions.mail.handler import handler as send_letter
from shared import bootstrap
from shared.domain.plain_text import leads_somewhere
from shared.usecases.refunding.settle_refund import RefundAddress, settle_refund
from tests.fakes import World
from tests.unit.http.cancelling import asked, cancel
from tests.unit.http.client import CONTEXT, Client, example

LINKS = [
    "http://evil.example",
    "evil.com",
    "www.evil.com",
    "evil。com",
    "eve@evil.example",
    "bit.ly/x",
    "//evil.com",
    "1.2.3.4/x",
    "1。2．3.4",
]


@pytest.mark.parametrize("text", LINKS)
def test_no_name_title_or_number_of_an_order_makes_a_link_in_the_letter_about_its_refund(
    world: World, service: Client, agent: Client, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(bootstrap, "mail", lambda: world.mail)
    order = example("order-direct") | {"channel_order_id": text}
    order["customer"] = {**order["customer"], "name": f"Ada, see {text}"}
    order["lines"] = [{**order["lines"][0], "title": text}]
    change = cancel(agent, service.post("/orders", order).body["order_id"], asked()).body
    address = {"change_id": change["change_id"], "order_id": change["order_id"]}
    address["refund_id"] = change["refunds"][0]["refund_id"]
    settle_refund(world.services, RefundAddress(**address), "gw-1")
    send_letter({"step": "tell", **address}, CONTEXT)
    (letter,) = world.mail.sent
    assert [line for line in (letter.subject, *letter.text.splitlines()) if leads_somewhere(line)] == []
    assert letter.text.startswith("Hello,\n")
