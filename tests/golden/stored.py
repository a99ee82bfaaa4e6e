"""A story in which every kind of row is written, told to the service over its API; and what its rows read as."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.fakes.builders import AGENT, CUSTOMER, FINANCE, MANAGER, OPERATOR, SERVICE
from tests.fakes.policies import OPERATOR_2
from tests.golden import inner_rows
from tests.golden.files import ROWS, Json, json_of, read, wire_of
from tests.support.cloud import Cloud, a_cloud, eventually

SEATS = {
    "line_id": "l2", "sku": "SEAT", "quantity": 5, "start_date": "2026-11-01", "end_date": "2027-10-31",
    "charges": [{"charge_id": "seats", "type": "recurring", "period": "month",
                 "price": {"amount": "12.00", "currency": "USD"}}],
}  # fmt: skip
PLACE = {"name": "Ada", "line1": "1 Main Street", "city": "Springfield", "region": "IL", "country": "US"}


SHIPPED_AT_A_RATE = {"taxes": [{"name": "Sales tax", "rate": "0", "jurisdiction": "US-IL"}]}


def usd(amount: str) -> Json:
    return {"amount": amount, "currency": "USD"}


KINDS = {
    ("OrdersTable", "LIVE#HEAD"), ("OrdersTable", "LIVE#LINE"), ("OrdersTable", "LIVE#PACK"),
    ("OrdersTable", "LIVE#PROGRESS"), ("OrdersTable", "LIVE#ASSETS"), ("OrdersTable", "PAST"), ("OrdersTable", "OUT"),
    ("OrdersTable", "CLAIM"), ("OrdersTable", "ERASURE"), ("OrdersTable", "WALK"), ("OrdersTable", "TALLY"),
    ("OrdersTable", "STAGE"), ("OrdersTable", "HELD"),
    ("ChangesTable", "RECORD"), ("ChangesTable", "TOKEN"), ("ChangesTable", "MAIL"), ("ChangesTable", "LINK"),
    ("LogTable", "entry"), ("SkusTable", "sku"), ("RequestsTable", "request"), ("RequestsTable", "TALLY"),
    ("DeliveriesTable", "delivery"), ("CreditsTable", "credit"), ("RefusalsTable", "refusal"),
    ("RulesTable", "version"), ("RulesTable", "IN_FORCE"),
    ("RulesTable", "DELEGATED-BY"), ("RulesTable", "DELEGATED-TO"),
}  # fmt: skip
"""Every kind of row that today's code writes, by table. A row without a shape number is of today's shape."""


def kind_of(table: str, row: Json) -> tuple[str, str]:
    """Which of the kinds a row is, by its keys."""
    texts = {name: str(next(iter(value.values()))) for name, value in row.items()}
    if table == "OrdersTable":
        first, _, rest = texts["sk"].partition("#")
        first = next((kind for kind in ("ERASURE", "FIND") if texts["pk"].startswith(f"{kind}#")), first)
        return table, f"LIVE#{rest.partition('#')[0]}" if first == "LIVE" else first
    if table == "ChangesTable":
        return table, texts["part"].partition("#")[0]
    if table == "RulesTable":
        first = texts["name"].partition("#")[0]
        return table, first if first.isupper() else "version"
    if table == "RequestsTable":
        return table, "TALLY" if texts["request_key"].startswith("TALLY#") else "request"
    named = {"LogTable": "entry", "SkusTable": "sku", "DeliveriesTable": "delivery", "CreditsTable": "credit"}
    return table, named.get(table, "refusal")


def told() -> dict[str, Any]:
    """Every row of every table after the story, table by table."""
    with a_cloud() as cloud:
        _all_that_happens(Told(cloud))
        client, found = cloud.aws("dynamodb"), {}
        for table in client.list_tables()["TableNames"]:
            pages = client.get_paginator("scan").paginate(TableName=table)
            rows = [json_of(row) for page in pages for row in page["Items"]]
            found[table] = {f"{number:03}": row for number, row in enumerate(rows, start=1)}
        return found


def values(path: Path = ROWS) -> dict[str, Any]:
    """Reads the golden rows of a file by today's stores."""
    stored = {table: list(rows.values()) for table, rows in read(path).items()}
    with a_cloud() as cloud:
        client = cloud.aws("dynamodb")
        for table, rows in stored.items():
            for row in rows:
                client.put_item(TableName=table, Item=wire_of(row))
        return dict(inner_rows.read(cloud, stored))


