"""What refunds keep on DynamoDB: store credit, once per key, and the tokens of executions that wait for a report."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from shared.adapters.dynamodb.changes import DynamoChanges
from shared.adapters.gateways.store_credit.gateway import StoreCredit
from shared.ports.gateways import GatewayDeclined, GatewayRefund, GatewayUnavailable, GatewayUnknown
from tests.fakes.world import Clock
from tests.integration.conftest import TABLES, Dynamo
from tests.unit.gateways.orders import a_refund, a_release


@pytest.fixture
def credit(dynamo: Dynamo) -> StoreCredit:
    return StoreCredit(dynamo.client, "CreditsTable", Clock())


def test_credit_is_given_once_per_key_however_often_it_is_asked_for(credit: StoreCredit) -> None:
    assert credit.find(a_refund()) is None
    given = {credit.refund(a_refund()) for _ in range(3)}
    assert given == {credit.find(a_refund())} == {GatewayRefund(reference="ref_0a")}
    assert credit.balance("cus-1") == {"USD": 1080}


def test_credit_asked_for_by_many_at_once_is_given_once(credit: StoreCredit) -> None:
    with ThreadPoolExecutor(8) as many:
        list(many.map(lambda _: credit.refund(a_refund()), range(16)))
    assert credit.balance("cus-1") == {"USD": 1080}


def test_a_balance_is_a_customers_own_and_per_currency(credit: StoreCredit) -> None:
    credit.refund(a_refund())
    credit.refund(a_refund(key="ref_2", amount=20))
    credit.refund(a_refund(key="ref_3", amount=5, currency="JPY"))
    credit.refund(a_refund(key="ref_4", customer_id="cus-2"))
    assert credit.balance("cus-1") == {"USD": 1100, "JPY": 5}
    assert credit.balance("cus-3") == {}


@pytest.mark.parametrize("other", [{"amount": 1081}, {"currency": "EUR"}])
def test_another_amount_under_the_same_key_is_declined(credit: StoreCredit, other: dict[str, Any]) -> None:
    credit.refund(a_refund())
    with pytest.raises(GatewayDeclined, match="another amount"):
        credit.refund(a_refund(**other))
    assert credit.balance("cus-1") == {"USD": 1080}


def test_nothing_is_reserved_in_credit_so_a_release_leaves_no_trace(credit: StoreCredit) -> None:
    assert credit.release(a_release(0)).status == "settled"
    assert credit.balance("cus-1") == {}


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "InternalServerError"}}, "PutItem"),
        ReadTimeoutError(endpoint_url="https://dynamodb"),
        EndpointConnectionError(endpoint_url="https://dynamodb"),
    ],
)
def test_a_ledger_that_does_not_answer_may_have_given_credit(
    credit: StoreCredit, dynamo: Dynamo, error: Exception
) -> None:
    def broken(**_: Any) -> None:
        raise error

    dynamo.client.meta.events.register("before-call.dynamodb", broken)
    with pytest.raises(GatewayUnknown):
        credit.refund(a_refund())
    with pytest.raises(GatewayUnavailable):
        credit.find(a_refund())


def test_the_latest_token_of_a_waiting_refund_is_the_one_kept(dynamo: Dynamo) -> None:
    changes = DynamoChanges(dynamo.client, TABLES.changes, TABLES.skus, TABLES.requests)
    assert changes.refund_token("chg_1", "ref_1") is None
    for token in ("first", "second"):
        changes.keep_refund_token("chg_1", "ref_1", token)
    assert changes.refund_token("chg_1", "ref_1") == "second"
    assert changes.refund_token("chg_1", "ref_2") is None
