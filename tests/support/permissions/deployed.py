"""Reads from a running stack what its roles may do: the policies that CloudFormation made of the template."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.support.permissions.judge import Policy, Statement, as_list
from tests.support.permissions.needs import HashKeys

STACK = "inflight"
Json = Mapping[str, Any]
Clients = Callable[[str], Any]


@dataclass(frozen=True)
class Permissions:
    """The policies of each function's role by the function's name, those of tables and buckets, and partition keys."""

    of_function: Mapping[str, Sequence[Policy]]
    of_resources: Sequence[Policy]
    hash_keys: HashKeys
    roles: Mapping[str, str] = field(default_factory=dict)
    """The ARN of each function's role."""


def deployed(clients: Clients, template: Mapping[str, Any]) -> Permissions:
    """Returns the permissions of the stack that runs. `template` knows the tables' own policies, which the emulator
    drops."""
    resources = clients("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
    names = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in resources}
    tables = [each["PhysicalResourceId"] for each in resources if each["ResourceType"] == "AWS::DynamoDB::Table"]
    functions = list(clients("lambda").get_paginator("list_functions").paginate().search("Functions[]"))
    return Permissions(
        of_function=_of_functions(clients("iam"), functions, {name: logical for logical, name in names.items()}),
        of_resources=[*_of_tables(template, names, functions[0]["Role"]), *_of_bucket(clients("s3"), names)],
        hash_keys={place: key for table in tables for place, key in _keys(clients("dynamodb"), table).items()},
        roles={function["FunctionName"]: function["Role"] for function in functions},
    )


def _of_functions(iam: Any, functions: Sequence[Json], logical: Mapping[str, str]) -> dict[str, list[Policy]]:
    read: dict[str, Policy] = {}
    found = defaultdict(list)
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


def _document(iam: Any, arn: str) -> Json:
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document: Json = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    return document


def _policy(name: str, document: Json) -> Policy:
    return Policy(name, tuple(as_list(document["Statement"])))


def _of_bucket(s3: Any, names: Mapping[str, str]) -> list[Policy]:
    document = json.loads(s3.get_bucket_policy(Bucket=names["AnchorsBucket"])["Policy"])
    return [_policy("AnchorsBucketPolicy", document)]


def _of_tables(template: Json, names: Mapping[str, str], a_role: str) -> list[Policy]:
    """Renders what the tables say themselves; `a_role` knows the account."""
    values = {"AWS::Partition": "aws", "AWS::AccountId": a_role.split(":")[4], "AWS::StackName": STACK}
    found = []
    for logical, resource in template["Resources"].items():
        if policy := resource.get("Properties", {}).get("ResourcePolicy"):
            table = f"arn:aws:dynamodb:::table/{names[logical]}"
            statements = [_on(table, _filled(each, values)) for each in policy["PolicyDocument"]["Statement"]]
            found.append(Policy(logical, tuple(statements)))
    return found


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    """Puts the pseudo parameters into `Fn::Sub`; a table's policy has no other functions."""
    if isinstance(value, list):
        return [_filled(each, values) for each in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Fn::Sub"}:
        return re.sub(r"\$\{([\w:]+)\}", lambda name: values[name[1]], value["Fn::Sub"])
    return {name: _filled(each, values) for name, each in value.items()}


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
