"""The address that callers know: API Gateway's with its stage, or a domain with a path of it, and never both."""

import re
from typing import Any

import pytest

Resources = dict[str, dict[str, Any]]
STAGE_OR_BASE = {
    "Fn::If": ["UnderStage", {"Fn::Sub": "/${Stage}"}, {"Fn::If": ["AtTheRoot", "", {"Fn::Sub": "/${BasePath}"}]}]
}


def test_every_function_knows_the_path_that_callers_use(template: Any) -> None:
    assert template["Globals"]["Function"]["Environment"]["Variables"]["API_PATH"] == STAGE_OR_BASE
    under_stage = [{"Condition": "OnAws"}, {"Fn::Not": [{"Condition": "UseDomain"}]}]
    assert template["Conditions"]["UnderStage"] == {"Fn::And": under_stage}


def test_a_domain_speaks_the_tls_that_is_asked_for_and_has_no_way_round_it(resources: Resources) -> None:
    domain = resources["ApiDomain"]
    assert (domain["Condition"], domain["Properties"]["SecurityPolicy"]) == ("UseDomain", {"Ref": "TlsPolicy"})
    assert resources["Api"]["Properties"]["DisableExecuteApiEndpoint"] == {"Fn::If": ["UseDomain", True, False]}


@pytest.mark.parametrize(
    ("policy", "taken"), [("TLS_1_2", True), ("SecurityPolicy_TLS13_1_3_2025_09", True), ("TLS_1_0", False)]
)
def test_no_old_tls_can_be_asked_for(template: Any, policy: str, taken: bool) -> None:
    parameter = template["Parameters"]["TlsPolicy"]
    assert bool(re.fullmatch(parameter["AllowedPattern"], policy)) is taken
    assert re.fullmatch(parameter["AllowedPattern"], parameter["Default"])


def test_letters_and_outputs_name_the_same_address(resources: Resources, template: Any) -> None:
    address = template["Outputs"]["ApiUrl"]["Value"]
    for function in ("MailFunction", "CollectFunction"):
        portal = resources[function]["Properties"]["Environment"]["Variables"]["PORTAL_URL"]
        assert portal["Fn::If"] == ["NoPortal", address, {"Ref": "PortalUrl"}]
    assert address["Fn::If"][0] == "UseDomain"
