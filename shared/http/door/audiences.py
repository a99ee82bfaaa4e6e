"""Shows each audience its own fields: the one way out for replies to customers, and to those without a token."""

import json
from collections.abc import Mapping
from typing import Any

from shared.domain.refusal import Refusal
from shared.http.door.jsontext import dumps
from shared.http.identity.principal import principal_of
from shared.http.parts.audience import WHOLE, Shows, customers_view
from shared.http.resources.problem.audience import PROBLEM
from shared.http.routes import BY_NAME
from shared.usecases.core.access import STAFF

ALL_FIELDS = STAFF | {"service"}


def for_audience(event: Mapping[str, Any], reply: dict[str, Any]) -> dict[str, Any]:
    """Returns the reply as its reader may see it: staff and services all of it, everybody else what the route's row
    declares for customers, problems and answers that are told again included."""
    shows = _shows(event, int(reply["statusCode"]))
    if not reply.get("body") or shows == WHOLE or _reads_all(event):
        return reply
    return {**reply, "body": dumps(customers_view(json.loads(reply["body"]), shows))}


def _shows(event: Mapping[str, Any], status: int) -> Shows:
    route = BY_NAME.get(f"{event['httpMethod']} {event['resource']}")
    return (PROBLEM,) if status >= 400 else route.shows if route else ()


def _reads_all(event: Mapping[str, Any]) -> bool:
    try:
        principal = principal_of((event.get("requestContext") or {}).get("authorizer"))
    except Refusal:
        return False
    return bool(principal.roles & ALL_FIELDS)
