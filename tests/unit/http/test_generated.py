"""What is generated is up to date, and what we publish is what we say we publish."""

from typing import Any

from infra.events.examples import example_of
from infra.events.schemas import DATA, TYPES, detail_model
from infra.generate import drifted, generated
from infra.openapi.document import document
from shared.usecases.refunding.settle_refund import RefundAddress, fail_refund, settle_refund
from tests.fakes import World
from tests.unit.functions.stories import DEARER, FEWER, a_paid_order, accepted
from tests.unit.http.cancelling import asked, cancel, one, path_of, ship, usd
from tests.unit.http.client import Client, example


def test_generated_files_have_not_drifted_from_the_code() -> None:
    assert list(drifted(generated())) == [], "run `make openapi`"


def test_every_event_has_a_schema_and_an_example_that_fits_it() -> None:
    assert set(DATA) == set(TYPES)
    for type_ in TYPES:
        detail_model(type_).model_validate(example_of(type_)["detail"])


def test_events_hold_exactly_what_their_schemas_say(world: World, manager: Client) -> None:
    change = accepted(world, a_paid_order(world), DEARER)
    decision = {"decision": "reject", "digest": change.plan.digest}
    manager.post(f"/changes/{change.change_id}/decisions", decision)
    accepted(world, next(iter(world.memory.orders.values())), FEWER)
    told = {event.type for event in world.memory.events}
    assert {"OrderReceived", "ApprovalRequested", "ApprovalDecided", "OrderAmended", "RefundRequested"} <= told
    for event in world.memory.events:
        detail_model(event.type).model_validate(event.detail)
        assert set(event.data) <= set(DATA[event.type].model_fields), event.type


def test_events_of_cancellations_hold_exactly_what_their_schemas_say(
    world: World, agent: Client, service: Client, customer: Client, manager: Client
) -> None:
    orders = [_an_order(service, number) for number in range(6)]
    change = cancel(agent, orders[0], one()).body
    agent.post(f"{path_of(orders[0])}/{change['change_id']}/withdraw", if_match='"1.0"')
    change = cancel(agent, orders[0], one()).body
    decision = {"decision": "approve", "digest": change["plan"]["digest"]}
    customer.post(f"/changes/{change['change_id']}/decisions", decision)
    ship(service, orders[1], 3)
    for outcome in ("failed", "done"):
        change = cancel(agent, orders[1], asked(exception="intercept"), '"1.1"').body
        word = {"department": "logistics", "outcome": outcome}
        service.post(f"/changes/{change['change_id']}/acknowledgements", word)
    change = cancel(agent, orders[2], asked(goodwill={"amount": usd("1.00")})).body
    decision = {"decision": "approve", "digest": change["plan"]["digest"]}
    manager.post(f"/changes/{change['change_id']}/decisions", decision)
    for order_id, outcome in ((orders[3], "settled"), (orders[4], "failed"), (orders[5], "settled")):
        change = cancel(agent, order_id, asked()).body
        for row in (*change["refunds"], *change["releases"]):
            named = RefundAddress(refund_id=row["refund_id"], change_id=change["change_id"], order_id=order_id)
            if outcome == "settled":
                settle_refund(world.services, named, "gw-1")
            else:
                fail_refund(world.services, named, "no")
    word = {"department": "billing", "outcome": "failed"}
    service.post(f"/changes/{change['change_id']}/acknowledgements", word)
    told = {event.type for event in world.memory.events}
    assert told >= {
        *("CancellationRequested", "CancellationWithdrawn", "ConfirmationRequested", "ConfirmationDecided"),
        *("OrderCancelled", "OrderLinesCancelled", "OrderAmended", "RefundSettled", "RefundFailed", "ChangeFellOut"),
        *("AuthorisationReductionRequested", "AuthorisationReduced"),
    }
    for event in world.memory.events:
        detail_model(event.type).model_validate(event.detail)
        assert set(event.data) <= set(DATA[event.type].model_fields), event.type


def _an_order(service: Client, number: int) -> str:
    """The example's; the fourth is authorised only."""
    payment = {**example("order-direct")["payments"][0], "reference": f"R-{number}"}
    if number == 3:
        payment |= {"status": "authorised", "authorised": payment.pop("captured")}
    order = example("order-direct") | {"channel_order_id": f"D-{number}", "payments": [payment]}
    return str(service.post("/orders", order).body["order_id"])


def test_the_document_names_every_reference_that_it_makes() -> None:
    spec = document()
    schemas = set(spec["components"]["schemas"])
    assert {ref.rpartition("/")[2] for ref in _refs(spec)} <= schemas
    assert len({each["operationId"] for path in spec["paths"].values() for each in path.values()}) == len(
        [each for path in spec["paths"].values() for each in path.values()]
    )


def _refs(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [ref for value in node.values() for ref in _refs(value)]
    return [ref for value in node for ref in _refs(value)] if isinstance(node, list) else []
