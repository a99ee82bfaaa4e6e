"""What CloudWatch hears of approvals and commits: seconds and counts, no ids."""

import json
from typing import Any

import pytest

from tests.fakes import World
from tests.unit.http.client import Client

Metric = tuple[str, float, dict[str, str]]


def metrics(capsys: pytest.CaptureFixture[str]) -> list[Metric]:
    """Those written since the last time: name, value, dimensions."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    return [_metric(line) for line in lines]


def _metric(line: dict[str, Any]) -> Metric:
    (told,) = line["_aws"]["CloudWatchMetrics"]
    name, names = told["Metrics"][0]["Name"], told["Dimensions"][0]
    assert told["Namespace"] == "Inflight"
    assert set(line) == {"_aws", name, *names}
    return name, line[name][0], {each: line[each] for each in names if each != "service"}


def amend(agent: Client, order_id: str, price: str, **headers: str) -> Any:
    path = f"/orders/{order_id}/amendments"
    edit = {"op": "set_unit_price", "line_id": "l1", "unit_price": {"amount": price, "currency": "USD"}}
    body = {"reason_code": "price_correction", "edits": [edit]}
    digest = agent.post(f"{path}?dry_run=true", body).body["digest"]
    return agent.post(path, body | {"accept": {"digest": digest}}, if_match='"1.0"', **headers).body


def test_a_commit_that_needed_nobody_counts_as_such_and_once(
    agent: Client, order_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    metrics(capsys)
    path = f"/orders/{order_id}/amendments"
    edit = {"op": "set_unit_price", "line_id": "l1", "unit_price": {"amount": "9.00", "currency": "USD"}}
    body: dict[str, Any] = {"reason_code": "price_correction", "edits": [edit]}
    body["accept"] = {"digest": agent.post(f"{path}?dry_run=true", body).body["digest"]}
    for _ in range(2):
        assert agent.post(path, body, if_match='"1.0"', idempotency_key="k1").body["status"] == "committed"
    assert metrics(capsys) == [("AutoApproved", 1.0, {})]


def test_an_approval_tells_how_long_its_role_was_waited_for_and_the_commit_that_it_was_approved(
    world: World, agent: Client, manager: Client, order_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change = amend(agent, order_id, "300.00")
    assert metrics(capsys) == []
    world.clock.passes(minutes=5)
    decision = {"decision": "approve", "digest": change["plan"]["digest"]}
    manager.post(f"/changes/{change['change_id']}/decisions", decision)
    assert metrics(capsys) == [("ApprovalWaitSeconds", 300.0, {"role": "manager"}), ("Approved", 1.0, {})]


def test_what_is_refused_or_rejected_counts_nothing(
    agent: Client, manager: Client, order_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change = amend(agent, order_id, "300.00")
    path = f"/changes/{change['change_id']}/decisions"
    assert manager.post(path, {"decision": "approve", "digest": "another"}).code == "plan-changed"
    assert manager.post(path, {"decision": "reject", "digest": change["plan"]["digest"]}).body["status"] == "rejected"
    assert metrics(capsys) == []
