"""What stands between the API and whoever means it ill: firewall, throttling, origins."""

import json
import re
from typing import Any, get_args

import pytest

from shared.domain.policy.subjects import Role
from shared.http.identity.usage import Plan, usage_key
from shared.http.routes import ROUTES
from shared.usecases.core.access import Principal

Resources = dict[str, dict[str, Any]]

# Of Amazon's rule sets: AWS WAF developer guide, "AWS Managed Rules rule groups list".
RULE_SETS = {
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesAmazonIpReputationList",
}


def of_type(resources: Resources, kind: str) -> dict[str, Any]:
    return {name: resource["Properties"] for name, resource in resources.items() if resource["Type"] == kind}


def rules(resources: Resources) -> dict[str, dict[str, Any]]:
    """The firewall's, by name."""
    return {rule["Name"]: rule for rule in resources["Firewall"]["Properties"]["Rules"]}


# ------------------------------------------------------------------------------------------------------------ firewall


def test_the_firewall_stands_before_the_stage_that_serves(resources: Resources) -> None:
    (association,) = of_type(resources, "AWS::WAFv2::WebACLAssociation").values()
    assert association["WebACLArn"] == {"Fn::GetAtt": "Firewall.Arn"}
    assert association["ResourceArn"]["Fn::Sub"].endswith("::/restapis/${Api}/stages/${Api.Stage}")
    assert resources["Firewall"]["Properties"]["Scope"] == "REGIONAL"


def test_the_firewall_stops_known_attacks_and_known_attackers(resources: Resources) -> None:
    managed = [rule for rule in rules(resources).values() if "ManagedRuleGroupStatement" in rule["Statement"]]
    assert {rule["Statement"]["ManagedRuleGroupStatement"]["Name"] for rule in managed} == RULE_SETS
    assert all(rule["OverrideAction"] == {"None": {}} for rule in managed)


def test_the_firewall_only_counts_what_genuine_orders_look_like(resources: Resources) -> None:
    overridden = {
        override["Name"]: override["ActionToUse"]
        for rule in rules(resources).values()
        for override in rule["Statement"].get("ManagedRuleGroupStatement", {}).get("RuleActionOverrides", [])
    }
    assert overridden == {"SizeRestrictions_BODY": {"Count": {}}, "CrossSiteScripting_BODY": {"Count": {}}}


@pytest.mark.parametrize(
    ("rule", "key"), [("requests-per-address", "IP"), ("requests-per-token", "CUSTOM_KEYS")], ids=["address", "token"]
)
def test_no_caller_takes_more_than_a_share(resources: Resources, rule: str, key: str) -> None:
    found = rules(resources)[rule]
    answer = found["Action"]["Block"]["CustomResponse"]
    headers = {each["Name"]: each["Value"] for each in answer["ResponseHeaders"]}
    body = resources["Firewall"]["Properties"]["CustomResponseBodies"][answer["CustomResponseBodyKey"]]
    problem, ours = json.loads(body["Content"]), resources["Api"]["Properties"]["GatewayResponses"]["THROTTLED"]
    assert (answer["ResponseCode"], body["ContentType"]) == (429, "APPLICATION_JSON")
    assert int(headers["Retry-After"]) > 0
    assert problem == json.loads(ours["ResponseTemplates"]["application/json"])
    assert found["Statement"]["RateBasedStatement"]["AggregateKeyType"] == key


def test_the_firewall_asks_its_cheapest_questions_first(resources: Resources) -> None:
    order = sorted(rules(resources).values(), key=lambda rule: int(rule["Priority"]))
    assert len({rule["Priority"] for rule in order}) == len(order)
    assert ["RateBasedStatement" in rule["Statement"] for rule in order] == [True, True, False, False, False]


def test_what_the_firewall_logs_and_shows_has_no_token_and_no_link(resources: Resources) -> None:
    (log,) = of_type(resources, "AWS::WAFv2::LoggingConfiguration").values()
    assert {"SingleHeader": {"Name": "authorization"}} in log["RedactedFields"]
    assert {"UriPath": {}} in log["RedactedFields"]
    assert {"QueryString": {}} in log["RedactedFields"]
    shown = [resources["Firewall"]["Properties"], *rules(resources).values()]
    assert not [each for each in shown if each["VisibilityConfig"]["SampledRequestsEnabled"]]
    assert resources["FirewallLogGroup"]["Properties"]["LogGroupName"]["Fn::Sub"].startswith("aws-waf-logs-")


# ---------------------------------------------------------------------------------------------------------- throttling


def test_the_whole_stage_is_throttled(resources: Resources) -> None:
    settings = resources["Api"]["Properties"]["MethodSettings"]
    (whole,) = [each for each in settings if (each["ResourcePath"], each["HttpMethod"]) == ("/*", "*")]
    assert 0 < whole["ThrottlingRateLimit"] <= whole["ThrottlingBurstLimit"]


def test_a_route_without_a_token_that_reaches_a_table_is_throttled_harder(resources: Resources) -> None:
    settings = {
        (each["HttpMethod"], each["ResourcePath"].replace("~1", "/").removeprefix("/")): each["ThrottlingRateLimit"]
        for each in resources["Api"]["Properties"]["MethodSettings"]
    }
    whole = settings.pop(("*", "*"))
    public = {(route.method, route.path) for route in ROUTES if route.public}
    assert set(settings) == public - {("GET", "/openapi.json"), ("GET", "/health")}
    assert max(settings.values()) < whole


