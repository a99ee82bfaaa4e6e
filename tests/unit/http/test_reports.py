"""GET /reports/approvals and /reports/false-rejects: what they show, of which period, to whom."""

import pytest

from tests.fakes import World
from tests.unit.http.cancelling import asked
from tests.unit.http.client import Client, Reply

EDIT = {"op": "set_unit_price", "line_id": "l1", "unit_price": {"amount": "9.00", "currency": "USD"}}
CHEAPER = {"reason_code": "customer_request", "edits": [EDIT]}
PERIOD = {"from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"}
QUERY = "from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z"
REPORTS = ("/reports/approvals", "/reports/false-rejects")


def amend(client: Client, order_id: str) -> Reply:
    path = f"/orders/{order_id}/amendments"
    digest = client.post(f"{path}?dry_run=true", CHEAPER).body["digest"]
    return client.post(path, CHEAPER | {"accept": {"digest": digest}}, if_match='"1.0"')


def test_approvals_are_told_by_channel_and_kind(operator: Client, agent: Client, order_id: str) -> None:
    assert amend(agent, order_id).status == 201
    reply = operator.get(f"/reports/approvals?{QUERY}")
    numbers = {"changes": 1, "committed": 1, "auto_approved": 1, "auto_approval_rate": 1.0, "escalated": 0}
    group = numbers | {"expired": 0, "waits": []}
    assert (reply.status, reply.body) == (
        200,
        {
            "period": PERIOD,
            "truncated": False,
            "counted_from": PERIOD["from"],
            "all": group,
            "groups": [{"channel": "direct", "kind": "amendment", **group}],
        },
    )


def test_a_wait_is_told_in_seconds_by_role(world: World, manager: Client, agent: Client, order_id: str) -> None:
    dear = {**EDIT, "unit_price": {"amount": "300.00", "currency": "USD"}}
    path, body = f"/orders/{order_id}/amendments", {"reason_code": "price_correction", "edits": [dear]}
    digest = agent.post(f"{path}?dry_run=true", body).body["digest"]
    change = agent.post(path, body | {"accept": {"digest": digest}}, if_match='"1.0"').body["change_id"]
    world.clock.passes(minutes=5)
    manager.post(f"/changes/{change}/decisions", {"decision": "approve", "digest": digest})
    shown = manager.get(f"/reports/approvals?{QUERY}").body["all"]
    assert shown["waits"] == [
        {"role": "manager", "count": 1, "p50_seconds": 300, "p90_seconds": 300, "max_seconds": 300}
    ]
    assert shown["auto_approval_rate"] == 0.0


def test_false_rejects_are_told_by_channel_account_rule_and_code(
    world: World, operator: Client, agent: Client, customer: Client, order_id: str
) -> None:
    assert amend(customer, order_id).code == "not-eligible"
    world.clock.passes(hours=1)
    assert amend(agent, order_id).status == 201
    body = operator.get(f"/reports/false-rejects?{QUERY}").body
    counted = {"refused": 1, "forced": 1, "resubmitted": 0, "rate": 1.0}
    (rule,) = body.pop("by_rule")
    assert rule == {"rule": world.refusals.kept[0].rules[0], **counted}
    assert body == {
        "period": PERIOD,
        "truncated": False,
        "counted_until": PERIOD["to"],
        "all": counted,
        "by_channel": [{"channel": "direct", **counted}],
        "by_account": [{"account": "cus-1", **counted}],
        "by_code": [{"code": "not-eligible", **counted}],
    }


def test_a_refused_cancellation_counts_too(operator: Client, agent: Client, order_id: str) -> None:
    body = asked() | {"lines": [{"line_id": "l1", "quantity": 9}]}
    assert agent.post(f"/orders/{order_id}/cancellations", body, if_match='"1.0"').code == "more-than-left"
    assert operator.get(f"/reports/false-rejects?{QUERY}").body["all"] == {
        "refused": 1,
        "forced": 0,
        "resubmitted": 0,
        "rate": 0.0,
    }


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_is_of_the_last_30_days_if_nothing_is_said(operator: Client, report: str) -> None:
    period = operator.get(report).body["period"]
    assert period == {"from": "2026-10-21T12:00:00Z", "to": "2026-11-20T12:00:00Z"}


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("from=yesterday", "malformed-time"),
        ("from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z", "end-before-start"),
        ("from=2026-12-02T00:00:00Z", "end-before-start"),
        ("from=2026-01-01T00:00:00Z&to=2026-04-04T00:00:00Z", "out-of-range"),
        ("since=2026-11-02T00:00:00Z", "unknown-field"),
        ("limit=1", "unknown-field"),
    ],
)
def test_a_period_is_two_times_at_most_92_days_apart(operator: Client, report: str, query: str, code: str) -> None:
    reply = operator.get(f"{report}?{query}")
    assert (reply.status, reply.code) == (422, code)


@pytest.mark.parametrize("report", REPORTS)
def test_reports_are_for_those_who_answer_for_the_rules(
    report: str, agent: Client, finance: Client, customer: Client, service: Client
) -> None:
    assert {client.get(report).status for client in (agent, finance, customer, service)} == {403}
