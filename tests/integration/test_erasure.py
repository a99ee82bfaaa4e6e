"""Erasure with the real handlers on moto: afterwards no row of any table has a value of the customer."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from shared.adapters.dynamodb import rows
from shared.adapters.dynamodb.erasing import DynamoHistories
from shared.adapters.dynamodb.links import DynamoLinks
from shared.domain.audit.erasing import erased_order
from shared.domain.audit.log import verify
from shared.domain.change.change import SYSTEM
from shared.domain.change.events import customer_erased
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.order.progress import FulfilmentEvent
from shared.domain.planning.edits import Money, SetUnitPrice
from shared.ports.erasing import Rewrite
from shared.ports.mail import Link
from shared.ports.paging import Filter
from shared.ports.stores import Conflict
from shared.usecases.amending.start_amendment import preview_amendment, start_amendment
from shared.usecases.confirming.follow_link import token_hash
from shared.usecases.core.access import Principal
from shared.usecases.core.new_change import Wanted
from shared.usecases.core.write_assembly import assemble_write
from shared.usecases.erasing.erase_customer import Erased, Erasure, erase_customer
from shared.usecases.fulfilling.acknowledge_change import Acknowledge, acknowledge_change
from shared.usecases.fulfilling.record_fulfilment import Fulfilment, record_fulfilment
from shared.usecases.intake.take_order import take_order
from tests.fakes import World, an_order
from tests.fakes.builders import AGENT, MANAGER, OPERATOR, SERVICE
from tests.fakes.edge import told
from tests.fakes.world import NOW
from tests.integration.conftest import TABLES, Dynamo
from tests.support.cloud import Cloud, a_cloud
from tests.support.marked import rows_of_all_tables, rows_with
from tests.unit.http.client import Reply
from tests.workflow.stories import Json, live, now, stocked, usd

FINANCE = Principal(id="usr-finance", roles=frozenset({"finance"}))
MARK = "Lovelace"
WHY = {"reason": "the customer asked"}


def address(number: int) -> Json:
    return {
        "name": f"A. {MARK}", "line1": f"{number} {MARK} Street", "line2": f"c/o {MARK}", "city": f"{MARK}ton",
        "region": "IL", "postal_code": f"{MARK}-{number}", "country": "US",
    }  # fmt: skip


@dataclass
class Story:
    """Two orders of one customer, every personal field marked, each through all that can happen to an order."""

    cloud: Cloud
    orders: list[Json] = field(default_factory=list)
    changes: list[Json] = field(default_factory=list)

    def said(self, user: Principal | None, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        reply = self.cloud.http(user, method, path, body, **headers)
        assert reply.status in (200, 201), (path, reply.body)
        return reply

    def placed(self, number: int) -> Json:
        """4 × 100.00, of which 300.00 by card and the rest by bank transfer."""
        paid = {"status": "captured", "authorised": usd("200.00"), "captured": usd("200.00")}
        payments = [
            {"payment_id": "pay-1", "method": "card", "gateway": "sandbox", "reference": f"C-{number}"},
            {"payment_id": "pay-2", "method": "bank_transfer", "gateway": "bank_transfer", "reference": f"B-{number}"},
        ]
        body = {
            "channel_order_id": f"E-{number}", "currency": "USD", "placed_at": "2026-11-20T09:00:00Z",
            "customer": {"customer_id": "cus-1", "email": f"{MARK}@example.com", "name": MARK, "segment": MARK},
            "shipping_address": address(number), "billing_address": address(number + 1),
            "lines": [{"line_id": "l1", "sku": "SOFA", "quantity": 4, "unit_price": usd("100.00")}],
            "payments": [payment | paid for payment in payments],
        }  # fmt: skip
        self.orders.append(self.said(SERVICE, "POST", "/orders", body, idempotency_key=f"o{number}").body)
        return self.orders[-1]

    def on(self, order: Json, user: Principal, what: str, body: Json, pinned: str) -> Json:
        """A change of the order as it is, on the terms of its own preview."""
        path = f"/orders/{order['order_id']}/{what}"
        digest = self.said(user, "POST", f"{path}?dry_run=true", body).body["digest"]
        etag = self.said(AGENT, "GET", f"/orders/{order['order_id']}").headers["ETag"]
        made = self.said(user, "POST", path, body | {pinned: {"digest": digest}}, if_match=etag)
        self.changes.append(made.body)
        return dict(made.body)

    def amended(self, order: Json, number: int) -> Json:
        move = {"op": "set_shipping_address", "address": address(number)}
        body = {"reason_code": "address_correction", "note": f"{MARK} moved", "edits": [move]}
        return self.on(order, AGENT, "amendments", body, "accept")

    def rejected(self, order: Json) -> None:
        """A goodwill credit that a manager does not grant."""
        goodwill = {"amount": usd("20.00")}
        body = {
            "reason_code": "goodwill",
            "note": f"{MARK} complained",
            "goodwill": goodwill,
            "sub_code": f"Mrs {MARK}",
        }
        change = self.on(order, AGENT, "cancellations", body, "consent")
        word = {"decision": "reject", "digest": change["plan"]["digest"], "note": f"no, {MARK}"}
        self.said(MANAGER, "POST", f"/changes/{change['change_id']}/decisions", word)

    def confirmed(self, order: Json) -> None:
        """One unit, which an agent cancels and the customer agrees to by the link of a letter."""
        body = {"reason_code": "customer_request", "note": MARK, "lines": [{"line_id": "l1", "quantity": 1}]}
        body["sub_code"] = f"Mrs {MARK} 555-0100"
        change = self.on(order, AGENT, "cancellations", body, "consent")
        self.cloud.settle()
        token = f"token-{change['change_id']}"
        link = Link(
            token_hash=token_hash(token), change_id=change["change_id"], order_id=change["order_id"],
            digest=change["plan"]["digest"], round=1, expires_at=NOW.replace(year=2027),
        )  # fmt: skip
        DynamoLinks(self.cloud.aws("dynamodb"), "ChangesTable").put(link)
        self.said(None, "POST", f"/confirmations/{token}", {"decision": "confirm"})
        self.cloud.settle()
        self.by_hand(now(self.cloud, change))

    def by_hand(self, change: Json) -> None:
        for refund in change["refunds"]:
            if refund["status"] != "settled":
                path = f"/changes/{change['change_id']}/refunds/{refund['refund_id']}/settlements"
                self.said(FINANCE, "POST", path, {"reference": "SEPA-1", "note": f"to {MARK}"})

    def sent(self, order: Json) -> None:
        units = live(self.cloud, order)["lines"][0]["quantity"]
        body = {"line_id": "l1", "quantity": units, "event": "shipped", "tracking": "1Z999"}
        self.said(SERVICE, "POST", f"/orders/{order['order_id']}/fulfilments", body, idempotency_key="s1")

    def over(self, number: int) -> Json:
        order = self.placed(number)
        self.amended(order, 10 + number)
        undone = self.amended(order, 20 + number)
        path = f"/orders/{order['order_id']}/amendments/{undone['change_id']}/undo"
        digest = self.said(AGENT, "POST", f"{path}?dry_run=true").body["digest"]
        etag = self.said(AGENT, "GET", f"/orders/{order['order_id']}").headers["ETag"]
        self.said(AGENT, "POST", path, {"digest": digest}, if_match=etag)
        self.rejected(order)
        self.confirmed(order)
        self.cloud.settle()
        self.sent(order)
        self.cloud.settle()
        return live(self.cloud, order)

    def erased(self) -> Reply:
        return self.cloud.http(OPERATOR, "POST", "/customers/cus-1/erasures", WHY)


@pytest.fixture
def story() -> Iterator[Story]:
    with a_cloud() as cloud:
        stocked(cloud, 20)
        yield Story(cloud)


def beside_answers(found: list[str]) -> list[str]:
    """All but the answers that are kept for repeated requests, which go by their TTL."""
    return [key for key in found if not key.startswith("RequestsTable ")]


def test_no_row_of_any_table_has_a_value_of_an_erased_customer(story: Story) -> None:
    before = [story.over(1), story.over(2)]
    had = beside_answers(rows_with((MARK,)))
    assert {key.split()[0] for key in had} == {"OrdersTable", "ChangesTable"}
    reply = story.erased()
    assert (reply.status, reply.body["orders"], reply.body["changes"]) == (200, 2, 10)
    assert beside_answers(rows_with((MARK,))) == []
    keys = [row for _, row in rows_of_all_tables() if "log_key" in row]
    assert keys == []
    for order in before:
        after = live(story.cloud, order)
        kept = ("order_id", "version", "status", "lines", "payments", "totals", "channel_order_id")
        assert {name: after[name] for name in kept} == {name: order[name] for name in kept}
        assert story.said(AGENT, "GET", f"/orders/{order['order_id']}/log?verify=true").body["verified"] is True


def test_every_version_and_change_is_still_read_and_says_where_tax_was_due(story: Story) -> None:
    order = story.over(1)
    path = f"/orders/{order['order_id']}"
    pages = [f"{path}/versions/{number}" for number in range(1, order["version"] + 1)]
    pages += [f"/changes?order_id={order['order_id']}", f"{path}/log", "/orders?customer_id=cus-1"]
    before = [story.said(AGENT, "GET", page).body for page in pages]
    assert order["version"] == 5
    assert story.erased().status == 200
    after = [story.said(AGENT, "GET", page).body for page in pages]
    assert MARK in str(before)
    assert MARK not in str(after)
    gone = {"line1": "", "city": "", "country": "US", "region": "IL"}
    for was, version in zip(before[:5], after[:5], strict=True):
        assert version["shipping_address"] == version["billing_address"] == gone
        assert (version["lines"], version["totals"], version["status"]) == (was["lines"], was["totals"], was["status"])


def test_it_is_told_on_the_bus_once_an_order_and_to_no_department(story: Story) -> None:
    story.over(1)
    heard = [len(messages) for messages in story.cloud.delivered.values()]
    story.erased()
    story.erased()
    assert story.cloud.stream() == 1
    story.cloud.settle()
    assert [len(messages) for messages in story.cloud.delivered.values()] == heard


# ----------------------------------------------------------------------------------------------- of very many versions


@dataclass
class Old:
    """An order that has been amended twelve times: more rows than one transaction takes."""

    world: World
    dynamo: Dynamo
    order_id: str = ""

    def __post_init__(self) -> None:
        new = an_order().with_line("MUG", 1, 1000).paid()
        who = replace(new.new.customer, name=MARK, email=MARK)
        request, new_order = self.world.request(SERVICE), new._with(customer=who).new
        taken = take_order(self.world.services, request, new_order)
        self.order_id = told(taken).body
        for cents in range(1, 13):
            self.amended(1000 + cents)
        sent = Fulfilment(order_id=self.order_id, line_id="l1", quantity=1, event=FulfilmentEvent.SHIPPED)
        record_fulfilment(self.world.services, self.world.request(SERVICE), sent)
        self.dynamo.counted()

    def order(self) -> Order:
        order = self.world.services.orders.load(self.order_id)
        assert order is not None
        return order

    def amended(self, price: int) -> None:
        services, edit = self.world.services, SetUnitPrice(line_id="l1", unit_price=Money(amount=price, currency="USD"))
        wanted = Wanted(order_id=self.order_id, reason_code="price_correction", note=MARK, edits=(edit,))
        digest = preview_amendment(services, AGENT, wanted).digest
        request = self.world.request(AGENT, if_match=self.order().etag)
        change_id = told(start_amendment(services, request, replace(wanted, accept_digest=digest))).body.split("/")[0]
        billed = Acknowledge(change_id=change_id, department="billing", outcome="done")
        acknowledge_change(services, self.world.request(SERVICE), billed)

    def erased(self) -> Erased:
        asked = Erasure(customer_id="cus-1", reason="they asked")
        return erase_customer(self.world.services, DynamoHistories(self.dynamo.client, TABLES), OPERATOR, asked)


@pytest.fixture
def old(world: World, dynamo: Dynamo) -> Old:
    return Old(world, dynamo)


def test_a_long_history_is_erased_in_parts_and_its_live_order_last(old: Old) -> None:
    old.world.services.log.entries(old.order_id)
    old.dynamo.counted()
    erased, asked = old.erased(), old.dynamo.counted()
    assert (erased.changes, old.order().version) == (12, 13)
    assert asked["TransactWriteItems"] == 3
    assert rows_with((MARK,)) == []


@pytest.mark.parametrize("part", [1, 2, 3])
@pytest.mark.parametrize("when", ["before-call", "after-call"])
def test_a_crash_at_any_part_is_made_good_by_asking_again(old: Old, part: int, when: str) -> None:
    crash = Crash(part)
    event = f"{when}.dynamodb.TransactWriteItems"
    old.dynamo.client.meta.events.register(event, crash)
    with pytest.raises(Crashed):
        old.erased()
    old.dynamo.client.meta.events.unregister(event, crash)
    assert (old.order().erased_at is not None) == (part == 3 and when == "after-call")
    first, again = old.erased(), old.erased()
    assert (first, first.orders, first.changes) == (again, 1, 12)
    assert rows_with((MARK,)) == []
    order, entries = old.order(), old.world.services.log.entries(old.order_id)
    assert verify(entries, order.ledger.log_seq, order.ledger.log_hash).verified
    assert [entry.action for entry in entries].count("customer_erased") == 1


class Crashed(Exception):
    """The process is gone."""


class Crash:
    """At the given call of a kind."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, **_: Any) -> None:
        self.left -= 1
        if self.left == 0:
            raise Crashed


