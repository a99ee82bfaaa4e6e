"""The log is only added to and read: what its users may do, and what it refuses from anybody."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.support.permissions.judge import judge
from tests.support.permissions.needs import needs_of
from tests.support.permissions.written import ROLE_ARN, hash_keys, policies_of
from tests.unit.infra.test_permissions import as_list, granted

Resources = dict[str, dict[str, Any]]
LOG_WRITES = {"dynamodb:PutItem", "dynamodb:Query"}
STREAM_READS = {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"}
ENTRY = {"TableName": "LogTable", "Item": {"order_id": {"S": "ord-1"}, "seq": {"N": "1"}}}


def allowed(role: str, operation: str, service: str = "dynamodb", as_whom: str = "", **parameters: Any) -> bool:
    """Tells if a role may make the call, by every policy of the template that has a say."""
    call = {"service": service, "operation": operation, "parameters": parameters}
    who = {"aws:PrincipalArn": (as_whom or ROLE_ARN.format(role),)}
    needs = [replace(need, context={**need.context, **who}) for need in needs_of(call, hash_keys())]
    return all(judge(need, policies_of(role)) for need in needs)


def writers(resources: Resources) -> Iterator[str]:
    """Roles that may add to the log."""
    shared = {"Ref": "WriteOrdersPolicy"}
    for name, resource in resources.items():
        if resource["Type"] == "AWS::IAM::Role" and shared in resource["Properties"].get("ManagedPolicyArns", []):
            yield name
    yield "EraseRole"


def test_the_log_can_only_be_added_to_and_read(resources: Resources) -> None:
    for name, statement in granted(resources):
        if "LogTable" in json.dumps(statement["Resource"]):
            assert set(as_list(statement["Action"])) <= LOG_WRITES | STREAM_READS, name


@pytest.mark.parametrize("action", ["UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete"])
def test_the_log_refuses_changes_from_anybody(resources: Resources, action: str) -> None:
    statement, *_ = resources["LogTable"]["Properties"]["ResourcePolicy"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Resource"]) == ("Deny", "*", "*")
    assert f"dynamodb:{action}" in statement["Action"]
    assert "Condition" not in statement


def test_an_entry_comes_in_the_transaction_of_its_write_and_in_no_call_of_its_own(resources: Resources) -> None:
    """A PutItem by itself would replace an entry whole."""
    roles = list(writers(resources))
    assert len(roles) > 10
    for role in roles:
        assert allowed(role, "TransactWriteItems", TransactItems=[{"Put": ENTRY}]), role
        assert not allowed(role, "PutItem", **ENTRY), role
        assert not allowed(role, "BatchWriteItem", RequestItems={"LogTable": [{"PutRequest": ENTRY}]}), role


def test_nobody_but_the_roles_of_this_stack_adds_to_the_log() -> None:
    asked = {"TransactItems": [{"Put": ENTRY}]}
    for who in ("user/admin", "role/inflight-2/AmendRole", "role/AmendRole"):
        assert not allowed("AmendRole", "TransactWriteItems", as_whom=f"arn:aws:iam::123456789012:{who}", **asked), who


def test_an_anchor_is_written_by_one_role_that_cannot_write_the_log_and_taken_back_by_none(
    resources: Resources,
) -> None:
    anchor = {"Bucket": "AnchorsBucket", "Key": "heads/ord-1/1-abc"}
    assert allowed("AnchorRole", "PutObject", "s3", **anchor)
    assert not allowed("AnchorRole", "TransactWriteItems", TransactItems=[{"Put": ENTRY}])
    for role in writers(resources):
        assert not allowed(role, "PutObject", "s3", **anchor), role
    statements = resources["AnchorsBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    (nobody,) = [each for each in statements if each["Sid"] == "NobodyTakesBack"]
    assert {"s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObjectRetention"} <= set(nobody["Action"])
    assert (nobody["Principal"], "Condition" in nobody) == ("*", False)


def test_the_anchors_are_locked_for_years_and_in_production_even_against_the_owner(
    resources: Resources, template: Any
) -> None:
    bucket = resources["AnchorsBucket"]["Properties"]
    lock = bucket["ObjectLockConfiguration"]
    assert (bucket["ObjectLockEnabled"], lock["ObjectLockEnabled"]) == (True, "Enabled")
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert lock["Rule"]["DefaultRetention"]["Mode"] == {"Fn::If": ["Production", "COMPLIANCE", "GOVERNANCE"]}
    assert template["Parameters"]["AnchorDays"]["Default"] >= 365


def test_what_reads_the_log_for_anchors_gives_up_on_nothing(functions: Resources) -> None:
    (source,) = functions["AnchorFunction"]["Events"].values()
    assert source["Properties"]["Stream"] == {"Fn::GetAtt": "LogTable.StreamArn"}
    assert "MaximumRetryAttempts" not in source["Properties"]
