"""The real handlers on moto, each in the environment of the template: from a write to its acknowledgement."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from shared.adapters.dynamodb.log import DynamoLog
from shared.domain.planning.departments import DEPARTMENTS
from shared.ports.bus import PublishFailed
from tests.fakes.builders import AGENT, CUSTOMER_2, SERVICE
from tests.support.cloud import Cloud, a_cloud
from tests.workflow.stories import Json, amended, live, now, placed, stock, stocked


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with a_cloud() as cloud:
        yield cloud


@pytest.fixture
def order(cloud: Cloud) -> Json:
    """3 × 100.00, paid, with 7 more on hand."""
    stocked(cloud, 10)
    return placed(cloud, price="100.00", paid="300.00")


def types(messages: list[Json]) -> list[str]:
    return [message["detail-type"] for message in messages]


def acknowledgements(cloud: Cloud, change: Json) -> Counter[str]:
    return Counter(entry["department"] for entry in now(cloud, change)["timeline"] if "department" in entry)


def test_a_commit_reaches_the_departments_that_it_concerns_and_they_acknowledge_it(cloud: Cloud, order: Json) -> None:
    change = amended(cloud, order, 2)

    cloud.settle()

    assert {name: types(cloud.delivered[name]) for name in DEPARTMENTS} == {
        "warehouse": ["OrderAmended"],
        "billing": ["OrderAmended"],
        "logistics": [],
    }
    assert acknowledgements(cloud, change) == {"warehouse": 1, "billing": 1}
    assert now(cloud, change)["status"] == "completed"


def test_an_order_that_comes_in_concerns_no_department_of_an_amendment(cloud: Cloud, order: Json) -> None:
    assert cloud.stream() == 1
    assert cloud.deliver() == 0


def test_what_is_published_is_not_waiting_for_the_sweep_any_more(cloud: Cloud, order: Json) -> None:
    cloud.stream("PublishFunction")

    cloud.clock.passes(minutes=10)

    assert cloud.invoke("SweepFunction", {})["published"] == 0


def test_events_that_the_stream_lost_are_published_by_the_sweep(cloud: Cloud, order: Json) -> None:
    change = amended(cloud, order, 2)
    assert len(cloud.written()) == 2

    assert cloud.invoke("SweepFunction", {})["published"] == 0
    cloud.clock.passes(minutes=10)

    assert cloud.invoke("SweepFunction", {})["published"] == 2
    cloud.deliver()
    assert acknowledgements(cloud, change) == {"warehouse": 1, "billing": 1}


def test_a_crash_between_publishing_and_marking_tells_twice_and_is_acknowledged_once(cloud: Cloud, order: Json) -> None:
    change = amended(cloud, order, 2)

    records = {"Records": cloud.written()}
    cloud.invoke("PublishFunction", records)
    cloud.invoke("PublishFunction", records)
    cloud.settle()

    assert types(cloud.delivered["billing"]) == ["OrderAmended"] * 2
    assert len({message["detail"]["metadata"]["id"] for message in cloud.delivered["billing"]}) == 1
    assert acknowledgements(cloud, change) == {"warehouse": 1, "billing": 1}


def test_a_bus_that_refuses_leaves_the_record_for_the_retry(
    cloud: Cloud, order: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    amended(cloud, order, 2)
    records = cloud.written()

    def refuse(*_: Any) -> None:
        raise PublishFailed

    with monkeypatch.context() as broken:
        broken.setattr("shared.adapters.eventbridge.EventBridgeBus.publish", refuse)
        failed = cloud.invoke("PublishFunction", {"Records": records})
    retried = cloud.invoke("PublishFunction", {"Records": records})

    first = records[0]["dynamodb"]["SequenceNumber"]
    assert failed == {"batchItemFailures": [{"itemIdentifier": first}]}
    assert retried == {"batchItemFailures": []}
    assert cloud.deliver() == 2


def test_messages_out_of_order_and_twice_are_dealt_with_once_each(cloud: Cloud, order: Json) -> None:
    first = amended(cloud, order, 2)
    cloud.stream("PublishFunction")
    second = amended(cloud, {**order, "etag": live_etag(cloud, order)}, 1)
    cloud.stream("PublishFunction")
    sqs = cloud.aws("sqs")
    queue = sqs.get_queue_url(QueueName="BillingQueue")["QueueUrl"]
    messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]

    for message in [*reversed(messages), *messages]:
        record = {**_as_polled(message), "messageId": f"redriven-{message['MessageId']}"}
        assert cloud.invoke("NotifyBillingFunction", {"Records": [record]}) == {"batchItemFailures": []}

    assert len(messages) == 2
    assert [acknowledgements(cloud, change)["billing"] for change in (first, second)] == [1, 1]


def test_a_message_that_nobody_can_read_is_left_and_the_rest_of_its_batch_is_not(cloud: Cloud, order: Json) -> None:
    change = amended(cloud, order, 2)
    cloud.stream("PublishFunction")
    sqs = cloud.aws("sqs")
    queue = sqs.get_queue_url(QueueName="BillingQueue")["QueueUrl"]
    (good,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    poison = {**_as_polled(good), "messageId": "poison", "body": "{"}

    answer = cloud.invoke("NotifyBillingFunction", {"Records": [poison, _as_polled(good)]})

    assert answer == {"batchItemFailures": [{"itemIdentifier": "poison"}]}
    assert acknowledgements(cloud, change) == {"billing": 1}


def test_an_event_s_place_on_the_wire_is_its_place_in_the_order_s_sequence(cloud: Cloud, order: Json) -> None:
    amended(cloud, order, 2)

    cloud.settle()

    told = [message["detail"]["metadata"] for message in cloud.delivered["billing"]]
    assert [(each["type"], each["sequence"], each["order_version"]) for each in told] == [("OrderAmended", 4, 2)]


def test_no_function_lacks_a_table_that_its_routes_need(cloud: Cloud, order: Json) -> None:
    """Every function runs with the variables of the template alone: one that is missing names no table."""
    change = amended(cloud, order, 2)
    cloud.settle()
    path, change_path = f"/orders/{order['order_id']}", f"/changes/{change['change_id']}"
    product = {"title": "Sofa", "list_price": [{"amount": "100.00", "currency": "USD"}]}
    acknowledged = {"department": "billing", "outcome": "done"}
    picked = {"line_id": "l1", "quantity": 1, "event": "picked"}

    statuses = {
        (method, asked): cloud.http(user, method, asked, body).status
        for user, method, asked, body in [
            (AGENT, "GET", "/orders", None),
            (AGENT, "GET", path, None),
            (AGENT, "GET", f"{path}/versions", None),
            (AGENT, "GET", f"{path}/versions/1", None),
            (AGENT, "GET", f"{path}/log?verify=true", None),
            (AGENT, "GET", "/changes?status=completed", None),
            (AGENT, "GET", change_path, None),
            (SERVICE, "PUT", "/products/SOFA", product),
            (AGENT, "GET", "/products/SOFA", None),
            (AGENT, "GET", "/stock/SOFA", None),
            (SERVICE, "POST", f"{path}/fulfilments", picked),
            (SERVICE, "POST", f"{change_path}/acknowledgements", acknowledged),
        ]
    }

    assert {asked for asked, status in statuses.items() if status >= 400} == set()


def test_somebody_else_s_order_is_not_there_whatever_is_asked_of_it(cloud: Cloud, order: Json) -> None:
    change = amended(cloud, order, 2)
    before = json.dumps([live(cloud, order), stock(cloud)])
    path = f"/orders/{order['order_id']}"
    body = {"reason_code": "customer_request", "edits": [{"op": "set_quantity", "line_id": "l1", "quantity": 1}]}

    replies = [
        cloud.http(CUSTOMER_2, method, asked, sent, if_match='"2.0"')
        for method, asked, sent in [
            ("GET", path, None),
            ("GET", f"{path}/versions", None),
            ("GET", f"{path}/versions/1", None),
            ("GET", f"/changes/{change['change_id']}", None),
            ("POST", f"{path}/amendments", body),
            ("POST", f"{path}/amendments?dry_run=true", body),
            ("PUT", f"{path}/amendments/{change['change_id']}", body),
            ("POST", f"{path}/amendments/{change['change_id']}/undo", {}),
            ("POST", f"{path}/amendments/{change['change_id']}/submit", {"digest": "x"}),
            ("POST", f"{path}/amendments/{change['change_id']}/accept", {"digest": "x"}),
        ]
    ]

    assert {reply.status for reply in replies} == {404}
    assert json.dumps([live(cloud, order), stock(cloud)]) == before


def test_lines_keep_their_places_whichever_of_them_changes(cloud: Cloud) -> None:
    order = placed(cloud, price="100.00", paid="300.00", more_lines=3)
    before = [line["line_id"] for line in order["lines"]]

    amended(cloud, order, 2, line_id="l3")
    amended(cloud, {**order, "etag": live_etag(cloud, order)}, 2, line_id="l2")

    versions = [
        cloud.http(AGENT, "GET", f"/orders/{order['order_id']}/versions/{number}").body["lines"] for number in (1, 2, 3)
    ]
    assert [[line["line_id"] for line in lines] for lines in versions] == [before] * 3


def test_a_write_between_reading_the_order_and_its_log_is_no_broken_chain(
    cloud: Cloud, order: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries, meanwhile = DynamoLog.entries, [lambda: amended(cloud, order, 2)]

    def entries_after_a_write(log: DynamoLog, order_id: str) -> Any:
        if meanwhile:
            meanwhile.pop()()
        return entries(log, order_id)

    monkeypatch.setattr(DynamoLog, "entries", entries_after_a_write)
    log = cloud.http(AGENT, "GET", f"/orders/{order['order_id']}/log?verify=true").body

    assert (log["verified"], [entry["action"] for entry in log["items"]]) == (True, ["order_received", "order_amended"])


def live_etag(cloud: Cloud, order: Json) -> str:
    return cloud.http(AGENT, "GET", f"/orders/{order['order_id']}").headers["ETag"]


def _as_polled(message: Json) -> Json:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": {},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:1:BillingQueue",
        "awsRegion": "eu-west-1",
    }
