"""The log is only added to and read: what its users may do, and what it refuses from anybody."""

import json
from typing import Any

import pytest

from tests.unit.infra.test_permissions import as_list, granted

Resources = dict[str, dict[str, Any]]
LOG_WRITES = {"dynamodb:PutItem", "dynamodb:Query"}


def test_the_log_can_only_be_added_to_and_read(resources: Resources) -> None:
    for name, statement in granted(resources):
        if "LogTable" in json.dumps(statement["Resource"]):
            assert set(as_list(statement["Action"])) <= LOG_WRITES, name


@pytest.mark.parametrize("action", ["UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete"])
def test_the_log_refuses_changes_from_anybody(resources: Resources, action: str) -> None:
    (statement,) = resources["LogTable"]["Properties"]["ResourcePolicy"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Resource"]) == ("Deny", "*", "*")
    assert f"dynamodb:{action}" in statement["Action"]


def test_the_log_refuses_what_would_rewrite_or_remove_it_and_lets_itself_be_read(resources: Resources) -> None:
    (statement,) = resources["LogTable"]["Properties"]["ResourcePolicy"]["PolicyDocument"]["Statement"]
    refused = set(statement["Action"])
    assert not refused & {"dynamodb:PutItem", "dynamodb:Query", "dynamodb:GetItem"}
    assert {"dynamodb:UpdateItem", "dynamodb:DeleteItem"} <= refused
    assert "Condition" not in statement
