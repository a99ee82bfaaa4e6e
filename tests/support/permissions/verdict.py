"""Judges all calls that a run recorded: which were not allowed, and which permissions nobody used."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.support.permissions.deployed import Permissions
from tests.support.permissions.judge import Grant, judge
from tests.support.permissions.needs import Need, needs_of

BY_AWS_ITSELF = ("logs:", "sqs:", *(f"dynamodb:{each}" for each in ("DescribeS", "GetRecords", "GetShard", "ListS")))
"""Actions that Lambda takes in a function's name: polling queues and streams, writing logs. No function makes them."""


@dataclass
class Verdict:
    """A run showed calls by function and action, needs that nothing allows, and grants that no call used."""

    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    denied: set[str] = field(default_factory=set)
    granted: set[Grant] = field(default_factory=set)
    used: set[Grant] = field(default_factory=set)

    @property
    def unused(self) -> list[str]:
        """Returns what a policy allows and no function that has it ever used."""
        lines = {_line(each) for each in self.granted} - {_line(each) for each in self.used}
        return sorted(line for line in lines if not line.partition(" ")[2].startswith(BY_AWS_ITSELF))

    def __add__(self, other: "Verdict") -> "Verdict":
        """Returns what two runs showed together."""
        return Verdict(
            self.calls + other.calls, self.denied | other.denied, self.granted | other.granted, self.used | other.used
        )

    def table(self) -> str:
        """Returns the report: functions and what they called, denied, unused."""
        lines = [f"{function:<28}{action:<34}{count:>7}" for (function, action), count in sorted(self.calls.items())]
        counts = f"{len(lines)} pairs of function and action, denied {len(self.denied)}, unused {len(self.unused)}"
        denied, unused = (
            (f"denied: {each}" for each in sorted(self.denied)),
            (f"unused: {each}" for each in self.unused),
        )
        return "\n".join([*lines, *denied, *unused, counts])


def verdict_of(lines: Iterable[str], permissions: Permissions) -> Verdict:
    """Returns the verdict on the calls in a recording."""
    verdict = Verdict()
    for policies in permissions.of_function.values():
        verdict.granted |= {grant for policy in policies for grant in policy.grants}
    for line in lines:
        call = json.loads(line)
        for need in needs_of(call, permissions.hash_keys):
            _weigh(verdict, call, need, permissions)
    return verdict


def _weigh(verdict: Verdict, call: Mapping[str, Any], need: Need, permissions: Permissions) -> None:
    function = call["function"]
    as_whom = {"aws:PrincipalArn": (permissions.roles[function],)} if function in permissions.roles else {}
    asked = replace(need, context={**need.context, **as_whom})
    allowing = judge(asked, [*permissions.of_function[function], *permissions.of_resources])
    verdict.calls[_short(function), need.action] += 1
    verdict.used |= allowing
    if not allowing:
        verdict.denied.add(f"{_short(function)} {need.action} {need.resource} {dict(need.context)}")


def _line(grant: Grant) -> str:
    """Writes a grant without what CloudFormation makes up for each stack."""
    place = re.sub(r"inflight-(\w+)-[0-9A-Fa-f]{8,}", r"\1", grant.resource.split(":", 5)[-1])
    return f"{grant.policy} {grant.action} {place}"


def _short(function: str) -> str:
    return function.removeprefix("inflight-").partition("Function")[0]