def test_what_one_caller_may_send_agrees_with_what_its_kind_may(resources: Resources, template: Any) -> None:
    """One address, one token and one plan: whoever keeps to the share of a caller meets no other limit before it."""
    defaults = {template["Parameters"][name]["Default"] for name in ("RequestsPerAddress", "RequestsPerToken")}
    (share,) = {requests / 300 for requests in defaults}
    plans = [resources[f"UsageOf{plan.title()}"]["Properties"]["Throttle"]["RateLimit"] for plan in get_args(Plan)]
    assert share < min(plans)


@pytest.mark.parametrize("plan", get_args(Plan))
def test_the_callers_of_one_kind_leave_room_on_the_stage(resources: Resources, plan: str) -> None:
    properties = resources[f"UsageOf{plan.title()}"]["Properties"]
    whole = resources["Api"]["Properties"]["MethodSettings"][0]
    assert properties["ApiStages"] == [{"ApiId": {"Ref": "Api"}, "Stage": {"Ref": "Api.Stage"}}]
    assert 0 < properties["Throttle"]["RateLimit"] < whole["ThrottlingRateLimit"]
    assert 0 < properties["Throttle"]["BurstLimit"] < whole["ThrottlingBurstLimit"]
    assert "Quota" not in properties, "it would lock out whoever comes last that day"


@pytest.mark.parametrize(("plan", "role"), [("customers", "customer"), ("staff", "agent"), ("services", "service")])
def test_the_key_that_the_authorizer_gives_is_that_of_the_usage_plan(
    resources: Resources, plan: str, role: Role
) -> None:
    key, counts = (resources[f"UsageKeyOf{plan.title()}{end}"]["Properties"] for end in ("", "Counts"))
    given = usage_key(Principal(id="usr-1", roles=frozenset({role})), "${AWS::StackName}")
    assert (key["Value"], key["Enabled"]) == ({"Fn::Sub": given}, True)
    assert (counts["KeyId"], counts["UsagePlanId"]) == (
        {"Ref": f"UsageKeyOf{plan.title()}"},
        {"Ref": f"UsageOf{plan.title()}"},
    )
    told = resources["AuthorizeFunction"]["Properties"]["Environment"]["Variables"]
    assert told["STACK"] == {"Ref": "AWS::StackName"}


def test_only_calls_with_a_token_count_and_no_key_of_a_caller_s_own(resources: Resources) -> None:
    api = resources["Api"]["Properties"]
    assert (api["ApiKeySourceType"], api["Auth"]["ApiKeyRequired"]) == ("AUTHORIZER", True)
    assert api["Auth"]["AddApiKeyRequiredToCorsPreflight"] is False
    events = [
        event["Properties"]
        for function in of_type(resources, "AWS::Serverless::Function").values()
        for event in function.get("Events", {}).values()
        if event["Type"] == "Api"
    ]
    free = {(each["Method"].upper(), each["Path"]) for each in events if "Auth" in each}
    assert {str(each["Auth"]) for each in events if "Auth" in each} == {
        str({"Authorizer": "NONE", "ApiKeyRequired": False})
    }
    assert free == {(route.method, route.path) for route in ROUTES if route.public}


# ------------------------------------------------------------------------------------------------------------- origins


def test_no_page_of_just_any_origin_may_call(resources: Resources, template: Any) -> None:
    api = resources["Api"]["Properties"]
    said = [api["Cors"]["AllowOrigin"]]
    said += [
        each["ResponseParameters"]["Headers"]["Access-Control-Allow-Origin"]
        for each in api["GatewayResponses"].values()
    ]
    first = {"Fn::Select": [0, {"Fn::Split": [",", {"Ref": "PortalOrigins"}]}]}
    assert all(each == {"Fn::Sub": ["'${Portal}'", {"Portal": first}]} for each in said)
    assert template["Globals"]["Function"]["Environment"]["Variables"]["CORS_ORIGINS"] == {"Ref": "PortalOrigins"}


@pytest.mark.parametrize(
    ("origins", "taken"),
    [
        ("https://none.invalid", True),
        ("https://portal.example,http://127.0.0.1:8000", True),
        ("*", False),
        ("https://*", False),
        ("https://portal.example/", False),
        ("https://portal.example, https://b.example", False),
        ("", False),
    ],
)
def test_an_origin_is_named_in_full(template: Any, origins: str, taken: bool) -> None:
    pattern = template["Parameters"]["PortalOrigins"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, origins)) is taken


def test_a_preflight_allows_the_methods_that_routes_have(resources: Resources) -> None:
    allowed = resources["Api"]["Properties"]["Cors"]["AllowMethods"].strip("'").split(",")
    assert set(allowed) == {route.method for route in ROUTES} | {"OPTIONS"}


def test_without_a_portal_no_origin_is_let_in(template: Any) -> None:
    assert template["Parameters"]["PortalOrigins"]["Default"].endswith(".invalid")  # RFC 6761: never anybody's