class Told:
    """Says things to the service, and insists on being heard."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.number = 0

    def say(self, user: Any, method: str, path: str, body: Any = None, **headers: str) -> Json:
        reply = self.cloud.http(user, method, path, body, **headers)
        assert reply.status in (200, 201, 202), (path, reply.body)
        return dict(reply.body)

    def order(self, customer: str = "cus-1", *more: Json) -> str:
        self.number += 1
        line = {"line_id": "l1", "sku": "SOFA", "quantity": 3, "unit_price": usd("100.00"), "title": "Sofa"}
        tax = {"taxes": [{"name": "Sales tax", "rate": "0.20", "jurisdiction": "US-IL"}]}
        body = {
            "channel_order_id": f"G-{self.number}", "currency": "USD", "placed_at": "2026-11-20T09:00:00Z",
            "customer": {"customer_id": customer, "email": "ada@example.com", "name": "Ada", "tier": "gold"},
            "shipping_address": PLACE, "billing_address": PLACE, "lines": [line | tax, *more],
            "discounts": [{"type": "percent", "value": "10", "code": "TEN"}],
            "shipping": {"method": "standard", "price": usd("5.00")} | (SHIPPED_AT_A_RATE if more else {}),
            "payments": [
                {"payment_id": f"pay-{n}", "method": method, "gateway": gateway, "status": "captured",
                 "reference": f"{gateway}-{self.number}", "captured": usd("164.50")}
                for n, (method, gateway) in enumerate((("card", "sandbox"), ("bank_transfer", "bank_transfer")))
            ],
        }  # fmt: skip
        reply = self.say(SERVICE, "POST", "/orders", body, idempotency_key=f"order-{self.number}")
        return str(reply["order_id"])

    def asks(self, user: Any, order: str, what: str, body: Json, pinned: str) -> Json:
        """A change on the terms of its own preview."""
        path = f"/orders/{order}/{what}"
        digest = self.say(user, "POST", f"{path}?dry_run=true", body)["digest"]
        return self.say(user, "POST", path, body | {pinned: {"digest": digest}}, if_match=self.etag(order))

    def amends(self, order: str, *edits: Json, reason: str = "customer_request") -> Json:
        return self.asks(AGENT, order, "amendments", {"reason_code": reason, "edits": list(edits)}, "accept")

    def etag(self, order: str) -> str:
        return self.cloud.http(AGENT, "GET", f"/orders/{order}").headers["ETag"]


def _all_that_happens(it: Told) -> None:
    it.say(SERVICE, "PUT", "/products/SOFA", {"title": "Sofa", "list_price": [usd("100.00")], "unit_cost": [usd("40")]})
    it.say(SERVICE, "PUT", "/products/LAMP", {"list_price": [usd("20.00")]})
    for sku in ("SOFA", "LAMP"):
        it.say(SERVICE, "PUT", f"/stock/{sku}", {"on_hand": 50}, idempotency_key=f"stock-{sku}")
    _a_life(it, it.order("cus-1", SEATS))
    _confirmed(it, it.order("cus-2"))
    _refused(it, it.order("cus-3"))
    _waiting(it, it.order("cus-4"))
    _taken_back(it, it.order("cus-6"))
    _governed(it)
    _gone(it, it.order("cus-9"))
    it.say(OPERATOR, "POST", "/customers/cus-9/erasures", {"reason": "the customer asked"})
    inner_rows.tokened(it.cloud)
    inner_rows.staged(it.cloud)
    inner_rows.credited(it.cloud)
    inner_rows.walking(it.cloud)


def _a_life(it: Told, order: str) -> None:
    """Activated, amended, undone, cancelled in part by its owner, shipped, refunded by machine and by hand."""
    it.say(AGENT, "POST", f"/orders/{order}/activate")
    it.amends(order, {"op": "set_quantity", "line_id": "l1", "quantity": 2}, {"op": "add_line", "sku": "LAMP",
              "quantity": 1, "title": "Lamp"})  # fmt: skip
    moved = it.amends(order, {"op": "set_shipping_address", "address": PLACE | {"line1": "2 Main Street"}},
                      {"op": "set_dates", "line_id": "l2", "end_date": "2027-09-30"})  # fmt: skip
    path = f"/orders/{order}/amendments/{moved['change_id']}/undo"
    digest = it.say(AGENT, "POST", f"{path}?dry_run=true")["digest"]
    it.say(AGENT, "POST", path, {"digest": digest}, if_match=it.etag(order))
    units = {"line_id": "l1", "quantity": 1, "event": "shipped", "tracking": "1Z999"}
    it.say(SERVICE, "POST", f"/orders/{order}/fulfilments", units, idempotency_key=f"ship-{order}")
    body = {"reason_code": "goodwill", "note": "sorry", "goodwill": {"amount": usd("20.00")}}
    change = it.asks(AGENT, order, "cancellations", body, "consent")
    word = {"decision": "approve", "digest": change["plan"]["digest"], "note": "yes"}
    it.say(MANAGER, "POST", f"/changes/{change['change_id']}/decisions", word)
    it.cloud.settle()


def _gone(it: Told, order: str) -> None:
    """Moved, and shipped as a whole: nothing of it is under way when its customer is erased."""
    it.amends(order, {"op": "set_shipping_address", "address": PLACE | {"line1": "2 Main Street"}})
    it.cloud.settle()
    units = {"line_id": "l1", "quantity": 3, "event": "shipped"}
    it.say(SERVICE, "POST", f"/orders/{order}/fulfilments", units, idempotency_key=f"ship-{order}")
    it.cloud.settle()


def _confirmed(it: Told, order: str) -> None:
    """An agent's cancellation, agreed to by the link of a letter, and settled by hand."""
    body = {"reason_code": "customer_request", "note": "by phone", "lines": [{"line_id": "l1", "quantity": 1}]}
    change = it.asks(AGENT, order, "cancellations", body, "consent")
    it.cloud.settle()
    letters = it.cloud.letters
    eventually(lambda: len(letters()) == 1, "the letter")
    token = next(line for line in letters()[0]["text"].split() if line.startswith("https://")).rpartition("/")[2]
    it.say(None, "POST", f"/confirmations/{token}", {"decision": "confirm"})
    it.cloud.settle()
    for refund in it.say(AGENT, "GET", f"/changes/{change['change_id']}")["refunds"]:
        if refund["status"] != "settled":
            path = f"/changes/{change['change_id']}/refunds/{refund['refund_id']}/settlements"
            it.say(FINANCE, "POST", path, {"reference": "SEPA-1", "note": "paid"})


