"""Every field of every reply is for somebody: each is declared, and a customer reads what is declared for customers."""

import json
from dataclasses import fields as fields_of
from dataclasses import replace
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from infra.openapi.audiences import audiences, compared, shown_to_customers
from infra.openapi.document import document
from infra.openapi.operations import OPERATIONS
from shared.domain.change.change import Change
from shared.domain.order.order import Order
from shared.domain.planning.edits import Edit
from shared.http.door.audiences import for_audience
from shared.http.door.route import Route
from shared.http.parts.audience import WHOLE, customers_view, fields
from shared.http.resources.change.audience import CHANGE, EDIT
from shared.http.resources.change.view import change_view
from shared.http.resources.confirmation.view import confirmation_view
from shared.http.resources.order.audience import ORDER
from shared.http.routes import ROUTES
from tests.fakes import World
from tests.fakes.builders import AGENT, CUSTOMER
from tests.fakes.world import NOW
from tests.support.full import full
from tests.unit.http.cancelling import asked, cancel, one
from tests.unit.http.client import Client
from tests.unit.http.matrix.step_stories import STEPS, order_of
from tests.unit.http.shown import GIVEN, SHOWN

SENSITIVE = {
    "ChangeReply.decided_by": "ids of staff",
    "ChangeInList.decided_by": "ids of staff",
    "ReplyTimelineEntry.by": "ids of staff",
    "ReplyTimelineEntry.note": "what staff writes to each other",
    "ReplyDepartment.note": "what departments write",
    "ReplyAsked.passed_over": "who of us did not answer",
    "ReplyAsked.remind_at": "when we remind ourselves",
    "ReplyApproval.stood_in": "who of us was away",
    "ReplyApproval.waited_seconds": "how long we took",
    "PlanReply.rulings": "how policy judged",
    "PlanReply.policy_version": "how policy judged",
    "PlanInList.policy_version": "how policy judged",
    "PlanReply.stock": "our stock",
    "ReplyNeededApproval.because": "floors and thresholds",
    "ReplyNeededApproval.rule": "how policy judged",
    "ReplyConfirmation.rule": "how policy judged",
    "ReplyPlannedCollection.rule": "how policy judged",
    "ReplyPlannedFee.rule": "how policy judged",
    "ReplyEffects.revenue": "our revenue",
    "ReplyCustomer.segment": "whom we take them for",
    "ReplyOpenChange.waits_for": "who of us is asked",
    "ReplyOpenChange.waits_since": "how long we take",
    "ReplyOpenChange.waits_until": "how long we take",
    "ProblemReply.orders": "told to operators",
    "ReplyOverpaid.method": "what staff may ask for",
    "ReplyOverpaid.path": "what staff may ask for",
}
"""These are staff's alone, written by hand: the declarations are held against them."""
OWN = {
    "ChangeReply.reason_code": "why staff asks is staff's",
    "ChangeReply.sub_code": "why staff asks is staff's",
    "ChangeReply.note": "what staff writes is staff's",
    "ChangeReply.requested_by": "ids of staff",
    **{f"ChangeInList.{name}": "as of one change" for name in ("reason_code", "sub_code", "note", "requested_by")},
    "ReplyWait.words": "what others of us are to do, with floors and thresholds",
}
"""A customer reads these only of their own requests and of what they are to do."""


def everything() -> list[tuple[str, str]]:
    return [(f"{model.__name__}.{name}", said) for model, name, said in audiences(OPERATIONS)]


def test_every_field_that_a_customer_could_be_sent_is_declared_and_no_other() -> None:
    assert {name: said for name, said in everything() if said in ("undeclared", "gone")} == {}


def test_a_field_is_for_the_same_people_wherever_its_model_stands() -> None:
    assert len(set(everything())) == len(dict(everything()))


def test_what_is_not_for_everyone_is_what_is_written_by_hand() -> None:
    assert {name for name, said in everything() if said == "staff"} == set(SENSITIVE)
    assert {name for name, said in everything() if said == "own"} == set(OWN)


def test_a_field_that_nobody_declared_is_noticed_wherever_it_stands() -> None:
    class Inner(BaseModel):
        known: str
        newer: str | None = None

    class Outer(BaseModel):
        items: list[Inner]
        newer: int | None = None

    found = compared(Outer, fields("gone", parts={"items": fields("known")}))
    assert {(model.__name__, name, said) for model, name, said in found if said != "everyone"} == {
        ("Outer", "gone", "gone"),
        ("Outer", "newer", "undeclared"),
        ("Inner", "newer", "undeclared"),
    }


def test_the_document_says_whose_a_field_is() -> None:
    schemas = document()["components"]["schemas"]
    assert schemas["PlanReply"]["properties"]["rulings"]["x-audience"] == "staff"
    assert schemas["ChangeReply"]["properties"]["note"]["x-audience"] == "own"
    assert "x-audience" not in schemas["PlanReply"]["properties"]["totals_after"]


def test_every_field_of_an_edit_is_declared() -> None:
    known = {field.name for edit in get_args(Edit) for field in fields_of(edit)} | {"discount"}
    made_here = {"version", "made_on", "lines", "fees", "recalled", "returning"}  # of an undo; no reply shows them
    assert known - made_here <= EDIT.names


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_route_shows_customers_something_exactly_where_they_come_in(route: Route) -> None:
    assert bool(route.shows) == shown_to_customers(route)
    assert (route.shows == WHOLE) == (route.path == "/openapi.json")


