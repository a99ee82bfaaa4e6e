"""Policy as data, over HTTP: 501.00 that escalates twice before finance approves it; and the same amendment, approved
by nobody after one PUT to the policy, with the replay that foretold it."""

import copy

import pytest

from tests.e2e.hurry import VERSION, in_a_hurry
from tests.e2e.portal import Json, Placed, Portal, a_line, eventually, to_quantity
from tests.e2e.service import Reply, Service
from tests.e2e.workflows import how_it_ended

POLICY = "/policies/approvals"
ACCOUNT = "cus-501"


def put(service: Service, body: Json, user: str = "operator", **query: str) -> Reply:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return service.http("PUT", POLICY + (f"?{asked}" if asked else ""), body, user)


def agreed(service: Service, proposed: Reply, user: str = "operator_2") -> Reply:
    path = f"{POLICY}/versions/{proposed.json['version']}/decisions"
    return service.http("POST", path, {"decision": "approve"}, user)


def hasty_levels(document: Json, limit: str) -> Json:
    """The document with two seconds for a lead and for a manager, and a route of its own for the story's account."""
    changed = copy.deepcopy(document)
    for level in changed["levels"]:
        level.pop("remind_after_seconds", None)
        if level["role"] != "finance":
            level["deadline_seconds"] = 2
    changed["routes"] = [route for route in changed["routes"] if route["id"] != "story"]
    changed["routes"].append(
        {"id": "story", "only": {"accounts": [ACCOUNT]}, "above": {"USD": limit}, "approvers": ["lead"]}
    )
    return changed


def a_sofa_order(portal: Portal) -> Placed:
    """One unit fewer is 501.00 less: 417.50 and 20 % tax."""
    line = a_line(sku=portal.a_sku(), quantity=3, price="417.50")
    return portal.places(line, paid="1503.00", customer={"customer_id": ACCOUNT, "tier": "standard"})


def judged_by(portal: Portal, order: Placed, version: str) -> Json:
    """The plan, as soon as that version of policy judges it."""

    def plan() -> Json | None:
        seen = portal.previews(order, to_quantity(2))
        return seen if version in seen["policy_version"] else None

    found = eventually(plan, f"{version} judges")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def ruled(hasty: Service) -> Json:
    """The story's policy in force: an operator wanted it, another one agreed."""
    document = hasty.http("GET", POLICY, user="operator").json["document"]
    proposed = put(hasty, {"document": hasty_levels(document, "500.00"), "why": "the story"})
    assert (proposed.status, proposed.json["status"]) == (201, "waiting"), proposed.body
    own = agreed(hasty, proposed, "operator")
    assert (own.status, own.json["type"].rpartition("/")[2]) == (403, "own-change")
    assert agreed(hasty, proposed).status == 200
    standing: Json = hasty.http("GET", POLICY, user="operator").json
    return standing


@pytest.fixture(scope="module")
def escalated(hasty: Service, hasty_portal: Portal, ruled: Json) -> Json:
    """An amendment of 501.00 that a lead and a manager let pass, and finance approved."""
    order = a_sofa_order(hasty_portal)
    plan = judged_by(hasty_portal, order, f"approvals-{ruled['version']}")
    assert [(each["role"], each["rule"]) for each in plan["approvals"]] == [("lead", "story")]
    change = hasty_portal.amends(order, to_quantity(2)).json
    assert change["waiting_for"] == "lead"
    eventually(lambda: hasty_portal.change(change)["waiting_for"] == "finance", "finance is asked")
    return change


def test_an_amendment_of_501_escalates_twice_before_finance_approves_it(
    hasty: Service, hasty_portal: Portal, escalated: Json
) -> None:
    inbox = hasty.http("GET", "/changes?waiting_for=finance", user="finance").json["items"]
    assert escalated["change_id"] in [each["change_id"] for each in inbox]
    assert hasty_portal.decides(escalated, "approve", user="manager").status == 403
    decided = hasty_portal.decides(escalated, "approve", user="finance")
    assert (decided.status, decided.json["status"]) == (200, "committed"), decided.body
    assert how_it_ended(hasty, f"{escalated['change_id']}-1") == ("SUCCEEDED", "Approved")
    log = hasty.http("GET", f"/orders/{escalated['order_id']}/log?verify=true", user="agent").json
    actions = [entry["action"] for entry in log["items"]]
    assert actions.count("approval_escalated") == 2
    assert log["verified"] is True or log["verified"]["verified"] is True


