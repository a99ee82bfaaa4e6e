"""P, through every path: what is marked as personal stands in its owner's order and letters, and nowhere else.

Fault 50 breaks every call; here every route is asked, rightly and wrongly, and every workflow goes its ways, until the
customer is erased. Searched is all that leaves the tables for somebody who is not the owner or staff.
"""

import io
import json
import logging
import os
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any
from unittest.mock import patch

import pytest
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider

from shared.adapters import clients as aws
from shared.adapters.dynamodb import rows
from shared.adapters.dynamodb.items import item
from shared.adapters.gateways.common.signatures import signature_of
from shared.http.routes import ROUTES
from shared.usecases.core.access import Principal
from tests.fakes.builders import AGENT, CUSTOMER, CUSTOMER_2, MANAGER, OPERATOR, SERVICE
from tests.simulation.clients import an_order
from tests.simulation.episodes import by_link, decision, heard, links, report
from tests.simulation.faults import Fault, first
from tests.simulation.scenarios import LINES, Scene, Sent, Strike, a_scene, at_every_call, quantity
from tests.support.marked import rows_of_all_tables, rows_with
from tests.support.template import resources

Json = dict[str, Any]
MARK = "zqx"
FINANCE = Principal(id="usr-finance", roles=frozenset({"finance"}))
EVERYBODY = (AGENT, MANAGER, FINANCE, OPERATOR, SERVICE, CUSTOMER, CUSTOMER_2, None)


def mark(name: str) -> str:
    """A value of its own for each field, so that a failure says which one got out."""
    return f"{MARK}-{name}"


def address(number: int) -> Json:
    fields = ("name", "line1", "line2", "city", "postal_code")
    return {name: mark(f"{name}-{number}") for name in fields} | {"region": "IL", "country": "US"}


def marked(number: int) -> Json:
    who = {"customer_id": "cus-1", "tier": "gold", "segment": mark("segment"), "name": mark("customer-name")}
    order = an_order(number, "cus-1", *LINES)
    return {
        **order,
        "customer": {**who, "email": f"{mark('email')}@example.com"},
        "shipping_address": address(number),
        "billing_address": address(number + 10),
    }


@dataclass
class Watched:
    """What has left: by where it went."""

    scene: Scene
    lines: io.StringIO = field(default_factory=io.StringIO)
    metrics: list[str] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    workflows: list[tuple[str, Json, int]] = field(default_factory=list)

    def outputs(self) -> dict[str, list[str]]:
        scene, replies = self.scene, [call for call in self.scene.simulation.calls if call.reply]
        return {
            "log lines": self.lines.getvalue().splitlines(),
            "metrics": self.metrics,
            "errors raised": self.raised,
            "what machines give functions, and get": self.steps,
            "executions": [json.dumps(given) for _, given, _ in self.workflows],
            "events": [json.dumps(each) for each in scene.simulation.bus.taken],
            "the log": [text for key, text in rows_of_all_tables() if key.startswith("LogTable ")],
            "the outbox": [text for key, text in rows_of_all_tables() if '"OUT#' in key],
            "what departments kept": [text for key, text in rows_of_all_tables() if key.startswith("DeliveriesTable ")],
            "problems": [json.dumps(call.reply.body) for call in replies if call.reply and call.reply.status >= 400],
        }

    def leaks(self) -> list[str]:
        return [f"{where}: {text[:400]}" for where, texts in self.outputs().items() for text in texts if MARK in text]


@contextmanager
def watched(scene: Scene) -> Iterator[Watched]:
    seen = Watched(scene)
    seen.workflows = heard(scene, "sfn")
    real, states = scene.simulation.invoke, scene.simulation.states

    def invoke(function: str, event: Json) -> Any:
        try:
            reply = real(function, event)
        except Exception as error:
            seen.raised.append(f"{function}: {''.join(traceback.format_exception(error))}")
            raise
        if "httpMethod" not in event:
            seen.steps.append(f"{function} {json.dumps([event, reply])}")
        return reply

    scene.simulation.invoke = invoke  # type: ignore[method-assign]
    states.invoke = scene.simulation.pumps.invoke = invoke
    with as_lambda_logs(seen.lines), counted(seen.metrics):
        yield seen


