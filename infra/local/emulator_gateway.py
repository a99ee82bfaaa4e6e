"""Corrects ministack's API Gateway: refusals, usage keys, base paths, and the headers that it renames."""

import os
from contextvars import ContextVar
from typing import Any

from ministack.services import apigateway_v1

from infra.local.gateway_responses import DEFAULT_STATUS, MARK
from infra.local.process import BASE_PATH
from infra.local.repeated_headers import unpacked

USAGE_KEY = "usageIdentifierKey"
RENAMED = {"www-authenticate": "x-amzn-Remapped-WWW-Authenticate"}

Result = dict[str, Any]


def mark_gateway_refusals() -> None:
    """Marks the gateway's own refusals, so that the front can give them the template's form.

    ministack ignores a template's GatewayResponses, and shows a failed function's exception to the caller.
    """

    def refuse(error: Any, _request: Result) -> tuple[int, dict[str, str], bytes]:
        status = DEFAULT_STATUS.get(error.response_type, 500)
        return status, {MARK: error.response_type}, (error.message or "").encode()

    class FunctionFailedError(Exception):
        pass

    shape = apigateway_v1._lambda_proxy_response
    invoke = apigateway_v1._invoke_lambda_proxy_v1

    def shape_or_fail(result: Result) -> tuple[Result, None]:
        response, error = shape(result)
        answered = isinstance(result.get("body"), dict) and "statusCode" in result["body"]
        if error or not (answered or result.get("throttle")):
            raise FunctionFailedError
        return response, None

    async def invoke_or_refuse(*args: Any, **kwargs: Any) -> Any:
        try:
            return await invoke(*args, **kwargs)
        except FunctionFailedError:
            return 502, {MARK: "DEFAULT_5XX"}, b"Internal server error"

    apigateway_v1._gateway_error_response = refuse
    apigateway_v1._lambda_proxy_response = shape_or_fail
    apigateway_v1._invoke_lambda_proxy_v1 = invoke_or_refuse


def count_by_the_authorizers_keys() -> None:
    """Counts requests by the API keys that the authorizer gives: ministack knows keys of a header only, and forgets the
    `ApiKeySourceType` of a template. The key travels in the context of the authorizer's cached answer, and is taken
    out before a function sees it."""
    given: ContextVar[str] = ContextVar("given", default="")
    ask, authorize, check = (
        apigateway_v1._invoke_authorizer_lambda,
        apigateway_v1._authorize_request_v1,
        apigateway_v1._check_api_key,
    )

    async def ask_and_keep(*args: Any) -> Any:
        result = await ask(*args)
        body = (result or {}).get("body")
        if isinstance(body, dict) and USAGE_KEY in body:
            body["context"] = {**(body.get("context") or {}), USAGE_KEY: body[USAGE_KEY]}
        return result

    async def authorize_and_take(*args: Any) -> Any:
        error, context = await authorize(*args)
        given.set((context or {}).get(USAGE_KEY, ""))
        return error, context and {name: value for name, value in context.items() if name != USAGE_KEY}

    def check_the_given(method: Result, api_id: str, stage: str, _: Result) -> Any:
        return check(method, api_id, stage, {"x-api-key": given.get()})

    apigateway_v1._invoke_authorizer_lambda = ask_and_keep
    apigateway_v1._authorize_request_v1 = authorize_and_take
    apigateway_v1._check_api_key = check_the_given


def call_functions_as_behind_a_domain() -> None:
    """Lets events name the path that callers used, as behind a domain with a base path: ministack knows no such
    mapping. The front takes the base path off before it asks ministack."""
    base, build = os.environ[BASE_PATH], apigateway_v1._build_lambda_event_v1

    def build_as_mapped(*args: Any, **kwargs: Any) -> Result:
        event: Result = build(*args, **kwargs)
        path = f"{base}{event['path']}"
        return {**event, "path": path, "requestContext": {**event["requestContext"], "path": path}}

    apigateway_v1._build_lambda_event_v1 = build_as_mapped


def pass_every_header_on() -> None:
    """Lets events have each value of a header that a client sent twice, where ministack joins them to one."""
    build = apigateway_v1._build_lambda_event_v1

    def build_with_all(*args: Any, **kwargs: Any) -> Result:
        return unpacked(build(*args, **kwargs))

    apigateway_v1._build_lambda_event_v1 = build_with_all


def rename_headers() -> None:
    """Renames the one header of ours that API Gateway does not let a function send (Amazon API Gateway developer guide,
    "Important notes": `WWW-Authenticate` of an integration)."""
    shape = apigateway_v1._lambda_proxy_response

    def shape_and_rename(result: Result) -> tuple[Result, Any]:
        response, error = shape(result)
        headers = (response or {}).get("multiValueHeaders") or {}
        renamed = {RENAMED.get(name.lower(), name): values for name, values in headers.items()}
        return ({**response, "multiValueHeaders": renamed} if headers else response), error

    apigateway_v1._lambda_proxy_response = shape_and_rename
