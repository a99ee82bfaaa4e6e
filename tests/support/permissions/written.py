"""Reads from the template what its roles may do: ARNs are made up as the gates make them, names are logical ids."""

import json
from functools import cache
from typing import Any

from infra.gates.policies import policies
from tests.support.permissions.judge import Policy, as_list
from tests.support.permissions.needs import HashKeys
from tests.support.template import ROOT, resources, template

ROLE_ARN = "arn:aws:iam::123456789012:role/inflight/{}"


@cache
def documents() -> dict[str, Policy]:
    """Returns every policy of the template, by `Name[number]`."""
    found = policies((ROOT / "template.yaml").read_text())
    return {name: Policy(name, tuple(as_list(json.loads(text)["Statement"]))) for name, text in found}


def policies_of(role: str) -> list[Policy]:
    """Returns the policies that decide what a role may do: its own, those that it shares, and those of tables and
    buckets."""
    attached: list[Any] = template()["Resources"][role]["Properties"]["ManagedPolicyArns"]
    names = {role, *(each["Ref"] for each in attached)}
    names |= {name.partition("[")[0] for name in documents()} & {"AnchorsBucketPolicy"}
    own = [policy for name, policy in documents().items() if name.partition("[")[0] in names]
    return [*own, *_of_tables()]


def _of_tables() -> list[Policy]:
    """In a table's own policy `*` is this table."""
    found = []
    for table in resources("AWS::DynamoDB::Table"):
        if policy := documents().get(f"{table}[0]"):
            place = f"arn:aws:dynamodb:eu-west-1:123456789012:table/{table}"
            found.append(Policy(table, tuple({**each, "Resource": place} for each in policy.statements)))
    return found


def hash_keys() -> HashKeys:
    """Returns the partition key of each table."""
    tables = resources("AWS::DynamoDB::Table").items()
    return {name: table["KeySchema"][0]["AttributeName"] for name, table in tables}
