"""Cancelling with the real handlers on moto: consent, a link, the lists, and money given back by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from shared.adapters.dynamodb.links import DynamoLinks
from shared.http.parts.audience import customers_view
from shared.http.resources.change.audience import CHANGE
from shared.ports.mail import Link
from shared.usecases.confirming.follow_link import token_hash
from shared.usecases.core.access import Principal
from tests.fakes.builders import AGENT, CUSTOMER, SERVICE
from tests.support.cloud import Cloud, a_cloud
from tests.unit.http.client import Reply
from tests.workflow.stories import Json, live, now, placed, stock, stocked, usd

FINANCE = Principal(id="usr-finance", roles=frozenset({"finance"}))
ONE = {"reason_code": "customer_request", "lines": [{"line_id": "l1", "quantity": 1}]}
TOKEN = "the-token-of-a-link"


@dataclass
class Story:
    """3 × 100.00, of which 200.00 by card and the rest by bank transfer, with 7 more on hand."""

    cloud: Cloud
    order: Json

    def cancelled(self, user: Principal, body: Json) -> Reply:
        path = f"/orders/{self.order['order_id']}/cancellations"
        terms = self.cloud.http(user, "POST", f"{path}?dry_run=true", body).body
        consent = {"consent": {"digest": terms["digest"]}}
        reply = self.cloud.http(user, "POST", path, body | consent, if_match=self.order["etag"], idempotency_key="k1")
        assert reply.status == 201, reply.body
        return reply

    def linked(self, change: Json) -> str:
        """The path of a link to a change that waits."""
        link = Link(
            token_hash=token_hash(TOKEN),
            change_id=change["change_id"],
            order_id=change["order_id"],
            digest=change["plan"]["digest"],
            round=1,
            expires_at=datetime.fromisoformat(change["expires_at"]).astimezone(UTC),
        )
        DynamoLinks(self.cloud.aws("dynamodb"), "ChangesTable").put(link)
        return f"/confirmations/{TOKEN}"


@pytest.fixture
def story() -> Iterator[Story]:
    with a_cloud() as cloud:
        stocked(cloud, 10)
        order = placed(cloud, price="100.00", paid="200.00")
        paid = {"payment_id": "pay-2", "method": "bank_transfer", "gateway": "bank_transfer", "reference": "B-1"}
        path = f"/orders/{order['order_id']}/payments"
        reply = cloud.http(SERVICE, "POST", path, paid | {"status": "captured", "captured": usd("100.00")})
        yield Story(cloud, order | {"etag": reply.headers["ETag"]})


def test_the_owner_cancels_and_what_was_decided_is_kept_as_it_was_told(story: Story) -> None:
    done = story.cancelled(CUSTOMER, {"reason_code": "customer_request"})
    assert (done.body["status"], done.body["consent"]["means"]) == ("committed", "token")
    assert customers_view(now(story.cloud, done.body), (CHANGE,)) == done.body
    assert live(story.cloud, story.order)["status"] == "cancelled"
    assert stock(story.cloud) == (10, 10, 0, 0)


def test_a_link_confirms_once(story: Story) -> None:
    change = story.cancelled(AGENT, ONE).body
    path = story.linked(change)
    shown = story.cloud.http(None, "GET", path)
    assert (shown.status, shown.body["waiting"], shown.body["terms"]["refund"]) == (200, True, usd("100.00"))
    done = story.cloud.http(None, "POST", path, {"decision": "confirm"}, idempotency_key="k1")
    assert (done.status, done.body["status"]) == (200, "committed")
    again = story.cloud.http(None, "POST", path, {"decision": "confirm"}, idempotency_key="k1")
    assert again.body == done.body
    assert story.cloud.http(None, "POST", path, {"decision": "decline"}).code == "link-used"
    assert stock(story.cloud) == (10, 8, 0, 2)


def test_cancellations_are_found_by_reason_kind_period_and_whom_they_wait_for(story: Story) -> None:
    change_id = story.cancelled(AGENT, ONE).body["change_id"]

    def listed(query: str) -> list[str]:
        return [row["change_id"] for row in story.cloud.http(AGENT, "GET", f"/changes?{query}").body["items"]]

    assert listed("waiting_for=customer") == [change_id]
    assert listed("reason_code=customer_request&kind=cancellation&created_from=2020-01-01T00:00:00Z") == [change_id]
    assert listed("kind=cancellation&created_to=2020-01-01T00:00:00Z") == []
    assert listed("reason_code=fraud") == []


def test_a_refund_that_only_people_can_make_is_settled_once_by_their_word(story: Story) -> None:
    change = story.cancelled(AGENT, {"reason_code": "fraud"}).body
    refund = next(row for row in change["refunds"] if row["payment_id"] == "pay-2")
    path = f"/changes/{change['change_id']}/refunds/{refund['refund_id']}/settlements"
    done = story.cloud.http(FINANCE, "POST", path, {"reference": "SEPA-1"})
    assert (done.status, {row["reference"] for row in done.body["refunds"] if row["status"] == "settled"}) == (
        200,
        {"SEPA-1"},
    )
    assert story.cloud.http(FINANCE, "POST", path, {"reference": "SEPA-1"}).body == done.body
    assert story.cloud.http(FINANCE, "POST", path, {"reference": "SEPA-2"}).code == "refund-settled"
    payments = {row["payment_id"]: row for row in live(story.cloud, story.order)["payments"]}
    assert payments["pay-2"]["refunded"] == usd("100.00")
