"""The recorder's judge: it allows and refuses as IAM does, transactions and leading keys included."""

from collections.abc import Mapping
from typing import Any

import pytest

from infra.local.recording import shortened
from tests.support.permissions.deployed import Permissions
from tests.support.permissions.judge import Policy, judge
from tests.support.permissions.needs import Need, needs_of
from tests.support.permissions.verdict import verdict_of

KEYS = {"rules": "name", "log": "order_id", "orders": "pk", "orders/index/by_status": "status"}
RULES = "arn:aws:dynamodb:eu-west-1:1:table/rules"
LOG = "arn:aws:dynamodb:eu-west-1:1:table/log"
STAND_INS = {
    "Effect": "Allow",
    "Action": ["dynamodb:PutItem", "dynamodb:Query"],
    "Resource": RULES,
    "Condition": {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["DELEGATED-BY#*"]},
        "Null": {"dynamodb:LeadingKeys": "false"},
    },
}
ONLY_IN_TRANSACTIONS = {
    "Effect": "Deny",
    "Action": "dynamodb:PutItem",
    "Resource": LOG,
    "Condition": {"StringNotEquals": {"dynamodb:EnclosingOperation": "TransactWriteItems"}},
}


def call(operation: str, service: str = "dynamodb", **parameters: Any) -> Mapping[str, Any]:
    return {"function": "inflight-AFunction-1", "service": service, "operation": operation, "parameters": parameters}


def put(table: str, **key: str) -> dict[str, Any]:
    return {"TableName": table, "Item": {name: {"S": value} for name, value in key.items()}}


def allowed(asked: Mapping[str, Any], *statements: Mapping[str, Any]) -> bool:
    policy = Policy("ARole", statements)
    return all(judge(need, [policy]) for need in needs_of(asked, KEYS))


def test_a_call_needs_its_own_action_on_its_own_table() -> None:
    grant = {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": LOG}
    assert allowed(call("PutItem", **put("log", order_id="ord-1")), grant)
    assert not allowed(call("PutItem", **put("orders", pk="ord-1")), grant)
    assert not allowed(call("DeleteItem", TableName="log", Key={"order_id": {"S": "ord-1"}}), grant)


def test_a_transaction_needs_the_permission_of_each_of_its_parts() -> None:
    check = {"TableName": "orders", "Key": {"pk": {"S": "ord-1"}}}
    asked = call("TransactWriteItems", TransactItems=[{"Put": put("log", order_id="o")}, {"ConditionCheck": check}])
    assert [(each.action, each.resource) for each in needs_of(asked, KEYS)] == [
        ("dynamodb:PutItem", "table/log"),
        ("dynamodb:ConditionCheckItem", "table/orders"),
    ]


@pytest.mark.parametrize(("name", "is_allowed"), [("DELEGATED-BY#usr-1", True), ("REGISTER", False)])
def test_a_row_may_be_written_only_under_its_leading_key(name: str, is_allowed: bool) -> None:
    assert allowed(call("PutItem", **put("rules", name=name)), STAND_INS) is is_allowed
    inside = call("TransactWriteItems", TransactItems=[{"Put": put("rules", name=name)}])
    assert allowed(inside, STAND_INS) is is_allowed
    asked = {"KeyConditionExpression": "#n = :n AND version > :v", "ExpressionAttributeNames": {"#n": "name"}}
    values = {":n": {"S": name}, ":v": {"S": ""}}
    assert allowed(call("Query", TableName="rules", ExpressionAttributeValues=values, **asked), STAND_INS) is is_allowed


def test_a_refusal_wins_over_every_grant_but_only_where_it_holds() -> None:
    grant = {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": LOG}
    entry = put("log", order_id="ord-1")
    assert not allowed(call("PutItem", **entry), grant, ONLY_IN_TRANSACTIONS)
    assert allowed(call("TransactWriteItems", TransactItems=[{"Put": entry}]), grant, ONLY_IN_TRANSACTIONS)


def test_a_query_of_an_index_names_the_index_and_a_scan_has_no_leading_key() -> None:
    values = {":s": {"S": "pending"}}
    asked = call(
        "Query",
        TableName="orders",
        IndexName="by_status",
        KeyConditionExpression="status = :s",
        ExpressionAttributeValues=values,
    )
    place = "table/orders/index/by_status"
    assert needs_of(asked, KEYS) == [Need("dynamodb:Query", place, {"dynamodb:LeadingKeys": ("pending",)})]
    assert needs_of(call("Scan", TableName="orders"), KEYS) == [Need("dynamodb:Scan", "table/orders")]


def test_a_call_that_nobody_has_thought_of_is_not_passed_over() -> None:
    with pytest.raises(KeyError):
        needs_of(call("Publish", service="sns"), KEYS)


def test_the_verdict_names_what_was_denied_and_what_was_never_used() -> None:
    used, idle = f"{RULES}", f"{LOG}"
    grants = ({"Effect": "Allow", "Action": ["dynamodb:PutItem"], "Resource": [used, idle]},)
    permissions = Permissions({"inflight-AFunction-1": [Policy("ARole", grants)]}, [], KEYS)
    lines = [
        '{"function": "inflight-AFunction-1", "service": "dynamodb", "operation": "PutItem",'
        ' "parameters": {"TableName": "rules", "Item": {"name": {"S": "x"}}}}',
        '{"function": "inflight-AFunction-1", "service": "dynamodb", "operation": "GetItem",'
        ' "parameters": {"TableName": "rules", "Key": {"name": {"S": "x"}}}}',
    ]
    verdict = verdict_of(lines, permissions)
    assert verdict.unused == ["ARole dynamodb:PutItem table/log"]
    assert [each.split(" table/")[0] for each in verdict.denied] == ["A dynamodb:GetItem"]
    assert "denied 1, unused 1" in verdict.table()


def test_a_recorded_call_keeps_its_keys_and_little_else() -> None:
    body = {"M": {"deep": {"M": {"deeper": {"S": "x"}}}}}
    asked = {"TransactItems": [{"Put": {"TableName": "log", "Item": {"order_id": {"S": "o" * 900}, "body": body}}}]}
    kept = shortened(asked)["TransactItems"][0]["Put"]
    assert kept["Item"]["order_id"] == {"S": "o" * 200}
    assert kept["Item"]["body"] == {"M": {}}
