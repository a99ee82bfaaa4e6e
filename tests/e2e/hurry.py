"""Deadlines that a test sees the end of: on any machine, the shortest that leaves time for what comes before it."""

from collections.abc import Iterator
from typing import Any

from tests.e2e.portal import Json
from tests.e2e.service import Service

DEADLINES = "/policies/deadlines"
VERSION = "deadlines-2"
"""The policy with these rules, as a plan names it."""
SECONDS = (3, 12, 48, 192)
"""A quick machine needs the first only."""


def in_a_hurry(deadline: str) -> Iterator[str]:
    """Accounts whose orders have so many seconds until `deadline`: a test takes the first that is enough."""
    for seconds in SECONDS:
        yield account(deadline, seconds)


def rules(shipped: Json) -> list[Json]:
    """One rule for each of these accounts, beside what is shipped."""
    hurried: list[dict[str, Any]] = [{"change_seconds": seconds} for seconds in SECONDS]
    hurried += [{"confirmation_seconds": seconds, "confirmation_reminder_seconds": 1} for seconds in SECONDS]
    accounts = [account(next(iter(each)), next(iter(each.values()))) for each in hurried]
    ids = [{"id": name, "only": {"accounts": [name]}} for name in accounts]
    return [shipped | named | each for named, each in zip(ids, hurried, strict=True)]


def account(deadline: str, seconds: int) -> str:
    return f"cus-{deadline.partition('_')[0]}-{seconds}"


def hurry(service: Service) -> None:
    """Put the rules in force."""
    document = service.http("GET", DEADLINES, user="operator").json["document"]
    document["rules"] += rules(document["rules"][0])
    changed = service.http("PUT", DEADLINES, {"document": document, "why": "haste"}, "operator")
    assert (changed.status, changed.json["status"]) == (201, "waiting"), changed.body
    assert f"deadlines-{changed.json['version']}" == VERSION
    decisions = f"{DEADLINES}/versions/{changed.json['version']}/decisions"
    assert service.http("POST", decisions, {"decision": "approve"}, "operator_2").status == 200
