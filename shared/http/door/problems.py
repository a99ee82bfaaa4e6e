"""Renders refusals, conflicts and faults as problems (RFC 9457); errors meet HTTP nowhere else."""

import traceback
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response

from shared.domain.planning.plan import ChangePlan
from shared.domain.refusal import Refusal, Violation
from shared.http.door.jsontext import dumps
from shared.http.door.problem_types import PROBLEMS, ProblemType, type_uri
from shared.http.parts.view import Json
from shared.http.resources.plan.view import plan_view
from shared.ports.stores import Conflict

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 1

logger = Logger(child=True)

_BUSY = Refusal("too-busy", "Too much is happening at once; try again in a moment.")
_INTERNAL = Refusal("internal-error", "The fault is ours. Repeat the request with the same Idempotency-Key.")
_RULE = ProblemType(422, "A rule forbids this")

_THROTTLING = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
    }
)
"""Error codes by which AWS asks for patience."""


def problem_of(error: Exception, request_id: str | None = None) -> Response[str]:
    """Returns the reply to an error: nothing internal is told, nothing personal is logged."""
    if isinstance(error, Refusal):
        return _problem(error, request_id)
    if isinstance(error, Conflict) or _is_throttling(error):
        logger.warning("too busy", extra={"error": type(error).__name__})
        return _problem(_BUSY, request_id)
    _log(error)
    return _problem(_INTERNAL, request_id)


def _problem(refusal: Refusal, request_id: str | None) -> Response[str]:
    kind = PROBLEMS.get(refusal.code, _RULE)
    body: Json = {
        "type": type_uri(refusal.code),
        "title": kind.title,
        "status": kind.status,
        "detail": refusal.detail,
    }
    body |= {"instance": f"urn:uuid:{request_id}"} if request_id else {}
    violations = refusal.violations or (Violation(refusal.code, refusal.detail),)
    body["errors"] = [{"pointer": each.pointer, "code": each.code, "detail": each.detail} for each in violations]
    body |= {name: _shown(value) for name, value in refusal.extra.items()}
    # API Gateway renames the header WWW-Authenticate of a function's answer: here it survives.
    body |= {"challenge": _challenge(refusal)} if kind.status == 401 else {}
    return Response(
        status_code=kind.status, content_type=MEDIA_TYPE, body=dumps(body), headers=_headers(refusal, kind.status)
    )


def _headers(refusal: Refusal, status: int) -> dict[str, str | list[str]]:
    headers: dict[str, str | list[str]] = {"Cache-Control": "no-store"}
    if etag := refusal.extra.get("etag"):
        headers["ETag"] = str(etag)
    if status == 429:
        headers["Retry-After"] = str(RETRY_SECONDS)
    if status == 401:
        headers["WWW-Authenticate"] = _challenge(refusal)
    return headers


def _challenge(refusal: Refusal) -> str:
    """Tells the caller to come back signed in, or signed in better (RFC 9470 §3)."""
    if refusal.code != "step-up-required":
        return "Bearer"
    error, age = 'Bearer error="insufficient_user_authentication"', refusal.extra["max_age"]
    return f'{error}, error_description="{refusal.detail}", max_age="{age}"'


def _shown(value: Any) -> Any:
    return plan_view(value) if isinstance(value, ChangePlan) else value


def _is_throttling(error: Exception) -> bool:
    """Recognises throttling by the error's shape, so that functions without AWS clients need not load botocore."""
    reply = getattr(error, "response", None)
    return isinstance(reply, dict) and reply.get("Error", {}).get("Code") in _THROTTLING


def _log(error: Exception) -> None:
    """Logs what failed and where. An error's own words may quote what somebody sent, so they stay out."""
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    reply = getattr(error, "response", None)
    code = reply.get("Error", {}).get("Code") if isinstance(reply, dict) else None
    logger.error("unexpected", extra={"error": type(error).__name__, "aws_code": code, "where": where[-12:]})
