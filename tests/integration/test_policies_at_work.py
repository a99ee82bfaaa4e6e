"""The real handlers on moto: what operators agree to judges the next change, and judging costs no round trip."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared.adapters.dynamodb.policy_cache import DUE_SECONDS
from shared.domain.policy.documents.registry import PolicyName
from tests.bench import orders
from tests.bench.meter import Meter
from tests.fakes.builders import AGENT, OPERATOR
from tests.fakes.policies import AS_SHIPPED, OPERATOR_2, as_shipped, bounds
from tests.support.cloud import Cloud, a_cloud, forget

Json = dict[str, Any]

COMMIT = {"Query": 1, "BatchGetItem": 1, "TransactWriteItems": 1}


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with a_cloud() as cloud:
        orders.tracked(cloud, 1)
        yield cloud


def agreed(cloud: Cloud, name: PolicyName, document: Json) -> None:
    """Proposed by one operator, agreed to by another."""
    reply = cloud.http(OPERATOR, "PUT", f"/policies/{name}", {"why": "a trial", "document": document})
    assert (reply.status, reply.body["status"]) == (201, "waiting"), reply.body
    path = f"/policies/{name}/versions/{reply.body['version']}/decisions"
    assert cloud.http(OPERATOR_2, "POST", path, {"decision": "approve"}).status == 200


def strict() -> Json:
    """A manager approves whatever moves more than nothing."""
    everything = {"id": "everything", "above": {"USD": "0.00"}, "approvers": ["manager"]}
    return as_shipped("approvals", routes=[everything])


def test_what_two_operators_agreed_to_judges_the_next_change_and_stands_in_its_log(cloud: Cloud) -> None:
    order = orders.placed(cloud, 2)
    plan = orders.previewed(cloud, order, orders.to_quantity(1, 1)).body
    assert (plan["approvals"], plan["policy_version"]) == ([], AS_SHIPPED)
    agreed(cloud, "approvals", strict())
    plan = orders.previewed(cloud, order, orders.to_quantity(1, 1)).body
    assert ([each["role"] for each in plan["approvals"]], plan["policy_version"]) == (
        ["manager"],
        f"{AS_SHIPPED} approvals-2",
    )


def test_what_was_agreed_to_is_rolled_back_by_restoring_what_was_before(cloud: Cloud) -> None:
    agreed(cloud, "approvals", strict())
    reply = cloud.http(OPERATOR, "PUT", "/policies/approvals", {"why": "Too strict.", "restores": 1}, if_match='"2"')
    assert (
        cloud.http(OPERATOR_2, "POST", f"{reply.headers['Location']}/decisions", {"decision": "approve"}).status == 200
    )
    plan = orders.previewed(cloud, orders.placed(cloud, 2), orders.to_quantity(1, 1)).body
    assert (plan["approvals"], plan["policy_version"]) == ([], f"{AS_SHIPPED} approvals-3")


def test_a_digest_that_a_new_policy_changes_is_refused_and_nothing_is_committed(cloud: Cloud) -> None:
    order = orders.placed(cloud, 2)
    edits = orders.to_quantity(1, 1)
    digest = orders.previewed(cloud, order, edits).body["digest"]
    agreed(cloud, "approvals", strict())
    body = {"reason_code": "customer_request", "edits": edits, "accept": {"digest": digest}}
    reply = cloud.http(AGENT, "POST", f"{order['path']}/amendments", body, if_match=order["etag"])
    assert (reply.status, reply.code) == (409, "plan-changed")


@pytest.mark.parametrize("cache", ["cold", "due", "fresh"])
@pytest.mark.parametrize("documents", [0, 1])
def test_a_commit_takes_three_round_trips_however_old_the_cache(cloud: Cloud, documents: int, cache: str) -> None:
    order, edits = orders.placed(cloud, 2), orders.to_quantity(1, 1)
    if documents:
        agreed(cloud, "prices", bounds("60"))
    digest = orders.previewed(cloud, order, edits).body["digest"]
    if cache == "cold":
        forget()
    cloud.clock.passes(seconds=DUE_SECONDS if cache == "due" else 0)
    with Meter(cloud).reading() as bill:
        orders.amended(cloud, order, edits, digest)
    assert bill.calls == COMMIT


def test_a_proposal_takes_two_round_trips_the_register_and_the_transaction(cloud: Cloud) -> None:
    with Meter(cloud).reading() as bill:
        reply = cloud.http(OPERATOR, "PUT", "/policies/prices", {"why": "a trial", "document": bounds("60")})
    assert (reply.status, bill.calls) == (201, {"GetItem": 1, "TransactWriteItems": 1})