@pytest.mark.parametrize("part", [1, 2, 3])
def test_a_write_between_two_parts_is_noticed_and_erased_with_the_rest(old: Old, part: int) -> None:
    """Somebody reports a payment: the order is no longer as it was read, so it is read again, and all of it erased."""
    done: list[int] = []

    def meanwhile(**_: Any) -> None:
        done.append(1)
        if len(done) == part:
            arrived = Fulfilment(order_id=old.order_id, line_id="l1", quantity=1, event=FulfilmentEvent.DELIVERED)
            record_fulfilment(old.world.services, old.world.request(SERVICE), arrived)

    old.dynamo.client.meta.events.register("before-call.dynamodb.TransactWriteItems", meanwhile)
    assert old.erased().orders == 1
    order, entries = old.order(), old.world.services.log.entries(old.order_id)
    assert (order.progress["l1"].delivered, rows_with((MARK,))) == (1, [])
    assert verify(entries, order.ledger.log_seq, order.ledger.log_hash).verified
    assert [entry.action for entry in entries][-2:] == ["units_delivered", "customer_erased"]


def rewritten(old: Old, order: Order, **more: Any) -> None:
    """The order as it was read, erased."""
    step = Step(
        action="customer_erased",
        by=SYSTEM,
        at=NOW,
        before=order,
        after=erased_order(order, NOW),
        facts=(customer_erased(order),),
    )
    rewrite = Rewrite(write=assemble_write(step, old.world.ids), **more)
    DynamoHistories(old.dynamo.client, TABLES).rewrite(rewrite)


