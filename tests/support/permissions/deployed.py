"""Reads from a running stack what its roles may do: the policies that CloudFormation made of the template."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.support.permissions.judge import Policy, Statement, as_list
from tests.support.permissions.needs import HashKeys

STACK = "inflight"
Clients = Callable[[str], Any]


@dataclass(frozen=True)
class Permissions:
    """The policies of each function's role by the function's name, the tables' own, and the tables' partition keys."""

    of_function: Mapping[str, Sequence[Policy]]
    of_tables: Sequence[Policy]
    hash_keys: HashKeys


def deployed(clients: Clients, template: Mapping[str, Any]) -> Permissions:
    """Returns the permissions of the stack that runs. `template` knows the tables' own policies, which the emulator
    drops."""
    resources = clients("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
    names = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in resources}
    tables = [each["PhysicalResourceId"] for each in resources if each["ResourceType"] == "AWS::DynamoDB::Table"]
    return Permissions(
        of_function=_of_functions(clients, {name: logical for logical, name in names.items()}),
        of_tables=_of_tables(template, names),
        hash_keys={place: key for table in tables for place, key in _keys(clients("dynamodb"), table).items()},
    )


def _of_functions(clients: Clients, logical: Mapping[str, str]) -> dict[str, list[Policy]]:
    iam, read = clients("iam"), {}
    found = defaultdict(list)
    functions = clients("lambda").get_paginator("list_functions").paginate().search("Functions[]")
    for function in functions:
        role = function["Role"].rpartition("/")[2]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            found[function["FunctionName"]].append(_policy(logical.get(role, role), document))
        for attached in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
            arn = attached["PolicyArn"]
            if arn not in read:
                read[arn] = _policy(logical.get(arn, attached["PolicyName"]), _document(iam, arn))
            found[function["FunctionName"]].append(read[arn])
    return found


def _document(iam: Any, arn: str) -> Mapping[str, Any]:
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document: Mapping[str, Any] = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    return document


def _policy(name: str, document: Mapping[str, Any]) -> Policy:
    return Policy(name, tuple(as_list(document["Statement"])))


def _of_tables(template: Mapping[str, Any], names: Mapping[str, str]) -> list[Policy]:
    found = []
    for logical, resource in template["Resources"].items():
        if policy := resource.get("Properties", {}).get("ResourcePolicy"):
            table = f"arn:aws:dynamodb:::table/{names[logical]}"
            statements = [_on(table, each) for each in policy["PolicyDocument"]["Statement"]]
            found.append(Policy(logical, tuple(statements)))
    return found


def _on(table: str, statement: Statement) -> Statement:
    """In a table's own policy `*` is this table."""
    return {**statement, "Resource": table}


def _keys(dynamodb: Any, table: str) -> dict[str, str]:
    said = dynamodb.describe_table(TableName=table)["Table"]
    places = {table: said["KeySchema"]}
    places |= {
        f"{table}/index/{each['IndexName']}": each["KeySchema"] for each in said.get("GlobalSecondaryIndexes", [])
    }
    return {
        place: next(each["AttributeName"] for each in schema if each["KeyType"] == "HASH")
        for place, schema in places.items()
    }
