"""What is generated is up to date, and what we publish is what we say we publish."""

from typing import Any

from infra.event_examples import example_of
from infra.event_schemas import DATA, TYPES, detail_model
from infra.generate import drifted, generated
from infra.openapi_document import document
from tests.fakes import World
from tests.unit.functions.stories import DEARER, FEWER, a_paid_order, accepted
from tests.unit.http.client import Client


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
