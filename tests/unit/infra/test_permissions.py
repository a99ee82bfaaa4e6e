"""Who may do what: one role a function, exact actions on exact resources."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.gates.policies import policies
from shared.adapters.dynamodb import changes, orders
from shared.adapters.dynamodb.delegations import BY, TO
from shared.adapters.dynamodb.listing import scanned
from shared.adapters.dynamodb.policies import REGISTER_KEY

ROOT = Path(__file__).resolve().parents[3]
Resources = dict[str, dict[str, Any]]
Statement = dict[str, Any]

# Every wildcard of the template that AWS leaves no way round, and why: the only list.
WILDCARDS = {
    ("PublishRole", "dynamodb:ListStreams"): "lists a table's streams, so it cannot name one",
    ("SteerRole", "dynamodb:ListStreams"): "lists a table's streams, so it cannot name one",
    ("AnchorRole", "dynamodb:ListStreams"): "lists a table's streams, so it cannot name one",
    ("AnchorRole", "s3:PutObject"): "anchors of all orders, below heads/ in the stack's own bucket",
    (
        "WriteMachineLogsPolicy",
        "logs:CreateLogDelivery",
    ): "Step Functions developer guide, Logging: no narrower resource",
}
# Who may take a role on.
TRUSTED = {"lambda.amazonaws.com", "states.amazonaws.com", "apigateway.amazonaws.com"}
# What API Gateway's own account-wide role is made of.
AWS_MANAGED = {"ApiGatewayLogsRole"}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements_of(resource: dict[str, Any]) -> list[Statement]:
    """Those of a role or a managed policy."""
    properties = resource["Properties"]
    documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
    documents += [properties["PolicyDocument"]] if "PolicyDocument" in properties else []
    return [statement for document in documents for statement in document["Statement"]]


def granted(resources: Resources) -> Iterator[tuple[str, Statement]]:
    for name, resource in resources.items():
        if resource["Type"] in ("AWS::IAM::Role", "AWS::IAM::ManagedPolicy"):
            for statement in statements_of(resource):
                yield name, statement


def resource_policies(resources: Resources) -> Iterator[tuple[str, Statement]]:
    """What queues and tables say themselves of who may use them."""
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        if resource["Type"] in ("AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy"):
            yield from ((name, statement) for statement in properties["PolicyDocument"]["Statement"])
        elif "ResourcePolicy" in properties:
            yield from ((name, statement) for statement in properties["ResourcePolicy"]["PolicyDocument"]["Statement"])


def grants_of_role(resources: Resources, role: str) -> list[Statement]:
    attached = [policy["Ref"] for policy in resources[role]["Properties"]["ManagedPolicyArns"]]
    return [statement for name in (role, *attached) for statement in statements_of(resources[name])]


def test_no_permission_is_wider_than_it_must_be(resources: Resources) -> None:
    wide = {
        (name, as_list(statement["Action"])[0])
        for name, statement in (*granted(resources), *resource_policies(resources))
        if statement["Effect"] == "Allow"
        and "*" in json.dumps([statement["Action"], statement["Resource"], statement.get("Principal")])
    }
    assert wide == set(WILDCARDS)


def test_no_action_is_a_pattern(resources: Resources) -> None:
    for name, statement in (*granted(resources), *resource_policies(resources)):
        assert not {"NotAction", "NotResource", "NotPrincipal"} & set(statement), name
        assert all(re.fullmatch(r"[a-z0-9]+:[A-Za-z]+", action) for action in as_list(statement["Action"])), name


def test_a_role_is_taken_on_by_one_service_of_aws_and_nobody_else(resources: Resources) -> None:
    for name, resource in resources.items():
        if resource["Type"] == "AWS::IAM::Role":
            (statement,) = resource["Properties"]["AssumeRolePolicyDocument"]["Statement"]
            assert (statement["Effect"], statement["Action"]) == ("Allow", "sts:AssumeRole"), name
            assert set(statement["Principal"]) == {"Service"}, name
            assert statement["Principal"]["Service"] in TRUSTED, name


def test_every_policy_belongs_to_a_kind_that_the_gate_reads(resources: Resources) -> None:
    holders = {name for name, resource in resources.items() if '"PolicyDocument"' in json.dumps(resource)}
    assert holders == {name.partition("[")[0] for name, _ in policies((ROOT / "template.yaml").read_text())}


def test_permissions_are_only_granted_to_functions_machines_and_the_gateway(resources: Resources) -> None:
    for name, statement in granted(resources):
        assert statement["Effect"] == "Allow", name
        assert set(statement) - {"Condition"} == {"Effect", "Action", "Resource"}, name


def test_who_keeps_or_uses_delegations_writes_no_policy_in_the_same_table(resources: Resources) -> None:
    """Source: IAM reference, ForAllValues: it holds for a call without the key, which `Null` therefore refuses."""
    reached = {"DelegateRole": [BY, TO], "DecideRole": [TO]}
    for role, keys in reached.items():
        (statement,) = [each for each in statements_of(resources[role]) if "RulesTable" in json.dumps(each["Resource"])]
        assert statement["Condition"] == {
            "ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{key}*" for key in keys]},
            "Null": {"dynamodb:LeadingKeys": "false"},
        }
        assert not REGISTER_KEY["name"]["S"].startswith(tuple(keys))


def test_lists_without_an_index_are_read_from_the_one_index_that_may_be_scanned(resources: Resources) -> None:
    (scan,) = [each for each in statements_of(resources["ReadRole"]) if each["Action"] == "dynamodb:Scan"]
    tables = {"OrdersTable": orders.INDEXES, "ChangesTable": changes.INDEXES}
    wanted = [{"Fn::Sub": f"${{{name}.Arn}}/index/{scanned(indexes).name}"} for name, indexes in tables.items()]
    assert scan["Resource"] == wanted


def test_an_index_that_rows_may_be_missing_from_is_never_scanned(resources: Resources) -> None:
    """A change waits for somebody or for nobody; everything else that lists are by, each row has."""
    assert [index.by for index in (*orders.INDEXES, *changes.INDEXES) if index.sparse] == ["waiting_for"]


def test_every_function_has_a_role_of_its_own(functions: Resources, resources: Resources) -> None:
    for name, function in functions.items():
        role = name.replace("Function", "Role")
        assert function["Role"] == {"Fn::GetAtt": f"{role}.Arn"}
        assert "Policies" not in function
        assert resources[role]["Type"] == "AWS::IAM::Role"


def test_no_role_takes_what_aws_bundles(resources: Resources) -> None:
    for name, resource in resources.items():
        if resource["Type"] == "AWS::IAM::Role" and name not in AWS_MANAGED:
            assert all(set(policy) == {"Ref"} for policy in resource["Properties"]["ManagedPolicyArns"]), name


def test_a_function_knows_the_tables_that_it_may_use_and_no_others(functions: Resources, resources: Resources) -> None:
    tables = {name for name, resource in resources.items() if resource["Type"] == "AWS::DynamoDB::Table"}
    triggers = ("GetRecords", "ListStreams")
    for name, function in functions.items():
        variables = function.get("Environment", {}).get("Variables", {})
        known = {value["Ref"] for key, value in variables.items() if key.endswith("_TABLE")}
        grants = [
            statement
            for statement in grants_of_role(resources, name.replace("Function", "Role"))
            if not any(trigger in json.dumps(statement["Action"]) for trigger in triggers)
        ]
        allowed = {table for table in tables if any(table in json.dumps(grant["Resource"]) for grant in grants)}
        assert known == allowed, name


def test_letters_go_out_from_one_address_by_one_function(resources: Resources) -> None:
    senders = [(name, statement) for name, statement in granted(resources) if "ses:" in json.dumps(statement["Action"])]
    (name, statement), (through, its_set) = senders
    assert (through, its_set["Action"]) == ("ConfigurationSetPolicy", "ses:SendEmail")
    assert its_set["Resource"]["Fn::Sub"].endswith(":configuration-set/${MailConfigurationSet}")
    assert resources[through]["Properties"]["Roles"] == [{"Ref": "MailRole"}]
    assert (name, statement["Action"]) == ("MailRole", "ses:SendEmail")
    assert all("identity/" in json.dumps(resource) for resource in statement["Resource"])
    assert "MailFrom" in json.dumps(statement["Resource"])


def test_a_user_cannot_choose_whose_orders_they_own(resources: Resources) -> None:
    client = resources["UserPoolClient"]["Properties"]
    assert not [attribute for attribute in client["WriteAttributes"] if attribute.startswith("custom:")]
    assert resources["UserPool"]["Properties"]["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
