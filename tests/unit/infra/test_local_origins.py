"""What API Gateway itself says of origins, in the local run: what the template says, with the parameters in it."""

from typing import Any

import pytest

from infra.local.gateway_responses import GatewayResponses
from infra.local.intrinsics import evaluated, parameters_of
from infra.local.preflight import preflight_headers

PORTALS = {"PortalOrigins": "https://portal.example,https://shop.example"}


def test_a_refusal_of_the_gateway_names_the_first_portal(template: Any) -> None:
    responses = GatewayResponses.of_template(template, parameters_of(template, PORTALS))
    for kind in template["Resources"]["Api"]["Properties"]["GatewayResponses"]:
        _, headers, _ = responses.render(kind, "", "r-1")
        assert headers["Access-Control-Allow-Origin"] == "https://portal.example", kind


def test_a_preflight_names_the_first_portal(template: Any) -> None:
    headers = dict(preflight_headers(template, parameters_of(template, PORTALS)))
    assert headers["Access-Control-Allow-Origin"] == "https://portal.example"


def test_without_a_portal_they_name_nobody(template: Any) -> None:
    headers = dict(preflight_headers(template, parameters_of(template, {})))
    assert headers["Access-Control-Allow-Origin"] == "https://none.invalid"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("as it is", "as it is"),
        ({"Ref": "PortalOrigins"}, PORTALS["PortalOrigins"]),
        ({"Fn::Select": [1, {"Fn::Split": [",", {"Ref": "PortalOrigins"}]}]}, "https://shop.example"),
        ({"Fn::Sub": ["<${One}>", {"One": {"Ref": "PortalOrigins"}}]}, f"<{PORTALS['PortalOrigins']}>"),
        ({"Fn::GetAtt": "Api.Stage"}, {"Fn::GetAtt": "Api.Stage"}),
    ],
)
def test_a_value_is_worked_out_from_the_parameters_alone(written: Any, value: Any) -> None:
    assert evaluated(written, PORTALS) == value
