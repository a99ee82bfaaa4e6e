"""Renders API Gateway's own refusals in the form that the template gives them.

The emulator deploys `GatewayResponses` but answers in its own form, so the front renders them: the emulator only marks
an answer that came from the gateway rather than from a function (see `emulator.py`).

Source of the types, their statuses and the fallback to DEFAULT_4XX and DEFAULT_5XX: Amazon API Gateway developer guide,
"Gateway response types".
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.local.intrinsics import evaluated

# The emulator's gateway puts its response type into this header of its own answers. Their body is the plain message.
MARK = "x-inflight-gateway-response"

DEFAULT_STATUS = {
    "ACCESS_DENIED": 403,
    "API_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_FAILURE": 500,
    "BAD_REQUEST_BODY": 400,
    "BAD_REQUEST_PARAMETERS": 400,
    "EXPIRED_TOKEN": 403,
    "INTEGRATION_FAILURE": 504,
    "INTEGRATION_TIMEOUT": 504,
    "INVALID_API_KEY": 403,
    "INVALID_SIGNATURE": 403,
    "MISSING_AUTHENTICATION_TOKEN": 403,
    "QUOTA_EXCEEDED": 429,
    "REQUEST_TOO_LARGE": 413,
    "RESOURCE_NOT_FOUND": 404,
    "THROTTLED": 429,
    "UNAUTHORIZED": 401,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "WAF_FILTERED": 403,
    "DEFAULT_4XX": 400,
    "DEFAULT_5XX": 500,
}
_VARIABLE = re.compile(r"\$(?:\{(context(?:\.\w+)+)\}|(context(?:\.\w+)+))")
_JSON = "application/json"


@dataclass(frozen=True)
class GatewayResponse:
    """An entry of a template's `GatewayResponses`."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)


class GatewayResponses:
    """The responses that one API defines, and API Gateway's defaults for the rest."""

    def __init__(self, defined: Mapping[str, GatewayResponse]) -> None:
        self._defined = defined

    @classmethod
    def of_template(cls, template: Mapping[str, Any], parameters: Mapping[str, str]) -> "GatewayResponses":
        """Reads them from the one `AWS::Serverless::Api` of a parsed template, with the parameters' values in them."""
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Api":
                properties = resource.get("Properties", {}).get("GatewayResponses", {})
                return cls({name: _read(body, parameters) for name, body in properties.items()})
        return cls({})

    def render(
        self, kind: str, message: str, request_id: str, status: int | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Returns the status, headers and body that API Gateway would answer with.

        `status` counts if the template names no other; without it the status is the type's own.
        """
        own = status or DEFAULT_STATUS.get(kind, 500)
        response = self._for(kind, own)
        media_type, template = _JSON, '{"message":$context.error.messageString}'
        if response.templates:
            media_type = _JSON if _JSON in response.templates else next(iter(response.templates))
            template = response.templates[media_type]
        variables = {
            "context.error.message": message,
            "context.error.messageString": json.dumps(message),
            "context.error.responseType": kind,
            "context.requestId": request_id,
        }
        body = _VARIABLE.sub(lambda match: variables.get(match[1] or match[2], ""), template)
        headers = {"Content-Type": media_type, "x-amzn-RequestId": request_id}
        for name, value in response.headers.items():
            headers = {known: kept for known, kept in headers.items() if known.lower() != name.lower()}
            headers[name] = value
        return response.status or own, headers, body.encode()

    def _for(self, kind: str, status: int) -> GatewayResponse:
        fallback = "DEFAULT_4XX" if status < 500 else "DEFAULT_5XX"
        return self._defined.get(kind) or self._defined.get(fallback) or GatewayResponse()


def _read(body: Mapping[str, Any], parameters: Mapping[str, str]) -> GatewayResponse:
    written = body.get("ResponseParameters", {}).get("Headers", {})
    headers = {name: str(evaluated(value, parameters)) for name, value in written.items()}
    return GatewayResponse(
        status=int(body["StatusCode"]) if "StatusCode" in body else None,
        # A mapping expression in single quotes is a fixed value; a refusal uses no others.
        headers={name: value[1:-1] for name, value in headers.items() if value.startswith("'")},
        templates=body.get("ResponseTemplates", {}),
    )