def test_a_change_that_is_no_longer_as_it_was_read_keeps_all_as_it_was(old: Old) -> None:
    order, before = old.order(), rows_with((MARK,))
    change = DynamoHistories(old.dynamo.client, TABLES).of(order).changes[0]
    with pytest.raises(Conflict):
        rewritten(old, order, changes=((replace(change, rev=change.rev - 1), replace(change, note=None)),))
    assert rows_with((MARK,)) == before


@pytest.mark.parametrize("name", ["version", "revision", "log_seq"])
@pytest.mark.parametrize("pasts", [0, 12], ids=["in one part", "in parts"])
def test_an_order_that_is_no_longer_as_it_was_read_keeps_all_as_it_was(old: Old, name: str, pasts: int) -> None:
    order = old.order()
    history = DynamoHistories(old.dynamo.client, TABLES).of(order)
    old.dynamo.client.update_item(
        TableName="OrdersTable",
        Key=rows.key(old.order_id, rows.HEAD),
        UpdateExpression="ADD #name :one",
        ExpressionAttributeNames={"#name": name},
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
    before = rows_with((MARK,))
    with pytest.raises(Conflict):
        rewritten(old, order, pasts=tuple(erased_order(past, NOW) for past in history.pasts[:pasts]))
    assert rows_with((MARK,)) == before


def test_a_version_that_is_not_there_is_not_made_up(old: Old) -> None:
    order = old.order()
    with pytest.raises(Conflict):
        rewritten(old, order, pasts=(replace(order, version=99),))
    assert old.order() == order


def test_why_it_was_asked_for_is_kept_beside_the_orders_and_is_no_order(old: Old) -> None:
    old.erased()
    (row,) = [text for key, text in rows_of_all_tables() if "ERASURE#cus-1" in key]
    assert "they asked" in row
    assert "usr-operator" in row
    listed = old.world.services.orders.list(Filter())
    assert [order.order_id for order in listed.items] == [old.order_id]
