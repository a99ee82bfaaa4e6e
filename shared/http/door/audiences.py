"""Shows each audience its own fields: the one way out for replies to customers, and to those without a token."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from shared.domain.refusal import Refusal
from shared.http.door.jsontext import dumps
from shared.http.door.route import AMENDERS
from shared.http.identity.principal import principal_of
from shared.http.parts.audience import WHOLE, Shows, back_office_view, customers_view, has_desk
from shared.http.resources.problem.audience import PROBLEM
from shared.http.routes import BY_NAME
from shared.usecases.core.access import STAFF

ALL_FIELDS = STAFF | {"service"}
DESK = AMENDERS & STAFF
"""Of staff, those who serve customers, and may hand them what is theirs."""


def for_audience(event: Mapping[str, Any], reply: dict[str, Any]) -> dict[str, Any]:
    """Returns the reply as its reader may see it: staff and services all of it, but for what is the desk's alone;
    everybody else what the route's row declares for customers, problems and answers that are told again included."""
    shows = _shows(event, int(reply["statusCode"]))
    if not reply.get("body") or shows == WHOLE or _reads_all(event):
        return _for_staff(event, reply, shows)
    return {**reply, "body": dumps(customers_view(json.loads(reply["body"]), shows))}


def _for_staff(event: Mapping[str, Any], reply: dict[str, Any], shows: Shows) -> dict[str, Any]:
    if not reply.get("body") or not _has_desk(_name(event)) or _roles(event) & DESK:
        return reply
    return {**reply, "body": dumps(back_office_view(json.loads(reply["body"]), shows))}


def _shows(event: Mapping[str, Any], status: int) -> Shows:
    route = BY_NAME.get(_name(event))
    return (PROBLEM,) if status >= 400 else route.shows if route else ()


@lru_cache(maxsize=256)
def _has_desk(name: str) -> bool:
    """Returns True if replies of the route have fields of the desk; all others need not be read for it."""
    return name in BY_NAME and has_desk(BY_NAME[name].shows)


def _name(event: Mapping[str, Any]) -> str:
    return f"{event['httpMethod']} {event['resource']}"


def _reads_all(event: Mapping[str, Any]) -> bool:
    return bool(_roles(event) & ALL_FIELDS)


def _roles(event: Mapping[str, Any]) -> frozenset[str]:
    try:
        return frozenset(principal_of((event.get("requestContext") or {}).get("authorizer")).roles)
    except Refusal:
        return frozenset()