def _taken_back(it: Told, order: str) -> None:
    """All of it is cancelled: one refund is settled, the other falls out and waits for a person."""
    owner = replace(CUSTOMER, customer_id="cus-6")
    it.asks(owner, order, "cancellations", {"reason_code": "customer_request"}, "consent")
    it.cloud.settle()


def _refused(it: Told, order: str) -> None:
    """What policy refuses, and what a manager rejects."""
    dear = {"op": "set_unit_price", "line_id": "l1", "unit_price": usd("9999.00")}
    body = {"reason_code": "price_correction", "edits": [dear]}
    owner = replace(CUSTOMER, customer_id="cus-3")
    reply = it.cloud.http(owner, "POST", f"/orders/{order}/amendments", body, if_match=it.etag(order))
    assert reply.status == 422, reply.body
    goodwill = {"reason_code": "goodwill", "goodwill": {"amount": usd("30.00")}}
    change = it.asks(AGENT, order, "cancellations", goodwill, "consent")
    word = {"decision": "reject", "digest": change["plan"]["digest"], "note": "no"}
    it.say(MANAGER, "POST", f"/changes/{change['change_id']}/decisions", word)


def _waiting(it: Told, order: str) -> None:
    """A change that holds stock and waits for its approval, with its task's token; another order's draft."""
    it.say(MANAGER, "PUT", "/delegations/manager", {"to": "usr-lead", "until": "2026-12-01T00:00:00Z"})
    it.amends(order, {"op": "set_quantity", "line_id": "l1", "quantity": 20})
    it.cloud.settle()
    draft = {"reason_code": "customer_request", "edits": [{"op": "cancel_line", "line_id": "l1", "quantity": 1}]}
    other = it.order("cus-5")
    it.say(AGENT, "POST", f"/orders/{other}/amendments", draft, if_match=it.etag(other))


def _governed(it: Told) -> None:
    """A version of one document that came in force at once, and one that another operator agreed to."""
    for name, user in (("deadlines", OPERATOR), ("prices", OPERATOR)):
        reply = it.cloud.http(user, "GET", f"/policies/{name}")
        document = reply.body["document"]
        if name == "prices":
            document["bounds"] = [each | {"floor_percent": "71"} for each in document["bounds"]]
        else:
            document["rules"] = [each | {"change_seconds": 90000} for each in document["rules"]]
        proposal = {"why": "a trial", "document": document}
        made = it.say(user, "PUT", f"/policies/{name}", proposal, if_match=reply.headers["ETag"])
    path = f"/policies/prices/versions/{made['version']}"
    it.say(OPERATOR_2, "POST", f"{path}/decisions", {"decision": "approve", "note": "fine"})
