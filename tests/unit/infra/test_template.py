"""The template's own rules, beyond what cfn-lint knows: routes, routing, queues, tables and the runtime."""

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.dynamodb.deliveries import KEPT as DELIVERIES_KEPT
from shared.domain.planning.departments import DEPARTMENTS, ROUTING

Resources = dict[str, dict[str, Any]]

OPEN_ROUTES = {
    ("get", "/openapi.json"),
    ("get", "/health"),
    ("get", "/confirmations/{token}"),
    ("post", "/confirmations/{token}"),
    ("post", "/callbacks/{gateway}"),
}
PROBLEMS = "https://inflight.example/problems/"


def routes_of(functions: Resources) -> list[dict[str, Any]]:
    events = [event for function in functions.values() for event in function.get("Events", {}).values()]
    return [event["Properties"] for event in events if event["Type"] == "Api"]


def department_queue(resources: Resources, department: str) -> dict[str, Any]:
    queue: dict[str, Any] = resources[f"{department.title()}Queue"]["Properties"]
    return queue


def test_every_function_has_its_folder(functions: Resources, root: Path) -> None:
    missing = [
        function["Handler"]
        for function in functions.values()
        if not (root / Path(*function["Handler"].split(".")[:-1])).with_suffix(".py").is_file()
    ]
    assert not missing


def test_every_folder_has_its_function(functions: Resources, root: Path) -> None:
    folders = {path.parent.name for path in (root / "functions").glob("*/handler.py")}
    assert folders <= {function["Handler"].split(".")[1] for function in functions.values()}


def test_every_route_but_the_open_ones_asks_for_a_token(functions: Resources, resources: Resources) -> None:
    auth = resources["Api"]["Properties"]["Auth"]
    assert auth["DefaultAuthorizer"] in auth["Authorizers"]
    without = {
        (route["Method"], route["Path"]) for route in routes_of(functions) if "Authorizer" in route.get("Auth", {})
    }
    assert without == OPEN_ROUTES


def test_a_route_belongs_to_one_function(functions: Resources) -> None:
    routes = [(route["Method"], route["Path"]) for route in routes_of(functions)]
    assert len(routes) == len(set(routes))
    assert all(route["RestApiId"] == {"Ref": "Api"} for route in routes_of(functions))


def test_the_local_runners_own_routes_are_not_deployed(functions: Resources) -> None:
    assert not [
        route["Path"] for route in routes_of(functions) if re.match(r"/dev\b|/\{\w+\+\}|/\{\w+\}", route["Path"])
    ]


def test_a_department_hears_what_concerns_it_and_nothing_else(resources: Resources) -> None:
    told: dict[str, set[str]] = defaultdict(set)
    for name, resource in resources.items():
        if resource["Type"] == "AWS::Events::Rule":
            pattern, (target,) = resource["Properties"]["EventPattern"], resource["Properties"]["Targets"]
            assert set(pattern) == {"source", "detail"}
            assert pattern["source"] == ["inflight.orders"]
            assert target["Arn"] == {"Fn::GetAtt": name.replace("Rule", "Queue.Arn")}
            told[target["Id"]] = set(pattern["detail"]["data"]["changed"])
    assert told == {
        department: {changed for changed, hearing in ROUTING.items() if department in hearing}
        for department in DEPARTMENTS
    }


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_a_queue_has_a_dead_letter_queue_and_time_enough(resources: Resources, template: Any, department: str) -> None:
    queue = department_queue(resources, department)
    dead_letters = f"{department.title()}DeadLetterQueue"
    assert queue["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": f"{dead_letters}.Arn"},
        "maxReceiveCount": 5,
    }
    assert resources[dead_letters]["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 60 * 60
    assert queue["VisibilityTimeout"] >= 6 * template["Globals"]["Function"]["Timeout"]


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_only_the_departments_own_rule_may_send_to_its_queue(resources: Resources, department: str) -> None:
    name = department.title()
    statement, _ = resources[f"{name}QueuePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Action"] == "sqs:SendMessage"
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Resource"] == {"Fn::GetAtt": f"{name}Queue.Arn"}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        "ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": f"{name}Rule.Arn"}},
    }


