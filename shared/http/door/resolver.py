"""Admits requests to every HTTP function: it routes, checks access, answers CORS, and renders every error one way."""

import os
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, CORSConfig, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.domain.refusal import Refusal
from shared.http.door.answers import told
from shared.http.door.audiences import for_audience
from shared.http.door.base_path import located, routed
from shared.http.door.call import Call, Late, call_of
from shared.http.door.pointing import keep_in_sent
from shared.http.door.preconditions import check_earlier
from shared.http.door.problems import problem_of
from shared.http.door.repeats import check_said_once, repeated_in
from shared.http.door.route import Route
from shared.http.routes import route_of
from shared.ports.services import Services
from shared.usecases.core.access import Principal

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]

logger = Logger()


def resolver(services: Callable[[], Services] | None = None) -> APIGatewayRestResolver:
    """Returns a resolver that admits a route's own users, and answers every error as a problem.

    `services` are asked for when a refusal has to wait for earlier checks; an app without bodies needs none.
    """
    app = APIGatewayRestResolver(cors=_cors())
    app.use(middlewares=[_admit])

    @app.not_found
    def not_found(_: NotFoundError) -> Response[str]:
        return problem_of(Refusal("not-found", "There is nothing under this path and method."), _request_id(app))

    @app.exception_handler(Exception)  # type: ignore[untyped-decorator]
    def failed(error: Exception) -> Response[str]:
        return _reply_to(error, app, services)

    return app


def _cors() -> CORSConfig:
    """Allows calls from pages of the portals' own origins only: `CORS_ORIGINS`, separated by commas. Without it,
    none."""
    first, *others = os.environ.get("CORS_ORIGINS", "").split(",")
    return CORSConfig(
        allow_origin=first,
        extra_origins=others,
        allow_headers=["If-Match", "Idempotency-Key"],
        expose_headers=["ETag", "Location", "Retry-After"],
        max_age=600,
    )


def serve(app: APIGatewayRestResolver) -> Handler:
    """Returns the Lambda handler of an app; every log line carries the request's id."""

    @logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_REST, clear_state=True)
    def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        return located(for_audience(event, app.resolve(routed(event), context)))

    return handler


def current(app: APIGatewayRestResolver) -> Call:
    """Returns the call that is being answered."""
    call: Call = app.context["call"]
    return call


def open_call(app: APIGatewayRestResolver, principal: Principal) -> Call:
    """Returns the call on a public route of somebody whom the request itself proves, as the holder of a link.

    Raises:
        Refusal: `body-too-large`, `not-found`.
    """
    call = call_of(app.current_event, _route(app), principal)
    call.check_bounds()
    app.append_context(call=call)  # type: ignore[no-untyped-call]
    return call


def _admit(app: APIGatewayRestResolver, next_middleware: NextMiddleware) -> Response[Any]:
    """Checks 401, 403 and 413 before everything else, and then what is said twice. Public routes need no token and know
    no principal."""
    route = _route(app)
    if route.public:
        check_said_once(repeated_in(app.current_event))
    else:
        call = call_of(app.current_event, route)
        call.check_access()
        app.append_context(call=call)  # type: ignore[no-untyped-call]
        call.check_said_once()
    reply: Response[Any] = next_middleware(app)
    return reply


def _reply_to(error: Exception, app: APIGatewayRestResolver, services: Callable[[], Services] | None) -> Response[str]:
    try:
        if isinstance(error, Late):
            if services and (known := check_earlier(services(), current(app))):
                return told(known)
            error = error.refusal
    except Exception as earlier:  # noqa: BLE001 (whatever it is, it has a reply)
        error = earlier
    if isinstance(error, Refusal) and "call" in app.context:
        keep_in_sent(error, current(app))
    return problem_of(error, _request_id(app))


def _route(app: APIGatewayRestResolver) -> Route:
    return route_of(app.current_event.http_method, app.current_event.resource)


def _request_id(app: APIGatewayRestResolver) -> str | None:
    return app.current_event.request_context.request_id