def names_in(view: Any) -> set[str]:
    if isinstance(view, list):
        return {name for each in view for name in names_in(each)}
    return {*view, *(name for each in view.values() for name in names_in(each))} if isinstance(view, dict) else set()


@pytest.mark.parametrize("role", ["customer", "agent"])
def test_of_a_change_with_everything_a_customer_reads_what_is_theirs(role: str) -> None:
    view = change_view(SHOWN["a change"].of) | {"requested_as": role}
    seen = customers_view(view, (CHANGE,))
    assert {"decided_by", "rulings", "revenue", "stood_in", "policy_version", "by"} & (names_in(seen) - {"by"}) == set()
    assert {"note", "reason_code", "requested_by"} & set(seen) == (
        {"note", "reason_code", "requested_by"} if role == "customer" else set()
    )
    assert all("by" not in entry and "note" not in entry for entry in seen["timeline"])
    assert seen["plan"]["totals_after"] == view["plan"]["totals_after"]


def test_an_undeclared_field_reaches_no_customer() -> None:
    assert customers_view({"order_id": "o", "margin": "7.00"}, (ORDER,)) == {"order_id": "o"}
    assert customers_view({"order_id": "o"}, ()) == {}


# --------------------------------------------------------------------------------------------- over HTTP, as it is sent


def test_what_staff_asks_for_reaches_its_customer_without_why_and_who(world: World) -> None:
    order_id = order_of("300.00")
    change = cancel(Client(AGENT), order_id, asked(reason_code="fraud", note="stolen card, see case 12")).body
    theirs, ours = (Client(who).get(f"/changes/{change['change_id']}").body for who in (CUSTOMER, AGENT))
    assert (ours["reason_code"], ours["note"]) == ("fraud", "stolen card, see case 12")
    for text in (theirs, Client(CUSTOMER).get("/changes").body, Client(CUSTOMER).get(f"/orders/{order_id}").body):
        assert [word for word in ("fraud", "case 12", "usr-agent", "large") if word in str(text)] == []
    assert (theirs["status"], theirs["plan"]["approvals"]) == ("pending_approval", [{"role": "manager"}])


def test_a_link_tells_no_reason_of_fraud_or_law(world: World) -> None:
    change = full(Change, given=GIVEN)
    policy = world.services.policies.current()
    told = replace(change, kind="cancellation", reason_code="fraud", guarded=False)
    shown = [
        confirmation_view(full(Order, given=GIVEN), replace(told, guarded=each), policy, NOW) for each in (False, True)
    ]
    assert [each.get("reason") for each in shown] == ["Fraud is suspected", None]


def test_a_customer_finds_no_reason_by_listing_for_it(world: World) -> None:
    cancel(Client(AGENT), order_of("300.00"), asked(reason_code="fraud"))
    assert Client(CUSTOMER).get("/changes?reason_code=fraud").code == "forbidden"
    assert len(Client(AGENT).get("/changes?reason_code=fraud").body["items"]) == 1


def test_a_customer_reads_their_own_reason_and_note(world: World) -> None:
    body = one(note="the second one was a slip")
    change = cancel(Client(CUSTOMER), order_of(), body).body
    assert (change["reason_code"], change["note"]) == ("customer_request", "the second one was a slip")
    assert change["waits"][0]["words"] == "agree to the terms"


def test_what_staff_is_to_do_with_their_own_change_is_not_told_to_its_customer(world: World) -> None:
    for asked_by, told in (("staff", None), ("customer", "submit it")):
        draft = STEPS["edit"].story(world, asked_by, AGENT if asked_by == "staff" else CUSTOMER)
        path = f"/changes/{draft.change['change_id']}"
        theirs, ours = (Client(who).get(path).body["waits"][0] for who in (CUSTOMER, AGENT))
        assert (theirs["party"], theirs.get("words"), ours["words"]) == ("requester", told, "submit it")
        listed = Client(CUSTOMER).get(f"/changes?order_id={draft.order_id}").body["items"][0]
        assert listed["waits"][0].get("words") == told


def test_a_plan_in_a_refusal_is_a_customer_s_plan(world: World) -> None:
    told = STEPS["accept"].story(world, "customer", CUSTOMER)
    path = f"/orders/{told.order_id}/amendments/{told.change['change_id']}/accept"
    for who in (CUSTOMER, AGENT):
        reply = Client(who).post(path, {"digest": "of another day"}, if_match=told.etag)
        assert (reply.code, "rulings" in reply.body["plan"]) == ("plan-changed", who is AGENT)


def test_an_answer_that_is_told_again_is_the_same_customer_s_answer(world: World) -> None:
    client, order_id = Client(CUSTOMER), order_of()
    replies = [cancel(client, order_id, one(), idempotency_key="once").body for _ in range(2)]
    assert replies[0] == replies[1]
    assert "rulings" not in replies[1]["plan"]


def test_whoever_holds_a_link_reads_as_a_customer_does() -> None:
    body = {"status": "committed", "terms": {"fees": [{"code": "restocking", "rule": "late"}]}, "margin": "7.00"}
    event = {"httpMethod": "GET", "resource": "/confirmations/{token}", "requestContext": {"authorizer": None}}
    sent = for_audience(event, {"statusCode": 200, "body": json.dumps(body)})
    assert json.loads(sent["body"]) == {"status": "committed", "terms": {"fees": [{"code": "restocking"}]}}