def test_no_queue_is_used_over_a_connection_that_is_not_encrypted(resources: Resources) -> None:
    policies = [
        resource["Properties"] for resource in resources.values() if resource["Type"] == "AWS::SQS::QueuePolicy"
    ]
    queues = {name for name, resource in resources.items() if resource["Type"] == "AWS::SQS::Queue"}
    assert {policy["Queues"][0]["Ref"] for policy in policies} == queues
    for policy in policies:
        refusal = policy["PolicyDocument"]["Statement"][-1]
        assert (refusal["Effect"], refusal["Principal"]) == ("Deny", "*")
        assert refusal["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert refusal["Resource"] == {"Fn::GetAtt": f"{policy['Queues'][0]['Ref']}.Arn"}


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_dead_letters_come_from_their_own_queue_and_no_other(resources: Resources, department: str) -> None:
    allowed = resources[f"{department.title()}DeadLetterQueue"]["Properties"]["RedriveAllowPolicy"]
    name = department_queue(resources, department)["QueueName"]["Fn::Sub"]
    assert allowed["redrivePermission"] == "byQueue"
    (source,) = allowed["sourceQueueArns"]
    assert source["Fn::Sub"].endswith(f":{name}")


def test_a_queue_that_takes_no_dead_letters_says_so(resources: Resources) -> None:
    for queue in ("StreamFailuresQueue", "UndeliveredEventsQueue"):
        assert resources[queue]["Properties"]["RedriveAllowPolicy"] == {"redrivePermission": "denyAll"}


def test_a_burst_of_messages_leaves_the_accounts_functions_to_callers(functions: Resources) -> None:
    mappings = [
        event["Properties"]
        for function in functions.values()
        for event in function.get("Events", {}).values()
        if event["Type"] == "SQS"
    ]
    assert len(mappings) == len(DEPARTMENTS)
    assert all(2 <= mapping["ScalingConfig"]["MaximumConcurrency"] <= 10 for mapping in mappings)


def test_nothing_names_a_partition_of_aws(root: Path) -> None:
    """A service's principal is the same in every partition (IAM user guide, "AWS JSON policy elements: Principal")."""
    for path in (root / "template.yaml", *(root / "infra/statemachines").glob("*.yaml")):
        lines = [re.sub(r"Service: \w+\.amazonaws\.com", "", line) for line in path.read_text().splitlines()]
        assert [line for line in lines if re.search(r"arn:aws\b|amazonaws\.com", line)] == [], path.name


def test_a_table_outlives_the_stack_encrypted_and_restorable(resources: Resources) -> None:
    tables = [resource for resource in resources.values() if resource["Type"] == "AWS::DynamoDB::Table"]
    assert tables
    for table in tables:
        assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
        assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["Properties"]["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
        assert table["Properties"]["DeletionProtectionEnabled"] == {"Fn::If": ["Production", True, False]}


def test_a_streams_reader_has_ten_lanes_and_gives_up_by_age_never_by_count(functions: Resources) -> None:
    """Ten quick failures of a bus that is down are over within a minute."""
    sources = [
        event["Properties"]
        for function in functions.values()
        for event in function.get("Events", {}).values()
        if event["Type"] == "DynamoDB"
    ]
    assert len(sources) == 3
    for source in sources:
        assert source["ParallelizationFactor"] == 10
        assert "MaximumRetryAttempts" not in source
        assert source.get("MaximumRecordAgeInSeconds", 86_400) >= 3_600


def test_a_replay_finds_consumers_that_still_know_what_they_had(resources: Resources) -> None:
    assert resources["Archive"]["Properties"]["RetentionDays"] < DELIVERIES_KEPT.days


def test_the_gateways_refusals_are_problem_details(resources: Resources) -> None:
    for kind, response in resources["Api"]["Properties"]["GatewayResponses"].items():
        problem = json.loads(response["ResponseTemplates"]["application/json"])
        headers = response["ResponseParameters"]["Headers"]
        assert headers["Content-Type"] == "'application/problem+json'", kind
        assert problem.get("status") == response.get("StatusCode"), kind
        assert problem["type"].startswith(PROBLEMS), kind
        error = {"pointer": "", "code": problem["type"].removeprefix(PROBLEMS), "detail": problem["detail"]}
        said = ("type", "title", "status", "detail")
        assert problem == {name: problem[name] for name in said if name in problem} | {"errors": [error]}


# Source: Amazon API Gateway developer guide, "Gateway response types". Types that only other kinds of API have: none.
CLIENTS_FAULTS = {
    "ACCESS_DENIED", "BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "EXPIRED_TOKEN", "INVALID_SIGNATURE",
    "MISSING_AUTHENTICATION_TOKEN", "QUOTA_EXCEEDED", "REQUEST_TOO_LARGE", "RESOURCE_NOT_FOUND", "THROTTLED",
    "UNAUTHORIZED", "UNSUPPORTED_MEDIA_TYPE", "WAF_FILTERED",
}  # fmt: skip


def test_every_refusal_has_a_status_of_its_own_and_the_rest_keep_theirs(resources: Resources) -> None:
    """A status of DEFAULT_4XX is that of every type without one: what the firewall stopped was a malformed request."""
    responses = resources["Api"]["Properties"]["GatewayResponses"]
    named = {kind for kind, response in responses.items() if response.get("StatusCode", 500) < 500}
    assert named == CLIENTS_FAULTS
    assert "StatusCode" not in responses["DEFAULT_4XX"]
    assert responses["WAF_FILTERED"]["StatusCode"] == 403


def test_only_what_the_emulator_lacks_is_left_out_there(resources: Resources) -> None:
    left_out = {name for name, resource in resources.items() if resource.get("Condition") == "OnAws"}
    assert left_out == {"Archive", "FirewallInFront", "FirewallLog", "FirewallLogGroup"}


def test_the_functions_run_on_a_python_that_is_tested_and_built_for(template: Any, root: Path) -> None:
    globals_ = template["Globals"]["Function"]
    version = globals_["Runtime"].removeprefix("python")
    (tested,) = re.findall(r"^for version in (.*); do$", (root / ".ci/run").read_text(), re.MULTILINE)
    build = dict(re.findall(r"^(\w+) := (.*)$", (root / "infra/build.mk").read_text(), re.MULTILINE))
    assert version in tested.split()
    assert version == build["LAMBDA_PYTHON"]
    assert globals_["Architectures"] == ["arm64"]
    assert build["LAMBDA_UV_PLATFORM"].startswith("aarch64-")
    assert all(platform.endswith("_aarch64") for platform in build["LAMBDA_PIP_PLATFORMS"].split())


def test_every_function_is_built_with_only_what_it_needs(resources: Resources, functions: Resources) -> None:
    assert [name for name in functions if resources[name].get("Metadata") != {"BuildMethod": "makefile"}] == []