@contextmanager
def as_lambda_logs(lines: io.StringIO) -> Iterator[None]:
    """Powertools' JSON lines as CloudWatch gets them, down to DEBUG, and everybody else's warnings."""
    for properties in resources("AWS::Serverless::Function").values():
        import_module(properties["Handler"].rpartition(".")[0])  # each has a logger of its own
    others = logging.StreamHandler(lines)
    loggers = [each for each in logging.root.manager.loggerDict.values() if isinstance(each, logging.Logger)]
    ours = [(each, handler) for each in loggers for handler in each.handlers if _is_powertools(handler)]
    names = {each.name for each, _ in ours}
    levels = {each: each.level for each in loggers if each.name.partition(".")[0] in names}
    streams = [(handler, handler.stream) for _, handler in ours]
    logging.disable(logging.NOTSET)
    logging.root.addHandler(others)
    for each in levels:
        each.setLevel(logging.DEBUG)
    for _, handler in ours:
        handler.setStream(lines)
    try:
        yield
    finally:
        logging.disable(logging.CRITICAL)
        logging.root.removeHandler(others)
        for each, level in levels.items():
            each.setLevel(level)
        for handler, stream in streams:
            handler.setStream(stream)


def _is_powertools(handler: logging.Handler) -> bool:
    return isinstance(handler, logging.StreamHandler) and isinstance(handler.formatter, LambdaPowertoolsFormatter)


@contextmanager
def counted(metrics: list[str]) -> Iterator[None]:
    def keep(_: object, *given: object, **named: object) -> None:
        metrics.append(repr((given, named)))

    with (
        patch.object(AmazonCloudWatchEMFProvider, "add_metric", keep),
        patch.object(AmazonCloudWatchEMFProvider, "add_dimension", keep),
        patch.object(AmazonCloudWatchEMFProvider, "add_metadata", keep),
    ):
        yield


# ------------------------------------------------------------------------------------------------------ every route


def wrong_bodies() -> list[Any]:
    """Each is refused somewhere, with values that nobody may repeat."""
    note, edit = mark("note"), {"op": "set_shipping_address", "address": address(7)}
    return [
        {
            "reason_code": "customer_request",
            "note": note,
            "edits": [{**edit, "address": {**address(7), "x": mark("x")}}],
        },
        {
            "reason_code": "customer_request",
            "note": note,
            "edits": [{**edit, "address": {**address(7), "country": note}}],
        },
        {"reason_code": "customer_request", "note": [note], "edits": [edit], "consent": {"digest": note}},
        {**marked(7), "placed_at": mark("placed"), "shipping_address": mark("address")},
        {
            "decision": "approve",
            "digest": "d",
            "note": note,
            "reason": note,
            "outcome": "done",
            "department": "billing",
        },
        {"event": "shipped", "reference": note, "on_hand": note, "title": [note]},
        json.dumps(marked(7))[:-3],
        [note],
    ]


def paths_of(scene: Scene, change_id: str) -> list[tuple[str, str]]:
    """Every route, at what there is; what a path names beside that is something that there is not."""
    known = {
        "order_id": scene.orders[0], "change_id": change_id, "version": "1", "sku": "TEA", "channel": "direct",
        "gateway": "sandbox", "customer_id": "cus-1",
    }  # fmt: skip

    def at(path: str) -> str:
        return re.sub(r"{(\w+)}", lambda named: known.get(named[1], "nothing"), path)

    return [(route.method, at(route.path)) for route in ROUTES]


def every_route_wrongly(scene: Scene, change_id: str) -> int:
    """By everybody; how many requests."""
    before, etag = len(scene.simulation.calls), scene.etag()
    for method, path in paths_of(scene, change_id):
        for user in EVERYBODY:
            for number, body in enumerate(wrong_bodies() if method != "GET" else [None]):
                key = {"idempotency_key": f"wrong-{number}"} if method != "GET" else {}
                scene.at_peace(user, method, path, body, if_match=etag, **key)
    return len(scene.simulation.calls) - before


# ---------------------------------------------------------------------------------------------------- every workflow


def moved(scene: Scene, number: int) -> Json:
    """An address corrected, with a note."""
    sent = scene.amending(AGENT, {"op": "set_shipping_address", "address": address(20 + number)}, number=number)
    sent.body["note"] = mark("amendment-note")
    reply = scene.sends_in_peace(sent)
    assert reply.status == 201, reply
    return dict(reply.body)


def goodwill(scene: Scene, number: int, word: str) -> None:
    """A credit that a manager grants or not, with a note."""
    credit = {"amount": {"amount": "20.00", "currency": "USD"}}
    body = {"reason_code": "goodwill", "note": mark("goodwill-note"), "goodwill": credit}
    made = scene.sends_in_peace(scene._on_order("cancellations", AGENT, body, number))
    assert made.status == 201, made
    scene.bring()
    sent = decision(scene, made.body, MANAGER, word)
    sent.body["note"] = mark("decision-note")
    assert scene.sends_in_peace(sent).status == 200


