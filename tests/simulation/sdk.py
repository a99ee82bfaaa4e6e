"""botocore's clients without the HTTP in them: parameters are validated and written, replies are read, and calls are
retried as botocore does it; endpoints, signatures and headers, which nobody here looks at, are left out.
"""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.endpoint import convert_to_response_dict

from tests.simulation.dynamo import with_bytes

Json = dict[str, Any]
Send = Callable[[str, str, Any], AWSResponse]
"""From a service, an operation and a request to a response, or to an exception of the network."""

OF_ITEMS = frozenset(
    {
        "BatchGetItem",
        "BatchWriteItem",
        "DeleteItem",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "TransactGetItems",
        "TransactWriteItems",
        "UpdateItem",
    }
)
"""Operations of DynamoDB whose replies have nothing but items, numbers and names: JSON says all of it."""


def called(client: BaseClient, operation: str, given: Json, send: Send) -> Json:
    """Call an operation, again as often as the client's configuration has it; raises what botocore would raise."""
    model = client._service_model.operation_model(operation)
    context: Json = {"client_region": client.meta.region_name, "client_config": client.meta.config, "retries": {}}
    given = client._emit_api_params(api_params=given, operation_model=model, context=context)
    asked = client._serializer.serialize_to_request(given, model)
    asked["context"] = context
    attempts, endpoint = 1, client._endpoint
    while True:
        context["retries"]["attempt"] = attempts
        reply, failure = _tried(client, model, asked, send)
        if reply is not None and reply[0].status_code < 300:
            break
        if not endpoint._needs_retry(attempts, model, asked, reply, failure):
            break
        attempts += 1
    return _result(client, operation, reply, failure, attempts)


def _tried(client: BaseClient, model: Any, asked: Json, send: Send) -> tuple[Any, Exception | None]:
    """One try: the response with what it says, or the exception instead. A crash is none, and goes through."""
    request = SimpleNamespace(url=asked["url_path"], headers=asked["headers"], body=asked["body"])
    try:
        response = send(model.service_model.service_id.hyphenize(), model.name, request)
    except Exception as error:  # noqa: BLE001 (botocore takes whatever comes for a failure of the call)
        return None, error
    return (response, _read(client, model, response)), None


def _read(client: BaseClient, model: Any, response: AWSResponse) -> Json:
    if response.status_code < 300 and model.name in OF_ITEMS:
        found: Json = json.loads(response.content, object_hook=with_bytes)
        found["ResponseMetadata"] = {"HTTPStatusCode": response.status_code, "HTTPHeaders": {}}
        return found
    endpoint = client._endpoint
    parser = endpoint._response_parser_factory.create_parser(model.service_model.resolved_protocol)
    raw = convert_to_response_dict(response, model)
    parsed: Json = parser.parse(raw, model.output_shape)
    if response.status_code >= 300:
        endpoint._add_modeled_error_fields(raw, parsed, model, parser)
    return parsed


def _result(client: BaseClient, operation: str, reply: Any, failure: Exception | None, attempts: int) -> Json:
    if failure is not None:
        raise failure
    response, parsed = reply
    parsed.setdefault("ResponseMetadata", {})["RetryAttempts"] = attempts - 1
    if response.status_code >= 300:
        raise client.exceptions.from_code(parsed.get("Error", {}).get("Code"))(parsed, operation)
    return dict(parsed)
