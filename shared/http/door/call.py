"""Holds one request as handlers see it: its principal, its route, and its content."""

import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar
from urllib.parse import unquote

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

from shared.domain.canonical import canonical, sha256
from shared.domain.refusal import Refusal
from shared.http.door import jsontext
from shared.http.door.repeats import check_said_once, repeated_in
from shared.http.door.route import Route
from shared.http.door.validation import Model, validated
from shared.http.identity.principal import principal_of
from shared.ports.requests import Render, RequestKey
from shared.usecases.core.access import Principal
from shared.usecases.core.requests import Request

T = TypeVar("T")

_OTHER_JSON = re.compile(r"application/[a-z0-9][a-z0-9.+-]*\+json")
MAX_BODY = 1024 * 1024
MAX_KEY = 255
MAX_NAME = 500
"""Longer than any id, and shorter than the 2,048 bytes of a DynamoDB key, beyond which it refuses to look."""


class Late(Exception):
    """Delays a refusal of a request's content: it is told only if the checks that come before have nothing to say."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


@contextmanager
def late() -> Iterator[None]:
    """Delays refusals in its body, which concern the request's content (415, 400, 422)."""
    try:
        yield
    except Refusal as refusal:
        raise Late(refusal) from refusal


@contextmanager
def checked_first(check: Callable[[], object]) -> Iterator[None]:
    """Tells mistakes in the content that is read in its body only once `check` has nothing to say."""
    try:
        yield
    except Late:
        check()
        raise


@dataclass(frozen=True)
class Call:
    """Holds one request. `path` and `query` hold its parameters by name; `raw` is the body as it was sent; `repeated`
    names the parameters and headers that have several values, of which none counts."""

    route: Route
    principal: Principal
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes
    repeated: tuple[str, ...] = ()

    def body(self, model: type[Model], *, optional: bool = False) -> Model:
        """Returns the JSON body as `model`; where it is optional, none is an empty object.

        Raises:
            Late: it is of another media type (415), no JSON (400), or wrong somewhere (422).
        """
        with late():
            if optional and not self.raw.strip():
                return validated(model, {})
            self._check_media_type()
            return validated(model, self._json)

    def document(self) -> bytes:
        """Returns the body as it was sent, for whoever reads it in a shape of their own: JSON all the same.

        Raises:
            Late: it is of another media type, or encoded (415).
        """
        with late():
            self._check_media_type()
        return self.raw

    def parameters(self, model: type[Model]) -> Model:
        """Returns the query parameters as `model`.

        Raises:
            Late: one is unknown, or wrong.
        """
        with late():
            return validated(model, dict(self.query))

    def request(self, render: Render[T]) -> Request[T]:
        """Returns the mutation that is asked for; `render` makes the reply to its result.

        Raises:
            Late: the Idempotency-Key is none.
        """
        with late():
            return Request(principal=self.principal, render=render, key=self.key, if_match=self.if_match)

    def known_key(self) -> RequestKey | None:
        """Returns the Idempotency-Key, for use cases that keep nothing under it.

        Raises:
            Late: it is none.
        """
        with late():
            return self.key

    @property
    def is_dry_run(self) -> bool:
        """Returns True for a preview, which keeps nothing, so it needs no If-Match and replays nothing."""
        return self.query.get("dry_run") == "true"

    @property
    def if_match(self) -> str | None:
        """Returns the ETag as it was sent: compared as text, so neither `*` nor a weak one ever matches."""
        return self.headers.get("If-Match")

    @property
    def key(self) -> RequestKey | None:
        """Returns the Idempotency-Key in the scope of this principal and route, with the hash of the canonical body.

        Raises:
            Refusal: `malformed-idempotency-key`.
        """
        given = self.headers.get("Idempotency-Key")
        if given is None or not self.route.mutates:
            return None
        if not 0 < len(given) <= MAX_KEY:
            raise Refusal("malformed-idempotency-key", f"An Idempotency-Key has 1 to {MAX_KEY} characters.")
        scope = [self.principal.id, self.route.method, self.route.path, dict(self.path), given]
        return RequestKey(key=sha256(canonical(scope)), body_hash=self._body_hash)

    def check_access(self) -> None:
        """Checks that the principal may use the route, and then the request's bounds.

        Raises:
            Refusal: `forbidden`, `body-too-large`, `not-found`.
        """
        if not self.principal.may(self.route.roles, self.route.scope):
            raise Refusal("forbidden", "Your role does not allow this.")
        self.check_bounds()

    def check_bounds(self) -> None:
        """Checks the size of the body and the length of names in the path.

        Raises:
            Refusal: `body-too-large`, `not-found`.
        """
        check_size(self.raw)
        if any(len(name) > MAX_NAME for name in self.path.values()):
            raise Refusal("not-found", "There is nothing under this path and method.")

    def check_said_once(self) -> None:
        """Checks that nothing of which one value counts is said twice.

        Raises:
            Late: it is (400).
        """
        with late():
            check_said_once(self.repeated)

    @property
    def sent(self) -> object:
        """Returns the JSON value of the body; None where there is none."""
        try:
            return self._json if self.raw.strip() else None
        except Refusal:
            return None

    @cached_property
    def _json(self) -> object:
        return jsontext.parse(self.raw)

    @property
    def _body_hash(self) -> str:
        try:
            return sha256(canonical(self._json))
        except Refusal:
            return sha256(self.raw.hex())

    def _check_media_type(self) -> None:
        given = self.headers.get("Content-Type", "application/json")
        media_type, *parameters = (each.strip().lower() for each in given.split(";"))
        if media_type != "application/json" and not _OTHER_JSON.fullmatch(media_type):
            raise Refusal("unsupported-media-type", "Send the body as application/json.")
        charsets = {each.partition("=")[2].strip(' "') for each in parameters if each.startswith("charset")}
        if charsets - {"utf-8", "utf8"}:
            raise Refusal("unsupported-media-type", "Send the body in UTF-8.")
        if self.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
            raise Refusal("unsupported-media-type", "Send the body as it is, without a content encoding.")


def call_of(event: APIGatewayProxyEvent, route: Route, known: Principal | None = None) -> Call:
    """Returns the call in an API Gateway event; the authorizer names its principal, unless the caller is `known`
    already.

    Raises:
        Refusal: `unauthenticated`.
    """
    return Call(
        route=route,
        principal=known or principal_of(event.request_context.authorizer.raw_event),
        path={name: unquote(value) for name, value in (event.get("pathParameters") or {}).items()},
        query=event.get("queryStringParameters") or {},
        headers=event.headers,
        raw=raw_body(event),
        repeated=repeated_in(event),
    )


def raw_body(event: APIGatewayProxyEvent) -> bytes:
    """Returns the body as it was sent, to the byte, because a signature covers these bytes."""
    body = event.get("body") or ""
    return b64decode(body) if event.get("isBase64Encoded") else body.encode(errors="surrogatepass")


def check_size(raw: bytes) -> None:
    """Checks that the body is no larger than one may be.

    Raises:
        Refusal: `body-too-large`.
    """
    if len(raw) > MAX_BODY:
        raise Refusal("body-too-large", "The body is larger than 1 MB.")