def asked(scene: Scene, number: int, word: str) -> None:
    """Some units that an agent cancels: the letter fails once, goes out, and its link answers."""
    scene.aim(first(Fault.ERROR, "sesv2", "SendEmail", times=9))
    sent = scene.cancelling(AGENT, {"line_id": "l1", "quantity": 1}, number=number)
    sent.body.update(note=mark("cancellation-note"), sub_code=mark("sub-code"))
    assert scene.sends_in_peace(sent).status == 201
    scene.plays()
    before = links(scene)
    assert before
    assert scene.sends_in_peace(by_link(before[-1], word)).status == 200
    scene.plays()


def failed(scene: Scene, number: int) -> str:
    """A refund that the gateway declines and a department that cannot; an operator ends it, with notes."""
    scene.simulation.gateway.declines = 1.0
    sent = scene.cancelling(CUSTOMER, {"line_id": "l1", "quantity": 1}, number=number)
    change_id = str(scene.sends_in_peace(sent).body["change_id"])
    said = {"department": "billing", "outcome": "failed", "note": mark("acknowledgement-note")}
    scene.at_peace(SERVICE, "POST", f"/changes/{change_id}/acknowledgements", said)
    scene.plays()
    scene.simulation.gateway.declines = 0.0
    done = {"outcome": "completed", "note": mark("resolution-note")}
    reply = scene.at_peace(OPERATOR, "POST", f"/changes/{change_id}/resolutions", done)
    assert reply.status == 200, reply
    return change_id


def in_its_own_words(scene: Scene, sent: Sent) -> Sent:
    """The same report with the gateway's own words, which may name a holder of a card."""
    raw = json.dumps(json.loads(sent.body) | {"detail": mark("detail")})
    stamp = str(int(scene.simulation.clock.now().timestamp()))
    signature = signature_of(raw.encode(), stamp, os.environ["SANDBOX_CALLBACK_SECRET"])
    return replace(sent, body=raw, headers={"inflight_signature": f"t={stamp},v1={signature}"})


def reported(scene: Scene, number: int) -> None:
    """A refund that the gateway reports on, in words of its own; and is settled by hand after all."""
    scene.simulation.gateway.pendings = 1.0
    reply = scene.sends_in_peace(scene.cancelling(CUSTOMER, {"line_id": "l2", "quantity": 1}, number=number))
    scene.plays()
    scene.simulation.gateway.pendings = 0.0
    for paid in scene.paid:
        if paid.order.change_id == reply.body["change_id"]:
            paid.status = "failed"
            said = in_its_own_words(scene, report(scene, paid, "failed"))
            assert scene.at_peace(None, "POST", said.path, said.body, inflight_signature="t=1,v1=no").status == 401
            assert scene.sends_in_peace(said).status == 200
            path = f"/changes/{reply.body['change_id']}/refunds/{paid.order.key}/settlements"
            by_hand = {"reference": "SEPA-1", "note": mark("settlement-note")}
            scene.at_peace(FINANCE, "POST", path, by_hand)
    scene.plays()


def sent_off(scene: Scene, number: int) -> None:
    for line in scene.order(number)["lines"]:
        if line["quantity"]:
            scene.sends_in_peace(scene.shipping(line["line_id"], line["quantity"], number))
    late = {"op": "set_shipping_address", "address": address(30)}
    body = {"reason_code": "address_correction", "note": mark("late-note"), "edits": [late]}
    path = f"/orders/{scene.orders[number]}/amendments"
    refused = scene.at_peace(AGENT, "POST", path, body, if_match=scene.etag(number))
    assert refused.code == "order-status"
    scene.plays()


def everything(scene: Scene, number: int) -> str:
    moved(scene, number)
    goodwill(scene, number, "reject")
    goodwill(scene, number, "approve")
    asked(scene, number, "decline")
    asked(scene, number, "confirm")
    change_id = failed(scene, number)
    reported(scene, number)
    sent_off(scene, number)
    scene.simulation.run()
    return change_id


def damaged(scene: Scene, number: int) -> None:
    """Its head is no order any more, behind the system's back: every road to it ends in an error."""
    broken = {"customer": {"name": [mark("damaged-name")], "email": mark("damaged-email")}}
    aws.dynamodb().update_item(
        TableName="OrdersTable",
        Key=rows.key(scene.orders[number], rows.HEAD),
        UpdateExpression="SET body = :body",
        ExpressionAttributeValues=item({":body": json.dumps(broken)}),
    )
    assert scene.at_peace(AGENT, "GET", f"/orders/{scene.orders[number]}").status == 500
    assert erased(scene).status == 500


def erased(scene: Scene) -> Any:
    why = {"reason": mark("reason"), "note": mark("erasure-note")}
    return scene.at_peace(OPERATOR, "POST", "/customers/cus-1/erasures", why)


