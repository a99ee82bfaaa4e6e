"""Describes the headers that requests take and replies carry."""

from collections.abc import Iterable
from typing import Any

from shared.http.door.call import MAX_KEY
from shared.http.door.route import Route
from shared.http.parts.document import Operation
from shared.usecases.core.requests import KEY_LIFETIME

Json = dict[str, Any]

_OF_PROBLEMS = {
    401: ("WWW-Authenticate", "How to come back: signed in, or signed in better (RFC 9470)."),
    412: ("ETag", "The ETag now."),
    429: ("Retry-After", "Seconds to wait."),
}
_HOURS = int(KEY_LIFETIME.total_seconds() // 3600)
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY},
    "description": "A repeated request with the same key and body gets the first answer; another body is refused "
    "(`key-reused`). A key belongs to one caller, one method and one path, ids in it included, and lives "
    f"{_HOURS} hours: the same key on another path, or of somebody else, is another key. A request that was refused "
    "leaves no key behind.",
}


def request_headers(route: Route, operation: Operation) -> Iterable[Json]:
    """Yields If-Match, where the route compares ETags, and Idempotency-Key, where a repeated request is known."""
    preview = operation.preview is not None
    if route.needs_if_match:
        words = "The order's ETag, as read, quotes included."
        yield _if_match('"1.0"', f"{words} Not needed with `dry_run=true`." if preview else words, required=not preview)
    elif "stale-version" in operation.refuses:
        words = "The document's ETag, as read, quotes included. Compared if it is sent; not with `dry_run=true`."
        yield _if_match('"1"', words, required=False)
    if takes_key(route, operation):
        yield _KEY


def takes_key(route: Route, operation: Operation) -> bool:
    """Returns True if a route takes an Idempotency-Key.

    A signed request in its sender's own form has keys of its own; one that keeps nothing needs none.
    """
    return route.mutates and operation.keeps and not (route.public and operation.any_body)


def reply_headers(operation: Operation, status: int) -> Json:
    """Returns the headers of a success. A success that is no preview always carries its ETag, if the operation has any;
    a reply that may announce a new thing says where that stands."""
    models, _ = operation.replies[status]
    of_preview = [model is operation.preview for model in models]
    headers: Json = {}
    if operation.etag and not all(of_preview):
        words = f"{operation.etag} Not sent with `dry_run=true`." if any(of_preview) else operation.etag
        headers["ETag"] = _header(words, always=not any(of_preview))
    if 201 in operation.replies and models == operation.replies[201][0]:
        headers["Location"] = _header("Where it stands: a path of this service.", always=True)
    return headers


def problem_headers(status: int) -> Json:
    """Returns the headers of a refusal of this status."""
    if status not in _OF_PROBLEMS:
        return {}
    name, words = _OF_PROBLEMS[status]
    return {name: _header(words, always=False)}


def _if_match(example: str, words: str, *, required: bool) -> Json:
    return {
        "name": "If-Match",
        "in": "header",
        "required": required,
        "schema": {"type": "string"},
        "example": example,
        "description": words,
    }


def _header(words: str, *, always: bool) -> Json:
    return {"description": words, "required": always, "schema": {"type": "string"}}
