"""The engine itself: what it leaves out of moto makes no difference, and DynamoDB keeps its promises in it."""

import pytest
from botocore.exceptions import ClientError

from shared.adapters import clients
from tests.simulation.simulation import running
from tests.simulation.worlds import WORLDS


def trace(seed: int, *, through_http: bool) -> list[str]:
    world = WORLDS["rough"]
    with running(seed, world.weather) as simulation:
        simulation.wire.through_http = through_http
        world.script(simulation)
        simulation.run()
        return simulation.scheduler.trace


@pytest.mark.parametrize("seed", range(3))
def test_dynamodb_answers_the_same_with_and_without_the_http_around_it(seed: int) -> None:
    assert trace(seed, through_http=False) == trace(seed, through_http=True)


def put(value: str) -> list[dict[str, object]]:
    row = {"order_id": {"S": "ord_1"}, "seq": {"N": "1"}, "value": {"S": value}}
    return [{"Put": {"TableName": "LogTable", "Item": row, "ConditionExpression": "attribute_not_exists(order_id)"}}]


def test_a_transaction_repeated_under_its_token_is_one_transaction() -> None:
    with running(0):
        client = clients.dynamodb()
        for _ in range(2):
            client.transact_write_items(TransactItems=put("a"), ClientRequestToken="token-1")
        with pytest.raises(ClientError, match="ConditionalCheckFailed"):
            client.transact_write_items(TransactItems=put("a"), ClientRequestToken="token-2")


def test_another_transaction_under_a_token_is_an_error() -> None:
    with running(0):
        client = clients.dynamodb()
        client.transact_write_items(TransactItems=put("a"), ClientRequestToken="token-1")
        with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
            client.transact_write_items(TransactItems=put("b"), ClientRequestToken="token-1")


def test_a_transaction_over_four_megabytes_is_refused() -> None:
    with running(0), pytest.raises(ClientError, match="4 MB"):
        clients.dynamodb().transact_write_items(TransactItems=put("x" * 4_200_000), ClientRequestToken="token-1")
