"""One request of the matrix, by the handler that the template has on its route."""

import importlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from shared.adapters.gateways.common.signatures import signature_of
from tests.fakes.world import NOW
from tests.support.template import resources
from tests.unit.http.client import CONTEXT, Reply, event_of
from tests.unit.http.matrix.identities import context_for
from tests.unit.http.matrix.rows import Row
from tests.unit.http.matrix.stories import Place

SECRET = "sandbox-secret"


def ask(row: Row, identity: str, place: Place, sent_with: Mapping[str, str] | None = None, **query: str) -> Reply:
    """The row's request, about a place, as somebody; `sent_with` are other headers than those that it needs."""
    method, resource = row.route.split(" ")
    parameters = {name: value for name, value in place.path.items() if f"{{{name}}}" in resource}
    body = row.request(place)
    sent = None if body is None else json.dumps(body)
    headers = {"If-Match": place.etag, "Content-Type": "application/json", "Inflight-Signature": _signature(sent or "")}
    headers |= sent_with or {}
    path, wanted = resource.format_map(parameters), urlencode(query)
    event = event_of(method, path, resource, parameters, wanted, sent, headers, None)
    event["requestContext"]["authorizer"] = context_for(identity, row.scope)
    reply = _handlers()[method, resource](event, CONTEXT)
    flat = {name: values[-1] for name, values in reply["multiValueHeaders"].items()}
    return Reply(reply["statusCode"], flat, json.loads(reply["body"]) if reply["body"] else None)


def _signature(sent: str) -> str:
    """As the sandbox gateway signs what it reports: its callbacks need no token, but this."""
    stamp = str(int(NOW.timestamp()))
    return f"t={stamp},v1={signature_of(sent.encode(), stamp, SECRET)}"


@cache
def _handlers() -> dict[tuple[str, str], Any]:
    found = {}
    for function in resources("AWS::Serverless::Function").values():
        for event in function.get("Events", {}).values():
            if event["Type"] == "Api":
                module, _, attribute = function["Handler"].rpartition(".")
                handler = getattr(importlib.import_module(module), attribute)
                found[event["Properties"]["Method"].upper(), event["Properties"]["Path"]] = handler
    return found
