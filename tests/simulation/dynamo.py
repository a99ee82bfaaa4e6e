"""moto's DynamoDB without the HTTP around it: half of a simulated second would go into taking headers apart."""

import json
from base64 import b64decode, b64encode
from typing import Any

from botocore import xform_name
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.dynamodb.responses import DynamoHandler
from werkzeug.exceptions import HTTPException

from tests.support.clients import REGION

Json = dict[str, Any]


def answered(operation: str, body: bytes | str) -> tuple[int, str]:
    """What DynamoDB answers to an operation: status and body, as JSON on the wire."""
    handler = DynamoHandler()
    handler.current_account, handler.region = DEFAULT_ACCOUNT_ID, REGION
    handler.body = handler.params = json.loads(body, object_hook=with_bytes)
    try:
        found = getattr(handler, xform_name(operation))()
    except HTTPException as error:
        return int(error.code or 400), str(error.description)
    except ServiceException as error:
        return 400, json.dumps({"__type": error.code, "message": error.message})
    result = found.result if isinstance(found, ActionResult) else json.loads(found)
    return 200, json.dumps(result, default=_as_text)


def with_bytes(found: Json) -> Json:
    """Binary values as moto and botocore have them; on the wire they are in base64."""
    if len(found) == 1 and isinstance(found.get("B"), str):
        return {"B": b64decode(found["B"])}
    return found


def _as_text(value: object) -> Any:
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return value.to_json() if hasattr(value, "to_json") else str(value)