def test_after_one_put_the_same_amendment_needs_nobody_as_the_replay_foretold(
    hasty: Service, hasty_portal: Portal, escalated: Json, ruled: Json
) -> None:
    draft = hasty_levels(ruled["document"], "600.00")
    replay = hasty.http("POST", f"{POLICY}/replay", {"document": draft}, "operator")
    assert replay.status == 200, replay.body
    foretold = {each["change_id"]: each for each in replay.json["items"]}
    assert escalated["change_id"] in foretold
    assert foretold[escalated["change_id"]]["before"]["approvals"] == ["lead"]
    assert foretold[escalated["change_id"]]["after"]["approvals"] == []
    proposed = put(hasty, {"document": draft, "why": "leads have better things to do"})
    assert agreed(hasty, proposed).status == 200
    order = a_sofa_order(hasty_portal)
    judged_by(hasty_portal, order, f"approvals-{proposed.json['version']}")
    change = hasty_portal.amends(order, to_quantity(2)).json
    assert change["status"] in ("committed", "completed")
    assert f"approvals-{proposed.json['version']}" in change["plan"]["policy_version"].split()


@pytest.mark.parametrize(
    ("spoil", "pointer", "code"),
    [
        (
            lambda document: document["routes"][0].update(above={}),
            "/document/routes/0/above",
            "threshold-without-currency",
        ),
        (lambda document: document["routes"][0].update(abvoe={}), "/document/routes/0/abvoe", None),
        (lambda document: document["routes"][0].update(when="kind =="), "/document/routes/0/when", "invalid-condition"),
        (lambda document: document.update(asked=[]), "/document/asked", "locks-everyone-out"),
        (
            lambda document: document["routes"].append({**document["routes"][0], "id": "twin"}),
            None,
            "overlapping-rules",
        ),
        (lambda document: document["levels"].pop(), None, None),
    ],
    ids=["no currency", "unknown name", "no expression", "nobody approves", "overlap", "no level"],
)
def test_a_policy_that_makes_no_sense_is_refused_where_it_is_wrong(
    hasty: Service, ruled: Json, spoil: object, pointer: str | None, code: str | None
) -> None:
    document = copy.deepcopy(ruled["document"])
    spoil(document)  # type: ignore[operator]
    before = hasty.http("GET", f"{POLICY}/versions", user="operator").body
    refused = put(hasty, {"document": document, "why": "a slip"})
    assert refused.status == 422, refused.body
    found = [(error["pointer"], error["code"]) for error in refused.json["errors"]]
    assert any((pointer in (None, at)) and (code in (None, said)) for at, said in found), found
    assert hasty.http("GET", f"{POLICY}/versions", user="operator").body == before


def test_a_rollback_is_a_new_version_that_a_second_operator_agrees_to(hasty: Service, ruled: Json) -> None:
    proposed = put(hasty, {"restores": 1, "why": "as it was"})
    assert (proposed.status, proposed.json["status"]) == (201, "waiting")
    assert agreed(hasty, proposed, "operator_2").status == 200
    shipped = hasty.http("GET", f"{POLICY}/versions/1", user="operator").json
    assert hasty.http("GET", POLICY, user="operator").json["document"] == shipped["document"]


def test_a_change_that_nobody_approves_in_its_time_expires_and_releases_its_hold(
    hasty: Service, hasty_portal: Portal
) -> None:
    portal = hasty_portal
    for account in in_a_hurry("change_seconds"):
        sku = portal.a_sku(on_hand=10)
        customer = {"customer_id": account, "tier": "standard"}
        order = portal.places(a_line(sku=sku, quantity=2, price="400.00"), paid="960.00", customer=customer)
        judged_by(portal, order, VERSION)
        before = portal.everything(order)
        change = portal.amends(order, to_quantity(5)).json
        held = portal.stock(sku)
        if portal.change(change)["status"] == "pending_approval":
            break
    assert held == (10, 5, 3, 2)

    expired = portal.becomes(change, "expired")

    assert expired["timeline"][-1]["by"] == "inflight"
    after = portal.everything(order)
    assert (after["order"], after["stock"]) == (before["order"], before["stock"])
    assert how_it_ended(hasty, f"{change['change_id']}-1") == ("SUCCEEDED", "Expired")
    late = portal.decides(change, "approve")
    assert (late.status, late.problem) == (409, "not-waiting")


def test_policy_is_for_operators(hasty: Service) -> None:
    for user in ("agent", "manager", "finance", "customer", "service"):
        assert hasty.http("GET", "/policies", user=user).status == 403
    assert hasty.http("GET", "/policies").status == 401


def test_a_bad_decision_changes_nothing(service: Service, portal: Portal) -> None:
    """On the run with the shipped policy, whose levels have hours."""
    order = portal.places(a_line(sku=portal.a_sku(), quantity=2, price="400.00"), paid="960.00")
    change = portal.amends(order, to_quantity(4)).json
    assert change["waiting_for"] == "manager"

    def seen() -> list[Json]:
        return [
            service.http("GET", path, user="agent").json for path in (order.path, f"/changes/{change['change_id']}")
        ]

    before = seen()
    for user, digest, status in (("agent", None, 403), ("finance", None, 403), ("manager", "another", 409)):
        assert portal.decides(change, "approve", user=user, digest=digest).status == status, user
    assert seen() == before