@pytest.mark.parametrize("seed", range(2))
def test_nothing_personal_leaves_by_any_path(seed: int) -> None:
    """Two orders through every workflow, then every route asked wrongly by everybody, then erased; 2 seeds of some
    2,000 requests. P: no log line, metric, event, execution, error, problem or log entry shows any marked value."""
    with a_scene(seed, marked(1), marked(2)) as scene, watched(scene) as seen:
        change_id = everything(scene, 0)
        assert erased(scene).code == "order-in-flight"
        requests = every_route_wrongly(scene, change_id)
        everything(scene, 1)
        for function in ("SweepFunction", "ReconcileFunction"):
            scene.simulation.invoke(function, {})
        reply = erased(scene)
        assert (reply.status, reply.body["orders"]) == (200, 2), reply.body
        assert MARK not in json.dumps(reply.body)
        every_route_wrongly(scene, change_id)
        damaged(scene, 0)
        scene.simulation.invoke("ReconcileFunction", {})
        scene.bring()
        assert requests > 1_000
        assert "unexpected" in seen.lines.getvalue()
        assert {where for where, texts in seen.outputs().items() if not texts} == set()
        assert seen.leaks() == []


def test_another_customer_reads_nothing_of_it() -> None:
    """Every route, asked by a customer of whom there is nothing; 1 case. P Z: no reply of any status shows anything."""
    with a_scene(0, marked(1)) as scene:
        change_id = str(moved(scene, 0)["change_id"])
        for method, path in [*paths_of(scene, change_id), ("GET", "/orders?customer_id=cus-1"), ("GET", "/changes")]:
            body = {} if method != "GET" else None
            reply = scene.at_peace(CUSTOMER_2, method, path, body, if_match='"1.0"')
            assert MARK not in json.dumps(reply.body), path


def test_letters_name_their_reader_and_repeat_no_address_and_no_note() -> None:
    """All letters of one order's life; 1 case. P: they go to the owner, and hold their name at most."""
    with a_scene(0, marked(1)) as scene:
        everything(scene, 0)
        assert scene.simulation.mail.letters
        for letter in scene.simulation.mail.letters:
            assert letter["to"] == [f"{mark('email')}@example.com"]
            assert MARK not in letter["text"].replace(mark("customer-name"), "")


def test_after_the_erasure_no_row_of_any_table_has_a_marked_value() -> None:
    """Two orders through every workflow, then erased; 1 case. P H: only answers kept for repeated requests, and the
    reason that the operator gave, are left; every log still verifies."""
    with a_scene(0, marked(1), marked(2)) as scene:
        for number in range(2):
            everything(scene, number)
        before = rows_with((MARK,))
        assert {key.split()[0] for key in before} >= {"OrdersTable", "ChangesTable", "RequestsTable"}
        assert erased(scene).status == 200
        left = {key.split()[0] if "ERASURE#" not in key else "ERASURE" for key in rows_with((MARK,))}
        assert left == {"RequestsTable", "ERASURE"}
        scene.simulation.clock.passes(hours=49)
        scene.expires_keys()
        assert [key for key in rows_with((MARK,)) if "ERASURE#" not in key] == []
        for order_id in scene.orders:
            assert scene.at_peace(AGENT, "GET", f"/orders/{order_id}/log?verify=true").body["verified"] is True
        scene.ends()


@pytest.mark.parametrize("fault", [Fault.BEFORE, Fault.LOST, Fault.ERROR, Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_an_erasure_that_fails_at_any_call_is_finished_by_asking_again(fault: Fault) -> None:
    """The fault at each call of an erasure of two orders in turn. P H K: asked again, it is as if nothing had been."""

    def play(strike: Strike, _: int) -> None:
        with a_scene(0, marked(1), marked(2)) as scene:
            for number in range(2):
                scene.sends_in_peace(scene.amending(AGENT, quantity("l1", 2), number=number))
                scene.bring()
                for line_id in ("l1", "l2"):
                    scene.sends_in_peace(scene.shipping(line_id, 2, number))
            scene.aim(strike)
            asked = scene.asks("operator", OPERATOR, "POST", "/customers/cus-1/erasures", {"reason": "they asked"})
            scene.plays()
            assert (asked.answer.status, asked.answer.body["orders"]) == (200, 2), asked.answer
            scene.ends()
            rows = [key for key in rows_with((MARK,)) if not key.startswith("RequestsTable ")]
            assert rows == []
            entries = [scene.at_peace(AGENT, "GET", f"/orders/{each}/log?verify=true").body for each in scene.orders]
            assert [each["verified"] for each in entries] == [True, True]
            done = [[entry["action"] for entry in each["items"]].count("customer_erased") for each in entries]
            assert done == [1, 1]

    assert at_every_call(fault, "client operator", play) >= 10
